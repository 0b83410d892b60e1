"""The tasks: each has stages that `build-model` runs in order, and presets; a wrong name says which there are."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import ragft
from ragft.benchmark.scoring.analysis import shown_name
from ragft.benchmark.suites.base import Suite
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.benchmark.suites.general import General
from ragft.config import Settings, load_settings
from ragft.errors import UsageError
from ragft.pipeline.build import build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import Manifest
from ragft.pipeline.stage import Context, Stage, StageResult
from ragft.pipeline.task import Task
from ragft.tasks import DEFAULT, SUITES, TASKS, condition_of, suites_of, suites_of_all, task
from ragft.workspace import Workspace

SOURCE = Path(ragft.__file__).parent


def test_a_task_is_found_by_its_name() -> None:
    assert task("papers") is TASKS["papers"]
    with pytest.raises(UsageError, match="the tasks are papers"):
        task("recipes")


def test_a_run_is_compared_by_the_suites_of_the_task_that_its_manifest_names(tmp_path: Path) -> None:
    toy = Task("toy", lambda paths: paths, (), suites={"general": SUITES["general"]}, presets={})
    Manifest("r", {"task": "toy"}).save(tmp_path)
    assert [suite.name for suite in suites_of((), tmp_path, {**TASKS, "toy": toy})] == ["general"]
    with pytest.raises(UsageError, match="no suite 'papers'"):
        suites_of(["papers"], tmp_path, {"toy": toy})
    with pytest.raises(UsageError, match="the run r was built for the task 'toy'"):
        suites_of((), tmp_path)


def test_what_all_tasks_share_names_none_of_them() -> None:
    folders = ("pipeline", "benchmark/comparison", "benchmark/report", "benchmark/scoring")
    for path in (SOURCE / "app" / "building.py", *(file for one in folders for file in (SOURCE / one).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant):
                assert node.value not in TASKS, f"{path}:{node.lineno}"
            if isinstance(node, ast.ImportFrom):
                assert not f"{node.module}.".startswith(tuple(f"ragft.tasks.{name}." for name in TASKS)), path


def test_the_command_line_lists_no_tasks_since_a_new_one_would_be_missing() -> None:
    told = (SOURCE / "cli" / "build_model.py").read_text(encoding="utf-8")
    assert not [name for name in TASKS if name != DEFAULT.name and name in told]


class OtherGeneral(Forgetting):
    """A suite of another task that has a name which is taken."""

    name = "general"


def test_a_name_of_a_suite_is_that_of_one_kind_of_suite_in_all_tasks() -> None:
    def toy(name: str, *suites: Suite) -> Task:
        return Task(name, lambda paths: paths, (), {suite.name: suite for suite in suites}, presets={})

    shared = suites_of_all([toy("a", General(), Forgetting()), toy("b", General())])
    assert list(shared) == ["general", "forgetting"]
    with pytest.raises(ValueError, match="the task b has a suite 'general'"):
        suites_of_all([toy("a", General()), toy("b", OtherGeneral())])


def test_no_two_metrics_of_the_tasks_have_one_key() -> None:
    keys = [shown_name(suite.name, metric) for suite in SUITES.values() for metric in suite.metrics]
    assert len(keys) == len(set(keys))


def test_a_run_is_compared_under_the_first_condition_of_its_task(tmp_path: Path) -> None:
    toy = Task("toy", lambda paths: paths, (), suites={}, presets={}, conditions=("closed_book", "evidence"))
    Manifest("r", {"task": "toy"}).save(tmp_path)
    assert condition_of(tmp_path, {"toy": toy}) == "closed_book"
    assert condition_of(None) == "retrieval"


def test_where_no_task_is_known_the_suites_of_all_are(tmp_path: Path) -> None:
    assert suites_of(["general"], None) == [SUITES["general"]]
    assert suites_of(["general"], tmp_path) == [SUITES["general"]], "a run that was trained, not built: no manifest"
    Manifest("r", {}).save(tmp_path)
    assert suites_of(["general"], tmp_path) == [SUITES["general"]]


def test_without_names_a_task_is_asked_what_it_is_judged_by_and_all_of_it_by_all() -> None:
    own = {suite.name: suite for suite in (General(), Forgetting())}
    toy = Task("toy", lambda paths: paths, (), own, presets={}, judged_by=("forgetting",))
    assert [suite.name for suite in toy.chosen_suites(())] == ["forgetting"]
    assert [suite.name for suite in toy.chosen_suites(["all"])] == ["general", "forgetting"]
    assert [suite.name for suite in replace(toy, judged_by=()).chosen_suites(())] == ["general", "forgetting"]
    assert [suite.name for suite in suites_of((), None)] == ["objectives", "papers", "degeneration", "forgetting"]


def test_a_classifier_is_judged_by_its_documents_and_can_be_asked_other_things() -> None:
    assert [suite.name for suite in TASKS["classify"].chosen_suites(())] == ["documents"]
    assert [suite.name for suite in TASKS["classify"].chosen_suites(["general"])] == ["general"]


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
            BuildPlan(Task("toy", lambda paths: paths, stages, suites={}, presets={}), load_settings(), (), "b"),
            "toy",
            progress=lambda *_: None,
            from_stage="ingest",
        )
