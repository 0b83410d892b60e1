"""From a file to a document: one reader per format, picked by what is in the file, then by its name.

    for path, result in read_documents(find_files([Path("papers")])):
        ...

Files are read in worker processes: whatever a hostile or broken file does to a parser written in C, it costs that
file and nothing else.
"""

from ragft.corpus.readers.folders import find_files
from ragft.corpus.readers.pool import read_document, read_documents
from ragft.corpus.readers.registry import SUFFIXES, read_here

__all__ = ["SUFFIXES", "find_files", "read_document", "read_documents", "read_here"]
