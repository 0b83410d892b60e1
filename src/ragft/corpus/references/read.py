"""A bibliography as a manifest: BibTeX or CSL-JSON, by the ending of its name."""

from __future__ import annotations

from pathlib import Path

from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.references.base import Reference
from ragft.errors import InputError

_BIBTEX = (".bib", ".bibtex", ".biblatex")


def is_bibliography(path: Path) -> bool:
    """Whether a manifest of this name is a bibliography, and no CSV file."""
    return path.suffix.lower() in (*_BIBTEX, ".json")


def read_references(path: Path) -> tuple[list[Reference], list[str]]:
    """The entries of a bibliography, and one line for each that could not be read.

    Raises:
        InputError: it cannot be read at all, or has no entry.
    """
    try:
        text, notes = decode(path.read_bytes())
    except (OSError, UnknownEncodingError) as error:
        raise InputError(f"manifest {path} cannot be read: {error}", fix="save it in UTF-8") from error
    if path.suffix.lower() in _BIBTEX:
        from ragft.corpus.references.bibtex import read_bibtex

        references, problems = read_bibtex(text)
    else:
        from ragft.corpus.references.csl import read_csl

        references, problems = read_csl(text, str(path)), []
    if not references:
        why = f": {problems[0]}" if problems else ""
        raise InputError(f"manifest {path} has no entry{why}", fix="export the library as BibTeX or CSL JSON")
    return references, [*notes, *problems]
