"""Tables of web pages: every value stays under its head, whatever is merged or empty beside it."""

from __future__ import annotations

import pytest

from ragft.corpus.readers.html.reader import fragment_blocks, parse_page

HEAD = "<tr><th>Gate<th>2019<th>2020<th>2021"


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (
            "<tr><td rowspan=2>Harrow<td>1<td>11<td>12<tr><td>2<td>320<td>450",
            ["Harrow | 1 | 11 | 12", "Harrow | 2 | 320 | 450"],
        ),
        ("<tr><td colspan=2>Marlowe<td>57<td>58", ["Marlowe | Marlowe | 57 | 58"]),
        ("<tr><td>Harrow<td>320<td><td>450", ["Harrow | 320 |  | 450"]),
        ("<tr><td>Harrow<td colspan=2><td>450", ["Harrow |  |  | 450"]),
        ("<tr><td colspan=4>North<tr><td>Harrow<td>1<td>2<td>3", ["North", "Harrow | 1 | 2 | 3"]),
        ("<tr><td colspan='2 '>a<td colspan=x>b<td rowspan=-1>c", ["a | a | b | c"]),
        (
            "<tbody><tr><td rowspan=0>H<td>1<td>2<td>3<tr><td>4<td>5<td>6<tbody><tr><td>M<td>7<td>8<td>9",
            ["H | 1 | 2 | 3", "H | 4 | 5 | 6", "M | 7 | 8 | 9"],
        ),
    ],
)
def test_each_value_stays_under_its_head(rows: str, lines: list[str]) -> None:
    table = f"<table>{HEAD}{rows}</table>"
    wanted = "\n".join(["Gate | 2019 | 2020 | 2021", *lines])
    assert [block.text for block in parse_page(table).blocks] == [wanted]
    assert [block.text for block in fragment_blocks(table)[0]] == [wanted]


@pytest.mark.parametrize("span", ["", " colspan=1"])
def test_the_head_comes_first_and_the_foot_last_wherever_they_are_written(span: str) -> None:
    foot, head = "<tfoot><tr><td>Total<td>57</tfoot>", "<thead><tr><th>Gate<th>bolts</thead>"
    body = f"<tbody><tr><td{span}>Harrow<td>45</tbody><tr><td>Marlowe<td>12</tr>"
    for source in (foot + head + body, head + foot + body, body + foot + head):
        (table,) = parse_page(f"<table>{source}</table>").blocks
        assert table.text.split("\n") == ["Gate | bolts", "Harrow | 45", "Marlowe | 12", "Total | 57"]


@pytest.mark.parametrize("around", ["<td>{}", "<td><div>{}</div>", "<td><p>Order 57<p>shipped<td><center>{}</center>"])
def test_a_table_of_values_within_one_that_lays_out_the_page_keeps_its_rows(around: str) -> None:
    inner = "<table><tr><td><p>Bolt</p><td>12<td>$40.00<tr><td>Nut<td><td>$5.90</table>"
    (table,) = [
        block for block in parse_page(f"<table><tr>{around.format(inner)}</table>").blocks if block.kind == "table"
    ]
    assert table.text == "Bolt | 12 | $40.00\nNut |  | $5.90"


def test_short_paragraphs_and_lists_in_cells_are_values() -> None:
    page = "<table><tr><td><p>Rent<td><p>1200<p>net<tr><td>Food<td><ul><li>200<li>30</ul></table>"
    (table,) = parse_page(page).blocks
    assert table.text == "Rent | 1200 net\nFood | 200 30"


def test_long_paragraphs_in_cells_are_text() -> None:
    long = "The gate is open in most winters, and the water stands high. " * 4
    blocks = parse_page(f"<table><tr><td>Left<td><p>{long}<p>{long}<tr><td>Right<td>45</table>").blocks
    assert [block.text for block in blocks] == ["Left", long.strip(), long.strip(), "Right", "45"]
