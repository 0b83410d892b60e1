"""The pair of refusal errors at every threshold, from answers already given."""

from __future__ import annotations

from collections.abc import Sequence

from ragft.answer.refusal.error_curve import RefusalPoint, refusal_curve
from ragft.benchmark.base import ScoredRow


def curve_of(rows: Sequence[ScoredRow]) -> list[RefusalPoint]:
    """What another threshold of the answer score would have cost; empty without both kinds of question."""
    scored = [
        (score, row.scores["false_answer"] is None)
        for row in rows
        if (score := row.recorded.answer.metrics.answer_score) is not None
    ]
    if len({answerable for _, answerable in scored}) < 2:
        return []
    return refusal_curve([score for score, _ in scored], [answerable for _, answerable in scored])
