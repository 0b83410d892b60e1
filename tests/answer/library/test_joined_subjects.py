"""Subjects that a question joins, and those that it leaves out."""

from __future__ import annotations

import pytest

from ragft.answer.library.joined_subjects import joined_treatments, leaves_out
from ragft.answer.library.librarian import Librarian
from tests.answer.library.test_subjects import HUMAN, MADE, OTHER, shelf


@pytest.mark.parametrize(
    ("subject", "language", "titles"),
    [
        ("RLHF or computers", "en", {HUMAN.title, OTHER.title, MADE.title}),
        ("either labelers or computers", "en", {HUMAN.title, OTHER.title, MADE.title}),
        ("RLHF and dough", "en", {OTHER.title}),
        ("both RLHF and dough", "en", {OTHER.title}),
        ("RLHF and computers", "en", set()),
        ("RLHF oder computers", "de", {HUMAN.title, OTHER.title, MADE.title}),
    ],
)
def test_papers_with_either_or_with_both(subject: str, language: str, titles: set[str]) -> None:
    found = joined_treatments([HUMAN, OTHER, MADE], shelf(), subject, language)
    assert {one.paper.title for one in found} == titles


def test_a_subject_that_papers_have_word_for_word_is_not_taken_apart() -> None:
    found = joined_treatments([HUMAN, OTHER, MADE], shelf(), "reinforcement learning from human feedback", "en")
    assert [one.paper.title for one in found] == [HUMAN.title, OTHER.title]


@pytest.mark.parametrize(
    "question",
    ["Which of my papers are about RLHF but not about bread?", "Which papers mention RLHF without labelers?"],
)
def test_the_catalogue_lists_nothing_where_something_is_left_out(question: str) -> None:
    assert Librarian(shelf()).answer(question) is None


@pytest.mark.parametrize(
    ("subject", "language", "left_out"),
    [
        ("retrieval but not surveys", "en", True),
        ("sin activations", "en", False),
        ("recuperación sin encuestas", "es", True),
        ("Suche, aber keine Umfragen", "de", True),
        ("recherche sans résumés", "fr", True),
    ],
)
def test_what_is_left_out_is_known_in_the_language_of_the_question(subject: str, language: str, left_out: bool) -> None:
    assert leaves_out(subject, language) is left_out
