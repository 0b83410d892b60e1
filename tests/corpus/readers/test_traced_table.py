"""Cells that reach over several rows and columns of a drawn table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers.traced_table import traced


def texts(drawing: str) -> list[list[tuple[str, int, int, bool]]]:
    rows = traced(drawing.strip().split("\n"))
    return [[(cell.text.strip(), cell.column, cell.across, cell.own) for cell in row] for row in rows]


def test_a_cell_hangs_down_into_each_row_that_it_reaches() -> None:
    assert texts("+--+--+\n|a |1 |\n|  +--+\n|  |2 |\n+--+--+") == [
        [("a", 0, 1, True), ("1", 1, 1, True)],
        [("a", 0, 1, False), ("2", 1, 1, True)],
    ]


def test_a_cell_may_reach_over_rows_and_columns() -> None:
    assert texts("+-+-+-+\n|a  |1|\n|   +-+\n|   |2|\n+-+-+-+\n|3|4|5|\n+-+-+-+") == [
        [("a", 0, 2, True), ("1", 2, 1, True)],
        [("a", 0, 2, False), ("2", 2, 1, True)],
        [("3", 0, 1, True), ("4", 1, 1, True), ("5", 2, 1, True)],
    ]


@pytest.mark.parametrize("drawing", ["+--+\n|a |\n+-", "+-+-+\n|a|1\n| +-+\n| |2|\n+-+-+", "+-+", "a"])
def test_without_lines_around_every_cell_there_are_none(drawing: str) -> None:
    assert texts(drawing) == []


def test_a_drawing_that_takes_long_to_follow_is_left() -> None:
    size = 300
    drawing = ["+" * size, *("+" + "+" * (size - 2) + "|" for _ in range(size)), "|" * size]
    assert traced(drawing) == []


@given(st.lists(st.text("+-|=a ", max_size=9), max_size=9))
def test_any_drawing_is_followed(lines: list[str]) -> None:
    for row in traced(lines):
        assert [cell.column for cell in row] == sorted({cell.column for cell in row})
