"""Words of opposite meaning, and where they say nothing."""

from __future__ import annotations

import pytest

from ragft.answer.checking.opposites import has_opposite_clause, reversed_words


@pytest.mark.parametrize(
    ("claim", "source", "found"),
    [
        ("The lock needs 14 times more water.", "with 14 times less water", {"more"}),
        ("Bigger gates leak more often.", "Smaller gates leak more often.", {"bigger"}),
        ("The keeper lowers the toll.", "an order to increase the toll", {"lower"}),
        (
            "Large chunks bring less noise.",
            "Large chunks hold more context, but also more noise, with less care",
            {"less"},
        ),
        ("Boats shorter than those seen in spring.", "boats longer than the ones that came in spring", {"shorter"}),
        (
            "Large gates are heavy, the draught is extremely large.",
            "Large gates are heavy, at extremely small draught.",
            {"larg"},
        ),
        ("It opens at high pressure.", "It opens if there is low-pressure steam.", {"high"}),
        ("The gate is ahead of the weir.", "The gate is behind the weir.", {"ahead"}),
        ("Gates open jointly.", "Gates open independently of the weir.", {"jointli"}),
    ],
)
def test_a_word_in_whose_place_the_source_has_an_opposite(claim: str, source: str, found: set[str]) -> None:
    assert reversed_words(claim, source) == found
    assert reversed_words(claim, source, alike=True) <= found


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("LLaMA is an open model with released weights.", "Unlike closed models such as GPT-4, its weights are free."),
        ("In the first stage, documents are retrieved by BM25.", "BM25 retrieves, and a later stage reranks them."),
        ("The first gate closes at noon.", "The last gate keeper leaves at noon."),
    ],
)
def test_an_opposite_of_something_else_is_no_contradiction(claim: str, source: str) -> None:
    assert reversed_words(claim, source)
    assert not reversed_words(claim, source, alike=True)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("The lock needs more water.", "it takes more water"),
        ("The gate is bad.", "if the gate is not good"),
        ("The cost rises linearly, not quadratically.", "it grows linearly instead of quadratically"),
        ("Iron rusts more slowly than steel.", "steel rusts faster than iron"),
        ("The lock is old.", "the gate is wide"),
        ("The gate is slow.", "instead of fast"),
        ("Small gates leak as large gates do.", "Large gates leak."),
        ("It attends over many boats.", "We argue below this is because boats attend."),
        ("It makes gates unnecessary.", "It acts as a weir, eliminating the need for gates."),
    ],
)
def test_what_is_no_contradiction(claim: str, source: str) -> None:
    assert reversed_words(claim, source) == frozenset()


SLUICES = "The upper sluice is an iron plate on a chain, and the lower sluice is a beam of oak with a hinge."


@pytest.mark.parametrize(
    ("claim", "opposite"),
    [
        ("The lower sluice is an iron plate on a chain.", True),
        ("The upper sluice is a beam of oak.", True),
        ("The upper sluice is an iron plate on a chain.", False),
        ("The lower sluice is a beam of oak.", False),
        ("The lower sluice has a plate.", False),  # one word is too few
        ("The upper and the lower sluice are iron plates on a chain.", False),
        ("The sluice is lower than an iron plate on a chain.", False),
    ],
)
def test_the_words_of_its_clause_tell_which_of_two_opposites_is_meant(claim: str, opposite: bool) -> None:
    assert has_opposite_clause(claim, SLUICES) is opposite
