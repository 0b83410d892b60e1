"""A reply that goes through the sources of its prompt."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.prompts.form import BRIEF, Form
from ragft.answer.prompts.prompt import assign_keys, evidence_line
from ragft.answer.written.recital import Recital, RecitalWatch
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, evidence

EVIDENCE = evidence(QLORA, NF4, OPTIMISERS)
LINES = [evidence_line(item) for item in EVIDENCE]
RECITAL = Recital(EVIDENCE)


@pytest.mark.parametrize("before", ["", "- ", "1. ", " ", "• "])
def test_sources_one_after_the_other_are_a_recital(before: str) -> None:
    text = "\n".join(before + line for line in LINES)
    assert RECITAL.is_certain(text)
    assert RECITAL.before(text) == ""


def test_a_recital_may_leave_out_a_source_and_print_keys_in_bold() -> None:
    found = evidence(QLORA, "Not copied.", NF4, OPTIMISERS)
    lines = [evidence_line(item).replace("[", "**[", 1).replace("]", "]**", 1) for item in found]
    assert Recital(found).is_certain("\n".join([lines[0], *lines[2:]]))


def test_an_answer_before_a_recital_is_kept() -> None:
    text = "\n\n".join(["QLoRA needs 48 GB.", *LINES])
    assert RECITAL.before(text) == "QLoRA needs 48 GB.\n\n"


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
        "\n".join(f"{line} This shows that point {line[1]} answers the question." for line in LINES),
        "[1] QLoRA needs 48 GB.\n[2] NormalFloat takes four bits.\n[3] Paged optimisers use the CPU.",
        "[7] What no source says, with a good number of words more than eighty letters long, I think.\n" * 3,
    ],
)
def test_what_is_no_recital_is_kept_whole(text: str) -> None:
    assert not RECITAL.is_certain(text)
    assert RECITAL.before(text) == text


def test_a_table_within_a_source_does_not_end_a_recital() -> None:
    table = "Top-20 accuracy on the development set of Natural Questions by similarity and loss function.\n"
    table += "Sim | Loss | Top-20\nDP | NLL | 78.1\nL2 | NLL | 76.1\nBoth are superior to cosine."
    found = evidence(QLORA, table, OPTIMISERS)
    text = "\n".join(evidence_line(item, Form(BRIEF.instruction, capable=True)) for item in found)
    assert text.count("\n") > 4
    assert Recital(found).is_certain(text)


def test_a_title_in_brackets_hides_no_recital() -> None:
    found = assign_keys([replace(item.hit, title="QLoRA (Quantised LoRA)") for item in EVIDENCE])
    assert Recital(found).is_certain("\n".join(evidence_line(item, Form("", capable=True)) for item in found))


def test_thoughts_are_no_recital() -> None:
    copies = "\n".join(LINES)
    assert not RECITAL.is_certain(f"<think>{copies}")
    assert not RECITAL.may_begin(f"<think>\n{copies}</think>\nQLoRA needs 48 GB.")


def test_a_long_run_of_blanks_costs_no_time() -> None:
    start = time.process_time()
    RECITAL.is_certain("A.\n" + " " * 50_000 + "B")
    assert time.process_time() - start < 1


def test_a_stream_is_looked_at_every_so_many_characters() -> None:
    watch = RecitalWatch(RECITAL)
    assert [watch.feed(f"{text}\n") for text in (*LINES, "It goes on. " * 20)] == [False, False, False, True]


def test_from_the_first_key_on_a_recital_may_begin() -> None:
    assert not RECITAL.may_begin("QLoRA brings the same job down to a single GPU.")
    assert RECITAL.may_begin("[1] QLoRA br")
    assert not RECITAL.may_begin("[1] QLoRA needs a single GPU.")
    assert RECITAL.may_begin(f"{LINES[0]}\n[2] ")
    assert RECITAL.may_begin(f"{LINES[0]}\n[2] NormalFloat st")
    assert not RECITAL.may_begin(f"{LINES[0]}\n[2] Something else")


@given(st.text("[]123 ab\n(), QLoRA", max_size=200))
def test_what_is_before_it_is_the_beginning(text: str) -> None:
    assert RECITAL.before(text) in text
