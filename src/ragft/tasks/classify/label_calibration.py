"""Calibrated probabilities, and the threshold below which no label is given; fitted to validation documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.log import log
from ragft.tasks.classify.base import UNKNOWN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ragft.tasks.classify.base import LogProbs

ESTIMATE = 2
"""Raised where `calibrate` comes to fit otherwise: runs then calibrate again, and train nothing anew."""
_TEMPERATURES = (0.05, 20.0)
_STEPS = 200


@dataclass(frozen=True)
class LabelCalibration:
    """Log-probabilities are divided by `temperature`; a label less likely than `threshold` is not said.

    Guo et al., 2017 (arXiv:1706.04599): one number, fitted on documents that nothing was trained on. It changes no
    order of the labels. The values by default change nothing, and stand where there was no document to fit to: then
    they are not `fitted`, which runs of before it was kept leave out.
    """

    temperature: float = 1.0
    threshold: float = 0.0
    fitted: bool = False

    @property
    def is_fitted(self) -> bool:
        """Whether there were validation documents."""
        return self.fitted or self != LabelCalibration()

    @property
    def at_bound(self) -> bool:
        """Whether the temperature is the least or the most that is tried: a better one may lie beyond."""
        return self.temperature in _TEMPERATURES

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
    """The temperature that fits the documents, and the threshold that is to let the share `kept` of the right answers
    to new documents through.

    A new document lies below the (n + 1)·p-th least of n others with the probability p (Hyndman and Fan, 1996, type 6),
    whatever their distribution. Of few documents the threshold is the least probability of a right answer.

    Args:
        found: log-probabilities of validation documents, shape [documents, labels].
        right: the place of the right label of each.
    """
    import numpy as np

    if not len(found):
        return LabelCalibration()
    best = LabelCalibration(_temperature(found, right))
    shares = best.probabilities(found)
    confident = shares.max(axis=1)[shares.argmax(axis=1) == np.asarray(right)]
    threshold = float(np.quantile(confident, 1 - kept, method="weibull")) if len(confident) else 0.0
    return LabelCalibration(best.temperature, threshold, fitted=True)


def warn_of_bounds(arms: Mapping[str, LabelCalibration]) -> None:
    """Log those whose temperature may not be the best."""
    if rough := [f"{name} ({fitted.temperature:g})" for name, fitted in arms.items() if fitted.at_bound]:
        log.warning(f"the fit of a temperature ended at a bound, so that probabilities may be off: {', '.join(rough)}")


def _temperature(found: LogProbs, right: Sequence[int]) -> float:
    """Under which the right labels are likeliest, if about one more document were wrong.

    Where all n documents are right, the sharpest probabilities would fit best, though n documents cannot show that. As
    by Platt, 1999 (Probabilistic Outputs for Support Vector Machines), a right label counts (n + 1) / (n + 2), and the
    rest goes to the likeliest of the others: far below it, log-probabilities are rough.
    """
    import numpy as np

    places = np.arange(len(found)), np.asarray(right)
    others = found.copy()
    others[places] = -np.inf
    rest = 1 / (len(found) + 2)
    aim = (1 - rest) * found[places] + rest * others.max(axis=1)

    def loss(temperature: float) -> float:
        return float((np.logaddexp.reduce(found / temperature, axis=1) - aim / temperature).mean())

    return float(min(np.geomspace(*_TEMPERATURES, _STEPS), key=loss))
