"""What recipes did, over their seeds."""

from __future__ import annotations

from ragft.answer.base import Answer
from ragft.benchmark.ablation.effects import effects
from ragft.benchmark.base import Recorded, ScoredRow
from ragft.benchmark.scoring.measures import Metric

RIGHT = Metric("right", "Right", "right")


def rows(arm: str, scores: list[float | None]) -> list[ScoredRow]:
    recorded = Recorded("", arm, "", Answer(question="", answer=""))
    return [ScoredRow("papers", arm, str(place), recorded, {"right": score}, 0.0) for place, score in enumerate(scores)]


def test_a_recipe_is_the_mean_of_its_seeds_and_its_interval_spans_them() -> None:
    base = [0.0, 1.0] * 20
    found = [*rows("base", base), *rows("a-0", [1.0] * 40), *rows("a-1", [1.0, 0.0] * 20), *rows("b-0", base)]
    better, same = effects(found, {"papers": [RIGHT]}, {"a": ["a-0", "a-1"], "b": ["b-0"]}, ["base"])
    assert (better.value, better.least, better.most, better.base, better.change) == (0.75, 0.5, 1.0, 0.5, 0.25)
    assert better.low < 0.25 < better.high
    assert not better.certain  # one of two trainings did nothing
    assert (same.change, same.low, same.high, same.questions) == (0.0, 0.0, 0.0, 40)


def test_seeds_that_agree_are_certain() -> None:
    found = [*rows("base", [0.0, 1.0] * 20), *rows("a-0", [1.0] * 40), *rows("a-1", [1.0] * 40)]
    (effect,) = effects(found, {"papers": [RIGHT]}, {"a": ["a-0", "a-1"]}, ["base"])
    assert effect.certain
    assert effect.low > 0.3


def test_a_question_that_an_arm_has_no_score_of_is_left_out_for_all() -> None:
    found = [*rows("base", [0.0, 0.0, None]), *rows("a-0", [1.0, None, 1.0])]
    (effect,) = effects(found, {"papers": [RIGHT]}, {"a": ["a-0"]}, ["base"])
    assert (effect.questions, effect.change) == (1, 1.0)
    assert effect.low != effect.low  # one question says nothing about the next
    assert effects([*rows("base", [None]), *rows("a-0", [1.0])], {"papers": [RIGHT]}, {"a": ["a-0"]}, ["base"]) == []
