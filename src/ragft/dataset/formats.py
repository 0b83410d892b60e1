"""Rows to and from the forms of other tools. Written are:

trl       prompt, completion (and chat_template_kwargs), as kept here
mlx       messages: mlx-lm's chat format, with `--mask-prompt`
axolotl   messages: `type: chat_template`, which trains on the assistant's turns
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ragft.dataset.base import Problem, Row
from ragft.dataset.entries import read_entries
from ragft.dataset.foreign import as_row
from ragft.dataset.inspect import check_entry
from ragft.dataset.questions import overlap_finder
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows, write_lines
from ragft.errors import DatasetError, UsageError


def _trl(row: Row) -> dict[str, Any]:
    value: dict[str, Any] = {"prompt": list(row.prompt), "completion": list(row.completion)}
    return {**value, "chat_template_kwargs": dict(row.chat_template_kwargs)} if row.chat_template_kwargs else value


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
    convert, train, held_out = FORMATS[name]
    written = []
    for source, file in ((TRAIN, train), (HELD_OUT, held_out)):
        if (folder / source).is_file():
            write_lines(target / file, (convert(row) for row in read_rows(folder / source)))
            written.append(target / file)
    return tuple(written)


def import_rows(path: Path, avoid: Sequence[str] = ()) -> tuple[list[Row], list[Problem]]:
    """Rows from a file of another tool (`foreign` lists the forms), and what is wrong with those that are none.

    A row that asks a question of `avoid` is a problem, too, and not among the rows.

    Raises:
        NotFoundError, DatasetError: no such file, or one that cannot be read at all.
    """
    find = overlap_finder(avoid)
    rows: list[Row] = []
    problems: list[Problem] = []
    for entry in read_entries(path):
        row, found = check_entry(entry, find, as_row)
        if row is not None and not found:
            rows.append(row)
        problems += [Problem(path.name, entry.number, problem, entry.where) for problem in found]
    if not rows and not problems:
        raise DatasetError(f"{path} holds no row", fix="give a file with rows; `ragft dataset validate --help`")
    return rows, problems
