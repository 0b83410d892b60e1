"""A row of papers that contradicts itself is named, and other rows pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.dataset.base import Row
from ragft.dataset.inspect import validate
from ragft.dataset.store import TRAIN, write_rows
from ragft.tasks.papers.row_check import check_row

REFUSAL = "The documents do not answer this question."


def row(answer: str, kind: str = "grounded", chunks: tuple[str, ...] = ("a", "b")) -> Row:
    return Row(
        ({"role": "user", "content": "What is it?"},),
        ({"role": "assistant", "content": answer},),
        kind,
        chunk_ids=chunks,
        oracle_ids=chunks[:1],
    )


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (row("It is so [1]."), None),
        (row("It is so [1] [3]."), "cites 3, which its prompt does not offer"),
        (row("It is so."), "answers without citing"),
        (row(REFUSAL), "is grounded but refuses"),
        (row(REFUSAL, "refusal"), None),
        (row("It is so [1].", "refusal"), "is a refusal that answers"),
        (row("It is so [9].", chunks=()), None),
        (row("It is so [9].", "replay"), None),
    ],
)
def test_what_is_wrong_with_a_row_is_named(made: Row, problem: str | None) -> None:
    assert check_row(made) == problem


def test_a_data_set_is_checked_by_it(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    write_rows(folder / TRAIN, [row("It is so.")])
    assert validate(folder) == []
    assert ["answers without citing" in str(problem) for problem in validate(folder, checks=[check_row])] == [True]
