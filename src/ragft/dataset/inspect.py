"""The contents of a data set, and its faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from ragft.dataset.base import LineProblem, Row
from ragft.dataset.entries import FileEntry, read_entries
from ragft.dataset.evaluation_questions import overlap_finder
from ragft.dataset.preference import Preference, divided, preference_from_dict, preference_problem
from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN, read_held_out, read_preferences, read_rows, row_from_dict
from ragft.errors import DatasetError

Item = TypeVar("Item")


@dataclass(frozen=True)
class Stats:
    """Counts of one data set; lengths in characters of the whole row: least, median, most.

    `preferences` are the pairs to train on and those held out, `faults` what is wrong with the rejected answers.
    """

    rows: int
    held_out: int
    kinds: Mapping[str, int]
    documents: int
    characters: tuple[int, float, int]
    answer_characters: tuple[int, float, int]
    generators: Mapping[str, int]
    preferences: tuple[int, int] = (0, 0)
    faults: Mapping[str, int] = field(default_factory=dict)


def stats(folder: Path) -> Stats:
    """Counts of the data set in `folder`.

    Raises:
        NotFoundError, DatasetError: it cannot be read.
    """
    rows = read_rows(folder / TRAIN)
    held_out = read_held_out(folder)
    everything = [*rows, *held_out]
    pairs, unseen = divided(read_preferences(folder / PREFERENCES), held_out)
    return Stats(
        rows=len(rows),
        held_out=len(held_out),
        kinds=dict(Counter(row.kind for row in everything)),
        documents=len({document for row in everything for document in row.document_ids}),
        characters=_spread([_length(row.prompt) + _length(row.completion) for row in everything]),
        answer_characters=_spread([_length(row.completion) for row in everything]),
        generators=dict(Counter(row.generator for row in everything)),
        preferences=(len(pairs), len(unseen)),
        faults=dict(Counter(fault for pair in (*pairs, *unseen) for fault in pair.faults)),
    )


def validate(
    folder: Path, avoid: Sequence[str] = (), checks: Sequence[Callable[[Row], str | None]] = ()
) -> list[LineProblem]:
    """Every problem of the data set in `folder`: lines that do not read, pairs that contradict themselves, rows and
    pairs that ask a question of `avoid`, and what one of the `checks` says of a row (`Task.check_row`).

    Raises:
        NotFoundError: there is no such set.
    """
    problems: list[LineProblem] = []
    sides: dict[str, list[Row]] = {}
    for name in (TRAIN, HELD_OUT):
        if name == TRAIN or (folder / name).is_file():
            sides[name] = _readable(folder / name, problems, overlap_finder(avoid), checks)
    if (folder / PREFERENCES).is_file():
        for entry in read_entries(folder / PREFERENCES):
            _, found = check_preference(entry, overlap_finder(avoid))
            problems += [LineProblem(PREFERENCES, entry.number, problem, entry.where) for problem in found]
    ids = Counter(row.id for rows in sides.values() for row in rows if row.id)
    problems += [LineProblem(TRAIN, 0, f"{n} rows have the id {i}") for i, n in ids.items() if n > 1]
    groups = [{group for row in rows for group in row.kept_together} for rows in sides.values()]
    if len(groups) == 2 and (both := groups[0] & groups[1]):
        what = "groups" if any(row.groups for rows in sides.values() for row in rows) else "documents"
        problems.append(
            LineProblem(HELD_OUT, 0, f"{len(both)} {what} are on both sides: {', '.join(sorted(both)[:3])}")
        )
    return problems


def check_entry(
    entry: FileEntry,
    find: Callable[[Row], str | None],
    convert: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> tuple[Row | None, list[str]]:
    """The row that an entry holds, if it holds one, and what is wrong with it.

    Args:
        entry: an entry of a file.
        find: names the benchmark question that a row asks, or gives None (`overlap_finder`).
        convert: brings the entry's value into our form; it may raise DatasetError.
    """
    row, problem = _item(entry, lambda value: row_from_dict(convert(value)))
    return (None, [problem]) if row is None else (row, _asked(find(row)))


def check_preference(
    entry: FileEntry,
    find: Callable[[Row], str | None],
    convert: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> tuple[Preference | None, list[str]]:
    """The pair that an entry holds, if it holds one, and what is wrong with it; arguments as of `check_entry`."""
    pair, problem = _item(entry, lambda value: preference_from_dict(convert(value)))
    if pair is None:
        return None, [problem]
    wrong = preference_problem(pair)
    return pair, [*([wrong] if wrong else []), *_asked(find(pair.as_row(pair.chosen)))]


def _item(entry: FileEntry, read: Callable[[Mapping[str, Any]], Item]) -> tuple[Item | None, str]:
    """What an entry holds, else why it holds none."""
    if entry.problem:
        return None, entry.problem
    try:
        return read(entry.value), ""
    except DatasetError as error:
        return None, error.message


def _asked(question: str | None) -> list[str]:
    """What is wrong with an item that asks a question of the benchmark."""
    return [] if question is None else [f"asks what the model will be judged by: {question!r}"]


def _readable(
    path: Path,
    problems: list[LineProblem],
    find: Callable[[Row], str | None],
    checks: Sequence[Callable[[Row], str | None]],
) -> list[Row]:
    rows = []
    for entry in read_entries(path):
        row, found = check_entry(entry, find)
        if row is not None:
            rows.append(row)
            found = [*filter(None, (check(row) for check in checks)), *found]
        problems += [LineProblem(path.name, entry.number, problem, entry.where) for problem in found]
    return rows


def _length(messages: Sequence[Mapping[str, str]]) -> int:
    return sum(len(message["content"]) for message in messages)


def _spread(values: Sequence[int]) -> tuple[int, float, int]:
    return (min(values), float(median(values)), max(values)) if values else (0, 0.0, 0)
