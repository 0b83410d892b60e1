"""The entry of a work in a bibliography, whatever format it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_ARXIV = re.compile(r"(?<!\d)(?<!\d\.)(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """The entry of one work in a bibliography; fields that it does not give are empty or None.

    `key` is its citation key and `kind` its type, as in BibTeX ("article"). `authors` are written given name first.
    `venue` is the journal, or what the work is a part of. `doi` and `arxiv` stand without address, in small letters.
    `files` are as the bibliography has them.
    """

    key: str
    kind: str = "misc"
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""
    arxiv: str = ""
    url: str = ""
    venue: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def plain_doi(text: str) -> str:
    """The DOI in `text`, without `https://doi.org/`; empty where there is none."""
    match = _DOI.search(text)
    return match[0].rstrip(".,;)").lower() if match else ""


def arxiv_id(text: str) -> str:
    """The arXiv identifier in `text`, without its version; empty where there is none."""
    match = _ARXIV.search(text)
    return match[1].lower() if match else ""


def year_in(text: str) -> int | None:
    """The first year in `text`."""
    match = re.search(r"(?<!\d)(1[5-9]|20|21)\d\d(?!\d)", text)
    return int(match[0]) if match else None
