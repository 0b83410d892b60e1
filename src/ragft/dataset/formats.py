"""The same rows in the form other trainers read.

trl       prompt, completion (and chat_template_kwargs), as kept here
mlx       messages: mlx-lm's chat format, with `--mask-prompt`
axolotl   messages: `type: chat_template`, which trains on the assistant's turns
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ragft.dataset.base import Row
from ragft.dataset.questions import overlap_finder
from ragft.dataset.store import HELD_OUT, TRAIN, read_lines, read_rows, row_from_dict, write_lines
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


def import_rows(path: Path, avoid: Sequence[str] = ()) -> list[Row]:
    """Rows from a JSONL file of prompt/completion or of `messages`, whose last turn is the answer.

    Raises:
        NotFoundError, DatasetError: no such file, or a line that is none of the two, or one that asks a question of
            `avoid`; the message names it.
    """
    find = overlap_finder(avoid)
    rows = []
    for number, value in read_lines(path):
        try:
            row = row_from_dict(_as_pair(value))
        except DatasetError as error:
            raise DatasetError(f"{path}, line {number}, {error.message}") from error
        if (question := find(row)) is not None:
            raise DatasetError(
                f"{path}, line {number}, asks what the model will be judged by: {question!r}", fix="remove the line"
            )
        rows.append(row)
    return rows


def _as_pair(value: Mapping[str, Any]) -> Mapping[str, Any]:
    messages = value.get("messages")
    if "prompt" in value or not isinstance(messages, Sequence) or len(messages) < 2:
        return value
    return {**value, "prompt": list(messages[:-1]), "completion": [messages[-1]]}
