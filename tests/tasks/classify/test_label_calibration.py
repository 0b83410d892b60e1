"""Temperature and threshold from validation documents."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from ragft.tasks.classify import label_calibration
from ragft.tasks.classify.label_calibration import LabelCalibration, calibrate, warn_of_bounds
from ragft.typed_json import parsed


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
    assert not LabelCalibration().is_fitted


def test_a_fit_that_changes_nothing_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(label_calibration, "_TEMPERATURES", (1.0, 1.0))
    fitted = calibrate(sure_of_all(4, 2.0), [1] * 4, kept=0.95)
    assert (fitted.temperature, fitted.threshold, fitted.is_fitted) == (1.0, 0.0, True)


def test_a_calibration_that_was_kept_without_saying_so_is_known_by_its_numbers() -> None:
    assert parsed(LabelCalibration, b'{"temperature": 0.4, "threshold": 0.0}').is_fitted
    assert not parsed(LabelCalibration, b'{"temperature": 1.0, "threshold": 0.0}').is_fitted


def sure_of_all(documents: int, lead: float) -> np.ndarray:
    """A classifier whose label 0 leads by so much, a little more from document to document, of three."""
    scores = np.zeros((documents, 3))
    scores[:, 0] = lead * (1 + np.arange(documents) / documents)
    scores[:, 2] = -50.0
    found: np.ndarray = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return found


def test_documents_that_are_all_right_show_no_more_certainty_than_their_number() -> None:
    few, many = (calibrate(sure_of_all(count, 2.0), [0] * count, kept=0.95) for count in (10, 1000))
    assert many.temperature < few.temperature and few.is_fitted
    assert not few.at_bound and not many.at_bound
    assert 0.7 < few.threshold < 0.95
    assert float(few.probabilities(sure_of_all(10, 2.0)).max(axis=1).mean()) == pytest.approx(11 / 12, abs=0.02)


def test_a_label_that_is_far_from_likely_does_not_change_the_temperature() -> None:
    near, far = sure_of_all(20, 2.0), sure_of_all(20, 2.0)
    far[:, 2] = -500.0
    assert calibrate(near, [0] * 20, kept=0.95) == calibrate(far, [0] * 20, kept=0.95)


def test_of_few_documents_the_threshold_is_the_least_of_the_right_answers() -> None:
    found = sure_of_all(10, 2.0)
    calibration = calibrate(found, [0] * 10, kept=0.95)
    assert calibration.threshold == pytest.approx(calibration.probabilities(found).max(axis=1).min())


def test_as_many_new_documents_as_wanted_lie_above_the_threshold_on_average() -> None:
    rng = np.random.default_rng(2)
    passed = []
    for _ in range(200):
        old, new = (np.abs(rng.normal(size=(count, 1))) * [1.0, -1.0] for count in (30, 200))
        calibration = calibrate(old, [0] * 30, kept=0.9)
        passed.append((calibration.probabilities(new).max(axis=1) >= calibration.threshold).mean())
    assert float(np.mean(passed)) == pytest.approx(0.9, abs=0.01)


def test_a_fit_that_ends_at_a_bound_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    hopeless = calibrate(sure_of_all(20, 2.0)[:, :2], [1] * 20, kept=0.95)
    assert hopeless.at_bound and hopeless.is_fitted and hopeless.temperature == pytest.approx(20.0)
    with caplog.at_level(logging.WARNING, logger="ragft"):
        warn_of_bounds({"tf-idf": LabelCalibration(0.4), "zero-shot": hopeless})
    assert "zero-shot (20)" in caplog.text and "tf-idf" not in caplog.text
