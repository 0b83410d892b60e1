"""Thresholds fitted to the documents at hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.answer.refusal.own_word import LEAST_ASKED
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.session import CALIBRATION_KEY, load_calibration
from ragft.app.application import open_application
from ragft.app.calibrating import calibrate, calibrate_judge, calibrate_refusals, reset
from ragft.app.resources import Resources
from ragft.errors import InputError
from tests.app.papers import QUESTION

pytestmark = pytest.mark.usefixtures("scripted_engine")


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    rows = [(QUESTION, True), ("How do I cook a risotto?", False)] * 20
    path.write_text("".join(json.dumps({"question": q, "answerable": a}) + "\n" for q, a in rows))
    return path


def test_thresholds_that_were_fitted_are_used_at_once(resources: Resources, labelled: Path) -> None:
    before = resources.session().calibration
    report = calibrate(resources, labelled=labelled, count=0, seed=0, model=None, progress=None)
    assert resources.session().calibration == report.calibration != before
    assert reset(resources) == resources.session().calibration == before


def test_what_was_measured_meanwhile_stays(resources: Resources, labelled: Path, tmp_path: Path) -> None:
    lines = labelled.read_text(encoding="utf-8").splitlines(keepends=True)
    (few := tmp_path / "few.jsonl").write_text("".join(lines[: 2 * LEAST_ASKED]), encoding="utf-8")
    pairs = [{"sentence": "It rains.", "evidence": "It rains.", "supported": n % 2 == 0} for n in range(40)]
    (judged := tmp_path / "pairs.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in pairs))

    def meanwhile(*_: object) -> None:
        calibration = replace(SHIPPED, gate_threshold=0.9, judge="a model")
        resources.index.write_meta(CALIBRATION_KEY, calibration.to_json())

    report = calibrate(resources, labelled=labelled, count=0, seed=0, model=None, progress=meanwhile)
    stored = load_calibration(resources.index)
    assert stored == report.calibration == resources.session().calibration
    assert (stored.judge, stored.gate_threshold) == ("a model", report.fitted.threshold)
    calibrate_judge(resources, pairs=judged, model=None, progress=meanwhile)
    assert load_calibration(resources.index).gate_threshold == 0.9
    reset(resources)
    calibrate_refusals(resources, labelled=few, count=0, seed=0, model=None, progress=meanwhile)
    stored = load_calibration(resources.index)
    assert (stored.gate_threshold, stored.judge, len(stored.own_words)) == (0.9, "a model", 1)
    reset(resources)


@pytest.mark.parametrize(("measure", "count"), [(calibrate, 19), (calibrate_refusals, 9)])
def test_too_few_questions_are_refused_before_the_model_makes_them(
    resources: Resources, measure: Callable[..., object], count: int
) -> None:
    made: list[object] = []
    with pytest.raises(InputError, match=f"{count} answerable and {count} unanswerable questions are too few"):
        measure(resources, labelled=None, count=count, seed=0, model=None, progress=lambda *done: made.append(done))
    assert not made


@pytest.mark.slow
def test_the_refusals_of_the_real_small_model_are_measured_and_kept(
    smollm2: Path, papers: Path, labelled: Path, tmp_path: Path
) -> None:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    lines = labelled.read_text(encoding="utf-8").splitlines(keepends=True)
    (few := tmp_path / "few.jsonl").write_text("".join(lines[:20]), encoding="utf-8")
    settings = {"name": "embedded", "model": "smollm2", "threads": 1}
    with open_application(tmp_path / "ws", engine=settings) as app:
        report = app.calibrate_refusals(labelled=few, count=0)
        assert (report.answerable, report.unanswerable) == (10, 10)
        assert report.told.false_answers == report.untold.false_answers == 0.0, "the gate refuses"
        assert report.told.answered in (0.0, 1.0), "one question, asked ten times"
    with open_application(tmp_path / "ws", engine=settings) as app:
        fitted = app.calibrate(labelled=labelled, count=0).calibration
        assert list(fitted.own_words.values()) == [report.own_word], "another calibration leaves it"
