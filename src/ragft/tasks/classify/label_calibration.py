"""Calibrated probabilities, and the threshold below which no label is given; fitted to validation documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.tasks.classify.base import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ragft.tasks.classify.base import LogProbs

_TEMPERATURES = (0.05, 20.0)
_STEPS = 200


@dataclass(frozen=True)
class LabelCalibration:
    """Log-probabilities are divided by `temperature`; a label less likely than `threshold` is not said.

    Guo et al., 2017 (arXiv:1706.04599): one number, fitted on documents that nothing was trained on. It changes no
    order of the labels.
    """

    temperature: float = 1.0
    threshold: float = 0.0

    def probabilities(self, found: LogProbs) -> NDArray[np.float64]:
        """Calibrated, shape [documents, labels]; each row adds up to 1."""
        import numpy as np

        scaled = found / self.temperature
        shares: NDArray[np.float64] = np.exp(scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))
        return shares

    def said(self, shares: Mapping[str, float]) -> str:
        """The likeliest of the labels, `unknown` where it is not likely enough."""
        best = max(shares, key=lambda label: shares[label])
        return best if shares[best] >= self.threshold else UNKNOWN


def calibrate(found: LogProbs, right: Sequence[int], *, kept: float) -> LabelCalibration:
    """The temperature under which the right labels are likeliest, and the threshold that lets the share `kept` of the
    right answers through.

    Args:
        found: log-probabilities of validation documents, shape [documents, labels].
        right: the place of the right label of each.
    """
    import numpy as np

    if not len(found):
        return LabelCalibration()
    places = np.arange(len(found)), np.asarray(right)

    def loss(temperature: float) -> float:
        scaled = found / temperature
        return float((np.logaddexp.reduce(scaled, axis=1) - scaled[places]).mean())

    tried = np.geomspace(*_TEMPERATURES, _STEPS)
    best = LabelCalibration(float(min(tried, key=loss)))
    shares = best.probabilities(found)
    confident = shares.max(axis=1)[shares.argmax(axis=1) == places[1]]
    threshold = float(np.quantile(confident, 1 - kept)) if len(confident) else 0.0
    return LabelCalibration(best.temperature, threshold)
