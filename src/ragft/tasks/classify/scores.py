"""Scores over many answers: macro-F1, calibration error, detection of documents of no class.

A row score is one number, so what these need of an answer is packed into one: `pair`, `confidence` and `placed` pack,
the aggregates unpack. All aggregates take shape [..., n] and give shape [...].
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragft.benchmark.scoring.statistics import Scores

MOST_LABELS = 4096
"""More classes are refused where documents are divided (`document_split`)."""
BINS = 10
"""Of the calibration error: ten of equal width, as in Guo et al., 2017."""


def pair(right: int, said: int) -> float:
    """The places of the right label and of the one that was said, below `MOST_LABELS`."""
    return float(right * MOST_LABELS + said)


def macro_f1(scores: Scores) -> Scores:
    """Mean over the classes that occur (as right, or as said) of the F1 of each."""
    import numpy as np

    rows = scores.reshape(-1, scores.shape[-1]).astype(np.int64)
    right, said = rows // MOST_LABELS, rows % MOST_LABELS
    count = int(max(right.max(), said.max())) + 1

    def counted(labels: Any, chosen: Any) -> Any:
        places = labels + count * np.arange(len(rows))[:, None]
        return np.bincount(places[chosen], minlength=count * len(rows)).reshape(len(rows), count)

    everywhere = np.ones(rows.shape, bool)
    hits = counted(right, right == said)
    both = counted(right, everywhere) + counted(said, everywhere)
    each = 2 * hits / np.maximum(both, 1)
    found: Scores = each.sum(axis=1) / np.maximum((both > 0).sum(axis=1), 1)
    return found.reshape(scores.shape[:-1])


def confidence(share: float, *, right: bool) -> float:
    """The probability of the label that was said, negative where it was wrong."""
    return share if right else -share


def calibration_error(scores: Scores) -> Scores:
    """Expected calibration error: how far confidence and accuracy are apart, over `BINS` bins, by their sizes."""
    import numpy as np

    rows = scores.reshape(-1, scores.shape[-1])
    sure, right = np.abs(rows), rows > 0
    bins = np.minimum((sure * BINS).astype(np.int64), BINS - 1) + BINS * np.arange(len(rows))[:, None]
    gaps = np.bincount(bins.ravel(), weights=(right - sure).ravel(), minlength=BINS * len(rows))
    found: Scores = np.abs(gaps).reshape(len(rows), BINS).sum(axis=1) / rows.shape[1]
    return found.reshape(scores.shape[:-1])


def placed(share: float, *, outside: bool) -> float:
    """The probability of the label that was said, negative for a document of no class."""
    return -share if outside else share


def area_under_curve(scores: Scores) -> Scores:
    """AUROC: how often a document of a class gets a higher probability than one of none; ties count half.

    0.5 where a sample drawn anew has documents of one kind only.
    """
    import numpy as np

    rows = scores.reshape(-1, scores.shape[-1])
    found = np.full(len(rows), 0.5)
    for place, row in enumerate(rows):
        inside, outside = np.sort(row[row > 0]), -row[row < 0]
        if len(inside) and len(outside):
            below = np.searchsorted(inside, outside, "left").sum()
            ties = np.searchsorted(inside, outside, "right").sum() - below
            found[place] = 1 - (below + ties / 2) / (len(inside) * len(outside))
    return found.reshape(scores.shape[:-1])


def each_second(seconds: Scores) -> Scores:
    """How many documents are sorted in a second, from the seconds that each took."""
    import numpy as np

    found: Scores = 1 / np.maximum(seconds.mean(axis=-1), 1e-9)
    return found
