from __future__ import annotations

import pytest

from ragft.index.search.foreign_question import Aim
from ragft.index.search.question import aim_of, compares, without_words


@pytest.mark.parametrize(
    ("question", "aim"),
    [
        ("What is LoRA?", "definition"),
        ("what's lora exactly", "definition"),
        ("lora meaning", "definition"),
        ("explain LoRA in simple terms", "definition"),
        ("Summarise the LoRA paper", "summary"),
        ("tl;dr lora", "summary"),
        ("Can you sum up LoRA in two sentences?", "summary"),
        ("What is the LoRA paper about?", "summary"),
        ("What does the LoRA survey cover?", "summary"),
        ("What are the main contributions of the LoRA paper?", "summary"),
        ("What are the key ideas of LoRA?", "summary"),
        ("key takeaways of LoRA", "summary"),
        ("What is the rank in LoRA?", "detail"),
        ("What is the batch size of the LoRA paper?", "detail"),
        ("How many parameters does LoRA train?", "detail"),
        ("How many methods does the LoRA survey cover?", "detail"),
        ("", "detail"),
    ],
)
def test_the_aim_is_read_off_the_words(question: str, aim: Aim) -> None:
    assert aim_of(question, {"lora"}) == aim


@pytest.mark.parametrize(
    "question",
    ["LoRA vs adapters", "does LoRA differ from adapters", "is LoRA or prefix tuning better", "compare LoRA to QLoRA"],
)
def test_comparisons_are_seen(question: str) -> None:
    assert compares(question, {"lora"})


@pytest.mark.parametrize("question", ["What is LoRA?", "which rank and alpha does LoRA use", ""])
def test_other_questions_compare_nothing(question: str) -> None:
    assert not compares(question, {"lora"})


def test_names_are_left_out_with_their_plurals_and_hyphens() -> None:
    assert (
        without_words("how big are ResNets and batch-norm layers?", {"resnet", "batch", "norm"})
        == "how big are and layers?"
    )


def test_a_question_of_names_alone_is_left_as_it_is() -> None:
    assert without_words("LoRA?", {"lora"}) == "LoRA?"
