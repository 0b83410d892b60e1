"""Which of several answers is best."""

from __future__ import annotations

import pytest

from ragft.answer.checking.support import Supporter
from ragft.answer.prompts.budget import Fitted
from ragft.answer.prompts.form import REFUSAL
from ragft.tasks.papers.natural.verify import Verifier, best
from tests.answer.fakes import NF4, QLORA, evidence

GOOD = "QLoRA needs a single GPU with 48 GB of memory [1]."
QUESTION = "How much memory does QLoRA need?"
FITTED = Fitted((), evidence(QLORA, NF4), (), 0, 0, 0, 0, 0)
VERIFIER = Verifier(Supporter(), 0.6)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (GOOD.replace(" [1]", ""), "uncited"),
        (GOOD.replace("[1]", "[2]"), "wrong_key"),
        (GOOD.replace("[1]", "[9]"), "wrong_key"),
        ("QLoRA needs a cluster of 99 cards with 800 GB of memory [1].", "unsupported"),
        (REFUSAL, "refuses"),
        (f"- {GOOD}\n- {GOOD}", "not_prose"),
        ("", "empty"),
        ("Ships sail. Bees hum. Rain falls here. Cats sleep late. Trains run on time. Tea is hot.", "too_long"),
        (" ".join([GOOD] * 6), "loop"),
    ],
)
def test_a_fault_is_named_and_costs_score(answer: str, fault: str) -> None:
    judged = VERIFIER.judge(answer, FITTED, QUESTION, GOOD)
    assert fault in judged.faults
    assert judged.score < VERIFIER.judge(GOOD, FITTED, QUESTION, GOOD).score
    assert not judged.is_good


def test_a_good_answer_has_no_fault() -> None:
    judged = VERIFIER.judge(GOOD, FITTED, QUESTION, GOOD)
    assert (judged.faults, judged.is_good) == ((), True)
    assert judged.score == pytest.approx(1.0)


def test_an_answer_that_leaves_most_out_is_incomplete() -> None:
    reference = f"{GOOD} Double quantisation saves about 0.37 bits per parameter, which is 3 GB for a 65B model [2]."
    assert VERIFIER.judge(GOOD, FITTED, QUESTION, reference).faults == ("incomplete",)


def test_only_a_plain_refusal_is_right_where_nothing_answers() -> None:
    assert VERIFIER.judge_refusal(REFUSAL).score == 1.0
    assert VERIFIER.judge_refusal(GOOD).faults == ("answers",)


def test_the_best_is_the_highest_without_a_fault() -> None:
    good = VERIFIER.judge(GOOD, FITTED, QUESTION, GOOD)
    bad = VERIFIER.judge(GOOD.replace(" [1]", ""), FITTED, QUESTION, GOOD)
    assert best([bad, good]) is good
    assert best([bad]) is None


def test_an_answer_without_keys_gets_those_of_what_supports_it() -> None:
    assert VERIFIER.with_keys(GOOD.replace(" [1]", ""), FITTED, QUESTION) == GOOD
    assert "[" not in VERIFIER.with_keys("Cheese is made of milk from cows on Mars.", FITTED, QUESTION)
