"""Tables of plain text and messages: cells set apart by blanks or tabs never become one number."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers import read_here
from ragft.corpus.readers.spaced_table import cells_of, tables_in

TABLE = "Gate      N    S\nNorth    12   345\nSouth     7   890"
READ = "Gate | N | S\nNorth | 12 | 345\nSouth | 7 | 890"


def blocks(folder: Path, name: str, text: str) -> list[tuple[str, str]]:
    (folder / name).write_text(text, encoding="utf-8")
    return [(block.kind, block.text) for block in read_here(folder / name).blocks]


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        "Gate\tN\tS\nNorth\t12\t345\nSouth\t7\t890",
        "  Gate   N    S\n------- --- ----\n  North  12  345\n  South   7  890",
        TABLE.replace("\n", "\r\n"),
    ],
)
def test_cells_of_a_text_are_distinguished(table: str, tmp_path: Path) -> None:
    assert ("table", READ) in blocks(tmp_path, "a.txt", f"Counts of the gates\n\nThey leak.\n\n{table}\n\nThey do.\n")
    assert ("table", READ) in blocks(tmp_path, "a.eml", f"Subject: Gates\n\nThey leak.\n\n{table}\n\nThey do.\n")


def test_words_above_and_below_a_table_are_paragraphs(tmp_path: Path) -> None:
    text = f"Counts of the gates\n\nThe gates leak now.\nTable 1: bolts\n{TABLE}\nThey were counted twice.\n"
    assert blocks(tmp_path, "a.txt", text)[1:] == [
        ("paragraph", "The gates leak now. Table 1: bolts"),
        ("table", READ),
        ("paragraph", "They were counted twice."),
    ]


@pytest.mark.parametrize("cell", ["1" * 500_000 + "x", "1%" * 250_000 + "x", "1." * 250_000 + "x"])
def test_a_long_word_of_digits_is_looked_through_once(cell: str) -> None:
    """Where the digits end and the signs behind them begin was tried in every way: half a million took hours."""
    assert cells_of([f"a  {cell}", f"b  {cell}"]) == []


@pytest.mark.parametrize("cell", ["12%", "1.5*", "(12)", "1,234.5€", "3)*", "5*2", "-4", "n/a"])
def test_numbers_with_signs_are_numbers(cell: str) -> None:
    assert cells_of([f"a  {cell}", f"b  {cell}"]) == [["a", cell], ["b", cell]]


def test_an_empty_cell_stays_one() -> None:
    rows = cells_of("North   12   345   1\nSouth        890   2\nEast    99         3".split("\n"))
    assert rows == [["North", "12", "345", "1"], ["South", "", "890", "2"], ["East", "99", "", "3"]]


@pytest.mark.parametrize(
    "text",
    [
        "The gate is  open in most winters,  and\nthe crew   looks after  it each  day.",
        "There are 12 345 bolts\nand 7 890 nuts.",
        "North   12   345",
        "1.  Open the gate.\n2.  Close it.",
    ],
)
def test_text_that_is_no_table(text: str) -> None:
    assert list(tables_in(text)) == [(text, False)]


@given(st.text(alphabet="a1 \t\n-|.", max_size=80))
def test_nothing_but_blanks_and_rules_is_lost(text: str) -> None:
    read = "".join(piece for piece, _ in tables_in(text))
    assert [char for char in read if char in "a1"] == [char for char in text if char in "a1"]
