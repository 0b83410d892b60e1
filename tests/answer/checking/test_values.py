"""What a number is said of: a sentence, or a row and its column."""

from __future__ import annotations

import pytest

from ragft.answer.checking.values import Overlap, clauses, overlaps, places_of

TABLE = (
    "Table 3: Bolts and weight of the gates of two locks.\n"
    "Lock | Bolts | Weight\nHaro | 48 | 3.5\nMira | 36 | 2.5\n"
    "Each gate of the Haro lock was raised in 1894. The gate of Mira was raised in 1901."
)


def doubted(claim: str, text: str = TABLE) -> bool:
    found = overlaps(claim, places_of(text, "On locks", ""))
    return any(one is not None and one.rival > one.own for one in found)


def test_a_cell_is_said_of_its_row() -> None:
    assert not doubted("Haro has 48 bolts.")
    assert doubted("Mira has 48 bolts.")


def test_a_cell_is_said_of_its_column() -> None:
    assert not doubted("The weight of Mira is 2.5 t.")
    text = TABLE.replace("3.5", "60").replace("2.5", "70")
    assert doubted("Haro has 60 bolts.", text)


@pytest.mark.parametrize(
    ("table", "right", "wrong"),
    [
        # Heads in a line without bars, above a line that names a group of rows.
        (
            "Table 4: Boats a year.\nSpring Summer Autumn\nwithout a keeper\nHaro | 38 | 22 | 19\nMira | 41 | 30 | 31",
            "In spring Haro lets 38 boats through.",
            "In summer Haro lets 38 boats through.",
        ),
        # Heads that are cut short.
        (
            "Leak. Draught. Seep.\nHaro | 0.95 | 0.78 | 0.71",
            "The seepage of Haro is 0.71.",
            "The seepage of Haro is 0.95.",
        ),
        # Two heads with a number of their own.
        (
            "Lock | Top-1 leaks Top-5 leaks\nHaro | 25.2% | 7.8%\nMira | 21.9% | 5.8%",
            "Haro has top-5 leaks of 7.8%.",
            "Haro has top-5 leaks of 25.2%.",
        ),
        # 46.0 is no count, and a number in a name is none of the claim's.
        (
            "Lock | Leaks | Draught\nHaro-7b | 29.5 | 46.0\nMira-7b | 4.3 | 0.0",
            "Haro-7b is best in draught, with 46.0.",
            "Haro-7b is best in draught, with 29.5.",
        ),
        # Heads over the heads of the columns, apart from the table.
        (
            "Haro | Mira\nboats leaks boats leaks\nspring | 38.5 | 22.1 | 41.6 | 30.8\nfall | 25.1 | 18.3 | 27.9 | 12",
            "In spring 38.5 boats pass Haro.",
            "In spring 41.6 boats pass Haro.",
        ),
        # A name in two cells, and a value with its mean and spread.
        (
            "Gate | # bolts | leaks (%)\nMaro | 56 | 6.97\nMaro | 110 | 6.43 (6.61±0.16)",
            "Maro-110 leaks 6.43%.",
            "Maro-110 leaks 6.97%.",
        ),
        # A thousand in a letter.
        (
            "Boats | Haro | Mira\nin a year | 9.9k | 12.3k\nin a day | 0.1k | 0.2k",
            "Mira let 12.3 thousand boats through in a year.",
            "Mira let 9.9 thousand boats through in a year.",
        ),
        # A name in two cells.
        (
            "gates | leaks\nMira | 20 | 8.75\nMira | 56 | 6.97\nMira | 110 | 6.43 (6.61)",
            "Mira-110 has 6.43 leaks.",
            "Mira-110 has 6.97 leaks.",
        ),
    ],
)
def test_a_table_out_of_a_pdf_is_read_by_row_and_column(table: str, right: str, wrong: str) -> None:
    assert not doubted(right, table)
    assert doubted(wrong, table)


def test_hours_and_minutes_are_values_of_one_thing() -> None:
    text = "Building the Haro index takes 8.5 hours. Building the Mira index takes only 30 minutes."
    assert not doubted("Building the Haro index takes 8.5 hours.", text)
    assert doubted("Building the Haro index takes 30 minutes.", text)


