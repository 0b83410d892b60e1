"""The tasks: each has stages that `build-model` runs in order, and presets; a wrong name says which there are."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.config import Settings, load_settings
from ragft.errors import UsageError
from ragft.pipeline.build import build_model
from ragft.pipeline.manifest import Manifest
from ragft.pipeline.stage import Context, Stage, StageResult
from ragft.pipeline.task import Task
from ragft.tasks import SUITES, TASKS, suites_of, task
from ragft.workspace import Workspace


def test_a_task_is_found_by_its_name() -> None:
    assert task("papers") is TASKS["papers"]
    with pytest.raises(UsageError, match="the tasks are papers"):
        task("recipes")


def test_a_run_is_compared_by_the_suites_of_the_task_that_its_manifest_names(tmp_path: Path) -> None:
    toy = Task("toy", lambda paths: paths, (), suites={"general": SUITES["general"]}, presets={})
    Manifest("r", {"task": "toy"}).save(tmp_path)
    assert list(suites_of(tmp_path, {**TASKS, "toy": toy})) == ["general"]
    with pytest.raises(UsageError, match="the run r was built for the task 'toy'"):
        suites_of(tmp_path)


def test_where_no_task_is_known_the_suites_of_all_are(tmp_path: Path) -> None:
    assert suites_of(None) is SUITES
    assert suites_of(tmp_path) is SUITES, "a run that was trained, not built, has no manifest"
    Manifest("r", {}).save(tmp_path)
    assert suites_of(tmp_path) is SUITES


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_stages_and_presets_whose_settings_are_valid(name: str) -> None:
    found = TASKS[name]
    names = [stage.name for stage in found.stages]
    assert len(names) == len(set(names)) and names
    for preset in found.presets:
        assert isinstance(load_settings(preset=found.preset(preset)), Settings)
    with pytest.raises(UsageError, match="the presets are standard"):
        found.preset("enormous")


def test_a_wrong_stage_is_answered_with_those_of_the_task(tmp_path: Path) -> None:
    def nothing(_: Context) -> StageResult:
        raise AssertionError

    stages = (Stage("read", lambda _: {}, lambda _: {}, nothing, lambda _: {}),)
    with pytest.raises(UsageError, match="the stages are read"):
        build_model(
            Workspace(tmp_path),
            load_settings(),
            Task("toy", lambda paths: paths, stages, suites={}, presets={}),
            sources=(),
            base="b",
            preset="demo",
            progress=lambda *_: None,
            from_stage="ingest",
        )
