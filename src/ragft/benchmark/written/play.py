"""Plays written answers through the checks between model and reader.

    rows = load_written(paths, questions)
    def make(engine, searcher):
        return Assistant(AskedModel(engine, "played"), AskedDocuments(searcher), settings)

    report = played(make, rows, index)
    print(report.right.reached.show(), report.wrong.stopped.show())

Each question is asked through the real answer path, with an engine that plays the written answer back: what a perfect
model would have written, or one that errs once. Retrieval, gate, prompt and check are the real ones. For `[?]` in an
answer the player writes the keys of the passages in its prompt that hold the evidence of the question, as a model
would; none where no passage does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from ragft.answer.base import Evidence
from ragft.answer.prompts.prompt import assign_keys
from ragft.benchmark.asking.lookups import SearchableIndex, SharedSearch
from ragft.benchmark.retrieval.evidence import shows
from ragft.benchmark.retrieval.natural import ids_of
from ragft.benchmark.written.judging import Places, judge
from ragft.benchmark.written.report import Given, Played, PlayedReport
from ragft.benchmark.written.written_answers import WrittenAnswer
from ragft.engine.base import ChatRequest, Engine
from ragft.engine.scripted import ScriptedEngine
from ragft.index.base import Hit

if TYPE_CHECKING:
    from ragft.answer.assistant import Assistant
    from ragft.console import Progress

Make = Callable[[Engine, SharedSearch], "Assistant"]
"""Makes the assistant that is asked, over this engine and this search."""
WANTED_EACH = 2
"""Passages of one document that are put first where the wanted evidence is given."""
_SOURCE = re.compile(r"(?ms)^\[(\w+)\] (.*?)(?=\n\[\w+\] |\n\n|\Z)")
_PLACE = re.compile(r"[ \t]*\[\?\]")


def played(
    make: Make,
    rows: Sequence[WrittenAnswer],
    library: SearchableIndex,
    *,
    given: Given = "retrieved",
    progress: Progress | None = None,
) -> PlayedReport:
    """Ask the questions of `rows` over `library` with an engine that plays their answers back."""
    started = time.perf_counter()
    records = [record for record in library.documents() if record.chunks]
    player = _Player(make, library, given)
    done: list[Played] = []
    missing: dict[str, None] = {}
    for number, row in enumerate(rows, start=1):
        named = [(source, ids_of(source, records)) for source in row.question.documents]
        places = [(source, ids) for source, ids in named if ids]
        if not places or (row.question.needs == "all" and len(places) < len(named)):
            missing |= dict.fromkeys(source.title for source, ids in named if not ids)
        else:
            done.append(player.play(row, places))
        if progress is not None:
            progress("answers", number, len(rows))
    seconds = time.perf_counter() - started
    return PlayedReport.of(done, given, skipped=len(rows) - len(done), missing=list(missing), seconds=seconds)


class _Player:
    """One assistant for all questions: it encodes each text only once."""

    def __init__(self, make: Make, library: SearchableIndex, given: Given) -> None:
        self._library = library
        self._given = given
        self._asked: tuple[WrittenAnswer, Places] | None = None
        self._assistant = make(ScriptedEngine(self._reply), SharedSearch(library))

    def play(self, row: WrittenAnswer, places: Places) -> Played:
        """Ask the question of `row` and judge what became of its answer."""
        self._asked = row, places
        found = self._assistant.retrieve(row.question.question, row.history) if self._given == "wanted" else None
        evidence = None if found is None else self._wanted_first(found, places)
        answer = self._assistant.ask(row.question.question, history=row.history, evidence=evidence)
        return judge(row, answer, places)

    def _reply(self, request: ChatRequest) -> str:
        assert self._asked is not None  # noqa: S101  nothing is asked before
        return with_source_keys(*self._asked, request.messages[-1].content)

    def _wanted_first(self, found: Sequence[Evidence], places: Places) -> tuple[Evidence, ...]:
        """As many passages as were found, those that hold what the question asks for before all others."""
        hits = [hit for source, ids in places for hit in self._holding(source.evidence, ids)]
        first = {hit.chunk_id for hit in hits}
        rest = [item.hit for item in found if item.hit.chunk_id not in first]
        return assign_keys([*hits, *rest][: max(len(found), len(hits))])

    def _holding(self, evidence: Sequence[Sequence[str]], ids: Collection[str]) -> list[Hit]:
        """The first passages of these documents that show the evidence; where none is named, their first passage."""
        chunks = [chunk for document in sorted(ids) for chunk in self._library.chunks(document)]
        chosen = [chunk for chunk in chunks if shows(chunk.text, evidence)] if evidence else chunks[:1]
        return [
            Hit(rank, 1 / rank, c.id, c.document_id, c.title, c.pages, c.section, c.text, page_starts=c.page_starts)
            for rank, c in enumerate(chosen[:WANTED_EACH], start=1)
        ]


def with_source_keys(row: WrittenAnswer, places: Places, prompt: str) -> str:
    """The written answer with, for each `[?]`, the keys of the sources in `prompt` that hold the evidence: one of each
    document where all are needed, else one."""
    shown = _SOURCE.findall(prompt)
    keys = [
        next((key for key, text in shown if shows(text, source.evidence)), "")
        for source, _ in places
        if source.evidence
    ]
    found = list(dict.fromkeys(key for key in keys if key))
    if row.question.needs != "all":
        found = found[:1]
    return _PLACE.sub(f" {''.join(f'[{key}]' for key in found)}" if found else "", row.answer)
