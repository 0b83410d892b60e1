"""What is compared with what, and the same the other way round."""

from __future__ import annotations

import pytest

from ragft.answer.checking.comparisons import belies_its_numbers, compared_alike, compared_otherwise


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Haro fills faster than Mira.", "Mira fills considerably faster than Haro in spring."),
        ("Haro is twice as deep as Mira.", "In a dry year Mira is twice as deep as Haro."),
        ("The keeper outperforms a strong pump.", "A strong pump beats the keeper by far."),
        ("Haro is slower than Mira.", "With full gates, Mira is 5x slower per boat compared to Haro."),
        ("Haro and Tessa leak more than Mira.", "Compared to Haro and Tessa, Mira leaks more."),
        ("The draught of Haro is twice as large as that of Mira.", "Mira has a draught 2× that of Haro."),
        ("Locks are a subset of weirs with gates.", "Weirs with gates are a subset of locks."),
        ("Mira is a variant of MiraMax that drains north.", "We add MiraMax, a variant of Mira that drains north."),
        ("They prefer the gates of Haro to those of Mira.", "The gates of Mira are preferred to the ones of Haro."),
        ("Haro, which was built late, leaks more than Mira.", "Mira leaks more than Haro."),
        (
            "Leaks were larger in young gates than in gates above 60.",
            "Leaks were larger in gates above 60 than in young gates.",
        ),
    ],
)
def test_a_comparison_the_other_way_round(claim: str, source: str) -> None:
    assert compared_otherwise(claim, [source])
    assert not compared_otherwise(claim, [claim])
    assert not compared_otherwise(claim, [source, claim])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Haro fills more slowly than Mira.", "Mira fills faster than Haro."),
        ("Haro is worse than Mira.", "Mira outperforms Haro."),
        ("Haro outperforms Mira.", "Mira was outperformed by Haro."),
        ("Haro fills faster than Mira.", "Mira fills faster than Tessa."),
        ("Haro holds more than 38 boats.", "More than 38 boats pass Haro."),
        ("Haro has gates and Mira has none.", "Mira fills faster than Haro."),
        ("Haro outperforms Mira.", "Mira fails to outperform Haro."),
        ("Haro outperforms Mira.", "Mira rarely outperforms Haro."),
        ("Haro outperforms Mira.", "One would expect that Mira outperforms Haro."),
        ("Haro outperforms Mira.", "We ask whether Mira outperforms Haro."),
        ("Haro outperforms Mira.", "Does Mira outperform Haro?"),
    ],
)
def test_what_is_not_compared_otherwise(claim: str, source: str) -> None:
    assert not compared_otherwise(claim, [source])


AGE = "Leaks were larger in gates above 60 than in young gates."


def test_the_opposite_word_and_the_other_order_say_the_same() -> None:
    assert compared_alike("Leaks were smaller in young gates than in gates above 60.", AGE)
    assert not compared_alike("Leaks were larger in young gates than in gates above 60.", AGE)
    assert not compared_alike("Leaks were smaller in gates above 60 than in young gates.", AGE)


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        ("Haro holds 11.3 tons, which is more than Mira with 15.3 tons and Tessa with 19 tons.", True),
        ("Haro holds 19 tons, less than Mira with 15.3 tons.", True),
        ("Haro holds 11.3 tons, which is less than Mira with 15.3 tons and Tessa with 19 tons.", False),
        ("Haro holds 19 tons, clearly more than Mira with 15.3 tons.", False),
        ("Haro holds 16 tons, more than Mira with 15.3 tons but less than Tessa with 19 tons.", False),
        ("Haro leaks 2e-4 tons, more than Mira with 3e-4 tons.", True),
        ("It took 3 days, longer than Mira with 5 hours.", False),  # not of one unit
        ("Haro has 3 gates, more than 50 boats and a weir.", False),  # nothing is named behind "than"
        ("Haro holds 11.3 tons.", False),
    ],
)
def test_numbers_that_are_compared_the_wrong_way_round(claim: str, wrong: bool) -> None:
    assert belies_its_numbers(claim) is wrong
