"""Statistics of two columns of scores, paired by question.

- interval: percentile bootstrap over questions, widened for small samples (Hesterberg, "What Teachers Should Know
  About the Bootstrap", 2015, arXiv:1411.5279, section 3.3: the plain percentile interval is too short by
  sqrt((n-1)/n) and takes a normal where a t quantile is due; the levels are adjusted for both);
- p-value: exact McNemar for yes/no scores (McNemar, 1947), else a paired permutation test (Fisher's sign flips),
  which is exact whatever the distribution and so holds its 5 % on questions as few as 15;
- family: Holm, 1979.

Distributions come from scipy.special: importing scipy.stats takes longer than all the rest of this.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

Scores: TypeAlias = NDArray[np.float64]
Aggregate = Callable[[Scores], Scores]
"""From scores, shape [..., n], to one value a row, shape [...]."""

CONFIDENCE = 0.95
POWER = 0.80
RESAMPLES = 9_999
EXACT_UP_TO = 16
"""Questions up to which all 2^n swaps of the arms are tried, instead of drawing some."""
_BLOCK = 2_000_000
"""Most scores held at once while resampling, so that 10 000 questions do not need gigabytes."""


def mean(scores: Scores) -> Scores:
    """Mean along the last axis."""
    return np.asarray(scores.mean(axis=-1))


def median(scores: Scores) -> Scores:
    """Median along the last axis."""
    return np.asarray(np.median(scores, axis=-1))


def percentile_95(scores: Scores) -> Scores:
    """95th percentile along the last axis, linear between neighbours (numpy's default)."""
    return np.asarray(np.percentile(scores, 95, axis=-1))


def interval(base: Scores, tuned: Scores, aggregate: Aggregate = mean, *, seed: int = 0) -> tuple[float, float]:
    """95 % bootstrap interval of aggregate(tuned) − aggregate(base); both have shape [n], paired by position.

    (nan, nan) where fewer than two questions are left: one question says nothing about the next.
    """
    n = len(base)
    if n < 2:
        return math.nan, math.nan
    differences = _resampled(base, tuned, aggregate, seed)
    tail = _expanded_tail(n)
    low, high = np.quantile(differences, [tail, 1 - tail])
    return float(low), float(high)


def interval_over_seeds(
    base: Scores, tuned: Scores, aggregate: Aggregate = mean, *, seed: int = 0
) -> tuple[float, float]:
    """95 % bootstrap interval of the mean of aggregate(tuned) over its rows − that of `base`, where a row is one
    training: questions are drawn, the same for both sides, and so are the trainings of each.

    Shapes [trainings, n], paired by question. (nan, nan) for fewer than two questions. Of three trainings, drawing
    cannot show more spread than they have: the interval is honest about questions and only a hint about trainings.
    """
    n = base.shape[1]
    if n < 2:
        return math.nan, math.nan
    rng = np.random.default_rng(seed)
    found = []
    for drawn in _indices(n, seed):
        sides = []
        for scores in (tuned, base):
            values = np.stack([aggregate(row[drawn]) for row in scores])
            trainings = rng.integers(0, len(scores), size=(len(scores), len(drawn)))
            sides.append(np.take_along_axis(values, trainings, axis=0).mean(axis=0))
        found.append(sides[0] - sides[1])
    tail = _expanded_tail(n)
    low, high = np.quantile(np.concatenate(found), [tail, 1 - tail])
    return float(low), float(high)


def permutation_p(base: Scores, tuned: Scores, aggregate: Aggregate = mean, *, seed: int = 0) -> float:
    """Two-sided p of the paired permutation test: how often swapping the arms at random, question by question,
    gives a difference at least as large. Exact up to `EXACT_UP_TO` questions, else (extreme + 1) / (draws + 1)
    (Phipson and Smyth, 2010, arXiv:1603.05766: a Monte Carlo p is never 0).
    """
    n = len(base)
    if n == 0 or np.array_equal(base, tuned):
        return 1.0
    change = tuned - base
    observed = abs(float(mean(change) if aggregate is mean else aggregate(tuned) - aggregate(base)))
    rounding = 1e-9 * float(np.abs(change).max())
    extreme = total = 0
    for swapped in _swaps(n, seed):
        if aggregate is mean:  # a swap turns the sign of a question's difference: one matrix product for all draws
            found = mean(change) - 2 * (swapped.astype(np.float64) @ change) / n
        else:
            found = aggregate(np.where(swapped, base, tuned)) - aggregate(np.where(swapped, tuned, base))
        extreme += int(np.count_nonzero(np.abs(found) >= observed - rounding))
        total += len(swapped)
    return extreme / total if n <= EXACT_UP_TO else (extreme + 1) / (total + 1)


def binomial_p(scores: Scores, expected: float) -> float:
    """Exact two-sided p (twice the smaller tail) of yes/no scores whose share was to be `expected`."""
    from scipy.special import bdtr, bdtrc

    n, yes = len(scores), int(np.count_nonzero(scores >= 0.5))
    at_least = float(bdtrc(yes - 1, n, expected)) if yes else 1.0
    return min(1.0, 2 * min(float(bdtr(yes, n, expected)), at_least))


def mcnemar_p(base: Scores, tuned: Scores) -> float:
    """Exact two-sided McNemar test on yes/no scores: a binomial test of the questions on which the arms differ."""
    from scipy.special import bdtr

    gained = int(np.count_nonzero((base < 0.5) & (tuned >= 0.5)))
    lost = int(np.count_nonzero((base >= 0.5) & (tuned < 0.5)))
    return min(1.0, 2 * float(bdtr(min(gained, lost), gained + lost, 0.5))) if gained + lost else 1.0


def least_p(base: Scores, tuned: Scores) -> float:
    """The smallest p-value that the two tests above can give, whatever the signs of the differences: 2 / 2^k where k
    questions differ. A metric that cannot reach 5 % need not be paid for (Tarone, 1990, doi:10.2307/2531456).
    """
    return min(1.0, 2.0 ** (1 - int(np.count_nonzero(base != tuned))))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjusted p-values: the i-th smallest of m is multiplied by m − i + 1, kept in order, at most 1."""
    adjusted: dict[str, float] = {}
    largest = 0.0
    for position, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p_values) - position) * p))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def effect_size(base: Scores, tuned: Scores) -> float | None:
    """Cohen's d_z: mean of the paired differences over their standard deviation. None where they do not vary."""
    spread = _spread(base, tuned)
    return float(np.mean(tuned - base)) / spread if spread else None


def detectable(
    base: Scores, tuned: Scores, aggregate: Aggregate = mean, *, tests: int = 1, width: float = 0.0
) -> float | None:
    """The smallest true difference that a paired test finds with 80 % power, given the spread seen.

    (t(1 − 0.05 / 2m) + t(0.8)) · standard error, with n − 1 degrees of freedom and m `tests`, of which Holm allows the
    smallest p 5 % / m. Source: Cohen, Statistical Power Analysis, 1988, chapter 2, with t for z since n is small. The
    error of a mean is sd / sqrt(n); of another aggregate it is read off the `width` of its 95 % interval.
    None where so few questions cannot reach that level, and where the differences do not vary: a sample without
    spread does not tell what the next would show.
    """
    from scipy.special import stdtrit

    n, level, spread = len(base), (1 - CONFIDENCE) / tests, _spread(base, tuned)
    if not spread or 2.0 ** (1 - n) > level:
        return None
    error = spread / math.sqrt(n) if aggregate is mean else width / (2 * float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)))
    return float((stdtrit(n - 1, 1 - level / 2) + stdtrit(n - 1, POWER)) * error) if math.isfinite(error) else None


