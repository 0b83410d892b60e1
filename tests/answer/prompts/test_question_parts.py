"""Two questions in one are searched for one by one, too; what is about one thing stays one question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.prompts.question_parts import MOST, parts_of
from ragft.corpus.words import words
from ragft.index.base import Hit
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import NF4, QLORA, Player, Shelf, hit

DATA = Path(__file__).parents[3] / "data"
GOOD = "QLoRA needs 48 GB [1]."


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What is LoRA, and how much memory does QLoRA need?",
            ["What is LoRA", "how much memory does QLoRA need?"],
        ),
        ("what is RAG and also in which year did FiD appear", ["what is RAG", "in which year did FiD appear"]),
        (
            "what batch size does dpr use? how many layers does vit have?",
            ["what batch size does dpr use?", "how many layers does vit have?"],
        ),
        ("what does RAG need and does FiD use BERT", ["what does RAG need", "does FiD use BERT"]),
        ("Was ist LoRA? Wie viel Speicher braucht QLoRA?", ["Was ist LoRA?", "Wie viel Speicher braucht QLoRA?"]),
        ("什么是LoRA？QLoRA需要多少内存？", ["什么是LoRA？", "QLoRA需要多少内存？"]),
        ("I read both. What is LoRA? What is NF4?", ["I read both. What is LoRA?", "What is NF4?"]),
        ('What is LoRA? "NF4" means what?', ["What is LoRA?", '"NF4" means what?']),
        (
            'Who wrote "Why Should I Trust You?" and how does QLoRA work?',
            ['Who wrote "Why Should I Trust You?"', "how does QLoRA work?"],
        ),
    ],
)
def test_questions_about_different_things_are_taken_apart(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "How long are the passages in REALM and in DPR?",
        "What is double quantisation and how much memory does it save?",
        "What is Adam and what does the name stand for?",
        "When and why does MixAlign ask the user?",
        "Which model scores best on privacy, and how high?",
        "What is LoRA? And its rank? Why?",
        "What is it compared with? (QLoRA memory)",
        "Compare RAG and what FiD does",
        "How does REALM decide to retrieve, and how does Self-RAG?",
        'What does "Is ChatGPT a Good NLP Solver?" propose for BERT?',
        "Que propose « Is ChatGPT a Good NLP Solver ? » pour BERT ?",
        "Was schlägt „Is ChatGPT a Good NLP Solver?“ für BERT vor?",
        "Is RAG (or FiD?) better than BERT?",
        "?",
        "",
    ],
)
def test_what_is_about_one_thing_stays_together(question: str) -> None:
    assert parts_of(question) == []


def test_what_comes_behind_the_most_stays_with_the_last() -> None:
    parts = parts_of("What is RAG? How does FiD work? Who wrote REALM? When did DPR appear?")
    assert parts == ["What is RAG?", "How does FiD work?", "Who wrote REALM? When did DPR appear?"]
    assert len(parts) == MOST


def test_no_question_by_which_ragft_is_measured_is_taken_apart() -> None:
    files = [file for folder in ("natural", "benchmark") for file in (DATA / folder).glob("*.jsonl")]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    asked = [row["question"] for row in rows if "question" in row]
    assert len(asked) > 500
    assert [question for question in asked if parts_of(question)] == []


@given(st.lists(st.sampled_from(["What", "is", "LoRA", "and", "how", "NF4", "?", "? ", ", ", "it"])).map(" ".join))
def test_no_word_is_lost_but_those_between_two_questions(question: str) -> None:
    parts = parts_of(question)
    kept = [word for part in parts for word in words(part) if word != "and"]
    assert not parts or kept == [word for word in words(question) if word != "and"]


def test_an_answer_reads_the_passages_of_each_question() -> None:
    question = "How much memory does QLoRA need? How many bits has NF4?"
    engine = Player(GOOD)
    shelf = Answering({question: QLORA, "How much memory does QLoRA need?": QLORA, "How many bits has NF4?": NF4})
    Assistant(AskedModel(engine, "tiny"), AskedDocuments(shelf), AnswerSettings()).ask(question)
    assert shelf.queries == [question, "How much memory does QLoRA need?", "How many bits has NF4?"]
    assert "four bits" in engine.requests[0].messages[-1].content


class Answering(Shelf):
    """Finds the one text that there is for a query."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._found = {query: hit(text, number=len(text)) for query, text in texts.items()}

    def search(self, query: str, k: int) -> Sequence[Hit]:
        self.queries.append(query)
        return [self._found[query]][:k]
