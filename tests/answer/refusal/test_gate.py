"""Judging before and after the model: features, types of question, and the calibration as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.support import Supporter
from ragft.answer.question_kind import answer_type, has_unit_asked, holds_type, is_negated, name_stems
from ragft.answer.refusal.features import Closest, question_features
from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.shipped import SHIPPED
from ragft.errors import IndexCorrupted
from tests.answer.fakes import NF4, QLORA, hit

QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
HITS = [hit(QLORA), hit(NF4, number=1, dense=0.4)]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When was LoRA published?", "time"),
        ("In which year was LoRA published?", "time"),
        ("When does FLARE trigger retrieval?", "any"),
        ("What happens when a model is tuned?", "any"),
        ("How many passages are read?", "number"),
        ("What F1 score does it reach?", "number"),
        ("Which percentage of errors is left?", "share"),
        ("Who proposed LoRA?", "person"),
        ("In which country was it built?", "place"),
        ("Why is it slow?", "any"),
    ],
)
def test_the_kind_of_answer_is_read_off_the_question(question: str, kind: str) -> None:
    assert answer_type(question) == kind


@pytest.mark.parametrize(
    ("question", "passage", "held"),
    [
        ("How many layers has it?", "It has 24 layers.", True),
        ("How many layers has it?", "It was built in 2017 with layers.", False),
        ("How many layers has the 24B model?", "The 24B model has layers.", False),
        ("When was it built?", "It was built in 2017.", True),
        ("When was it built?", "It was built with 24 layers.", False),
        ("What percentage is left?", "Some 12% are left.", True),
        ("What percentage is left?", "Some 12 layers are left.", False),
        ("Who proposed LoRA?", "It was proposed by Edward Hu.", True),
        ("Who proposed LoRA?", "It was proposed as LoRA.", False),
        ("Why is it slow?", "It is.", True),
    ],
)
def test_a_passage_holds_the_kind_or_not(question: str, passage: str, held: bool) -> None:
    assert holds_type(answer_type(question), passage, question) is held


@pytest.mark.parametrize(
    ("question", "text", "has"),
    [
        ("How long did it take to train?", "It took 3.5 days.", True),
        ("How long did it take to train?", "It was trained for 60 × 10^4 iterations.", True),
        ("How long did it take to train?", "It has an error of 4.49% with 152 layers.", False),
        ("How long is the chamber?", "It is 40 m long.", True),
        ("How much memory does it need?", "It needs 48 GB.", True),
        ("How much memory does it need?", "It has 65B parameters.", False),
        ("How much memory does it need?", "48", True),
        ("How many dollars were they paid?", "They were paid $15.", True),
        ("How many dollars were they paid?", "There were 40 people.", False),
        ("How many layers has it?", "It has 24 of them.", True),
        ("How many tokens was it trained on?", "It was trained on 2T tokens.", True),
        ("How many hours does it take?", "It needs about four GPU hours.", True),
        ("By how many points is it better?", "It is 3.2% better.", True),
    ],
)
def test_a_number_has_the_unit_that_is_asked_for(question: str, text: str, has: bool) -> None:
    assert has_unit_asked(question, text) is has


def test_names_are_what_a_question_turns_on() -> None:
    assert name_stems("How close did Guanaco come to ChatGPT?") == {"guanaco", "chatgpt"}
    assert name_stems("What is it?") == frozenset()


@pytest.mark.parametrize(
    ("text", "negated"), [("It cannot run.", True), ("What is unusual?", True), ("It is under water.", False)]
)
def test_negation(text: str, negated: bool) -> None:
    assert is_negated(text) is negated


def test_features_of_a_question_with_its_answer() -> None:
    features = question_features(Closest(QUESTION, Supporter()), HITS)
    assert features.dense == 0.7
    assert features.type_missing == 0.0
    assert features.names_missing_near == 0.0
    assert features.covered > 0.7


def test_a_number_and_a_name_that_are_not_there_are_missed() -> None:
    features = question_features(Closest("How much memory does Guanaco need for a 13B model?", Supporter()), HITS)
    assert features.names_missing_near == 1.0
    assert features.numbers_missing_near == 1.0


@given(st.text(max_size=80), st.text(max_size=200), st.floats(-1, 1))
def test_features_and_probabilities_stay_in_range(question: str, text: str, dense: float) -> None:
    features = question_features(Closest(question, Supporter()), [hit(text, dense=dense)])
    assert all(0.0 <= value <= 1.0 for value in asdict(features).values())
    assert 0.0 < SHIPPED.gate.probability(features) < 1.0


def test_the_closest_sentence_comes_first_and_headings_are_no_candidates() -> None:
    found = Closest(QUESTION, Supporter()).among([hit("3 QLoRA memory\n" + QLORA)])
    assert "3 QLoRA memory" not in [candidate.text for candidate in found]
    assert "48 GB" in found[0].text


def test_a_hit_is_compared_with_the_question_once() -> None:
    asked: list[str] = []

    class Counting(Supporter):
        def cosines(self, text: str, others: Sequence[str]) -> list[float]:
            asked.extend(others)
            return super().cosines(text, others)

    closest = Closest(QUESTION, Counting())
    first, second = hit(QLORA), hit("Guanaco reaches 99.3% of the performance level of ChatGPT.")
    assert closest.among([first, second])[0].hit == first
    assert [found.hit for found in closest.among([second])] == [second], "what was compared before is left out"
    assert len(asked) == len(set(asked)) > 1


def test_the_gate_tells_the_subject_from_another() -> None:
    own = SHIPPED.gate.probability(question_features(Closest(QUESTION, Supporter()), HITS))
    cooking = Closest("How do I cook risotto?", Supporter())
    other = SHIPPED.gate.probability(question_features(cooking, [hit(QLORA, dense=0.05)]))
    assert own > 0.9
    assert other < 0.1


def test_a_calibration_survives_storage() -> None:
    assert Calibration.from_json(SHIPPED.to_json()) == SHIPPED


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", SHIPPED.to_json().replace("dense", "density"), SHIPPED.to_json()[:-9]]
)
def test_a_damaged_calibration_names_the_remedy(text: str) -> None:
    with pytest.raises(IndexCorrupted, match="ragft calibrate"):
        Calibration.from_json(text)
