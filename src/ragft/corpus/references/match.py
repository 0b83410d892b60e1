"""Which document a bibliographic entry is of: by its file, DOI, arXiv identifier or title."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import PurePath, PureWindowsPath
from typing import Literal

from ragft.corpus.fold import fold, letters_and_digits, without_accents
from ragft.corpus.references.base import Reference, arxiv_id, plain_doi
from ragft.machine import composed

By = Literal["file", "DOI", "arXiv", "title", "similar title"]
SIMILAR = 0.9
"""The share of their letters, in order, that two titles must have in common to be taken for one."""
_LEAST_TITLE = 12


@dataclass(frozen=True)
class KnownDocument:
    """The facts known of a document before its entry is found. `authors` and `year` decide between similar titles."""

    id: str
    path: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str = ""


@dataclass(frozen=True)
class Match:
    """An entry and its document, and what they have in common."""

    reference: Reference
    document: KnownDocument
    by: By


def match_references(references: Sequence[Reference], documents: Iterable[KnownDocument]) -> list[Match]:
    """The pairs, in the order of `references`; surer signs are tried for all entries first, each document has one."""
    free = {document.id: document for document in documents}
    found: dict[int, Match] = {}
    for by, keys_of_reference, keys_of_document in _SIGNS:
        holders = _by_key(free.values(), keys_of_document)
        for at, reference in enumerate(references):
            if at in found:
                continue
            held = [one for key in keys_of_reference(reference) for one in holders.get(key, ()) if one.id in free]
            fitting = [one for one in dict.fromkeys(held) if by != "similar title" or _similar(reference, one)]
            if len(fitting) == 1 or (fitting and by != "file"):  # several files of one name tell nothing
                found[at] = Match(reference, fitting[0], by)
                del free[fitting[0].id]
    return [found[at] for at in sorted(found)]


def _by_key(
    documents: Iterable[KnownDocument], keys: Callable[[KnownDocument], Iterable[str]]
) -> dict[str, list[KnownDocument]]:
    holders: dict[str, list[KnownDocument]] = {}
    for document in documents:
        for key in keys(document):
            holders.setdefault(key, []).append(document)
    return holders


def _file_names(reference: Reference) -> set[str]:
    return {composed(PureWindowsPath(file).name).casefold() for file in reference.files} - {""}


def _file_name(known: KnownDocument) -> set[str]:
    return {composed(PurePath(known.path).name).casefold()} - {""}


def _arxiv_ids(known: KnownDocument) -> set[str]:
    in_doi = arxiv_id(known.doi) if "arxiv" in known.doi.lower() else ""
    return {arxiv_id(PurePath(known.path).stem.replace("_", " ")), in_doi} - {""}


def _pairs(title: str) -> list[str]:
    """Pairs of neighbouring words of a title: titles that are nearly the same have one in common."""
    found = re.findall(r"[^\W_]+", without_accents(fold(title)))
    return [f"{one} {other}" for one, other in itertools.pairwise(found)] or found


_SIGNS: tuple[tuple[By, Callable[[Reference], Iterable[str]], Callable[[KnownDocument], Iterable[str]]], ...] = (
    ("file", _file_names, _file_name),
    ("DOI", lambda reference: {reference.doi} - {""}, lambda known: {plain_doi(known.doi)} - {""}),
    ("arXiv", lambda reference: {reference.arxiv} - {""}, _arxiv_ids),
    (
        "title",
        lambda reference: {letters_and_digits(reference.title)} - {""},
        lambda known: {letters_and_digits(known.title)} - {""},
    ),
    ("similar title", lambda reference: _pairs(reference.title), lambda known: _pairs(known.title)),
)
"""Ways to match an entry and a document, with the keys of both; the surest comes first."""


def _similar(reference: Reference, known: KnownDocument) -> bool:
    """Nearly the same title, or one that goes on where the other ends; and no author or year that speaks against it."""
    one, other = letters_and_digits(reference.title), letters_and_digits(known.title)
    if not _agree(reference, known) or min(len(one), len(other)) < _LEAST_TITLE:
        return False
    longer, shorter = sorted((one, other), key=len, reverse=True)
    if longer.startswith(shorter) and 2 * len(shorter) >= len(longer):
        return True
    if 2 * len(shorter) < SIMILAR * (len(one) + len(other)):  # the ratio could not be reached
        return False
    compared = SequenceMatcher(None, one, other, autojunk=False)
    return compared.quick_ratio() >= SIMILAR and compared.ratio() >= SIMILAR


def _agree(reference: Reference, known: KnownDocument) -> bool:
    if reference.authors and known.authors:
        return bool(_names(reference.authors) & _names(known.authors))
    return reference.year is None or known.year is None or abs(reference.year - known.year) <= 1


@lru_cache(maxsize=16384)
def _names(authors: tuple[str, ...]) -> frozenset[str]:
    found = (re.findall(r"[^\W\d_]{3,}", without_accents(fold(author))) for author in authors)
    return frozenset(itertools.chain.from_iterable(found))
