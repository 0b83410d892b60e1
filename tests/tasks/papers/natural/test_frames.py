"""Frames of questions."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest

from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.shown.messages import LANGUAGES
from ragft.corpus.languages import language_in
from ragft.tasks.papers.natural.frames import Form, fill_frame, load_frames, misspelt

MADE_OF_ONE_SENTENCE = {"fact", "yes_no", "false_premise", "written"}
TERMS = {
    "term": "LoRA", "other": "BM25", "a": "LoRA", "b": "BM25",
    "kinds": "two parts", "rest": "does LoRA have", "effect": "is LoRA small",
}  # fmt: skip


def test_every_language_has_every_form() -> None:
    assert set(load_frames()) == set(LANGUAGES)
    for forms in load_frames().values():
        assert set(forms) == set(get_args(Form)) - MADE_OF_ONE_SENTENCE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_frame_can_be_filled(language: str) -> None:
    for form, those in load_frames()[language].items():
        for number in range(4 * len(those)):
            made = fill_frame(form, language, Random(number), **TERMS)  # type: ignore[arg-type]
            assert "{" not in made
            assert made == made.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_missing_reads_as_a_refusal(language: str) -> None:
    assert is_refusal(fill_frame("missing", language, Random(0), term="BM25"))


@pytest.mark.parametrize(("language", "term"), [("de", "Suche"), ("ko", "검색"), ("zh", "检索"), ("ja", "検索")])
def test_a_question_is_in_its_language(language: str, term: str) -> None:
    assert language_in(fill_frame("topic", language, Random(0), term=term)) == language


def test_an_english_frame_agrees_with_its_term() -> None:
    assert {fill_frame("how", "en", Random(n), term="adapters") for n in range(9)} == {
        "How do adapters work?", "Explain how adapters work.",
    }  # fmt: skip
    assert "How does LoRA work?" in {fill_frame("how", "en", Random(n), term="LoRA") for n in range(9)}


def test_an_acronym_in_the_plural_is_a_plural() -> None:
    asked = {fill_frame("what_how", "en", Random(n), term="LLMs") for n in range(9)}
    assert asked == {"What are LLMs and how do they work?", "What are LLMs, and what do they do?"}


def test_a_misspelt_question_keeps_its_names_and_letters() -> None:
    for number in range(20):
        made = misspelt("What is gradient checkpointing in LoRA?", Random(number))
        assert "LoRA" in made
        assert sorted(made.replace("?", "").lower()) == sorted("what is gradient checkpointing in lora")
        assert made != "what is gradient checkpointing in LoRA"
