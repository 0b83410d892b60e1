"""Chooses documents of an index by id, name, folder, author, year and tag; `ask` and `search` then use only these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from ragft.answer.library.grammar import plain_question
from ragft.answer.library.intent import Years
from ragft.answer.library.paper_names import Names
from ragft.answer.library.people import by_author
from ragft.answer.library.shelf import Shelf, papers_of
from ragft.corpus.fold import fold
from ragft.errors import NotFoundError, UsageError
from ragft.index.base import DocumentRecord
from ragft.index.ingest.plan import absolute
from ragft.machine import composed, expand

_SPAN = re.compile(r"(?P<first>\d{4})?(?P<dash>\s*[-–]\s*)?(?P<last>\d{4})?")


@dataclass(frozen=True)
class DocumentFilter:
    """What narrows the documents; of several names or authors any will do, but each kind that is given has to fit.

    `documents` are ids, file names, folders or what a paper is called. `years` as "2020", "2018-2021", "2018-" or
    "-2021"; empty: any. `tags` are key words and groups of a bibliography.

    >>> with ragft.open() as app:
    ...     found = app.search("memory", within=ragft.DocumentFilter(documents=["tides.md"]))
    >>> {hit.title for hit in found.hits}
    {'Tides at the coast'}
    """

    documents: Sequence[str] = ()
    authors: Sequence[str] = ()
    years: str = ""
    tags: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.documents or self.authors or self.years or self.tags)


def filter_documents(shelf: Shelf, choice: DocumentFilter) -> list[str] | None:
    """Ids of the documents that fit; None where nothing is chosen, which means all.

    Raises:
        UsageError: the years cannot be read.
        NotFoundError: a name fits no document or several, or no document fits everything.
    """
    if not choice:
        return None
    papers = papers_of(shelf)
    kept = papers
    if choice.documents:
        named = {paper.id for name in choice.documents for paper in _documents(shelf, papers, name)}
        kept = [paper for paper in kept if paper.id in named]
    if choice.authors:
        wrote = {paper.id for name in choice.authors for paper in by_author(papers, name)}
        kept = [paper for paper in kept if paper.id in wrote]
    if choice.years:
        years = read_years(choice.years)
        kept = [paper for paper in kept if paper.year is not None and paper.year in years]
    if choice.tags:
        wanted = set(map(fold, choice.tags))
        kept = [paper for paper in kept if wanted & set(map(fold, paper.tags))]
    if not kept:
        raise NotFoundError(f"none of {len(papers)} documents is {_said(choice)}", fix="ragft documents")
    return [paper.id for paper in kept]


def read_years(text: str) -> Years:
    """A year or a span of years.

    Raises:
        UsageError: it is neither.
    """
    match = _SPAN.fullmatch(text.strip())
    if match is None or not (match["first"] or match["last"]):
        raise UsageError(f"{text!r} is not a year", fix="write 2020, 2018-2021, 2018- or -2021")
    first = int(match["first"]) if match["first"] else None
    last = int(match["last"]) if match["last"] else None
    if not match["dash"]:
        if first is None or last is not None:
            raise UsageError(f"{text!r} is not a year", fix="write 2020, 2018-2021, 2018- or -2021")
        return Years(first, first)
    if first is not None and last is not None and first > last:
        raise UsageError(f"no year is in {text!r}", fix=f"write {last}-{first}")
    return Years(first, last)


def _documents(shelf: Shelf, papers: Sequence[DocumentRecord], name: str) -> Sequence[DocumentRecord]:
    """The document called `name`, or all in the folder of that name; the folder first if it is written as a path."""
    named, whole = _parts(PurePath(name)), _parts(absolute(expand(Path(name))))
    inside = [paper for paper in papers if named and _is_inside(paper.path, named, whole)]
    if inside and (len(PurePath(name).parts) > 1 or name.endswith("/")):
        return inside
    try:
        return [_document(shelf, papers, name)]
    except NotFoundError:
        if not inside:
            raise
        return inside


def _is_inside(path: str, named: list[str], whole: list[str]) -> bool:
    """Whether a file lies somewhere in the folder `whole`, or the folders `named` follow each other on its way."""
    parents = _parts(PurePath(path).parent)
    runs = (parents[start : start + len(named)] for start in range(len(parents)))
    return parents[: len(whole)] == whole or named in runs


def _parts(path: PurePath) -> list[str]:
    return [composed(part).casefold() for part in path.parts]


def _document(shelf: Shelf, papers: Sequence[DocumentRecord], name: str) -> DocumentRecord:
    """The document of that id, or beginning of one, of that file name, or that is called so."""
    try:
        return shelf.document(name)
    except NotFoundError as error:
        found = Names(papers, shelf).find(plain_question(name))
        if not found.papers:
            raise
        if found.by_use:  # another paper may be meant, which is not here
            most = found.papers[0]
            hint = f"give the id {most.id[:8]} for the one that says it most often: {most.title}"
            raise NotFoundError(f"no document {name!r}", fix=hint) from error
        if len(found.papers) > 1:
            titles = "; ".join(f"{paper.id[:8]} {paper.title}" for paper in found.papers)
            raise NotFoundError(f"{name!r} fits several documents: {titles}", fix="give the id of one") from error
        return found.papers[0]


def _said(choice: DocumentFilter) -> str:
    parts = [" or ".join(map(repr, choice.documents))] if choice.documents else []
    if choice.authors:
        parts.append(f"by {' or '.join(choice.authors)}")
    if choice.years:
        parts.append(f"of {choice.years}")
    if choice.tags:
        parts.append(f"tagged {' or '.join(choice.tags)}")
    return ", ".join(parts)
