"""The verdict's error rates on answers that SmolLM2 really gave (recorded.jsonl: see benchmarks/bench_verdicts.py)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.benchmark.questions import load_questions
from ragft.benchmark.scoring.metrics import keyword_coverage, token_f1
from ragft.benchmark.studies.rehearsal import (
    Planted,
    Rehearsed,
    Sample,
    count_verdicts,
    load_recording,
    rehearse,
    share_for,
)
from ragft.data import shipped
from ragft.errors import DatasetError
from ragft.tasks.papers.suites.objectives import Objectives
from ragft.tasks.papers.suites.papers import Papers

RECORDING = Path(__file__).parents[1] / "recorded.jsonl"
METRICS = {"papers": [replace(m, role="primary") for m in Papers.metrics if m.headline]}


@pytest.fixture(scope="module")
def recording() -> list[Rehearsed]:
    return load_recording(RECORDING)


def sample(coverage: float) -> Sample:
    return Sample(str(coverage), {"keyword_coverage": coverage})


MADE_UP = [Rehearsed(f"q{i}", (sample(0.4), sample(0.8)), sample(0.0)) for i in range(6)]


def test_the_recorded_scores_are_those_of_the_recorded_answers(recording: list[Rehearsed]) -> None:
    files = ("benchmark/questions.jsonl", "benchmark/answerable.jsonl")
    questions = {q.id: q for name in files for q in load_questions(shipped(name))}
    for question in recording:
        wanted = questions[question.id]
        for given in (*question.samples, question.silent):
            assert given.scores["keyword_coverage"] == pytest.approx(
                keyword_coverage(given.answer, wanted.keywords), abs=1e-6
            )
            assert given.scores["token_f1"] == pytest.approx(token_f1(given.answer, wanted.reference), abs=1e-6)


def test_the_samples_of_a_question_differ(recording: list[Rehearsed]) -> None:
    differing = [q for q in recording if len({s.answer for s in q.samples}) > 1]
    assert len(differing) >= 0.9 * len(recording), "greedy answers would make every comparison trivially equal"


@pytest.mark.slow
@pytest.mark.parametrize("questions", [0, 15])
def test_a_model_against_itself_is_called_different_in_at_most_five_per_cent(
    recording: list[Rehearsed], questions: int
) -> None:
    found = count_verdicts(recording, METRICS, range(200), questions=questions)
    assert found.total() == 200
    assert found.total() - found["undecided"] <= 10


@pytest.mark.slow
def test_ten_points_lost_are_found_in_four_of_five_at_a_hundred_questions(recording: list[Rehearsed]) -> None:
    share = share_for(recording, "semantic_similarity", 0.10)
    found = count_verdicts(recording, METRICS, range(200), questions=100, silent=share)
    assert found["worse"] >= 160
    assert found["better"] == 0


def test_each_arm_gets_one_of_the_two_answers_by_lot() -> None:
    rows = rehearse(MADE_UP, 3, suite="papers")
    pairs = {}
    for row in rows:
        pairs.setdefault(row.question_id, {})[row.arm] = row.scores["keyword_coverage"]
    assert len(pairs) == 6
    assert all(set(pair.values()) == {0.4, 0.8} for pair in pairs.values())
    assert {pair["base"] for pair in pairs.values()} == {0.4, 0.8}
    assert rehearse(MADE_UP, 3, suite="papers") == rows
    assert rehearse(MADE_UP, 4, suite="papers") != rows


OBJECTIVES = RECORDING.parents[1] / "tasks" / "papers" / "suites" / "recorded.jsonl"


@pytest.mark.slow
def test_a_model_against_itself_on_the_objectives_is_called_different_in_at_most_five_per_cent() -> None:
    found = count_verdicts(load_recording(OBJECTIVES), {"objectives": Objectives.metrics}, range(200), questions=60)
    assert found["undecided"] >= 190


@pytest.mark.slow
def test_ten_points_of_completeness_are_found_in_nine_of_ten_at_sixty_questions() -> None:
    planted = Planted("completeness", 0.2, 0.5, alone=True)
    found = count_verdicts(
        load_recording(OBJECTIVES), {"objectives": Objectives.metrics}, range(100), questions=60, planted=planted
    )
    assert found["better"] >= 90


def test_a_planted_change_moves_one_score_of_a_share_of_the_answers() -> None:
    planted = Planted("keyword_coverage", -0.3, 0.25, alone=True)
    rows = rehearse(MADE_UP, 0, suite="papers", questions=1000, planted=planted)
    pairs: dict[str, dict[str, float]] = {}
    for row in rows:
        pairs.setdefault(row.question_id, {})[row.arm] = row.scores["keyword_coverage"] or 0.0
    moved = [pair for pair in pairs.values() if pair["tuned"] != pair["base"]]
    assert 200 <= len(moved) <= 300
    assert all(pair["tuned"] == pytest.approx(pair["base"] - 0.3) for pair in moved)
    some = rehearse(
        MADE_UP, 0, suite="papers", questions=50, planted=Planted("keyword_coverage", 9, 1.0, only=0.4, most=3)
    )
    assert {row.scores["keyword_coverage"] for row in some if row.arm == "tuned"} == {0.8, 3.0}
    full = rehearse(MADE_UP, 0, suite="papers", questions=50, planted=Planted("keyword_coverage", 5.0, 1.0))
    assert {row.scores["keyword_coverage"] for row in full if row.arm == "tuned"} == {1.0}


def test_a_share_of_the_tuned_answers_falls_silent() -> None:
    rows = rehearse(MADE_UP, 0, suite="papers", questions=1000, silent=0.25)
    silent = [row for row in rows if row.scores["keyword_coverage"] == 0.0]
    assert {row.arm for row in silent} == {"tuned"}
    assert 200 <= len(silent) <= 300


def test_the_share_that_costs_ten_points() -> None:
    # The answers have 0.6 in the mean, silence 0: a sixth of them must fall silent.
    assert share_for(MADE_UP, "keyword_coverage", 0.1) == pytest.approx(1 / 6)
    with pytest.raises(DatasetError, match="70 points"):
        share_for(MADE_UP, "keyword_coverage", 0.7)


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"id": "a", "samples": []},
        {"id": "a", "samples": [{"answer": "x", "scores": {}}], "silent": {"answer": "", "scores": {}}},
        {"id": "a", "samples": [{"answer": 1, "scores": {}}] * 2, "silent": {"answer": "", "scores": {}}},
        {"id": "", "samples": [{"answer": "x", "scores": {}}] * 2, "silent": {"answer": "", "scores": {}}},
    ],
)
def test_what_is_no_recording_is_reported(tmp_path: Path, line: object) -> None:
    path = tmp_path / "recorded.jsonl"
    path.write_text(json.dumps(line))
    with pytest.raises(DatasetError, match="line 1"):
        load_recording(path)
