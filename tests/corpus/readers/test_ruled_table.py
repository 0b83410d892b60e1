"""Tables whose columns a line of dashes marks, in plain text, messages and Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers import read_here
from ragft.corpus.readers.ruled_table import ruled_in

SIMPLE = """
      Gate   Cost  Use
   -------  -----  ---------
     North   $320  locks
             $ 15  none
"""
HEADLESS = """
-----  ----  --------
North   320  in use
South        not used
-----  ----  --------
"""
MULTILINE = """
-----------------------------------
 Gate        Cost Use in the
                  winter
-------- -------- -----------------
 North       $320 locks the basin
                  and the quay

 South            none
-----------------------------------
"""
ONE_LINE_EACH = """
----------------
Gate   Cost
-----  ----
North   320
South    15
----------------
"""
RESTRUCTURED = """
=====  =====  =======
Gate   Cost   Use
=====  =====  =======
North  320    locks
              basins
South  15     none
=====  =====  =======
"""
DATABASE = """
 id | name  | 点数
----+-------+------
  1 | a b   | 4.50
  2 |       |   東
"""
READ = {
    SIMPLE: ["Gate | Cost | Use", "North | $320 | locks", " | $ 15 | none"],
    HEADLESS: ["North | 320 | in use", "South |  | not used"],
    MULTILINE: ["Gate | Cost | Use in the winter", "North | $320 | locks the basin and the quay", "South |  | none"],
    ONE_LINE_EACH: ["Gate | Cost", "North | 320", "South | 15"],
    RESTRUCTURED: ["Gate | Cost | Use", "North | 320 | locks basins", "South | 15 | none"],
    DATABASE: ["id | name | 点数", "1 | a b | 4.50", "2 |  | 東"],
}


@pytest.mark.parametrize("table", READ)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.eml"])
def test_cells_of_a_ruled_table_are_distinguished(table: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(f"Subject: Gates\n\nThey leak.\n{table}\nThey do.\n", encoding="utf-8")
    blocks = [(block.kind, block.text) for block in read_here(tmp_path / name).blocks]
    assert blocks[-3:] == [("paragraph", "They leak."), ("table", "\n".join(READ[table])), ("paragraph", "They do.")]


def test_cells_in_markdown_hold_markdown(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("They leak.\n\nGate       Cost\n-----      -----\n**North**  10^-4^\n")
    assert read_here(tmp_path / "a.md").blocks[-1].text == "Gate | Cost\nNorth | 10^-4"


@pytest.mark.parametrize(
    "text",
    [
        "-- --\nhello world\n-- --",
        "-- --\n\n-- --",
        "---\n-- --\n \n---",
        "--- ---\na   b",
        "---\nabc\n---",
        "-----\nGate   Cost\n-----  ----",
        "Gate   Cost\n-----  ----\n1986 was a great year",
        "Gate   Cost\n-----  ----",
        "+-\n-+-\n\n",
    ],
)
def test_other_lines_of_dashes_are_text(text: str) -> None:
    assert list(ruled_in(text.split("\n"))) == [(text.split("\n"), [])]


def test_code_in_markdown_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("So:\n\n    Gate   Cost\n    -----  ----\n    North   320\n\nthen.\n")
    assert [block.kind for block in read_here(tmp_path / "a.md").blocks] == ["paragraph", "code", "paragraph"]


@given(st.lists(st.text("-=+|a 日\u0301\t", max_size=12), max_size=10))
def test_no_line_is_lost_before_or_behind_a_table(lines: list[str]) -> None:
    assert [line for piece, _ in ruled_in(lines) for line in piece] == lines


@given(st.lists(st.text("-= +|a日", max_size=12), max_size=10))
def test_no_word_is_cut(lines: list[str]) -> None:
    for piece, rows in ruled_in(lines):
        if rows:
            words = {word for line in piece for word in line.replace("|", " ").split()}
            assert {word for row in rows for cell in row for word in cell.split()} <= words
