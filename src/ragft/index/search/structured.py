"""Search with papers: also searches inside the papers that a question names.

Half of the passages come from the whole collection and half from the named document. For what a paper is or says, its
abstract, introduction and conclusion come first; for its limitations, method or results the sections called so. In a
comparison, each paper has half of the places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ragft.corpus.base import Chunk
from ragft.corpus.sections import is_abstract
from ragft.index.base import Wanted
from ragft.index.catalogue.catalogue_reader import CatalogueReader
from ragft.index.search.foreign_question import Aim
from ragft.index.search.fusion import RRF_K
from ragft.index.search.hybrid import Ranking
from ragft.index.search.paper_parts import CONCLUSION, INTRODUCTION, PaperPart, bare_name, part_of
from ragft.index.search.question import aim_of, compares, without_words
from ragft.index.search.routing import Route, described, routes

Search = Callable[[str, Collection[str] | None], Ranking]
"""(words to look for, ids of the documents to look into or None for all) to a ranking."""

_ABSTRACT = 2
"""Chunks of a document without an abstract that stand for it."""


def structured(question: str, catalogue: CatalogueReader, search: Search, documents: Collection[str] | None) -> Ranking:
    """The ranking of `search` for `question`, with passages of the documents that it names."""
    everywhere = search(question, documents)
    if documents is not None:
        named = [Route(next(iter(documents)))] if len(documents) == 1 else []
    else:
        named = routes(question, catalogue) or _summarised(question, catalogue)
    if not named:
        return everywhere
    openings, lists = _lists(question, named, catalogue, search, everywhere, documents)
    found = _put_together([*_in_turn(openings), *_in_turn([found.chunks for found in lists])], [*lists, everywhere])
    return replace(found, wanted=_wanted(question, named))


def _wanted(question: str, named: Sequence[Route]) -> Mapping[str, Wanted]:
    """What is asked for of the documents, by their ids; none that the question may not mean."""
    words = frozenset[str]().union(*(route.words for route in named))
    if part_of(question, words) is not None:
        wanted: Wanted = "part"
    elif aim_of(question, words) == "summary":
        wanted = "summary"
    else:
        return {}
    return {route.document_id: wanted for route in named if route.sure}


def _summarised(question: str, catalogue: CatalogueReader) -> list[Route]:
    """The document whose title a request for a summary holds without calling it a paper."""
    found = described(question, catalogue, whole=True) if aim_of(question, ()) == "summary" else []
    return found if len(found) == 1 else []


def _lists(
    question: str,
    named: Sequence[Route],
    catalogue: CatalogueReader,
    search: Search,
    everywhere: Ranking,
    documents: Collection[str] | None,
) -> tuple[list[list[Chunk]], list[Ranking]]:
    """The chunks that come first because they summarise the documents, and the rankings that share the other places."""
    words = frozenset[str]().union(*(route.words for route in named))
    bare = without_words(question, words)
    ambiguous = len({route.words for route in named}) < len(named)
    aim = aim_of(question, words) if len(named) == 1 or ambiguous else "detail"
    part = part_of(question, words) if aim != "summary" else None
    openings = [_opening(route.document_id, aim, part, catalogue) for route in named]
    lists = [search(bare, [route.document_id]) for route in named]
    if aim == "definition" and part is None:  # the sentence that defines it may be elsewhere
        lists = [
            replace(found, chunks=[*opening, *found.chunks]) for found, opening in zip(lists, openings, strict=True)
        ]
        openings = []
    if len(named) == 1 and compares(question, words):
        lists.append(search(bare, documents))
    elif len(named) == 1 or ambiguous:
        lists.append(everywhere)
    return openings, lists


def _opening(document_id: str, aim: Aim, part: PaperPart | None, catalogue: CatalogueReader) -> list[Chunk]:
    """The chunks that say what a document is, or what it says, or what a part of it says; none for a detail."""
    if part is not None:
        return _of_rows(part.rows(catalogue.sections(document_id)), catalogue)
    if aim == "detail":
        return []
    sections = [(row, bare_name(section), is_abstract(section)) for row, section in catalogue.sections(document_id)]
    abstract = [row for row, _, found in sections if found] or [row for row, *_ in sections[:_ABSTRACT]]
    introduction = [row for row, name, _ in sections if re.match(INTRODUCTION, name)]
    conclusion = [row for row, name, _ in sections if re.match(CONCLUSION, name) or name == "discussion"]
    rows = abstract[:2] + introduction[:1]
    if aim == "summary":
        rows = abstract[:2] + conclusion[:1] + introduction[:1] + abstract[2:3] + introduction[1:3] + conclusion[1:2]
    return _of_rows(rows, catalogue)


def _of_rows(rows: Sequence[int], catalogue: CatalogueReader) -> list[Chunk]:
    found = catalogue.chunks_of_rows(rows)
    return [found[row] for row in dict.fromkeys(rows) if row in found]


def _in_turn(lists: Sequence[Sequence[Chunk]]) -> Iterator[Chunk]:
    """The first of each list, the second of each, and so on, each chunk once."""
    seen: set[str] = set()
    waiting = [iter(chunks) for chunks in lists]
    while waiting:
        for chunks in list(waiting):
            chunk = next((chunk for chunk in chunks if chunk.id not in seen), None)
            if chunk is None:
                waiting.remove(chunks)
            else:
                seen.add(chunk.id)
                yield chunk


def _put_together(chunks: Sequence[Chunk], rankings: Sequence[Ranking]) -> Ranking:
    """One ranking of `chunks` in their order, each once; scores are those of the places, parts those of `rankings`."""
    order = {chunk.id: chunk for chunk in reversed(chunks)}
    places = dict.fromkeys(chunk.id for chunk in chunks)
    lexical: dict[str, float] = {}
    dense: dict[str, float] = {}
    for ranking in rankings:
        lexical |= ranking.lexical
        dense |= ranking.dense
    scores = {chunk_id: 1.0 / (RRF_K + place) for place, chunk_id in enumerate(places, start=1)}
    return Ranking([order[chunk_id] for chunk_id in places], scores, lexical, dense)
