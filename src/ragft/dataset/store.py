"""Data sets on disk: JSONL rows, one folder a set, strict on the way in.

rows = read_rows(folder / TRAIN)        # DatasetError names the file and the line
write_rows(folder / TRAIN, rows)        # atomic
"""

from __future__ import annotations

import dataclasses
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from ragft.dataset.base import GenerateReport, Row
from ragft.dataset.entries import read_entries
from ragft.dataset.fields import assistant_messages, messages_of, provenance_of
from ragft.dataset.preference import Preference, distinct_preferences, preference_from_dict, preference_to_dict
from ragft.errors import DatasetError, NotFoundError, UsageError
from ragft.journal import write_lines
from ragft.machine import composed, expand, is_portable
from ragft.typed_json import parsed
from ragft.workspace import Workspace, digest_file, only_one, short_digest, write_json

Item = TypeVar("Item")
TRAIN, HELD_OUT, REJECTED, CARD = "rows.jsonl", "held_out.jsonl", "rejected.jsonl", "dataset.json"
PREFERENCES = "preferences.jsonl"
_ENDING = re.compile(r"\.(?:jsonl?|ndjson|csv|tsv|parquet|arrow|txt|gz|zip)$", re.IGNORECASE)


def dataset_names(workspace: Workspace) -> list[str]:
    """The names of the data sets of the workspace, in order."""
    return sorted(path.parent.name for path in workspace.datasets.glob(f"*/{TRAIN}"))


def find_dataset(workspace: Workspace, name: str) -> Path:
    """The folder of the data set called `name`, or at the path `name`.

    Raises:
        NotFoundError: there is none.
    """
    for candidate in (workspace.datasets / composed(name), expand(Path(name))):
        if name and (candidate / TRAIN).is_file():
            return candidate.absolute()
    raise _not_found(expand(Path(name)), name, dataset_names(workspace))


def _not_found(path: Path, name: str, names: Sequence[str]) -> NotFoundError:
    """Why no data set was found at `path`, nor under `name` among `names`."""
    known = f"(data sets: {', '.join(names) or 'none yet'})"
    another = "name one of them" if names else "ragft generate --name NAME"
    if not name:
        return NotFoundError(f"which data set? {known}", fix="dataset=NAME" if names else another)
    if path.is_file():
        return NotFoundError(f"{path} is a file, not a data set", fix=f"ragft dataset import {path} --to NAME")
    if path.is_dir():
        return NotFoundError(f"{path} is not a data set: it holds no {TRAIN} {known}", fix=another)
    if any(sign in name for sign in ("/", os.sep)) or name.startswith("~") or _ENDING.search(name):
        return NotFoundError(f"no file or folder {path}", fix="check the path")
    near = get_close_matches(name, names, n=1)
    return NotFoundError(f"no data set {name!r} {known}", fix=f"did you mean {near[0]!r}?" if near else another)


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object's number (from 1) in the file, and the object.

    Raises:
        NotFoundError: no such file.
        DatasetError: a line is not Unicode or not a JSON object; the message names it.
    """
    for entry in read_entries(path):
        if entry.problem:
            raise _bad(path, entry.number, entry.problem)
        yield entry.number, dict(entry.value)


def read_rows(path: Path) -> list[Row]:
    """All rows of a file, checked.

    Raises:
        NotFoundError: no such file.
        DatasetError: a line that is not a training row; the message names the file, the line and what is wrong.
    """
    return _read(path, row_from_dict)


def read_held_out(folder: Path) -> list[Row]:
    """The held-out rows of the data set in `folder`, checked; none where it has no such file.

    Raises:
        DatasetError: a line that is not a training row; the message names the file, the line and what is wrong.
    """
    path = folder / HELD_OUT
    return read_rows(path) if path.is_file() else []


def read_preferences(path: Path) -> list[Preference]:
    """All pairs of a file, checked; none where there is no such file, since few data sets have one.

    Raises:
        DatasetError: a line that is not a pair; the message names the file, the line and what is wrong.
    """
    return _read(path, preference_from_dict) if path.exists() else []


def _read(path: Path, from_dict: Callable[[Mapping[str, Any]], Item]) -> list[Item]:
    items = []
    for number, value in read_lines(path):
        try:
            items.append(from_dict(value))
        except DatasetError as error:
            raise _bad(path, number, error.message) from error
    return items


def row_from_dict(value: Mapping[str, Any]) -> Row:
    """A row from its JSON form; fields not known here are ignored, as other tools add their own.

    Raises:
        DatasetError: what is missing or of the wrong form.
    """
    given = provenance_of(value, Row)
    given["prompt"] = messages_of(value.get("prompt"), "prompt")
    given["completion"] = assistant_messages(value.get("completion"), "completion")
    return Row(**given)


def row_to_dict(row: Row) -> dict[str, Any]:
    """The JSON form of a row: what TRL reads (`prompt`, `completion`, `chat_template_kwargs`) plus provenance."""
    value = dataclasses.asdict(row)
    for name in ("groups", "form", "help"):  # groups: the documents, which are there already
        if not value[name]:
            del value[name]
    return {key: list(item) if isinstance(item, tuple) else item for key, item in value.items()}


def row_id(row: Row) -> str:
    """16 hex digits over what the row teaches: the same row has the same id wherever it was made."""
    return short_digest({"prompt": list(row.prompt), "completion": list(row.completion)})


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write `rows` atomically, one JSON object a line.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    write_lines(path, (row_to_dict(row) for row in rows))


def write_preferences(path: Path, pairs: Iterable[Preference]) -> None:
    """Write `pairs` atomically, one JSON object a line, each once and with an id.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    write_lines(path, map(preference_to_dict, distinct_preferences(pairs)))


