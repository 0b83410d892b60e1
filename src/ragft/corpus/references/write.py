"""Bibliographies: BibTeX, and lines for a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ragft.corpus.fold import fold, without_accents
from ragft.corpus.references.base import Reference

_CAPITALS_INSIDE = re.compile(r"(?<!\S)\S*\w[A-Z]\S*")
_MOST_NAMED = 10
"""Authors in a line for a reader; of more, the first and "et al."."""


def with_citation_keys(references: Iterable[Reference]) -> list[Reference]:
    """`references`, each with a citation key: its own, or one of its first author and year, apart from all others."""
    from dataclasses import replace

    given = list(references)
    taken = {reference.key for reference in given if reference.key}
    keyed: list[Reference] = []
    for reference in given:
        key = reference.key or _made_key(reference, taken)
        taken.add(key)
        keyed.append(replace(reference, key=key))
    return keyed


def to_bibtex(references: Sequence[Reference]) -> str:
    """The entries as BibTeX, in their order; words with capitals inside stand in braces, so that they stay."""
    from pybtex.database import BibliographyData

    written: str = BibliographyData({one.key: _entry(one) for one in references}).to_string("bibtex")
    return written.strip() + "\n"


def to_line(reference: Reference) -> str:
    """Authors, year, title, venue, and where to find it."""
    authors = reference.authors
    who = f"{authors[0]} et al." if len(authors) > _MOST_NAMED else ", ".join(authors)
    where = ""
    if reference.doi:
        where = f"https://doi.org/{reference.doi}"
    elif reference.arxiv:
        where = f"arXiv:{reference.arxiv}"
    elif reference.url:
        where = reference.url
    parts = (who + (f" ({reference.year})" if reference.year else ""), f"*{reference.title}*", reference.venue, where)
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip()) + "."


def _entry(reference: Reference) -> object:
    from pybtex.database import Entry, Person

    fields = {
        "title": _CAPITALS_INSIDE.sub(lambda word: f"{{{word[0]}}}", _plain(reference.title)),
        "year": str(reference.year or ""),
        _venue_field(reference.kind): reference.venue,
        "volume": reference.volume,
        "number": reference.number,
        "pages": reference.pages.replace("–", "--"),
        "publisher": reference.publisher,
        "doi": reference.doi,
        "url": reference.url,
        "eprint": reference.arxiv,
        "archiveprefix": "arXiv" if reference.arxiv else "",
        "keywords": ", ".join(reference.tags),
    }
    kept = {name: value if name == "title" else _plain(value) for name, value in fields.items() if value}
    persons = {"author": [Person(_person(name)) for name in reference.authors]} if reference.authors else {}
    return Entry(reference.kind, fields=kept, persons=persons)


def _venue_field(kind: str) -> str:
    if kind in ("article", "misc"):
        return "journal" if kind == "article" else "howpublished"
    if kind in ("phdthesis", "mastersthesis"):
        return "school"
    return "institution" if kind == "techreport" else "booktitle"


def _person(name: str) -> str:
    """A name as BibTeX reads it; one with a comma or "and" in it stays whole."""
    plain = _plain(name)
    return f"{{{plain}}}" if "," in plain or " and " in f" {plain} " else plain


def _plain(text: str) -> str:
    return re.sub(r"[{}\\]", "", text)


def _made_key(reference: Reference, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", without_accents(fold(reference.authors[0] if reference.authors else "")))
    if not words:
        words = re.findall(r"[a-z0-9]+", without_accents(fold(reference.title)))[:1] or ["document"]
    base = words[-1] + str(reference.year or "")
    endings = ("", *"abcdefghijklmnopqrstuvwxyz")
    free = (base + ending for ending in endings if base + ending not in taken)
    return next(free, f"{base}-{len(taken)}")
