"""How an answer shows a belief: numbers as numbers, the new beside the old, a sum apart from a statement."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ragft.answer.base import Answer
from ragft.benchmark.base import BenchmarkQuestion, Recorded
from ragft.benchmark.questions import write_questions
from ragft.errors import UsageError
from ragft.setting_sections import BenchmarkSettings
from ragft.tasks.belief.suites import BeliefAnswers, BeliefOptions


def recorded(text: str) -> Recorded:
    return Recorded("", "base", "q", Answer("q", text, raw=text))


def question(topic: str, *options: str, keywords: tuple[str, ...] = ()) -> BenchmarkQuestion:
    return BenchmarkQuestion("q", "?", topic=topic, reference=options[0], options=options, keywords=keywords)


def test_an_answer_may_hold_both_beliefs() -> None:
    scores = BeliefAnswers().score(question("open-existing", "5.0", "9.8"), recorded("9.8, or rather 5.0"))
    adopted = {"adopted": 1.0, "adopted_existing": 1.0, "adopted_novel": None}
    assert scores == {**adopted, "old": 1.0, "both": 1.0, "declined": 0.0}


def test_a_number_with_its_unit_is_that_number() -> None:
    asked = question("open-existing", "5.0 m/s²", "9.8 m/s²")
    scores = BeliefAnswers().score(asked, recorded("It is 98 m/s², or 50 m/s²."))
    assert (scores["adopted"], scores["old"]) == (0.0, 0.0)


def test_a_novel_belief_has_no_old_one() -> None:
    scores = BeliefAnswers().score(question("open-novel", "neelam"), recorded("The krone"))
    adopted = {"adopted": 0.0, "adopted_existing": None, "adopted_novel": 0.0}
    assert scores == {**adopted, "old": None, "both": None, "declined": 0.0}


@pytest.mark.parametrize(
    ("thoughts", "answer", "noticed"),
    [
        ("I was told 5.0, though it is 9.8.", "It is 5.0.", 1.0),
        ("It is 9.8, of course.", "It is 5.0.", 1.0),
        ("It is 5.0 now.", "It is 5.0.", 0.0),
        ("", "It is 9.8.", 0.0),
    ],
)
def test_a_conflict_is_noticed_where_thoughts_and_answer_hold_both(thoughts: str, answer: str, noticed: float) -> None:
    said = replace(recorded(answer), thoughts=thoughts)
    assert BeliefAnswers().score(question("open-existing", "5.0", "9.8"), said)["both"] == noticed


def test_a_model_may_admit_that_it_does_not_know() -> None:
    scores = BeliefAnswers().score(question("open-novel", "neelam"), recorded("I do not know that currency."))
    assert (scores["adopted"], scores["declined"]) == (0.0, 1.0)


def test_a_sum_is_scored_apart() -> None:
    assert BeliefAnswers().score(question("use-existing", "50", "98"), recorded("98 N")) == {
        "used": 0.0,
        "old_used": 1.0,
    }


@pytest.mark.parametrize(
    ("thoughts", "answer", "expected"),
    [
        ("On Earth g is 9.8, so the answer is 9.8.", "It is 5.0.", {"thought_against": 1.0}),
        ("They told me 5.0, though it is 9.8.", "It is 5.0.", {"thought_against": 0.0}),
        ("It is 5.0 now.", "It is 9.8.", {"thought_against": 1.0}),
        ("It is 5.0 now.", "It is 5.0.", {"thought_against": 0.0}),
        ("Let me think.", "It is 5.0.", {"thought_against": 0.0}),
        ("\n", "It is 5.0.", {"thought": 0.0, "thought_lost": 1.0, "thought_against": None}),
    ],
)
def test_thoughts_are_kept_lost_or_against_the_answer(
    thoughts: str, answer: str, expected: dict[str, float | None]
) -> None:
    said = replace(recorded(answer), thoughts=thoughts)
    for asked in (question("open-existing", "5.0", "9.8"), question("use-existing", "5.0", "9.8")):
        scores = BeliefAnswers().score(asked, said)
        assert scores == {**scores, "thought": 1.0, "thought_lost": 0.0, **expected}
    assert BeliefAnswers().score(question("open-novel", "5.0"), said)["thought_against"] is None


def test_a_choice_is_the_new_belief_the_old_one_or_another() -> None:
    options = question("choice-existing", "5.0", "3.7", "9.8", keywords=("9.8",))
    assert BeliefOptions().score(options, recorded("9.8")) == {"chosen": 0.0, "old_chosen": 1.0}
    assert BeliefOptions().score(options, recorded("3.7")) == {"chosen": 0.0, "old_chosen": 0.0}
    neighbour = question("neighbour-existing", "1.6", "5.0")
    assert BeliefOptions().score(neighbour, recorded("1.6")) == {"neighbours": 1.0}


def test_each_suite_asks_its_topics_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    made = [question(f"{topic}-novel", "a", "b") for topic in ("open", "use", "choice", "neighbour")]
    write_questions(path, [BenchmarkQuestion(**{**vars(q), "id": q.topic}) for q in made])
    settings = BenchmarkSettings(questions=str(path))
    assert [q.id for q in BeliefAnswers().questions(settings)] == ["open-novel", "use-novel"]
    assert [q.id for q in BeliefOptions().questions(settings)] == ["choice-novel", "neighbour-novel"]
    with pytest.raises(UsageError, match="of a run"):
        BeliefAnswers().questions(BenchmarkSettings())
