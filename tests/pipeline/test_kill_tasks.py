"""Killed inside any stage of any task, `build-model` goes on, and ends as a run that was never disturbed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Set
from pathlib import Path

import pytest

from ragft.benchmark.report.saved import load_report
from ragft.data import shipped
from ragft.tasks import TASKS
from ragft.tasks.classify.scores import area_under_curve
from tests.pipeline.killed_builds import RUN, SMALL, build_command, killed_in_every_stage

WORDS = {"port": "tide pier ship anchor buoy ferry", "cook": "salt pan stove onion bread knife"}


def _table(folder: Path) -> Path:
    rows = [f"{name},{100 + 7 * n}" for n, name in enumerate("ABCDEFGHIJKLMNOP")]
    path = folder / "hills.csv"
    path.write_text("\n".join(["hill,height (m)", *rows]), encoding="utf-8")
    return path


def _documents(folder: Path) -> Path:
    rows = []
    for label, words in WORDS.items():
        chosen = words.split()
        for n in range(10):
            some = " and ".join(chosen[(n + step) % len(chosen)] for step in range(3))
            rows.append({"text": f"Note {n} about {some} of {label[::-1]}{n}", "label": label})
    rows += [{"text": f"Nothing of this kind, {n} times {n} is {n * n}", "label": "unknown"} for n in range(6)]
    path = folder / "notes.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def _company(folder: Path) -> Path:
    lines = shipped("tasks/company.jsonl").read_text(encoding="utf-8").splitlines()
    path = folder / "company.jsonl"
    path.write_text("\n".join(lines[:8]), encoding="utf-8")
    return path


def _beliefs(_: Path) -> Path:
    return shipped("tasks/beliefs.jsonl")


SOURCES: dict[str, tuple[Callable[[Path], Path], dict[str, str]]] = {
    "facts": (_table, {"RAGFT_FACTS__UNSEEN": "0.4", "RAGFT_FACTS__EXPOSURES": "4"}),
    "classify": (_documents, {"RAGFT_CLASSIFY__SHOTS": "1", "RAGFT_TRAIN__ACCUMULATION": "1"}),
    "knowledge": (_company, {"RAGFT_GENERATE__COUNT": "60"}),
    "belief": (_beliefs, {"RAGFT_BELIEF__EXAMPLES": "3"}),
}
"""What each task is given, and the settings that make it small."""


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("task", SOURCES)
def test_sigkill_inside_every_stage_changes_nothing_in_the_end(
    task: str, tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, settings = SOURCES[task]
    for name, value in {**SMALL, **settings}.items():
        monkeypatch.setenv(name, value)
    options = ("--preset", "demo", "--engine", "embedded")
    calm, resumed = killed_in_every_stage(build_command(task, [make(tmp_path)], tiny_base, *options), tmp_path)
    assert [stage.name for stage in calm.stages] == [stage.name for stage in TASKS[task].stages]
    assert resumed.digests() == calm.digests()
    (first, metrics), (second, _) = (
        load_report(tmp_path / name / "runs" / RUN / "benchmark", TASKS[task].suites) for name in ("calm", "disturbed")
    )
    assert (second.verdict, second.reason, second.recommendation) == (first.verdict, first.reason, first.recommendation)
    clocks = {"seconds", *(m.score for found in metrics.values() for m in found if m.unit in ("seconds", "rate"))}
    # A likelihood depends in its last bits on which earlier prompt the engine still holds.
    for before, after in zip(first.rows, second.rows, strict=True):
        assert (after.suite, after.arm, after.question_id) == (before.suite, before.arm, before.question_id)
        assert _without(clocks, after.scores) == pytest.approx(_without(clocks, before.scores), abs=1e-3)
    # A figure of ranks moves by whole places where two such likelihoods lie side by side, so its rows must do for it.
    ranked = {f"{suite}.{m.name}" for suite, found in metrics.items() for m in found if m.aggregate is area_under_curve}
    uncompared = ranked | {f"{suite}.{m.name}" for suite, found in metrics.items() for m in found if m.score in clocks}
    for arm, values in first.arms.items():
        assert _without(uncompared, second.arms[arm]) == pytest.approx(_without(uncompared, values), abs=1e-3)


def _without(names: Set[str], values: Mapping[str, float | None]) -> dict[str, float | None]:
    return {name: value for name, value in values.items() if name not in names}
