"""A finished benchmark is read back as it was written, and printed question by question."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from ragft.benchmark.base import TaskFigure
from ragft.benchmark.report.history import comparison_warnings, read_history, write_history
from ragft.benchmark.report.report_files import write_report
from ragft.benchmark.report.saved import load_report
from ragft.benchmark.report.table import tables
from ragft.errors import NotFoundError, WorkspaceError
from ragft.tasks import SUITES
from tests.benchmark.report.test_report_files import METRICS, make_report


def test_the_table_of_a_saved_report_is_that_of_the_report(tmp_path: Path) -> None:
    report = make_report(hostile="An answer.")
    write_report(report, METRICS, tmp_path)
    loaded, metrics = load_report(_with_suites(tmp_path), SUITES)
    assert metrics == METRICS
    assert loaded.arms == report.arms
    assert [d.change for d in loaded.differences] == [d.change for d in report.differences]
    assert _printed(loaded) == _printed(report)


def test_figures_of_the_task_are_in_every_form_and_read_back(tmp_path: Path) -> None:
    figure = TaskFigure("Share of the gap", "92%", "base 1 <b>%")
    report = replace(make_report(), figures=(figure,))
    write_report(report, METRICS, tmp_path)
    assert "<strong>92%</strong> (base 1 &lt;b&gt;%)" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "- Share of the gap: **92%** (base 1 &lt;b&gt;%)" in (tmp_path / "report.md").read_text(encoding="utf-8")
    loaded, _ = load_report(_with_suites(tmp_path), SUITES)
    assert loaded.figures == (figure,)
    assert "Share of the gap: 92% (base 1 <b>%)" in _printed(loaded)


def test_every_question_has_its_line(tmp_path: Path) -> None:
    lines = _printed(make_report()).splitlines()
    assert "q3 80.0 % 65.0 % -15.0 pp".split() in [line.split() for line in lines]


def test_nothing_finished_and_a_damaged_file_are_reported(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no benchmark"):
        load_report(tmp_path, SUITES)
    (tmp_path / "metrics.json").write_text("{}")
    with pytest.raises(WorkspaceError, match="damaged"):
        load_report(tmp_path, SUITES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("arms", []),
        ("arms", {}),
        ("arms", {"base": {"mrr": "x"}}),
        ("arms", {"base": []}),
        ("differences", [1, 2]),
        ("differences", [{"metric": "m"}]),
        ("per_question", [1]),
        ("per_question", [{"suite": "papers", "id": "q", "arms": []}]),
        ("settings", []),
        ("settings", {"suites": 1}),
        ("warnings", None),
    ],
)
def test_a_file_of_another_shape_is_reported_by_name(tmp_path: Path, name: str, value: object) -> None:
    write_report(make_report(), METRICS, tmp_path)
    path = _with_suites(tmp_path) / "metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(WorkspaceError, match=r"metrics\.json is damaged"):
        read_history({"run": tmp_path}, SUITES)


def test_runs_of_other_quantisations_and_unfair_runs_are_marked(tmp_path: Path) -> None:
    for run, quantization in (("one", "Q8_0"), ("two", "Q4_K_M")):
        report = make_report()
        arms = [{"role": "tuned", "model": "m\x1b[31m", "quantization": quantization}]
        write_report(replace(report, settings={"suites": ["papers"], "arms": arms}), METRICS, tmp_path / run)
    entries, metrics = read_history({"one": tmp_path / "one", "two": tmp_path / "two"}, SUITES)
    found = comparison_warnings(entries)
    assert "one Q8_0, two Q4_K_M" in found[0]
    assert found[1:] == [f"{run}: not a fair comparison: <quantisation>" for run in ("one", "two")]
    write_history(entries, metrics, tmp_path / "history.html")
    page = (tmp_path / "history.html").read_text()
    assert page.count('class="warning"') == 3
    assert "Q4_K_M" in page and "\x1b" not in page and "<quantisation>" not in page
    assert not any("differ in quantisation" in line for line in comparison_warnings(entries[:1]))


def test_runs_that_were_asked_different_questions_are_marked(tmp_path: Path) -> None:
    for run, answers in (("one", 3), ("two", 5), ("three", 5)):
        write_report(make_report(answers), METRICS, tmp_path / run)
        _with_suites(tmp_path / run)
    entries, _ = read_history({run: tmp_path / run for run in ("one", "two", "three")}, SUITES)
    assert any("papers: the runs were asked different questions" in line for line in comparison_warnings(entries))
    assert not any("different questions" in line for line in comparison_warnings(entries[1:]))


def test_a_suite_of_a_later_version_is_passed_over(tmp_path: Path) -> None:
    report = make_report(hostile="An answer.")
    write_report(replace(report, settings={"suites": ["papers", "telepathy"]}), METRICS, tmp_path)
    loaded, metrics = load_report(tmp_path, SUITES)
    assert list(metrics) == ["papers"]
    assert "does not know the suites telepathy" in loaded.warnings[-1]


def _with_suites(folder: Path) -> Path:
    """The settings of a real run name its suites."""
    path = folder / "metrics.json"
    path.write_text(path.read_text().replace('"settings": {', '"settings": {"suites": ["papers"],', 1))
    return folder


def _printed(report: object) -> str:
    out = io.StringIO()
    console = Console(file=out, width=120)
    for part in tables(report, METRICS, 120):  # type: ignore[arg-type]
        console.print(part)
    return out.getvalue()
