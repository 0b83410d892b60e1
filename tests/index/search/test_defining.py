"""A sentence that says what something is, and the words of a question that name it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.index.search.defining import asked_term, defines


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("what does faithfulness mean in Ragas", ("faith",)),
        ("context relevance definition ragas", ("context", "relev")),
        ("What is a shortcut connection?", ("shortcut", "connect")),
        ("What is it?", ()),
        ("", ()),
    ],
)
def test_the_first_words_of_substance_are_asked_about(question: str, term: tuple[str, ...]) -> None:
    found = asked_term(question)
    assert len(found) == len(term) and all(a.startswith(b) for a, b in zip(found, term, strict=True))


@pytest.mark.parametrize(
    ("text", "defined"),
    [
        ("Shortcut connections [2, 34] are those skipping one or more layers.", True),
        ("First, shortcut connection refers to the idea\nthat a layer is skipped.", True),
        ("It is deep. A shortcut connection is a path around a layer.", True),
        ("Shortcut connections are cheap.", False),
        ("We insert shortcut connections, which is a small change.", False),
        ("The shortcut and its connections are those of before.", False),
        ("A path around a layer is a shortcut connection.", False),
        ("", False),
    ],
)
def test_a_definition_says_what_the_term_is_right_behind_it(text: str, defined: bool) -> None:
    assert defines(text, asked_term("What is a shortcut connection?")) == defined


@given(st.text(max_size=120), st.text(max_size=60))
def test_any_text_and_question_can_be_read(text: str, question: str) -> None:
    assert not defines(text, ()) and defines(text, asked_term(question)) in {True, False}
