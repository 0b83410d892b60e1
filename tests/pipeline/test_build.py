"""Stages run once, resume where they stopped, and run again when what they depend on has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.config import load_settings
from ragft.errors import InputError, UsageError
from ragft.pipeline.build import run_stages
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import Manifest, load_manifest
from ragft.pipeline.stage import Context, Stage, StageResult
from ragft.pipeline.task import Task
from ragft.tasks.papers import PAPERS
from ragft.tasks.papers.presets import PRESETS
from ragft.workspace import Workspace, check_name, digest_file, write_text

TOY = Task("toy", lambda paths: paths, stages=(), suites={}, presets={})


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with ExitStack() as stack:
        plan = BuildPlan(TOY, load_settings(), (), "base")
        made = Context(Workspace(tmp_path), plan, "run", lambda *_: None, stack)
        made.manifest = Manifest("run", {})
        yield made


class Toy:
    """Two stages over files: `upper` of what lies in `source`, then its `length`."""

    def __init__(self, context: Context) -> None:
        self.folder = context.run_dir
        self.ran: list[str] = []
        write_text(self.folder / "source", "text")
        context.plan = replace(context.plan, task=replace(context.task, stages=self.stages()))

    def stages(self) -> tuple[Stage, Stage]:
        return (
            self._stage("upper", "source", str.upper, lambda _c: {"source": digest_file(self.folder / "source")}),
            self._stage("length", "upper", lambda t: str(len(t)), lambda c: {"upper": c.output("upper", "file")}),
        )

    def _stage(
        self, name: str, reads: str, work: Callable[[str], str], inputs: Callable[[Context], dict[str, str]]
    ) -> Stage:
        def run(context: Context) -> StageResult:
            self.ran.append(name)
            write_text(self.folder / name, work((self.folder / reads).read_text()))
            return StageResult(verify(context), {"name": name})

        def verify(_context: Context) -> dict[str, str]:
            file = self.folder / name
            return {"file": digest_file(file)} if file.is_file() else {}

        return Stage(name, inputs, lambda c: {"seed": c.settings.train.seed}, run, verify)


@pytest.fixture
def toy(context: Context) -> Toy:
    return Toy(context)


def test_every_stage_runs_once_and_is_skipped_the_second_time(context: Context, toy: Toy) -> None:
    first = run_stages(context)
    again = run_stages(context)
    assert [s.status for s in first] == ["done", "done"]
    assert [s.status for s in again] == ["skipped", "skipped"]
    assert toy.ran == ["upper", "length"]


def test_a_changed_input_runs_what_depends_on_it(context: Context, toy: Toy) -> None:
    run_stages(context)
    write_text(context.run_dir / "source", "longer text")
    run_stages(context)
    assert toy.ran == ["upper", "length"] * 2


def test_a_changed_input_with_the_same_outcome_stops_there(context: Context, toy: Toy) -> None:
    run_stages(context)
    write_text(context.run_dir / "source", "TEXT")
    run_stages(context)
    assert toy.ran == ["upper", "length", "upper"]


def test_a_changed_setting_runs_the_stage_again(context: Context, toy: Toy) -> None:
    run_stages(context)
    context.plan = replace(context.plan, settings=context.settings.with_("train", seed=1))
    assert [s.status for s in run_stages(context)] == ["done", "done"]


def test_a_deleted_output_is_made_again(context: Context, toy: Toy) -> None:
    run_stages(context)
    (context.run_dir / "length").unlink()
    run_stages(context)
    assert toy.ran == ["upper", "length", "length"]


def test_a_damaged_output_is_made_again(context: Context, toy: Toy) -> None:
    run_stages(context)
    write_text(context.run_dir / "upper", "tampered")
    run_stages(context)
    assert (context.run_dir / "upper").read_text() == "TEXT"


def test_from_runs_that_stage_and_those_after_it(context: Context, toy: Toy) -> None:
    run_stages(context)
    assert [s.status for s in run_stages(context, from_stage="length")] == ["skipped", "done"]


def test_force_runs_all(context: Context, toy: Toy) -> None:
    run_stages(context)
    assert [s.status for s in run_stages(context, force=True)] == ["done", "done"]


def test_an_unknown_stage_is_refused_before_anything_runs(context: Context, toy: Toy) -> None:
    with pytest.raises(UsageError, match="upper, length"):
        run_stages(context, from_stage="lenght")
    assert toy.ran == []


def test_what_was_done_before_a_failure_is_kept(context: Context, toy: Toy) -> None:
    task = context.task
    first, second = task.stages

    def fail(_context: Context) -> StageResult:
        raise InputError("no")

    context.plan = replace(context.plan, task=replace(task, stages=(first, replace(second, run=fail))))
    with pytest.raises(InputError):
        run_stages(context)
    saved = load_manifest(context.run_dir)
    assert saved is not None
    assert [s.name for s in saved.stages] == ["upper"]
    context.manifest, context.plan = saved, replace(context.plan, task=task)
    assert [s.status for s in run_stages(context)] == ["skipped", "done"]


def test_the_same_command_finds_the_same_run() -> None:
    plan = BuildPlan(PAPERS, load_settings(), [Path("corpus")], "smollm2")
    name = plan.run_name("demo")
    assert name == replace(plan, settings=load_settings()).run_name("demo")
    assert name != replace(plan, settings=plan.settings.with_("train", seed=1)).run_name("demo")
    assert name != replace(plan, sources=[Path("other")]).run_name("demo")
    assert name != replace(plan, task=TOY).run_name("demo")


def test_a_preset_yields_to_what_the_user_has_set_and_to_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGFT_GENERATE__SEED", "7")
    settings = load_settings(preset=PAPERS.preset("demo"))
    assert settings.generate.seed == 7
    assert settings.generate.count == PRESETS["demo"]["generate"]["count"]
    monkeypatch.setenv("RAGFT_GENERATE__COUNT", "9")
    assert load_settings(preset=PAPERS.preset("demo")).generate.count == 9


@pytest.mark.parametrize("name", ["../escape", "my run", "latest", "Latest", "", "con", "nul.2", "a.", "x" * 101])
def test_a_run_cannot_be_called_what_no_folder_should(name: str) -> None:
    with pytest.raises(UsageError, match="name of a run"):
        check_name(name)


def test_the_demo_changes_counts_and_steps_only() -> None:
    assert set(PRESETS["demo"]) <= {"generate", "train", "answer", "benchmark"}


def test_an_unknown_preset_lists_those_there_are() -> None:
    with pytest.raises(UsageError, match="demo"):
        PAPERS.preset("big")
