"""Items keep their numbers where a list does not count 1, 2, 3, in web pages, Markdown and books."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.html import fragment_blocks, parse_page


@pytest.mark.parametrize(
    ("page", "items"),
    [
        ("<ol start=7><li>a<li>b</ol>", ["7. a", "8. b"]),
        ("<ol start=0><li>a<li>b</ol>", ["0. a", "1. b"]),
        ("<ol><li>a<li value=45>b<ol><li>in</ol><li>c</ol>", ["1. a", "45. b", "in", "46. c"]),
        ("<ol reversed><li>a<li>b</ol>", ["2. a", "1. b"]),
        ("<ol start=3><li><p>a</p><p>more</p><li><b>b</b></ol>", ["3. a", "more", "4. b"]),
        ("<ol start=3><li><h3>a</h3><li> <li><img>c</ol>", ["3. a", "5. c"]),
        ("<ol start=1><li>a<li value=2>b</ol>", ["a", "b"]),
        ("<ol start=x><li>a</ol><ul><li value=4>b</ul><ol type=a start=3><li>c</ol>", ["a", "b", "c"]),
    ],
)
def test_items_keep_their_numbers(page: str, items: list[str]) -> None:
    assert [block.text for block in parse_page(page).blocks] == items
    assert [block.text for block in fragment_blocks(page)[0]] == items


def test_a_year_that_opens_a_line_of_markdown_is_kept(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("1986. A great year.\n\nIt rained.\n\n1. one\n2. two\n", encoding="utf-8")
    texts = [block.text for block in read_here(tmp_path / "x.md").blocks]
    assert texts == ["1986. A great year.", "It rained.", "one", "two"]


def test_the_number_of_an_item_is_written_once() -> None:
    page = parse_page("<title>T</title><ol start=5><li>five</li><li value=9>nine</li></ol>")
    assert [block.text for block in page.blocks] == ["5. five", "9. nine"]
