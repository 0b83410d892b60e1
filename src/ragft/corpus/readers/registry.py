"""Which reader reads which file."""

from __future__ import annotations

import hashlib
import importlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ragft.corpus.base import Document
from ragft.corpus.readers.base import Reader, SourceFile, document_id
from ragft.corpus.text import one_title
from ragft.errors import DocumentError
from ragft.log import log

READERS = {
    "pdf": "ragft.corpus.pdf.reader",
    "markdown": "ragft.corpus.readers.markdown",
    "text": "ragft.corpus.readers.plain_text",
    "html": "ragft.corpus.readers.html.reader",
    "docx": "ragft.corpus.readers.office.docx",
    "pptx": "ragft.corpus.readers.office.pptx",
    "epub": "ragft.corpus.readers.epub",
    "latex": "ragft.corpus.readers.latex.reader",
    "xlsx": "ragft.corpus.readers.office.xlsx",
    "csv": "ragft.corpus.readers.csv_file",
    "mail": "ragft.corpus.readers.mail",
}
"""Format to the module whose `read(SourceFile)` reads it; imported when the first such file comes."""

SUFFIXES = {
    ".pdf": "pdf",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".docx": "docx",
    ".pptx": "pptx",
    ".epub": "epub",
    ".tex": "latex",
    ".latex": "latex",
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".tsv": "csv",
    ".eml": "mail",
}
"""Endings of files, to their format."""
_SAVE_AS = {
    **dict.fromkeys((".doc", ".docm", ".dot", ".dotx", ".rtf", ".odt", ".wps", ".wpd", ".pages"), ".docx"),
    **dict.fromkeys((".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers"), ".xlsx"),
    **dict.fromkeys((".ppt", ".pptm", ".pps", ".ppsx", ".odp", ".key"), ".pptx"),
    **dict.fromkeys((".msg", ".mbox", ".emlx"), ".eml"),
    **dict.fromkeys((".mht", ".mhtml", ".webarchive", ".ipynb"), ".html"),
    **dict.fromkeys((".ps", ".eps", ".djvu", ".xps", ".png", ".jpg", ".jpeg", ".tif", ".tiff"), ".pdf"),
    **dict.fromkeys((".mobi", ".azw3", ".fb2"), ".epub"),
}
"""Endings that are not read, to that of a format which the programs that open them save."""
BY_NAME_ONLY = frozenset({".csv", ".tsv"})
"""Endings that are not looked for in folders: such a file may be a manifest, or data by the million rows."""


def reader_for(path: Path) -> Reader:
    """The reader for a file: PDFs are known by their first bytes, everything else by its ending.

    Raises:
        DocumentError: no reader knows this kind of file.
    """
    name = "pdf" if _starts_like_pdf(path) else SUFFIXES.get(path.suffix.casefold(), "")
    if not name:
        known = ", ".join(sorted(SUFFIXES))
        better = _SAVE_AS.get(path.suffix.casefold())
        fix = f"open it in its program and save it as {better}" if better else "if it is text, name it .txt"
        raise DocumentError(f"{path} is of no kind that can be read (known: {known})", fix=fix)
    reader: Reader = importlib.import_module(READERS[name]).read
    return reader


def read_here(path: Path, *, password: str | None = None, deadline: float = float("inf")) -> Document:
    """Read a file in this process, without a time limit that is enforced; `deadline` is only a hint to slow parts.

    Raises:
        DocumentError: it cannot be read as a document.
    """
    source = SourceFile(path, file_id(path), password, deadline)
    try:
        document = reader_for(path)(source)
        return replace(document, title=one_title(document.title))
    except DocumentError:
        raise
    except MemoryError as error:
        raise DocumentError(f"{path} needs more memory than a single file may take") from error
    except RecursionError as error:
        raise DocumentError(f"{path} is nested too deeply") from error
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # a parser's own bug must cost this file only
        log.debug("%s cannot be read", path, exc_info=True)
        raise DocumentError(f"{path} cannot be read ({type(error).__name__}: {str(error)[:200]})") from error


def seconds_from_now(seconds: float) -> float:
    """A deadline on the clock of `time.monotonic()`."""
    return time.monotonic() + seconds


def file_id(path: Path) -> str:
    """The id of the document that a file gives: `document_id`, and of its parts where it has any.

    Raises:
        DocumentError: it cannot be read, or is not a file.
    """
    own, parts = document_id(path), parts_of(path)
    return hashlib.sha256("".join([own, *parts.values()]).encode()).hexdigest()[: len(own)] if parts else own


def parts_of(path: Path) -> Mapping[Path, str]:
    """Other files that a file takes its text from, resolved, with the SHA-256 of their bytes."""
    if SUFFIXES.get(path.suffix.casefold()) != "latex":
        return {}
    from ragft.corpus.readers.latex import source as latex_source

    return latex_source.parts_of(path)


def _starts_like_pdf(path: Path) -> bool:
    with path.open("rb") as handle:
        return b"%PDF-" in handle.read(1024)
