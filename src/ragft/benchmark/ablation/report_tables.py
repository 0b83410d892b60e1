"""The tables of an experiment over recipes, as Markdown for docs/experiments/."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ragft.benchmark.ablation.effects import Effect
from ragft.benchmark.ablation.plan_file import AblationPlan
from ragft.benchmark.scoring.measures import Metric


@dataclass(frozen=True)
class DataFacts:
    """A data set of a recipe: its name, rows by kind, rows held out, and pairs to tune by."""

    dataset: str
    kinds: Mapping[str, int]
    held_out: int
    pairs: int


@dataclass(frozen=True)
class TrainingFacts:
    """One training: what it took, and what it came to (losses in nats a token; nan where there is none)."""

    seed: int
    steps: int
    tokens: int
    seconds: float
    eval_loss: float
    forgetting: float
    divergence: float
    scale: float
    accuracy: float

    @classmethod
    def of(cls, seed: int, report: Mapping[str, Any]) -> TrainingFacts:
        """Those in the values of a training's report."""
        names = (each.name for each in fields(cls) if each.name != "seed")
        return cls(seed, **{name: report[name] for name in names})


@dataclass(frozen=True)
class AblationResult:
    """What an experiment found.

    `data` holds one set of rows a recipe, or one a seed. `against_base` compares with the untuned model,
    `against_first` the other recipes with the first.
    """

    plan: AblationPlan
    model: str
    data: Mapping[str, Sequence[DataFacts]]
    trainings: Mapping[str, Sequence[TrainingFacts]]
    metrics: Mapping[str, Metric]
    against_base: Sequence[Effect]
    against_first: Sequence[Effect]
    warnings: Sequence[str] = field(default=())


def markdown(found: AblationResult) -> str:
    """The whole of it as a page."""
    plan = found.plan
    parts = [
        f"# {plan.name}: {len(plan.recipes)} recipes, seeds {', '.join(map(str, plan.seeds))}",
        f"Base {found.model}; every recipe is trained on the same split and asked the same questions."
        + (" Each seed has rows of its own." if plan.rows_by_seed else ""),
        *(f"> {warning}" for warning in found.warnings),
        "## Data\n\n" + _data(found),
        "## Training\n\nMean of the seeds (least to most).\n\n" + _trainings(found),
        "## Against the base\n\n" + _effects(found, found.against_base, "base"),
    ]
    if found.against_first:
        first = next(iter(plan.recipes))
        parts.append(f"## Against `{first}`\n\n" + _effects(found, found.against_first, first))
    note = (
        "Change with its 95 % interval over questions and seeds; bold where it leaves 0 out. Nothing is adjusted for"
        " the number of figures: one in twenty is bold by chance."
    )
    return "\n\n".join([*parts, note]) + "\n"


def _data(found: AblationResult) -> str:
    kinds = list(dict.fromkeys(kind for sets in found.data.values() for facts in sets for kind in facts.kinds))
    lines = [["recipe", "data set", *kinds, "held out", "pairs", "training"]]
    for name, sets in found.data.items():
        given = found.plan.recipes[name].train.items()
        settings = ", ".join(f"{key} {value}" for key, value in given) or "default"
        counts = [[facts.kinds.get(kind, 0) for facts in sets] for kind in kinds]
        counts += [[facts.held_out for facts in sets], [facts.pairs for facts in sets]]
        datasets = ", ".join(facts.dataset for facts in sets)
        lines.append([f"`{name}`", datasets, *(_spread(number, ".0f") for number in counts), settings])
    return _table(lines)


def _trainings(found: AblationResult) -> str:
    columns: Sequence[tuple[str, Callable[[TrainingFacts], float], str]] = (
        ("steps", lambda t: t.steps, ".0f"),
        ("tokens", lambda t: t.tokens, ",.0f"),
        ("validation loss", lambda t: t.eval_loss, ".3f"),
        ("general text, Δ nats", lambda t: t.forgetting, "+.3f"),
        ("KL", lambda t: t.divergence, ".3f"),
        ("adapter scaled to", lambda t: t.scale, ".2f"),
        ("pairs judged rightly", lambda t: t.accuracy, ".0%"),
    )
    lines = [["recipe", *(name for name, _, _ in columns)]]
    for name, trainings in found.trainings.items():
        lines.append([f"`{name}`", *(_spread([value(t) for t in trainings], form) for _, value, form in columns)])
    return _table(lines)


def _effects(found: AblationResult, effects: Sequence[Effect], baseline: str) -> str:
    by_place = {(effect.metric, effect.recipe): effect for effect in effects}
    recipes = list(dict.fromkeys(effect.recipe for effect in effects))
    lines = [["metric", f"`{baseline}`", *(f"`{recipe}`" for recipe in recipes)]]
    for name, metric in found.metrics.items():
        own = [by_place.get((name, recipe)) for recipe in recipes]
        if metric.control or not any(own):
            continue
        base = next(effect.base for effect in own if effect is not None)
        label = metric.label + (" *" if metric.primary else "")
        lines.append([label, metric.show(base), *(_cell(metric, effect) for effect in own)])
    return _table(lines) + "\n\n\\* decides the verdict of a benchmark"


def _cell(metric: Metric, effect: Effect | None) -> str:
    if effect is None:
        return "–"
    low, high = (metric.show_change(end).partition(" ")[0] for end in (effect.low, effect.high))
    ends = "" if math.isnan(effect.low) else f" ({low} to {high})"
    value = metric.show(effect.value)
    return f"{f'**{value}**' if effect.certain else value}, {metric.show_change(effect.change)}{ends}"


def _spread(values: Sequence[float], form: str) -> str:
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return "–"
    middle, least, most = (format(value, form) for value in (sum(known) / len(known), min(known), max(known)))
    return middle if least == most else f"{middle} ({least} to {most})"


def _table(lines: Sequence[Sequence[str]]) -> str:
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([rows[0], "| " + " | ".join("---" for _ in lines[0]) + " |", *rows[1:]])
