"""The scored rows of a comparison as a file, a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ragft.benchmark.base import ScoredRow
from ragft.journal import whole_lines
from ragft.typed_json import parsed
from ragft.workspace import atomic_writer


@dataclass(frozen=True)
class AnswerText:
    """What an arm answered to a question of a suite."""

    suite: str
    arm: str
    question_id: str
    text: str


def write_scored_rows(path: Path, rows: Iterable[ScoredRow]) -> None:
    """Write the rows.

    Raises:
        DiskFull, WorkspaceError: they could not be written.
    """
    with atomic_writer(path) as handle:
        for row in rows:
            handle.write(json.dumps(asdict(row)) + "\n")  # ASCII: a U+2028 in an answer would end a line for some


def read_answers(path: Path) -> list[AnswerText]:
    """The texts of the answers in such a file.

    Raises:
        ValueError: a line is not a scored row.
        WorkspaceError: the file cannot be read.
    """
    rows = (parsed(_Row, line) for _, line in whole_lines(path))
    return [AnswerText(row.suite, row.arm, row.question_id, row.recorded.answer.answer) for row in rows]


@dataclass(frozen=True)
class _Text:
    answer: str


@dataclass(frozen=True)
class _Recorded:
    answer: _Text


@dataclass(frozen=True)
class _Row:
    """What is read of a row."""

    suite: str
    arm: str
    question_id: str
    recorded: _Recorded
