"""Differences of two models: where their texts begin to differ, and the distance of their next-token distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.engine.base import TokenLogprob

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class LogitComparison:
    """How far two sides' next-token distributions are apart, over `positions` positions.

    `max_difference` is over the log-probabilities of the engine's tokens; `mean_kl` is KL(trained ‖ served) in
    nats with all other tokens as one, which bounds the full one from below (data-processing inequality).
    `top1_gap` is the most by which the trained model prefers its own best token to the engine's; 0 where all agree.
    One value that is not finite, on either side, makes all of them infinite, and no position agree.
    """

    positions: int
    max_difference: float
    top1_agreement: float
    mean_kl: float
    top1_gap: float = 0.0


def compare_logits(expected: NDArray[np.float32], found: Sequence[Sequence[TokenLogprob]]) -> LogitComparison:
    """Compare log-probabilities `expected` [positions, vocabulary] with the engine's best tokens at each position."""
    import numpy as np

    largest, agreed, divergence, gap = 0.0, 0, 0.0, 0.0
    for row, tokens in zip(expected, found, strict=True):
        ours = [float(row[token.token_id]) for token in tokens]
        theirs = [token.logprob for token in tokens]
        if not (np.isfinite(row).all() and np.isfinite(theirs).all()):
            return LogitComparison(len(expected), math.inf, 0.0, math.inf, math.inf)
        largest = max(largest, *(abs(a - b) for a, b in zip(ours, theirs, strict=True)))
        agreed += int(row.argmax()) == tokens[0].token_id
        gap = max(gap, float(row.max()) - ours[0])
        divergence += _coarse_kl(ours, theirs)
    positions = len(expected)
    return LogitComparison(positions, largest, agreed / positions, divergence / positions, gap)


def _coarse_kl(p_log: Sequence[float], q_log: Sequence[float]) -> float:
    """KL(p ‖ q) over the named tokens and one bucket for the rest, in nats."""
    named = sum(math.exp(p) * (p - q) for p, q in zip(p_log, q_log, strict=True))
    p_rest = max(1.0 - sum(map(math.exp, p_log)), 1e-9)
    q_rest = max(1.0 - sum(map(math.exp, q_log)), 1e-9)
    return named + p_rest * math.log(p_rest / q_rest)


def first_difference(expected: str, found: str, around: int = 30) -> str:
    """Where two texts part, with a little of each side."""
    at = next((i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), None)
    at = min(len(expected), len(found)) if at is None else at
    start = max(0, at - around)
    return f"at character {at}: trained {expected[start : at + around]!r}, served {found[start : at + around]!r}"
