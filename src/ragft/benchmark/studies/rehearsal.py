"""Measures how often the verdict errs, on real answers of a model.

A recording holds several answers of one model to each question, sampled with different seeds. Two of them are an arm
compared with itself: every verdict except "undecided" is false. Where a share of the second arm's answers is exchanged
for one that says nothing, the loss is known, and a verdict other than "worse" has missed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ragft.answer.base import Answer
from ragft.benchmark.base import Recorded, ScoredRow
from ragft.benchmark.scoring.analysis import MetricsBySuite, arm_differences, verdicts
from ragft.errors import DatasetError
from ragft.json_lines import read_objects, text_field

ROLES = ("base", "tuned")


@dataclass(frozen=True)
class Sample:
    """An answer and its row scores."""

    answer: str
    scores: Mapping[str, float | None]


@dataclass(frozen=True)
class Rehearsed:
    """A question, the answers of one model to it (at least two), and an answer that says nothing."""

    id: str
    samples: tuple[Sample, ...]
    silent: Sample


@dataclass(frozen=True)
class Planted:
    """A known change: one score of a `share` of the tuned arm's answers moves by `step`, within 0 and `most`.

    `only`: of the answers with this score. `alone`: nothing else differs, as between a model and its tuning that were
    asked without chance; else the two arms are also two samples of one model.
    """

    score: str
    step: float
    share: float
    alone: bool = False
    only: float | None = None
    most: float = 1.0

    def applied(self, sample: Sample, rng: np.random.Generator) -> Sample:
        """The answer with its score moved, where the lot falls on it."""
        value = sample.scores.get(self.score)
        if value is None or (self.only is not None and value != self.only) or rng.random() >= self.share:
            return sample
        moved = min(self.most, max(0.0, value + self.step))
        return Sample(sample.answer, {**sample.scores, self.score: moved})


def load_recording(path: Path) -> list[Rehearsed]:
    """The recording in a JSONL file.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is not a recorded question; the message names it.
    """
    found = []
    for where, data in read_objects(path):
        try:
            samples, silent = tuple(_sample(s, where) for s in data["samples"]), _sample(data["silent"], where)
        except (KeyError, TypeError) as error:
            raise DatasetError(f"{where}: not a recorded question ({error})", fix="record it again") from error
        if len(samples) < 2:
            raise DatasetError(f"{where}: one answer cannot be compared with itself", fix="record another seed")
        found.append(Rehearsed(text_field(data, "id", where), samples, silent))
    return found


def share_for(recording: Sequence[Rehearsed], score: str, points: float) -> float:
    """The share of answers that must fall silent for the mean of `score` to fall by `points` (0.1: ten points).

    Raises:
        DatasetError: the answers are not that much better than silence.
    """
    losses = [
        float(np.mean([s.scores[score] for s in q.samples if s.scores.get(score) is not None])) - (silent or 0.0)
        for q in recording
        if (silent := q.silent.scores.get(score)) is not None
    ]
    share = points / float(np.mean(losses)) if losses and np.mean(losses) > 0 else float("inf")
    if share > 1:
        raise DatasetError(f"no {points * 100:.0f} points of {score} can be taken from these answers")
    return share


def rehearse(
    recording: Sequence[Rehearsed],
    seed: int,
    *,
    suite: str,
    questions: int = 0,
    silent: float = 0.0,
    planted: Planted | None = None,
) -> list[ScoredRow]:
    """Two arms drawn from the recording: each question's two answers, by lot, are the base's and the tuned arm's.

    Args:
        suite: whose scores the recording has.
        questions: so many are drawn with replacement; 0: each of the recording once.
        silent: chance of each of the tuned arm's answers to be exchanged for one that says nothing.
        planted: a change of the tuned arm's scores.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(recording), questions) if questions else np.arange(len(recording))
    rows = []
    for number, at in enumerate(drawn):
        question = recording[at]
        first, second = rng.permutation(len(question.samples))[:2]
        tuned = question.silent if rng.random() < silent else question.samples[second]
        if planted is not None:
            tuned = planted.applied(question.samples[first] if planted.alone else tuned, rng)
        for role, sample in zip(ROLES, (question.samples[first], tuned), strict=True):
            name = f"{question.id}-{number}"
            rows.append(
                ScoredRow(suite, role, name, Recorded("", role, name, Answer("", sample.answer)), sample.scores, 0.0)
            )
    return rows


def count_verdicts(
    recording: Sequence[Rehearsed],
    metrics: MetricsBySuite,
    seeds: Sequence[int],
    *,
    questions: int = 0,
    silent: float = 0.0,
    planted: Planted | None = None,
) -> Counter[str]:
    """How often each verdict is given, one comparison a seed; `metrics` are those of the suite that was recorded."""
    primary = {suite: [m for m in own if m.role in ("primary", "guard")] for suite, own in metrics.items()}
    (suite,) = metrics
    found: Counter[str] = Counter()
    for seed in seeds:
        rows = rehearse(recording, seed, suite=suite, questions=questions, silent=silent, planted=planted)
        differences = arm_differences(rows, *ROLES, primary, seed=seed)
        found[verdicts(differences, ROLES, primary)[ROLES[1]].verdict] += 1
    return found


def _sample(data: Mapping[str, Any], where: str) -> Sample:
    scores = {str(name): None if value is None else float(value) for name, value in data["scores"].items()}
    if not isinstance(data["answer"], str):
        raise DatasetError(f'{where}: "answer" is not text', fix="record it again")
    return Sample(data["answer"], scores)
