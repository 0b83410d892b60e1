"""Items of lists have the numbers that a browser shows, in web pages, Markdown and books."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.html.reader import fragment_blocks, parse_page


@pytest.mark.parametrize(
    ("page", "items"),
    [
        ("<ol start=7><li>a<li>b</ol>", ["7. a", "8. b"]),
        ("<ol start=0><li>a<li>b</ol>", ["0. a", "1. b"]),
        ("<ol><li>a<li value=45>b<ol><li>in</ol><li>c</ol>", ["1. a", "45. b", "1. in", "46. c"]),
        ("<ol reversed><li>a<li>b</ol>", ["2. a", "1. b"]),
        ("<ol start=3><li><p>a</p><p>more</p><li><b>b</b></ol>", ["3. a", "more", "4. b"]),
        ("<ol start=3><li><h3>a</h3><li> <li><img>c</ol>", ["3. a", "5. c"]),
        ("<ol><li>a<li>b</ol>", ["1. a", "2. b"]),
        ("<ol start=x><li>a</ol><ul><li value=4>b</ul><ol type=a start=3><li>c</ol>", ["1. a", "b", "c. c"]),
        ("<ol type=I><li>a<li type=a>b</ol><ol type=i><li>c</ol>", ["I. a", "b. b", "i. c"]),
        ("<ol><li>a<li hidden>b<li>c</ol>", ["1. a", "2. c"]),
        ("<style>.n{list-style:none}</style><ol class=n><li>a</ol>", ["a"]),
        ("<ol style='list-style: upper-roman inside'><li>a<li style='list-style-type:none'>b</ol>", ["I. a", "b"]),
        ("<style>ol li{display:block}</style><ol><li>a</ol><menu><li>b</menu>", ["a", "b"]),
        ("<style>ul{list-style-type:decimal-leading-zero}</style><ul><li>a</ul>", ["01. a"]),
        (
            "<ol start=10 style='list-style:cjk-decimal'><li>a<li style='list-style:cjk-ideographic'>b</ol>",
            ["一〇. a", "十一. b"],
        ),
        ("<style>li{list-style-type:'Step '}</style><ol><li>a</ol>", ["Step a"]),
        ("<div class=footnotes><p>So.<ol><li>a note</ol></div><ol class=footnotes><li>b</ol>", ["So.", "a note", "b"]),
        ("<p>So.<div class=footnotes><ol><li>a note</ol></div>", ["So.", "a note"]),
    ],
)
def test_items_keep_their_numbers(page: str, items: list[str]) -> None:
    assert [block.text for block in parse_page(page).blocks] == items
    assert [block.text for block in fragment_blocks(page)[0]] == items


def test_a_year_that_opens_a_line_of_markdown_is_kept(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("1986. A great year.\n\nIt rained.\n\n1. one\n2. two\n", encoding="utf-8")
    texts = [block.text for block in read_here(tmp_path / "x.md").blocks]
    assert texts == ["1986. A great year.", "It rained.", "1. one", "2. two"]


def test_the_number_of_an_item_is_written_once() -> None:
    page = parse_page("<title>T</title><ol start=5><li>five</li><li value=9>nine</li></ol>")
    assert [block.text for block in page.blocks] == ["5. five", "9. nine"]