SPREAD = 0.3
"""Standard deviation of the paired differences of a share, from question to question, as small models show it."""


def foreseen(n: int, *, tests: int = 4, spread: float = SPREAD) -> float | None:
    """The change of a mean that `n` questions would show four times in five, before anything was asked; see
    `detectable`. None where they are too few to show any.
    """
    from scipy.special import stdtrit

    level = (1 - CONFIDENCE) / tests
    if n < 2 or 2.0 ** (1 - n) > level:
        return None
    return float((stdtrit(n - 1, 1 - level / 2) + stdtrit(n - 1, POWER)) * spread / math.sqrt(n))


def questions_for(change: float) -> int:
    """The fewest questions that would show a change of a mean; see `foreseen`."""
    return next(n for n in count(2) if (shown := foreseen(n)) is not None and shown <= change)


def is_score(value: float | None) -> TypeGuard[float]:
    """Whether there is a score; a value that is not a finite number is not a score."""
    return value is not None and math.isfinite(value)


def paired(base: Sequence[float | None], tuned: Sequence[float | None]) -> tuple[Scores, Scores]:
    """The positions at which both arms have a finite score, as two arrays of the same length."""
    pairs = [(b, t) for b, t in zip(base, tuned, strict=True) if is_score(b) and is_score(t)]
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _swaps(n: int, seed: int) -> Iterable[NDArray[np.bool_]]:
    """Which questions' arms are swapped, in blocks of shape [draws, n]: all 2^n ways, or `RESAMPLES` drawn."""
    return _few_swaps(n, seed) if n * RESAMPLES <= _BLOCK else _draw_swaps(n, seed)


