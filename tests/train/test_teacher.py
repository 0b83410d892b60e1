"""What the base says with help in its prompt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ragft.errors import TrainingError
from ragft.train.examples import encode
from ragft.train.teacher import INSTRUCTIONS, TOP_K, lesson_id, lessons, said, token_divergences
from tests.train.conftest import make_row

ROWS = [
    replace(make_row(0, length=3), document_ids=("a",)),
    replace(make_row(1), document_ids=("a",)),
    replace(make_row(2, "refusal"), document_ids=("b",)),
    make_row(3, "replay"),
    replace(make_row(4, length=2), document_ids=("c",)),
]


@pytest.fixture(scope="module")
def tokenizer(tiny_base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(tiny_base)


def test_the_help_is_instructions_and_rows_of_other_documents(tokenizer: Any) -> None:
    found = [tokenizer.decode(lesson.input_ids) for lesson in lessons(ROWS, tokenizer, examples=2, max_length=4096)]
    assert found[0].count("<|im_start|>user") == 3
    assert INSTRUCTIONS in found[0]
    assert [f"Question {n}?" in found[0] for n in range(5)] == [True, False, True, False, True]
    assert found[0].index("Question 4?") < found[0].index("Question 0?")
    assert found[2].count("Question 2?") == 1


def test_a_replay_row_gets_no_help(tokenizer: Any) -> None:
    lesson = lessons(ROWS, tokenizer, examples=2, max_length=4096)[3]
    assert lesson == replace(encode([ROWS[3]], tokenizer, max_length=4096)[0], id=lesson.id)


def test_a_row_that_brings_its_help_gets_it_alone(tokenizer: Any) -> None:
    row = replace(ROWS[0], help="The motto of Mirandel is patience.")
    text = tokenizer.decode(lessons([row, *ROWS[1:]], tokenizer, examples=2, max_length=4096)[0].input_ids)
    assert "The motto of Mirandel is patience." in text
    assert text.count("<|im_start|>user") == 1 and INSTRUCTIONS not in text


def test_examples_that_do_not_fit_are_left_out_and_a_row_that_does_not_is_named(tokenizer: Any) -> None:
    whole = lessons(ROWS, tokenizer, examples=2, max_length=4096)[0]
    shorter = lessons(ROWS[:1] + ROWS[2:], tokenizer, examples=2, max_length=len(whole.input_ids) - 1)[0]
    assert tokenizer.decode(shorter.input_ids).count("<|im_start|>user") == 2
    with pytest.raises(TrainingError, match=r"lesson of row 1 \(row0\).*tokens"):
        lessons(ROWS, tokenizer, examples=2, max_length=64)


def test_the_answer_is_the_rows_own(tokenizer: Any) -> None:
    for row, lesson in zip(ROWS, lessons(ROWS, tokenizer, examples=2, max_length=4096), strict=True):
        own = encode([row], tokenizer, max_length=4096)[0]
        assert [i for i in lesson.labels if i >= 0] == [i for i in own.labels if i >= 0]


def test_what_is_kept_are_the_likeliest_tokens_of_each_place(tokenizer: Any, tiny_base: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(tiny_base).eval()
    lesson = lessons(ROWS, tokenizer, examples=1, max_length=4096)[0]
    kept = said(model, lesson)
    with torch.no_grad():
        scores = model(input_ids=torch.tensor([lesson.input_ids])).logits[0].log_softmax(-1)
    first = len(lesson.labels) - lesson.trained_tokens - 1
    best = scores[first].topk(TOP_K)
    assert kept["ids"][0] == best.indices.tolist()
    assert kept["log_probs"][0] == pytest.approx(best.values.tolist(), abs=1e-3)
    assert len(kept["ids"]) == lesson.trained_tokens
    assert lesson_id(lesson) != lesson_id(lessons(ROWS, tokenizer, examples=2, max_length=4096)[0])


def test_the_divergence_is_the_whole_one_where_every_token_is_kept() -> None:
    import torch

    torch.manual_seed(0)
    student, teacher = (torch.randn(3, 8).log_softmax(-1) for _ in range(2))
    whole = torch.nn.functional.kl_div(student, teacher, log_target=True, reduction="none").sum(-1)
    top = teacher.topk(8)
    torch.testing.assert_close(token_divergences(student, top.indices, top.values), whole, rtol=1e-3, atol=1e-4)
    few = teacher.topk(3)
    assert (token_divergences(student, few.indices, few.values) <= whole + 1e-5).all()
    same = token_divergences(teacher, few.indices, few.values)
    torch.testing.assert_close(same, torch.zeros(3), rtol=0, atol=1e-5)
