"""Do the options of a question give its answer away? A chooser sees them, and never the question.

    python benchmarks/bench_options.py [TABLE.csv]

It is a logistic regression over what can be seen of an option among the others: its size or length, whether it is
another one rounded, or another it, how round it is, and whether one is another in miles. Ten folds, by entity.
Chance is 20 %.

published    The rule behind the question that a published experiment shows: the right value, the same in miles, both
             rounded down, and the right one rounded up. The lengths get two decimals, as they have there.
one rounded  Ours, but one wrong option is the right value to its two leading digits.
ours         Neighbours in the table (`ragft.tasks.facts.distractors`); of names, values of entities that are alike.
and counts   Ours; the chooser also knows how often the table has each value.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ragft.tasks.facts.distractors import can_be_asked, distractors
from ragft.tasks.facts.fact_table import FactTable, TableAttribute, TableFact, read_table

TABLE = Path(__file__).resolve().parents[1] / "data" / "tasks" / "rivers.csv"
FOLDS, MILE = 10, 1.609344


@dataclass(frozen=True)
class Options:
    """What a question shows below it, without units, in an order that says nothing; `right` is one of them."""

    entity: str
    right: str
    shown: tuple[str, ...]


Rule = Callable[[TableFact, FactTable, Random], Sequence[str]]
"""Gives the options of a fact, the right one first."""
Seen = Callable[[str, Sequence[str]], list[float]]
"""Gives what is seen of an option among all."""


def published(fact: TableFact, _table: FactTable, random: Random) -> Sequence[str]:
    """The rule of the published question."""
    value = fact.number + random.randint(1, 99) / 100
    miles = value / MILE
    return [f"{one:.2f}" for one in (value, miles, math.floor(value), math.floor(miles), math.ceil(value))]


def ours(fact: TableFact, table: FactTable, random: Random) -> Sequence[str]:
    """The rule of the task."""
    unit = f" {fact.attribute.unit}".rstrip()
    return [one.removesuffix(unit) for one in (fact.shown, *distractors(fact, table, random))]


def one_rounded(fact: TableFact, table: FactTable, random: Random) -> Sequence[str]:
    """Ours with the right value, rounded, in the place of one; twice the same where it is round itself."""
    step = 10 ** max(0, len(str(int(fact.number))) - 2)
    right, *near = ours(fact, table, random)
    return [right, f"{round(fact.number / step) * step:.0f}", *near[1:]]


def questions(attribute: TableAttribute, table: FactTable, rule: Rule) -> list[Options]:
    """The options of each fact of an attribute; those with two alike are left out."""
    random, found = Random(0), []
    for fact in table.by_attribute[attribute]:
        made = rule(fact, table, random)
        if len(set(made)) == len(made):
            found.append(Options(fact.entity, made[0], tuple(sorted(made))))
    return found


def seen_of_number(option: str, among: Sequence[str]) -> list[float]:
    """Its size and roundness among the others."""
    value, others = float(option), [float(one) for one in among if one != option]
    digits = option.replace(".", "")
    return [
        *_one_hot(sum(other < value for other in others), len(among)),
        float(sum(is_rounded(other, value) for other in others)),
        float(any(is_rounded(value, other) for other in others)),
        float(len(digits) - len(digits.rstrip("0"))),
        float(any(abs(value / other - MILE) < 0.01 for other in others)),
        float(any(abs(other / value - MILE) < 0.01 for other in others)),
        min(abs(math.log(value / other)) for other in others),
        math.log(value / float(np.median([value, *others]))),
    ]


def seen_of_name(option: str, among: Sequence[str]) -> list[float]:
    """How long it is among the others, and how many of its words they share."""
    shared = sum(bool(set(option.split()) & set(one.split())) for one in among if one != option)
    return [*_one_hot(sorted(among, key=len).index(option), len(among)), float(shared)]


def with_counts(counts: Mapping[str, int]) -> Seen:
    """A chooser's view that also knows how often each value occurs."""
    return lambda option, among: [*seen_of_name(option, among), math.log(counts[option])]


def is_rounded(rough: float, exact: float) -> bool:
    """Whether one number is the other with fewer digits, rounded up, down or to the nearest."""
    steps = [step for step in (1.0, 10.0, 100.0, 1000.0) if step <= exact]
    return rough != exact and any(rough % step == 0 and abs(rough - exact) < step for step in steps)


def chosen_right(asked: Sequence[Options], seen: Seen) -> int:
    """How many questions the chooser gets right, each by what it learnt from those about other entities."""
    entities = sorted({one.entity for one in asked})
    Random(0).shuffle(entities)
    fold_of = {entity: place % FOLDS for place, entity in enumerate(entities)}
    folds = np.array([fold_of[one.entity] for one in asked])
    views = np.array([[seen(option, one.shown) for option in one.shown] for one in asked])
    right = np.array([[option == one.right for option in one.shown] for one in asked])
    hits = 0
    for fold in range(FOLDS):
        known, new = folds != fold, folds == fold
        chooser = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        chooser.fit(np.concatenate(views[known]), np.concatenate(right[known]))
        likely = chooser.predict_proba(np.concatenate(views[new]))[:, 1].reshape(-1, right.shape[1])
        hits += int(right[new][np.arange(len(likely)), likely.argmax(axis=1)].sum())
    return hits


def report(name: str, asked: Sequence[Options], seen: Seen) -> None:
    """Print the share that is right, with its 95 % interval (Clopper and Pearson)."""
    found = binomtest(chosen_right(asked, seen), len(asked))
    low, high = found.proportion_ci(method="exact")
    print(f"{name:<34} {found.statistic:6.1%} ({low:.0%}–{high:.0%}) of {len(asked)} questions", flush=True)


def _one_hot(place: int, of: int) -> list[float]:
    return [float(place == one) for one in range(of)]


def main() -> None:
    """Print a line for each way to make options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path, nargs="?", default=TABLE)
    table = read_table(parser.parse_args().table)
    for attribute in (one for one in table.attributes if can_be_asked(table, one)):
        if attribute.quantity:
            for rule in (published, one_rounded, ours):
                name = f"{attribute.name}, {rule.__name__.replace('_', ' ')}"
                report(name, questions(attribute, table, rule), seen_of_number)
            continue
        asked = questions(attribute, table, ours)
        counts = Counter(fact.value for fact in table.by_attribute[attribute])
        report(f"{attribute.name}, ours", asked, seen_of_name)
        report(f"{attribute.name}, ours and counts", asked, with_counts(counts))


if __name__ == "__main__":
    main()
