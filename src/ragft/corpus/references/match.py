"""Which document a bibliographic entry is of: by its file, DOI, arXiv identifier or title."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import PurePath, PureWindowsPath
from typing import Literal

from ragft.corpus.fold import fold, without_accents
from ragft.corpus.references.base import Reference, arxiv_id, plain_doi
from ragft.machine import composed

By = Literal["file", "DOI", "arXiv", "title", "similar title"]
SIMILAR = 0.9
"""The share of their letters, in order, that two titles must have in common to be taken for one."""
_LEAST_TITLE = 12


@dataclass(frozen=True)
class Known:
    """What is known of a document before its entry is found. `authors` and `year` decide between similar titles."""

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
    document: Known
    by: By


def match_references(references: Sequence[Reference], documents: Iterable[Known]) -> list[Match]:
    """The pairs, in the order of `references`; surer signs are tried for all entries first, each document has one."""
    free = {document.id: document for document in documents}
    found: dict[int, Match] = {}
    steps: tuple[tuple[By, Callable[[Reference, Known], bool]], ...] = (
        ("file", _same_file),
        ("DOI", lambda reference, known: bool(reference.doi) and reference.doi == plain_doi(known.doi)),
        ("arXiv", _same_arxiv),
        ("title", lambda reference, known: _flat(reference.title) == _flat(known.title) != ""),
        ("similar title", _similar),
    )
    for by, fits in steps:
        for at, reference in enumerate(references):
            if at in found:
                continue
            fitting = [one for one in free.values() if fits(reference, one)]
            if len(fitting) == 1 or (fitting and by != "file"):  # several files of one name tell nothing
                found[at] = Match(reference, fitting[0], by)
                del free[fitting[0].id]
    return [found[at] for at in sorted(found)]


def _same_file(reference: Reference, known: Known) -> bool:
    name = composed(PurePath(known.path).name).casefold()
    return bool(name) and name in {composed(PureWindowsPath(file).name).casefold() for file in reference.files}


def _same_arxiv(reference: Reference, known: Known) -> bool:
    wanted = reference.arxiv
    return bool(wanted) and wanted in (arxiv_id(PurePath(known.path).stem.replace("_", " ")), _arxiv_doi(known.doi))


def _arxiv_doi(doi: str) -> str:
    return arxiv_id(doi) if "arxiv" in doi.lower() else ""


def _similar(reference: Reference, known: Known) -> bool:
    """Nearly the same title, or one that goes on where the other ends; and no author or year that speaks against it."""
    one, other = _flat(reference.title), _flat(known.title)
    if min(len(one), len(other)) < _LEAST_TITLE or not _agree(reference, known):
        return False
    longer, shorter = sorted((one, other), key=len, reverse=True)
    if longer.startswith(shorter) and 2 * len(shorter) >= len(longer):
        return True
    compared = SequenceMatcher(None, one, other, autojunk=False)
    return compared.quick_ratio() >= SIMILAR and compared.ratio() >= SIMILAR


def _agree(reference: Reference, known: Known) -> bool:
    if reference.authors and known.authors:
        return bool(_names(reference.authors) & _names(known.authors))
    return reference.year is None or known.year is None or abs(reference.year - known.year) <= 1


def _names(authors: Collection[str]) -> set[str]:
    return {word for author in authors for word in re.findall(r"[^\W\d_]{3,}", without_accents(fold(author)))}


def _flat(title: str) -> str:
    return "".join(character for character in without_accents(fold(title)) if character.isalnum())