def _draw_swaps(n: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    if n <= EXACT_UP_TO:
        yield (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
        return
    rng = np.random.default_rng(seed)
    for draws in _blocks(n):
        yield rng.random((draws, n), dtype=np.float32) < 0.5


def _indices(n: int, seed: int) -> Iterable[NDArray[np.int32]]:
    """Questions drawn with replacement, in blocks of shape [draws, n], `RESAMPLES` draws in all."""
    return _few_indices(n, seed) if n * RESAMPLES <= _BLOCK else _draw_indices(n, seed)


def _draw_indices(n: int, seed: int) -> Iterator[NDArray[np.int32]]:
    rng = np.random.default_rng(seed)
    for draws in _blocks(n):
        yield rng.integers(0, n, size=(draws, n), dtype=np.int32)


@lru_cache(maxsize=4)
def _few_swaps(n: int, seed: int) -> tuple[NDArray[np.bool_], ...]:
    """All metrics over the same questions share their draws."""
    return tuple(_draw_swaps(n, seed))


@lru_cache(maxsize=4)
def _few_indices(n: int, seed: int) -> tuple[NDArray[np.int32], ...]:
    return tuple(_draw_indices(n, seed))


def _resampled(base: Scores, tuned: Scores, aggregate: Aggregate, seed: int) -> Scores:
    """aggregate(tuned) − aggregate(base) over questions drawn with replacement, shape [RESAMPLES]."""
    blocks = _indices(len(base), seed)
    if aggregate is mean:
        return np.concatenate([mean((tuned - base)[drawn]) for drawn in blocks])
    return np.concatenate([aggregate(tuned[drawn]) - aggregate(base[drawn]) for drawn in blocks])


def _blocks(n: int) -> Iterator[int]:
    at_once = max(1, _BLOCK // n)
    for start in range(0, RESAMPLES, at_once):
        yield min(at_once, RESAMPLES - start)


def _expanded_tail(n: int) -> float:
    from scipy.special import ndtr, stdtrit

    return float(ndtr(stdtrit(n - 1, (1 - CONFIDENCE) / 2) * math.sqrt(n / (n - 1))))


def _spread(base: Scores, tuned: Scores) -> float:
    spread = float(np.std(tuned - base, ddof=1)) if len(base) > 1 else 0.0
    return spread if spread > 1e-12 else 0.0