def test_a_number_of_another_sentence_is_doubted() -> None:
    assert not doubted("The gate of the Haro lock was raised in 1894.")
    assert doubted("The gate of the Haro lock was raised in 1901.")


def test_two_values_of_one_sentence_are_distinguished() -> None:
    text = "In particular, we consider a 52-billion Cohere model and an 11-billion FLAN model."
    assert not doubted("The Cohere model has 52 billion parameters and the FLAN model 11 billion.", text)
    assert doubted("The FLAN model has 52 billion parameters and the Cohere model 11 billion.", text)


def test_a_number_behind_a_comparison_is_said_of_both_sides() -> None:
    text = "Keepers said that Haro was drier than Mira in 7 % of nights, while Mira was drier in 42 % of nights."
    assert not doubted("Haro was drier than Mira in 7 % of nights.", text)
    assert not doubted("Mira was drier in 42 % of nights.", text)


def test_a_number_is_said_of_what_is_compared_and_not_of_what_stands_behind_than() -> None:
    text = "Haro was judged safer than Mira in only 7.1% of cases, while Mira was safer in 42.7% of cases."
    assert not doubted("In 42.7% of the cases Mira was judged safer than Haro; Haro was safer in 7.1%.", text)
    assert doubted("In 42.7% of the cases Haro was judged safer than Mira; Mira was safer in 7.1%.", text)


def test_values_respectively_are_said_of_one_item_each() -> None:
    text = "There are two locks, Haro and Mira, with 36 and 48 bolts a gate, respectively, and 20 boats a day."
    assert not doubted("Haro has 36 bolts a gate and Mira 48.", text)
    assert doubted("Haro has 48 bolts a gate and Mira 36.", text)
    assert not doubted("There are 20 boats a day at two locks.", text)
    assert not doubted(text, text)
    assert not doubted("Haro and Mira have 36 and 48 bolts, respectively.", text)
    assert doubted("Haro and Mira have 48 and 36 bolts, respectively.", text)


def test_lists_far_from_each_other_do_not_go_together() -> None:
    text = "Iron and oak were tried for gates that the keepers had ordered for a lock, 36 and 48, respectively."
    assert not doubted("Iron gates, 48, were tried.", text)


def test_what_a_clause_leaves_out_is_counted_as_in_the_one_before() -> None:
    text = (
        "The big Haro lock has 3 keepers in spring. We count n = 8 bolts, or rivets, a gate at Haro. Mira has 12 bolts."
    )
    assert not doubted("The Mira lock has 12 bolts or rivets, the big Haro lock has 8.", text)


def test_a_beginning_that_limits_a_sentence_needs_no_comma() -> None:
    text = "For the spring test, we took 4,000 boats of Haro and Mira. For the summer test, we took 1,000 boats."
    assert not doubted("For the spring test they took 4,000 boats each of Haro and Mira.", text)
    assert doubted("For the summer test they took 4,000 boats each of Haro and Mira.", text)


def test_a_number_that_no_place_has_is_not_compared() -> None:
    assert overlaps("Haro has 99 bolts.", places_of(TABLE, "", "")) == [None]


@pytest.mark.parametrize(
    ("claim", "text", "own", "rival"),
    [
        # Three words and a name; those of other things lose 0.8, the sentence before counts 0.4, a name goes on.
        ("The Haro gate has 48 bolts.", "The Haro gate has 48 bolts. The Haro gate has 36 hinges.", 4, 3 + 0.4 - 0.8),
        ("The Haro gate has 48 bolts.", "The Haro gate has 48 bolts. The Haro gate has 36 bolts.", 4, 4),
        ("The Haro gate has 36 hinges.", "The Haro gate has 48 bolts and 36 hinges.", 1 + 2 + 0.8, 3),
        ("The Haro paper reports about 48 bolts.", "It has about 48 bolts, the paper reports.", 1, 0),
        ("The Mira gate scores 48.", "The Haro gate scores 48. The Mira gate scores 35.", 1, 1 + 2 - 0.8),
        ("The Mira gate scores 48.", "The Haro gate scores 48. The Mira gate scores 3.5.", 1, 0),
    ],
)
def test_words_in_common_count_less_the_further_away_they_are(claim: str, text: str, own: float, rival: float) -> None:
    (found,) = overlaps(claim, places_of(text, "", ""))
    assert found == Overlap(pytest.approx(own), pytest.approx(rival))


