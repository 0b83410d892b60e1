"""The page of an experiment."""

from __future__ import annotations

import math

from ragft.benchmark.ablation.effects import Effect
from ragft.benchmark.ablation.plan_file import AblationPlan
from ragft.benchmark.ablation.report_tables import AblationResult, DataFacts, TrainingFacts, markdown
from ragft.benchmark.scoring.measures import Metric

PLAN = AblationPlan.model_validate(
    {
        "name": "pairs", "seeds": [0, 1],
        "recipes": {"rows": {"data": "mine"}, "dpo": {"data": "mine", "train": {"preference": "dpo"}}},
    }
)  # fmt: skip


def training(seed: int, loss: float) -> TrainingFacts:
    return TrainingFacts(seed, 10, 1200, 3.0, loss, 0.01, 0.02, 1.0, math.nan)


def effect(recipe: str, change: float, low: float, high: float) -> Effect:
    return Effect(recipe, "right", 0.5 + change, 0.4, 0.9, 0.5, change, low, high, 15)


def test_rows_of_each_seed_are_counted_as_trainings_are() -> None:
    sets = [DataFacts(f"mine-{seed}", {"grounded": rows}, 1, 0) for seed, rows in ((0, 6), (1, 8))]
    data = dict.fromkeys(PLAN.recipes, sets)
    page = markdown(AblationResult(PLAN.model_copy(update={"rows_by_seed": True}), "smol", data, {}, {}, [], []))
    assert "| `rows` | mine-0, mine-1 | 7 (6 to 8) | 1 | 0 | default |" in page.splitlines()
    assert "Each seed has rows of its own." in page


def test_the_page_shows_data_trainings_and_changes_with_their_intervals() -> None:
    page = markdown(
        AblationResult(
            PLAN,
            "smol:q8_0",
            {name: [DataFacts("mine", {"grounded": 7, "refusal": 2}, 1, 4)] for name in PLAN.recipes},
            {name: [training(0, 0.5), training(1, 0.7)] for name in PLAN.recipes},
            {"right": Metric("right", "Right | wrong", "right", role="primary")},
            [effect("rows", 0.1, -0.1, 0.3), effect("dpo", 0.2, 0.05, 0.35)],
            [effect("dpo", 0.1, -0.05, 0.2)],
            ["no documents"],
        )
    )
    lines = page.splitlines()
    assert lines[0] == "# pairs: 2 recipes, seeds 0, 1"
    assert "> no documents" in lines
    assert "| `dpo` | mine | 7 | 2 | 1 | 4 | preference dpo |" in lines
    assert "| `rows` | 10 | 1,200 | 0.600 (0.500 to 0.700) | +0.010 | 0.020 | 1.00 | – |" in lines
    against_base = (
        "| Right \\| wrong * | 50.0 % | 60.0 %, +10.0 pp (-10.0 to +30.0) | **70.0 %**, +20.0 pp (+5.0 to +35.0) |"
    )
    assert against_base in lines
    assert "| metric | `rows` | `dpo` |" in lines
