"""The values of a row of a table with the heads of their columns, as they come out of a PDF."""

from __future__ import annotations

import pytest

from ragft.answer.checking.table_cells import TableCell, may_be_heads, read_row


@pytest.mark.parametrize(
    ("row", "heads", "cells"),
    [
        ("Haro | 48 | 3.5", ["Lock | Bolts | Weight"], [("48", "Bolts"), ("3.5", "Weight")]),
        ("Haro 48 3.5", ["Bolts Weight"], [("48", "Bolts"), ("3.5", "Weight")]),
        ("Haro 48 | 3.5", ["Lock Bolts Weight"], [("48", "Bolts"), ("3.5", "Weight")]),
        (
            "Haro | 7 | 25.2% | 7.82%",
            ["Lock | Gates Top-1 error Top-5 error"],
            [("7", "Gates"), ("25.2%", "Top-1 error"), ("7.82%", "Top-5 error")],
        ),
        (
            "Haro | 0.95 | 0.78 | 0.70",
            ["Faith. Ans. Rel. Cont. Rel."],
            [("0.95", "Faith."), ("0.78", "Ans. Rel."), ("0.70", "Cont. Rel.")],
        ),
        ("Haro 9.1 ± 0.2 | 3.3 · 10^18", ["Bolts | Cost"], [("9.1±0.2", "Bolts"), ("3.3·10^18", "Cost")]),
        ("Haro | 48 | −", ["Bolts | Weight"], [("48", "Bolts"), ("−", "Weight")]),
        ("Haro | 1 | 2 | 3 | 4", ["Lock | 1894 | 1901"], [("1", "1894"), ("2", "1894"), ("3", "1901"), ("4", "1901")]),
    ],
)
def test_each_value_has_the_heads_of_its_column(row: str, heads: list[str], cells: list[tuple[str, str]]) -> None:
    found = read_row(row, heads)
    assert found.label == "Haro"
    assert found.cells == tuple(TableCell(value, head) for value, head in cells)
    assert found.loose == ""


def test_heads_that_do_not_fit_the_values_belong_to_all_of_them() -> None:
    found = read_row("Haro | 48 | 3.5", ["Bolts and the weight of gates in spring", "Bolts | Weight"])
    assert found.cells == (TableCell("48", "Bolts"), TableCell("3.5", "Weight"))
    assert found.loose == "Bolts and the weight of gates in spring"


def test_without_heads_that_fit_a_row_has_no_cells() -> None:
    assert read_row("Haro | 48 | 3.5", ["Bolts"]).cells == ()
    assert read_row("Haro | 48", ["Bolts"]).cells == ()


@pytest.mark.parametrize(
    ("line", "heads"),
    [
        ("Swahili Korean Japanese Bengali", True),
        ("Faith. Ans. Rel. Cont. Rel.", True),
        ("The gates were raised in spring.", False),
        ("Bolts and weight:", False),
        (" ".join(["word"] * 13), False),
    ],
)
def test_a_sentence_is_not_taken_for_heads(line: str, heads: bool) -> None:
    assert may_be_heads(line) is heads