def _bad(path: Path, line: int, problem: str) -> DatasetError:
    return DatasetError(
        f"{path}, line {line}, {problem}", fix=f"correct or remove the line; ragft dataset validate {path} lists all"
    )


def check_data_set_name(name: str) -> str:
    """`name` in composed Unicode (NFC), if a data set may be called so.

    Raises:
        UsageError: it is empty, hidden or no plain file name on some platform.
    """
    name = composed(name)
    if not is_portable(name) or name.startswith(".") or not all(c.isalnum() or c in "-_." for c in name):
        raise UsageError(
            f"{name!r} is not a name for a data set", fix="letters, digits, - _ and . are allowed, at most 100 of them"
        )
    return name


def new_dataset(workspace: Workspace, name: str) -> Path:
    """The folder for a data set called `name`, new or continued; it is not made here.

    Raises:
        UsageError: it may not be called so, or another data set's name differs only in upper and lower case.
    """
    return only_one(workspace.datasets / check_data_set_name(name), "data set")


def save_dataset(
    workspace: Workspace,
    name: str,
    train: Sequence[Row],
    held_out: Sequence[Row],
    preferences: Sequence[Preference] = (),
    *,
    request: Mapping[str, Any] | None = None,
) -> Path:
    """Write a new data set that came from elsewhere than `generate`; rows and pairs without an id of their own get one.

    `request` is what its rows were made by, of a part of a set that `generate` made.

    Raises:
        UsageError: the name is taken or cannot be used.
        DatasetError: there is no row to train on.
    """
    folder = new_dataset(workspace, name)
    if (folder / TRAIN).exists():
        raise UsageError(f"there is a data set {name!r} already", fix="give another name")
    if not train:
        raise DatasetError("no row to train on is left")
    taken = Counter(row.id for row in (*train, *held_out))
    if preferences:
        write_preferences(folder / PREFERENCES, preferences)
    for file, rows in ((HELD_OUT, held_out), (TRAIN, train)):
        write_rows(
            folder / file,
            [row if row.id and taken[row.id] == 1 else replace(row, id=row_id(row)) for row in rows],
        )
    kept: Counter[str] = Counter(row.kind for row in (*train, *held_out))
    write_card(folder, request or {}, train, held_out, GenerateReport(name, dict(kept), {}, 0.0))
    return folder


def read_card(folder: Path) -> dict[str, Any] | None:
    """The card of the data set in `folder`; None where it was not finished."""
    try:
        card = parsed(dict[str, Any], (folder / CARD).read_bytes())
    except (OSError, ValueError):
        return None
    return card if (folder / TRAIN).is_file() else None


def is_whole(folder: Path, card: Mapping[str, Any]) -> bool:
    """Whether the files in `folder` are still those that its card was written for."""
    digests = card.get("digests")
    if not isinstance(digests, dict) or not {TRAIN, HELD_OUT} <= set(digests):
        return False
    return all((folder / name).is_file() and digest_file(folder / name) == kept for name, kept in digests.items())


def write_card(
    folder: Path, request: Mapping[str, Any], train: Sequence[Row], held_out: Sequence[Row], report: GenerateReport
) -> None:
    """Write the card: what was asked, what came of it, digests. It holds no times, so equal sets have equal cards."""
    card = {
        "name": folder.name,
        "rows": len(train),
        "held_out": len(held_out),
        "kept": dict(report.kept),
        "rejected": dict(report.rejected),
        "notes": list(report.notes),
        "digests": {
            name: digest_file(folder / name)
            for name in (TRAIN, HELD_OUT, PREFERENCES, REJECTED)
            if (folder / name).is_file()
        },
        "request": dict(request),
    }
    write_json(folder / CARD, card)
