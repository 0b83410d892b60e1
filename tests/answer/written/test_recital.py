"""A reply that goes through the sources of its prompt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.prompts.form import BRIEF, Form
from ragft.answer.prompts.prompt import evidence_line
from ragft.answer.written.recital import Recital
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, evidence

EVIDENCE = evidence(QLORA, NF4, OPTIMISERS)
LINES = [evidence_line(item) for item in EVIDENCE]
RECITAL = Recital(EVIDENCE)


def test_of_a_recital_the_first_source_is_kept() -> None:
    text = "\n".join(LINES)
    assert RECITAL.is_certain(text)
    assert RECITAL.kept(text) == f"{LINES[0]}\n"


def test_an_answer_before_a_recital_is_kept() -> None:
    text = "\n\n".join(["QLoRA needs 48 GB.", *LINES])
    assert RECITAL.kept(text).startswith("QLoRA needs 48 GB.\n\n[1] QLoRA brings")
    assert "NormalFloat" not in RECITAL.kept(text)


@pytest.mark.parametrize("capable", [False, True])
def test_sources_are_recognised_as_each_prompt_shows_them(capable: bool) -> None:
    form = Form(BRIEF.instruction, capable=capable)
    assert RECITAL.is_certain("\n".join(evidence_line(item, form) for item in EVIDENCE))


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(LINES[:2]),  # an answer may quote two sources
        "\n".join(reversed(LINES)),  # not in the order of the prompt
        "\n".join(f"{line[4:]} {line[:3]}" for line in LINES),  # quoted, with the keys where an answer has them
        "\n".join([LINES[0], LINES[1], "So both save memory.", LINES[2]]),
        "[1] QLoRA needs 48 GB.\n[2] NormalFloat takes four bits.\n[3] Paged optimisers use the CPU.",
        "[7] What no source says, with a good number of words more than eighty letters long, I think.\n" * 3,
    ],
)
def test_what_is_no_recital_is_kept_whole(text: str) -> None:
    assert not RECITAL.is_certain(text)
    assert RECITAL.kept(text) == text


def test_a_table_within_a_source_does_not_end_a_recital() -> None:
    table = "Top-20 accuracy on the development set of Natural Questions by similarity and loss function.\n"
    table += "Sim | Loss | Top-20\nDP | NLL | 78.1\nL2 | NLL | 76.1\nBoth are superior to cosine."
    found = evidence(QLORA, table, OPTIMISERS)
    text = "\n".join(evidence_line(item, Form(BRIEF.instruction, capable=True)) for item in found)
    assert text.count("\n") > 4
    assert Recital(found).is_certain(text)
    assert Recital(found).kept(text).count("\n") == 1


def test_from_the_second_key_on_a_recital_may_begin() -> None:
    assert not RECITAL.may_begin(LINES[0])
    assert RECITAL.may_begin(f"{LINES[0]}\n[2] ")
    assert RECITAL.may_begin(f"{LINES[0]}\n[2] NormalFloat st")
    assert not RECITAL.may_begin(f"{LINES[0]}\n[2] Something else")


@given(st.text("[]123 ab\n(), QLoRA", max_size=200))
def test_what_is_kept_is_the_beginning(text: str) -> None:
    assert text.startswith(RECITAL.kept(text))
