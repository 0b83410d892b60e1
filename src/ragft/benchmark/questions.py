"""Benchmark questions in files.

One JSON object a line; `question` is all that must be there:

    {"id": "qlora", "question": "How much …?", "keywords": ["48GB"], "documents": ["qlora.pdf"], "pages": [1]}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from ragft.benchmark.base import BenchmarkQuestion
from ragft.data import shipped
from ragft.errors import DatasetError, NotFoundError, UsageError
from ragft.journal import write_lines
from ragft.json_lines import read_objects, text_field
from ragft.log import log
from ragft.machine import composed

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

Item = TypeVar("Item")

SHIPPED = "benchmark/questions.jsonl"
"""The 15 questions that ship with ragft."""
_SHOWN = 20
_NOTES = frozenset(("kind", "note"))
"""Fields for people who read the file; they are not used."""
_KNOWN = frozenset(field.name for field in fields(BenchmarkQuestion)) | _NOTES


def load_questions(path: Path | None = None) -> list[BenchmarkQuestion]:
    """The questions of a JSONL file, in its order; without a path those that ship with ragft.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not a question; the message names the line.

    A field that is not known is named in a warning, with the one that was perhaps meant.
    """
    chosen = path or shipped(SHIPPED)
    found: dict[str, BenchmarkQuestion] = {}
    unknown: dict[str, str] = {}
    for where, data in read_objects(chosen):
        question = _question(data, where)
        unknown |= dict.fromkeys(data.keys() - _KNOWN - unknown.keys(), where)
        question = question if question.id else replace(question, id=f"{chosen.stem}-{where.rpartition(' ')[2]}")
        if question.id in found:
            raise DatasetError(f"{where}: the id {question.id!r} is taken", fix="give each its own id")
        found[question.id] = question
    for name, where in sorted(unknown.items()):
        log.warning(f"{where}: the field {name!r} is ignored{_meant(name)}")
    return list(found.values())


def _meant(name: str) -> str:
    near = get_close_matches(name.lower(), _KNOWN - _NOTES, n=1, cutoff=0.7)
    return f"; {near[0]!r} was perhaps meant" if near else f" (known are {', '.join(sorted(_KNOWN - _NOTES))})"


def write_questions(path: Path, questions: Sequence[BenchmarkQuestion]) -> None:
    """One JSON object a line, as `--questions` takes them; what a question does not have is left out."""
    usual = {field.name: field.default for field in fields(BenchmarkQuestion)}
    lines = [{k: v for k, v in asdict(question).items() if v != usual[k]} for question in questions]
    write_lines(path, lines)


def select_questions(
    questions: Sequence[BenchmarkQuestion], *, only: Sequence[str] = (), limit: int = 0
) -> list[BenchmarkQuestion]:
    """The questions whose id or topic is in `only` (all where it is empty), at most `limit` (0: no limit).

    Raises:
        NotFoundError: a name in `only` is neither an id nor a topic.
    """
    only = [composed(name) for name in only]
    known = {name for q in questions for name in (q.id, q.topic)}
    for name in only:
        if name not in known:
            raise NotFoundError(f"no question {name!r}", fix=f"ids and topics of questions: {_like(name, questions)}")
    chosen = [q for q in questions if not only or q.id in only or q.topic in only]
    return chosen[:limit] if limit else chosen


def questions_of_run(settings: BenchmarkSettings, what: str, fix: str) -> list[BenchmarkQuestion]:
    """The questions that were made for a run: those of the file in the settings.

    Raises:
        UsageError: the settings name none; `what` they are and the command that makes them, `fix`, are named.
        NotFoundError, DatasetError: as `load_questions`.
    """
    if not settings.questions:
        raise UsageError(f"{what} are those of a run", fix=fix)
    return load_questions(Path(settings.questions))


def evenly(items: Sequence[Item], count: int) -> list[Item]:
    """At most `count` of `items`, evenly over the list: some of every part of it."""
    count = min(count, len(items))
    return [items[place * len(items) // count] for place in range(count)]


def _like(name: str, questions: Sequence[BenchmarkQuestion]) -> str:
    """The ids and topics that `name` may have meant; the first few where it is like none."""
    known = list(dict.fromkeys(known for q in questions for known in (q.id, q.topic) if known))
    near = get_close_matches(name, known, n=3)
    more = len(known) - _SHOWN
    return ", ".join(near or known[:_SHOWN]) + (f" … and {more} more" if more > 0 and not near else "")


def _question(data: Mapping[str, Any], where: str) -> BenchmarkQuestion:
    text_field(data, "question", where)
    hints = get_type_hints(BenchmarkQuestion)
    values: dict[str, Any] = {}
    for field in fields(BenchmarkQuestion):
        if field.name not in data or data[field.name] is None:
            continue
        values[field.name] = _convert(data[field.name], hints[field.name], f'{where}: "{field.name}"')
    values |= {name: composed(values[name]) for name in ("id", "topic") if name in values}
    question = BenchmarkQuestion(**{"id": "", **values})
    if question.options and question.reference not in question.options:
        raise DatasetError(f'{where}: "reference" must be one of "options"', fix="correct the line")
    return question


def _convert(value: Any, kind: Any, where: str) -> Any:
    if kind is bool or kind is str:
        if isinstance(value, int) and not isinstance(value, bool) and kind is str:
            return str(value)
        if not isinstance(value, kind):
            raise DatasetError(f"{where} should be {'true or false' if kind is bool else 'a text'}")
        return value
    values = value if isinstance(value, list) else [value]
    pages = kind == tuple[int, ...]
    if not all(_is_page(entry) if pages else isinstance(entry, str) and entry.strip() for entry in values):
        wanted = "page numbers from 1" if pages else "texts that are not empty"
        raise DatasetError(f"{where} should be a list of {wanted}", fix="correct the line")
    return tuple(values)


def _is_page(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
