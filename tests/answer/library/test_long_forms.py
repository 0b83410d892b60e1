"""What a passage says that a short name stands for."""

from __future__ import annotations

import pytest

from ragft.answer.library.long_forms import LongForm, long_forms


@pytest.mark.parametrize(
    ("passage", "long", "short"),
    [
        ("We use low-rank adaptation (LoRA).", "low-rank adaptation", "LoRA"),
        ("Low-rank adaptation, or LoRA, trains little.", "Low-rank adaptation", "LoRA"),
        ("We evaluate residual nets (ResNets).", "residual nets", "ResNet"),
        ("the name Adam is derived from adaptive moment estimation. It", "adaptive moment estimation", "Adam"),
        ("BERT, which stands for bidirectional\nencoders, is large", "bidirectional encoders", "BERT"),
        ("FiD, short for “fusion in decoder”, reads all", "fusion in decoder", "FiD"),
    ],
)
def test_a_long_form_is_found_with_its_short_name(passage: str, long: str, short: str) -> None:
    assert list(long_forms(passage)) == [LongForm(long, short)]


@pytest.mark.parametrize(
    "passage", ["By low-rank adaptation (LLM).", "The method (RAG) helps.", "it is derived from two terms"]
)
def test_other_words_explain_nothing(passage: str) -> None:
    assert list(long_forms(passage)) == []


@pytest.mark.parametrize(
    ("long", "name", "same"),
    [
        ("residual nets", "residual network", True),
        ("Fusion-in-Decoder", "fusion in decoder", True),
        ("Vision Transformers", "vision transformer", True),
        ("Vision Transformer", "vision", False),
        ("Vision Transformer", "image transformer", False),
        ("language model", "large language model", False),
        ("adaptation", "adaptation", False),
    ],
)
def test_a_name_is_the_long_form_word_by_word(long: str, name: str, same: bool) -> None:
    assert LongForm(long, "X").is_said(name) is same
