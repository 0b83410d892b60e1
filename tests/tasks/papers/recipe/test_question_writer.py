"""The request for a question, and the reading of the reply."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.tasks.papers.recipe.question_writer import parse_question, schema


def pattern(start: str) -> str:
    return str(schema(start)["properties"]["question"]["pattern"])


@given(st.text(alphabet="abc .+*?()[]{}|^$/\\-'\"%", min_size=1, max_size=30))
def test_the_schema_takes_the_given_beginning_literally(start: str) -> None:
    assert re.fullmatch(pattern(start), f"{start} during training?")
    assert not re.fullmatch(pattern(start), f"x{start} during training?")


def test_a_question_ends_with_its_mark() -> None:
    assert not re.fullmatch(pattern("What does LoRA add"), "What does LoRA add to a layer")


def test_slashes_and_hyphens_stand_unescaped() -> None:
    """llama.cpp's grammar converter drops a whole pattern at `\\/` and `\\-`, and then accepts any string."""
    assert "ViT-H/14" in pattern("What does ViT-H/14 outperform")


@pytest.mark.parametrize(
    ("reply", "question"),
    [
        ('{"question": "What  is\\nLoRA?"}', "What is LoRA?"),
        ('{"question": " "}', None),
        ('{"question": 3}', None),
        ('["What?"]', None),
        ("What is LoRA?", None),
        ('{"question": "What is', None),
    ],
)
def test_a_reply_gives_its_question_or_nothing(reply: str, question: str | None) -> None:
    assert parse_question(reply) == question
