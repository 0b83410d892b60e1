"""Tables that are drawn with signs, in plain text, messages and Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers import read_here
from ragft.corpus.readers.drawn_table import drawn_in, rows_of

GRID = """
+-------+------+-----------+
| Gate  | Cost | Use       |
+=======+======+===========+
| North | $320 | locks the |
|       |      | basin     |
+-------+------+-----------+
| South |      | none      |
+-------+------+-----------+
"""
DATABASE = """
+----+------+-------+
| id | name | score |
+----+------+-------+
|  1 | a b  |  4.50 |
|  2 |      |  NULL |
+----+------+-------+
"""
TERMINAL = """
┏━━━━━━┳━━━━━━┓
┃ Year ┃ 日本 ┃
┡━━━━━━╇━━━━━━┩
│ 2019 │ 95.2 │
│ 2018 │ 東京 │
└──────┴──────┘
"""
SPANNED = """
+---+-------+
| a | b     |
+---+---+---+
| x | 1 | 2 |
+---+---+---+
"""
REACHING = """
+-------------+--------+----------+
| Place                | Measured |
+=============+========+==========+
|             | min    | -89.2 °C |
| Temperature +--------+----------+
| 1961–1990   | mean   | 14 °C    |
|             +--------+----------+
|             | 東     | 56.7 °C  |
+-------------+--------+----------+
"""
READ = {
    REACHING: [
        "Place | Place | Measured",
        "Temperature 1961–1990 | min | -89.2 °C",
        "Temperature 1961–1990 | mean | 14 °C",
        "Temperature 1961–1990 | 東 | 56.7 °C",
    ],
    GRID: ["Gate | Cost | Use", "North | $320 | locks the basin", "South |  | none"],
    DATABASE: ["id | name | score", "1 | a b | 4.50", "2 |  | NULL"],
    TERMINAL: ["Year | 日本", "2019 | 95.2", "2018 | 東京"],
    SPANNED: ["a | b | b", "x | 1 | 2"],
}


@pytest.mark.parametrize("table", READ)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.eml"])
def test_cells_of_a_drawn_table_are_distinguished(table: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(f"Subject: Gates\n\nThey leak.\n{table}\nThey do.\n", encoding="utf-8")
    blocks = [(block.kind, block.text) for block in read_here(tmp_path / name).blocks]
    assert blocks[-3:] == [("paragraph", "They leak."), ("table", "\n".join(READ[table])), ("paragraph", "They do.")]


@pytest.mark.parametrize(
    "lines",
    [
        "| a | b |\n| 1 | 2 |",
        "+---+---+\n| a | b |\n|   +---+\n|   | 2 |\n+---+",
        "+---+---+\n| a | b",
        "+---+\n+---+\n+---+",
        "+ 5\n| 6\n+ 7",
    ],
)
def test_what_is_not_drawn_whole_stays_one_piece_of_text(lines: str) -> None:
    assert list(drawn_in(f"So\n{lines}\nthen".split("\n"))) == [(f"So\n{lines}\nthen".split("\n"), [])]


@given(st.lists(st.text("+-=|a 日\u0301┃━┏", max_size=12), max_size=8))
def test_any_lines_are_looked_through(lines: list[str]) -> None:
    assert all(isinstance(cell, str) for row in rows_of(lines) for cell in row)
