"""Which lines are the heads of a table's columns, and what is repeated of a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Block
from ragft.corpus.tables import captions_first, header_rows, headers, heads, is_row

RESULTS = ["NQ | WQ", "Name | EM | EM | # params", "BERT | 26.5 | 17.7 | 110m", "REALM | 40.4 | 40.7 | 330m"]
CAPTION = Block("Table 1: Test results on two benchmarks.", 7, "caption")


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        (RESULTS, 2),
        (["Settings | QA | ASQA", "Retriever | BM25 | Bing", "Corpus | Wikipedia | open web"], 1),
        ([*RESULTS[2:], "T5 | 27.0 | 29.1"], 0),
        (["A | B", "1.0 | 2.0"], 0),
        (["Name | EM | F1", "BERT | - | -", "REALM | 40.4 | –"], 1),
        (["It was shown by many that this is so."] * 4, 0),
    ],
)
def test_the_heads_are_the_rows_above_the_first_numbers(rows: list[str], count: int) -> None:
    assert header_rows(rows) == count


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("REALM | 40.4 | 40.7", True),
        ("DetectGPT 0.84 / 0.77 0.84 / 0.84 0.87", True),
        (
            "Method | GPT-2 OPT-2.7 Neo-2.7 GPT-J NeoX Avg. GPT-2 OPT-2.7 Neo-2.7 GPT-J NeoX Avg. GPT-2 OPT-2.7 Avg.",
            True,
        ),
        ("", False),
        (
            "We start from p(y | x), as the retriever would, and then go on to say much more about what it is for.",
            False,
        ),
    ],
)
def test_prose_with_a_bar_in_it_is_no_row(line: str, row: bool) -> None:
    assert is_row(line) == row


def test_a_line_knows_the_heads_of_its_own_table() -> None:
    found = headers(["Before it.", *RESULTS, "Between them.", *RESULTS])
    none = range(0)
    assert found[:5] == [none, none, none, range(1, 3), range(1, 3)]
    assert found[5:] == [none, none, none, range(6, 8), range(6, 8)]


@given(st.lists(st.text(" |a1.\n", max_size=20)))
def test_heads_stand_before_their_row(lines: list[str]) -> None:
    found = headers(lines)
    assert len(found) == len(lines)
    assert all(place not in above and set(above) <= set(range(place)) for place, above in enumerate(found))


def test_a_row_repeats_the_caption_and_the_heads_above_it() -> None:
    [_, rows] = heads([CAPTION, Block("\n".join(RESULTS), 7, "table")])
    whole = "\n".join([CAPTION.text, *RESULTS[:2]])
    assert rows == [CAPTION.text, "\n".join([CAPTION.text, RESULTS[0]]), whole, whole]


def test_a_long_caption_is_shortened() -> None:
    caption = Block("Table 2. " + "Some words on what the columns hold. " * 20, 7, "caption")
    [_, rows] = heads([caption, Block("\n".join(RESULTS), 7, "table")])
    assert rows[0].startswith("Table 2. Some words") and rows[0].endswith(" …") and len(rows[0]) < 130


SIZES = "(79k/4k) (3k/2k)"


def test_pieces_of_a_table_share_its_heads() -> None:
    lettering = Block(SIZES, 7)
    pieces = [Block("\n".join(RESULTS[:2]), 7, "table"), lettering, Block(RESULTS[2], 7, "table")]
    *_, first, _, second = heads([CAPTION, *pieces, lettering, Block(RESULTS[3], 7, "table")])
    assert first == second == ["\n".join([CAPTION.text, *RESULTS[:2], SIZES])]


GROUPED = ["without labels", "BM25 | 30.1 | 50.6", "HyDE | 41.8 | 61.3", "with labels", "DPR | 36.5 | 62.2"]


@pytest.mark.parametrize("cells", [True, False], ids=["rows", "lettering"])
def test_heads_in_pieces_of_their_own_are_repeated(cells: bool) -> None:
    sets, metrics = Block("DL19 | DL20", 7, "table"), "map | recall" if cells else "map recall"
    pieces = [sets, Block(metrics, 7, "table" if cells else "paragraph"), Block("\n".join(GROUPED), 7, "table")]
    *_, rows = heads([CAPTION, *pieces])
    columns = [CAPTION.text, "DL19 | DL20", metrics]
    assert rows[1] == rows[2] == "\n".join([*columns, "without labels"])
    assert rows[4] == "\n".join([*columns, "with labels"])
    assert rows[3] == "\n".join(columns), "a group does not belong to the one before"


def test_a_group_of_rows_is_named_above_each_with_the_larger_group_that_it_is_in() -> None:
    rows = ["BM25 | 30.1 | 50.6", "HyDE | 41.8 | 61.3", "DPR | 36.5 | 62.2"]
    lines = ["Name | SciFact | FiQA", *(x for m in ("nDCG", "recall") for x in (m, "alone", *rows, "trained", *rows))]
    [_, found] = heads([CAPTION, Block("\n".join(lines), 7, "table")])
    groups = [head.split("\n")[2:] for head, line in zip(found, lines, strict=True) if line in rows]
    assert groups == [[metric, kind] for metric in ("nDCG", "recall") for kind in ("alone", "trained") for _ in rows]


def test_words_in_a_chart_name_no_group() -> None:
    [rows] = heads([Block("44 | 80\nRAG-Seq B-1\n50 | 30\n40 | 20", 7, "table")])
    assert rows == [""] * 4


def test_a_caption_below_comes_before_heads_in_pieces_of_their_own() -> None:
    sets, metrics, table = (
        Block("DL19 | DL20", 7, "table"),
        Block("map recall", 7),
        Block("\n".join(GROUPED), 7, "table"),
    )
    text = Block("HyDE outperforms BM25 by large margins.", 7)
    assert captions_first([text, sets, metrics, table, CAPTION]) == [text, CAPTION, sets, metrics, table]
    other = Block("\n".join(RESULTS), 7, "table")
    assert captions_first([other, metrics, table, CAPTION]) == [other, CAPTION, metrics, table]


def test_a_caption_goes_with_one_table() -> None:
    table = Block("\n".join(RESULTS), 7, "table")
    *_, rows = heads([CAPTION, table, table])
    assert rows[-1] == "\n".join(RESULTS[:2])


def test_text_ends_a_table() -> None:
    text = Block("The retriever is trained with the reader, which has not been done before in this way by anyone.", 7)
    *_, rows = heads([CAPTION, Block("\n".join(RESULTS), 7, "table"), text, Block(RESULTS[2], 7, "table")])
    assert rows == [""]


def test_a_caption_below_its_table_comes_first() -> None:
    table, other = Block("\n".join(RESULTS), 7, "table"), Block("\n".join(reversed(RESULTS[:2])), 7, "table")
    second = Block("Table 2: Others.", 7, "caption")
    text = Block("Text that follows them, and goes on for so long that it can be no row of a table at all.", 7)
    assert captions_first([table, CAPTION, other, second, text]) == [CAPTION, table, second, other, text]
    figure = Block("Figure 1: A chart.", 7, "caption")
    assert captions_first([table, figure, text]) == [table, figure, text]
    assert captions_first([CAPTION, table, second, other]) == [CAPTION, table, second, other]