def test_words_of_the_title_are_around_every_number() -> None:
    assert overlaps("The Haro gate has 48 bolts.", places_of("It has 48 bolts.", "The Haro gate", "")) == [
        Overlap(pytest.approx(1 + 3 * 0.4), 0)
    ]


def test_another_number_of_the_claim_tells_which_place_is_meant() -> None:
    text = "The Haro gate of 1894 has 48 bolts. The Haro gate of 1901 has 36 bolts."
    assert not doubted("The Haro gate of 1894 has 48 bolts.", text)
    assert doubted("The Haro gate of 1901 has 48 bolts.", text)


def test_only_the_numbers_of_a_table_compete_with_each_other() -> None:
    table = "Lock | Bolts | Age\nMira | 48 | 12\nTarn | 16 | 11"
    for other in ("Haro has 36 bolts.", "Lock | Bolts | Age\nHaro | 36 | 12\nTarn | 16 | 11"):
        assert overlaps("Haro has 48 bolts.", [*places_of(table, "", ""), *places_of(other, "", "")]) == [Overlap(1, 1)]
    assert overlaps("Haro has 48 bolts.", places_of(f"{table}\nHaro | 36 | 9", "", "")) == [Overlap(1, 2)]


def test_the_number_of_a_table_and_number_words_of_two_parts_are_not_looked_up() -> None:
    assert overlaps("The gates have 3 bolts.", places_of(TABLE, "", "")) == [None]
    assert overlaps("Haro has forty-eight bolts.", places_of(TABLE, "", "")) == []


def test_a_number_in_the_label_of_a_row_is_said_of_that_row() -> None:
    table = "Lock | Bolts | Age\n12 Haro | 48 | 3\n13 Mira | 36 | 9"
    assert overlaps("There is a lock Mira 13.", places_of(table, "", "")) == [Overlap(2, 2)]


def test_a_head_over_several_columns_is_that_of_each_of_them() -> None:
    places = places_of("Lock | Bolts | Hinges\nHaro | 9 | 8 | 7 | 6\nMira | 5 | 4 | 3 | 2", "", "")
    assert overlaps("Haro has 8 bolts.", places) == [Overlap(2, 2)]
    assert overlaps("Haro has 7 bolts.", places) == [Overlap(1, 2)]


def test_words_for_few_count_for_nothing() -> None:
    assert overlaps("The two locks are old.", places_of(TABLE, "", "")) == []


def test_what_says_where_stays_with_its_clause() -> None:
    assert clauses("With 4 heads, it gets 24.9, but 25.8 is the best.") == [
        "With 4 heads it gets 24.9",
        "but 25.8 is the best.",
    ]


def test_what_a_sentence_compares_with_first_belongs_to_all_its_numbers() -> None:
    claim = "Against Mira, Haro lowers leaks by 3 times and raises boats by 2 times."
    assert ["Mira" in text for text in clauses(claim)] == [True, True]
    for other in (
        "On Mira, it lowers leaks by 3 times and raises boats by 2 times.",
        "Unlike Mira, Haro has 12 gates and holds 48 boats.",
        "Compared with Mira, Haro has 12 gates, and Tessa has 48 gates.",
    ):
        assert "Mira" not in clauses(other)[1]


def test_a_sentence_that_goes_on_behind_a_page_is_one() -> None:
    places = places_of("The gate has 3.57% leaks on the\nMira test set, in May.", "", "")
    assert [place.near for place in places] == ["The gate has 3.57% leaks on the Mira test set, in May."]
    assert len(places_of("The gate has 3 bolts.\nIt has 4 beams.", "", "")) == 2
