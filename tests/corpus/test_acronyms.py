from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.acronyms import Acronym, acronyms


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We use reinforcement learning from human feedback (RLHF) here.", "RLHF",
         "reinforcement learning from human feedback"),
        ("It builds on the Vision Transformer (ViT).", "ViT", "vision transformer"),
        ("Large language models (LLMs) write.", "LLMs", "large language models"),
        ("called Hypothetical Document Embeddings (HyDE)", "HyDE", "hypothetical document embeddings"),
        ("by Fusion-in-Decoder (FiD; Izacard and Grave, 2021)", "FiD", "fusion in decoder"),
        ("the time to first token (TTFT)", "TTFT", "time to first token"),
    ],
)  # fmt: skip
def test_an_explained_acronym_is_found_with_its_words(text: str, short: str, long: str) -> None:
    assert list(acronyms(text)) == [Acronym(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "as others found (Smith, 2020)",
        "on the test set (BLEU)",
        "seen by the stars. Now (SN)",
        "in the United Kingdom (London)",
        "a score (F1) of 90",
    ],
)
def test_other_brackets_explain_nothing(text: str) -> None:
    assert list(acronyms(text)) == []


def test_a_short_form_without_brackets_is_found_where_it_is_asked_for() -> None:
    text = "Low-rank adaptation, or LoRA, trains little."
    assert list(acronyms(text)) == []
    assert list(acronyms(text, named=True)) == [Acronym("LoRA", "low rank adaptation")]
    assert list(acronyms("Low-rank adaptation, or Bread, trains little.", named=True)) == []


def test_the_short_form_of_one() -> None:
    assert [Acronym(short, "").singular for short in ("LLMs", "LLM", "GPS", "CoTs")] == ["LLM", "LLM", "GPS", "CoTs"]


@given(st.text(alphabet="ab AB().;-1é\n", max_size=80))
def test_a_long_form_stands_before_its_bracket(text: str) -> None:
    for found in acronyms(text):
        assert f"({found.short}" in text
        assert len(found.long.split()) > 1
