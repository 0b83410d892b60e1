"""Rows to and from the formats of other tools. These are written:

trl       prompt, completion (and chat_template_kwargs), as kept here
mlx       messages: mlx-lm's chat format, with `--mask-prompt`
axolotl   messages: `type: chat_template`, which trains on the assistant's turns

Preferences are written for TRL alone: prompt, chosen, rejected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ragft.dataset.base import LineProblem, Row
from ragft.dataset.entries import FileEntry, read_entries
from ragft.dataset.evaluation_questions import overlap_finder
from ragft.dataset.foreign import as_row
from ragft.dataset.foreign_preferences import as_preference, is_preference
from ragft.dataset.inspect import check_entry, check_preference
from ragft.dataset.preference import Preference, divided
from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN, read_held_out, read_preferences, read_rows
from ragft.errors import DatasetError, UsageError
from ragft.journal import write_lines


def _trl(row: Row) -> dict[str, Any]:
    value: dict[str, Any] = {"prompt": list(row.prompt), "completion": list(row.completion)}
    return {**value, "chat_template_kwargs": dict(row.chat_template_kwargs)} if row.chat_template_kwargs else value


def _trl_pair(pair: Preference) -> dict[str, Any]:
    value: dict[str, Any] = {"prompt": list(pair.prompt), "chosen": list(pair.chosen), "rejected": list(pair.rejected)}
    return {**value, "chat_template_kwargs": dict(pair.chat_template_kwargs)} if pair.chat_template_kwargs else value


def _messages(row: Row) -> dict[str, Any]:
    return {"messages": [*row.prompt, *row.completion]}


FORMATS: Mapping[str, tuple[Callable[[Row], dict[str, Any]], str, str]] = {
    "trl": (_trl, "train.jsonl", "test.jsonl"),
    "mlx": (_messages, "train.jsonl", "valid.jsonl"),
    "axolotl": (_messages, "train.jsonl", "eval.jsonl"),
}
"""Name of the format: how a row is written, and how the two files are called."""


def export_dataset(folder: Path, target: Path, name: str) -> tuple[Path, ...]:
    """Write the set in `folder` to `target` in the format `name`; the files written.

    Raises:
        UsageError: unknown format.
        DatasetError: a row that does not read.
    """
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}", fix=f"one of {', '.join(FORMATS)}")
    convert, train, test = FORMATS[name]
    written = []
    for source, file in ((TRAIN, train), (HELD_OUT, test)):
        if (folder / source).is_file():
            write_lines(target / file, (convert(row) for row in read_rows(folder / source)))
            written.append(target / file)
    if name == "trl" and (folder / PREFERENCES).is_file():
        held_out = read_held_out(folder)
        sides = divided(read_preferences(folder / PREFERENCES), held_out)
        for pairs, file in zip(sides, (train, test), strict=True):
            write_lines(target / f"preferences_{file}", map(_trl_pair, pairs))
            written.append(target / f"preferences_{file}")
    return tuple(written)


def import_rows(path: Path, avoid: Sequence[str] = ()) -> tuple[list[Row], list[LineProblem]]:
    """Rows from a file of another tool (`foreign` lists the forms), and what is wrong with the others.

    A row that asks a question of `avoid` is a problem, too, and not among the rows.

    Raises:
        NotFoundError, DatasetError: no such file, or one that cannot be read at all.
    """
    return _imported(path, partial(check_entry, find=overlap_finder(avoid), convert=as_row))


def import_preferences(path: Path, avoid: Sequence[str] = ()) -> tuple[list[Preference], list[LineProblem]]:
    """Pairs from a file of another tool (`foreign_preferences` lists the forms), as `import_rows` reads rows.

    Raises:
        NotFoundError, DatasetError: no such file, or one that cannot be read at all.
    """
    return _imported(path, partial(check_preference, find=overlap_finder(avoid), convert=as_preference))


def holds_preferences(path: Path) -> bool:
    """Whether the first entry of a file that is an object is a pair of answers; a file holds pairs or rows.

    Raises:
        NotFoundError, DatasetError: no such file, or one that cannot be read at all.
    """
    return is_preference(next((entry.value for entry in read_entries(path) if not entry.problem), {}))


Item = TypeVar("Item", Row, Preference)


def _imported(
    path: Path, check: Callable[[FileEntry], tuple[Item | None, list[str]]]
) -> tuple[list[Item], list[LineProblem]]:
    items: list[Item] = []
    problems: list[LineProblem] = []
    for entry in read_entries(path):
        item, found = check(entry)
        if item is not None and not found:
            items.append(item)
        problems += [LineProblem(path.name, entry.number, problem, entry.where) for problem in found]
    if not items and not problems:
        raise DatasetError(f"{path} holds no row", fix="give a file with rows; `ragft dataset validate --help`")
    return items, problems
