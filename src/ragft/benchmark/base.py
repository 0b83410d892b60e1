"""Questions, arms, scored rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Condition = Literal["closed_book", "evidence", "retrieval"]
Verdict = Literal["better", "worse", "mixed", "undecided"]


@dataclass(frozen=True)
class Question:
    """A benchmark question. `documents` are file names, `pages` 1-based pages that answer it."""

    id: str
    question: str
    topic: str = ""
    keywords: tuple[str, ...] = ()
    reference: str = ""
    documents: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    answerable: bool = True


@dataclass(frozen=True)
class Arm:
    """What is compared: a registered model under a condition. `role` is how it is called in tables."""

    role: str
    model: str
    condition: Condition = "retrieval"


@dataclass(frozen=True)
class ScoredRow:
    """One question answered by one arm, with its scores (None: the metric does not apply to this row)."""

    suite: str
    arm: str
    question_id: str
    answer: Mapping[str, Any]
    scores: Mapping[str, float | None]
    seconds: float


@dataclass(frozen=True)
class Difference:
    """tuned − base on one metric, paired over `n` questions, with its 95 % interval."""

    metric: str
    base: float
    tuned: float
    change: float
    low: float
    high: float
    n: int
    p_value: float | None = None


@dataclass(frozen=True)
class BenchmarkReport:
    """The outcome: metric means an arm, all rows, the differences, the verdict and its reason in plain words."""

    arms: Mapping[str, Mapping[str, float]]
    rows: Sequence[ScoredRow]
    differences: Sequence[Difference]
    verdict: Verdict
    reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)


class Suite(Protocol):
    """Turns an arm into scored rows."""

    name: str

    def questions(self) -> Sequence[Question]:
        """What is asked, in order."""
        ...
