"""The request for a question, and the reading of the reply."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.base import Chunk
from ragft.engine.base import collect_reply
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.tasks.papers.recipe.angles import Angle
from ragft.tasks.papers.recipe.claims import Claim
from ragft.tasks.papers.recipe.question_writer import parse_question, question_request, schema


def pattern(start: str) -> str:
    return str(schema(start)["properties"]["question"]["pattern"])


@given(st.text(alphabet="abc .+*?()[]{}|^$/\\-'\"%", min_size=1, max_size=30))
def test_the_schema_takes_the_given_beginning_literally(start: str) -> None:
    assert re.fullmatch(pattern(start), f"{start} during training?")
    assert not re.fullmatch(pattern(start), f"x{start} during training?")


def test_a_question_ends_with_its_mark() -> None:
    assert not re.fullmatch(pattern("What does LoRA add"), "What does LoRA add to a layer")


@pytest.mark.parametrize(
    "question",
    [
        "Was lernt ein Modell während der Übung an der Straße?",
        "검색 증강 생성은 환각을 어떻게 줄이나요?",
        "检索增强生成如何减少幻觉?",
        "Que fait l’« attention » d’un modèle à 65 milliards de paramètres?",
    ],
)
def test_a_question_may_be_in_any_script(question: str) -> None:
    assert re.fullmatch(pattern(question[:4]), question)


@pytest.mark.parametrize("tail", ['ad"', "add? And", "add\\", "add\n", "add! And", "add\x00"])
def test_a_question_is_one_sentence_of_plain_characters(tail: str) -> None:
    assert not re.fullmatch(pattern("What does LoRA "), f"What does LoRA {tail}?")


@pytest.mark.parametrize(
    ("fact", "start"),
    [
        ("Die Übertragung größerer Gewichte kostet während der Übung Zeit.", "Was kostet während der Übung"),
        ("검색 증강 생성은 환각을 줄인다.", "검색 증강 생성은 무엇을"),
    ],
)
def test_llama_cpp_takes_the_pattern(fact: str, start: str, embedded_engine: EmbeddedEngine) -> None:
    claim = Claim(Chunk("c", "d", 0, fact, "Title", "Section", (1, 1)), 0, len(fact), fact)
    request = question_request("smollm2", claim, Angle(start, "object", ""), seed=0)
    request = replace(request, options=request.options.with_(num_predict=500))  # room for letters of several tokens
    reply, *_ = collect_reply(embedded_engine, request)
    asked = parse_question(reply)
    assert asked is not None, reply
    assert re.fullmatch(pattern(start), asked)


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
