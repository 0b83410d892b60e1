"""Answers in a model's own words: taken where they say and cite no less than the source, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.answer.checking.support import sentence_spans
from ragft.answer.checking.terms import content_terms
from ragft.dataset.generation_request import GenerationRequest
from ragft.dataset.store import TRAIN, read_rows
from ragft.engine.base import ChatRequest
from ragft.engine.scripted import ScriptedEngine
from ragft.index.index import Index
from ragft.setting_sections import AnswerSettings, GenerateSettings
from ragft.tasks.papers.generate import generate
from ragft.tasks.papers.recipe.compose import stands_for
from tests.tasks.papers.conftest import write_question


def in_own_words(request: ChatRequest) -> str:
    """What a good model answers: the sentence of the sources that is nearest to the question, begun in its own way."""
    prompt = request.messages[-1].content
    if "Sources:" not in prompt:
        return write_question(request)
    asked = set(content_terms(prompt.rpartition("Question: ")[2]))
    found = []
    for key, text in re.findall(r"^\[(\d)\] (.*)$", prompt, re.MULTILINE):
        sentences = (text[start:end] for start, end in sentence_spans(text))
        found += [(len(asked & set(content_terms(s))), s.strip().rstrip("."), key) for s in sentences]
    _, sentence, key = max(found)
    return f"In short, {sentence} [{key}]."


def off_the_point(request: ChatRequest) -> str:
    return (
        "Trains run on time in winter [1]." if "Sources:" in request.messages[-1].content else write_question(request)
    )


def rows(
    index: Index, folder: Path, model: Callable[[ChatRequest], str], answers: str
) -> list[tuple[str, float | None]]:
    settings = GenerateSettings.model_validate(
        {
            "recipe": "claims",
            "count": 8,
            "held_out": 0.2,
            "distractors": 1,
            "replay": 0,
            "mix": {"grounded": 1},
            "answers": answers,
        }
    )
    generate(index, GenerationRequest(ScriptedEngine(model), "m", settings, AnswerSettings(), avoid=()), folder)
    return [(row.completion[0]["content"], row.checks.get("written")) for row in read_rows(folder / TRAIN)]


def test_an_answer_in_own_words_that_passes_the_checks_is_the_rows_answer(index: Index, folder: Path) -> None:
    made = rows(index, folder, in_own_words, "model")
    taken = [text for text, written in made if written == 1.0]
    assert len(taken) >= len(made) / 2
    assert all(text.startswith("In short, ") for text in taken)


def test_one_that_does_not_leaves_the_sources_own_sentence(index: Index, folder: Path, tmp_path: Path) -> None:
    made = rows(index, folder, off_the_point, "model")
    assert [written for _, written in made] == [0.0] * len(made)
    assert [text for text, _ in made] == [text for text, _ in rows(index, tmp_path / "other", off_the_point, "source")]


@pytest.mark.parametrize(
    ("written", "stands"),
    [
        ("The collection has 18 different data sets [2].", True),
        ("It has 18 data sets [1] [2].", True),
        ("It has many data sets [2].", False),  # the number
        ("It has 18 of them [2].", False),  # the words
        ("It has 18 data sets.", False),  # no key
        ("It has 18 data sets [1].", False),  # another source's
        ("It has 18 data sets [2], which", False),  # cut off
        ("", False),
    ],
)
def test_what_a_written_answer_must_hold(written: str, stands: bool) -> None:
    assert stands_for(["18 data sets"], {"2"}, written) is stands
