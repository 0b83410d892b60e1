"""Temperature and threshold from validation documents."""

from __future__ import annotations

import numpy as np
import pytest

from ragft.tasks.classify.label_calibration import LabelCalibration, calibrate


def too_sure(documents: int, accuracy: float) -> tuple[np.ndarray, list[int]]:
    """A classifier that is always sure of the label 0 and right as often as `accuracy` says."""
    found = np.log(np.tile([0.9999, 0.00005, 0.00005], (documents, 1)))
    return found, [0 if place < accuracy * documents else 1 + place % 2 for place in range(documents)]


def test_a_classifier_that_is_too_sure_is_made_as_sure_as_it_is_right() -> None:
    found, right = too_sure(200, 0.7)
    shares = calibrate(found, right, kept=0.95).probabilities(found)
    assert shares.sum(axis=1) == pytest.approx(1.0)
    assert float(shares[:, 0].mean()) == pytest.approx(0.7, abs=0.02)


def test_the_threshold_lets_the_wanted_share_of_right_answers_through() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(400, 5))
    right = [int(np.argmax(row + rng.normal(size=5))) for row in scores]
    found = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    calibration = calibrate(found, right, kept=0.9)
    shares = calibration.probabilities(found)
    confident = shares.max(axis=1)[shares.argmax(axis=1) == right]
    assert (confident >= calibration.threshold).mean() == pytest.approx(0.9, abs=0.01)


def test_without_validation_documents_nothing_is_changed() -> None:
    assert calibrate(np.zeros((0, 3)), [], kept=0.95) == LabelCalibration()
