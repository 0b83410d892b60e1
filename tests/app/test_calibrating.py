"""Thresholds fitted to the documents at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.app.calibrating import calibrate, reset
from ragft.app.resources import Resources
from tests.app.papers import QUESTION

pytestmark = pytest.mark.usefixtures("scripted_engine")


def test_thresholds_that_were_fitted_are_used_at_once(resources: Resources, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    rows = [(QUESTION, True), ("How do I cook a risotto?", False)] * 20
    labelled.write_text("".join(json.dumps({"question": q, "answerable": a}) + "\n" for q, a in rows))
    before = resources.session().calibration
    report = calibrate(resources, labelled=labelled, count=0, seed=0, model=None, progress=None)
    assert resources.session().calibration == report.calibration != before
    assert reset(resources) == resources.session().calibration == before
