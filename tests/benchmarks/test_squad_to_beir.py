"""SQuAD as a folder in BEIR form."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

import pytest

SQUAD = {
    "data": [
        {
            "title": "The_tides",
            "paragraphs": [
                {
                    "context": "The moon pulls the sea.",
                    "qas": [
                        {"id": "a", "question": "What pulls the sea?", "is_impossible": False},
                        {"id": "b", "question": "What pulls the sun?", "is_impossible": True},
                    ],
                },
                {"context": "Tides rise twice.", "qas": [{"id": "c", "question": "When?", "is_impossible": False}]},
            ],
        }
    ]
}


@pytest.fixture
def squad() -> ModuleType:
    return import_module("squad_to_beir")


def test_a_paragraph_is_a_document_and_questions_without_an_answer_are_left_out(squad: ModuleType) -> None:
    corpus, asked = squad.rows_of(SQUAD)
    assert [(row["_id"], row["title"]) for row in corpus] == [("p0", "The tides"), ("p1", "The tides")]
    assert asked == [("a", "What pulls the sea?", "p0"), ("c", "When?", "p1")]


def test_questions_are_taken_at_even_distances(squad: ModuleType) -> None:
    asked = [(str(n), "?", "p0") for n in range(10)]
    assert [name for name, _, _ in squad.evenly(asked, 3)] == ["0", "3", "6"]
    assert squad.evenly(asked, 20) == asked
