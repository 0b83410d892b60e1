"""Merged cells repeat their text, so that every value keeps its column; a hostile table cannot repeat without end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.merged_cells import Cell, PlacedCell, continued, placed, unmerged

CELLS = st.builds(Cell, st.sampled_from(["", "a", "bb"]), st.integers(1, 4), st.integers(1, 4))


def test_a_cell_repeats_in_the_rows_and_columns_that_it_covers() -> None:
    rows = [[Cell("Gate", down=2), Cell("Open", across=2)], [Cell("2019"), Cell("2020")], [Cell("M"), Cell("5")]]
    assert unmerged(placed(rows)) == [["Gate", "Open", "Open"], ["Gate", "2019", "2020"], ["M", "5"]]


def test_empty_cells_stay_and_a_cell_as_wide_as_the_table_comes_once() -> None:
    rows = [[Cell("a"), Cell(""), Cell("c")], [Cell("North", across=3)], [Cell("", across=3)], [Cell("x", across=9)]]
    assert unmerged(placed(rows[:3])) == [["a", "", "c"], ["North"]]


def test_columns_that_no_cell_begins_in_are_none() -> None:
    assert unmerged(placed([[Cell("a", across=900), Cell("b")], [Cell("c", across=900), Cell("d")]])) == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_a_cell_that_continues_the_one_above_has_its_text() -> None:
    rows = [
        [PlacedCell("H", 0), PlacedCell("1", 1)],
        [PlacedCell("", 0, own=False), PlacedCell("2", 1)],
        [PlacedCell("3", 1)],
    ]
    assert unmerged(continued([*rows, [PlacedCell("", 0, own=False), PlacedCell("4", 1)]])) == [
        ["H", "1"],
        ["H", "2"],
        ["", "3"],
        ["", "4"],
    ]


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_no_text_is_lost_and_no_two_cells_of_a_row_begin_in_one_column(rows: list[list[Cell]]) -> None:
    found = placed(rows)
    assert [[cell.text for cell in row if cell.own] for row in found] == [[cell.text for cell in row] for row in rows]
    assert all(len({cell.column for cell in row}) == len(row) for row in found)
    written = [text for row in unmerged(found) for text in row]
    assert all(
        written.count(text) >= sum(row.count(text) for row in [[c.text for c in r] for r in rows])
        for text in ("a", "bb")
    )


def test_a_hostile_table_does_not_repeat_without_end() -> None:
    wide = [[Cell(str(n)) for n in range(500)]] + [[Cell("x" * 1000, across=500)] for _ in range(500)]
    wide.append([Cell("y"), Cell("z", across=498)])
    deep = [[Cell("x" * 1000, down=65534) for _ in range(500)]] + [[Cell("y")] for _ in range(2000)]
    for rows in (wide, deep):
        held = sum(len(cell.text) for row in rows for cell in row)
        assert sum(len(text) for row in unmerged(placed(rows)) for text in row) < 60 * held
    assert sum(map(len, placed(deep))) < 300_000
