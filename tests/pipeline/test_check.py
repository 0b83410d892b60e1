"""What cannot be served as it is trained ends `build-model` before the training; a verdict changes a default or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.config import Settings, load_settings
from ragft.engine.base import ChatRequest
from ragft.engine.choosing.default import get_default, set_default
from ragft.engine.run_models import Registration
from ragft.engine.scripted import ScriptedEngine
from ragft.errors import ParityError, UsageError
from ragft.pipeline.build import choose_default, run_stages
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import Manifest, StageRecord
from ragft.pipeline.stage import Context
from ragft.pipeline.stages import CHECK
from ragft.tasks.papers import PAPERS
from ragft.workspace import Workspace, make_directory

CHECKED = replace(PAPERS, stages=(CHECK,))


@pytest.fixture
def context(tmp_path: Path, tiny_base: Path) -> Iterator[Context]:
    with ExitStack() as stack:
        workspace = Workspace(tmp_path / "ws")
        plan = BuildPlan(CHECKED, load_settings(), (), str(tiny_base))
        context = Context(workspace, plan, "r", lambda *_: None, stack, Manifest("r", {}))
        make_directory(context.run_dir)
        context.__dict__["engine"] = ScriptedEngine(lambda _request: "Yes.")
        yield context


def of_type(settings: Settings, outtype: str) -> Settings:
    return settings.with_("export", type=outtype)


def test_it_comes_first() -> None:
    assert PAPERS.stages[0] is CHECK


def test_what_was_found_is_kept_and_not_asked_again(context: Context) -> None:
    assert [s.status for s in run_stages(context)] == ["done"]
    assert [s.status for s in run_stages(context)] == ["skipped"]
    record = context.manifest.stage("check")
    assert record is not None
    assert record.report["template"] == ""


def test_another_prompt_than_the_trained_one_ends_the_build(context: Context) -> None:
    class Other(ScriptedEngine):
        def render(self, request: ChatRequest) -> str:
            return super().render(request).replace("user", "human")

    context.__dict__["engine"] = Other(lambda _request: "Yes.")
    with pytest.raises(ParityError, match="scripted makes other prompts for tiny"):
        run_stages(context)


@pytest.mark.parametrize(
    ("outtype", "fix"), [("q4_K_M", "ragft register --run r --type q4_K_M"), ("q9_9", "choose a type")]
)
def test_a_type_that_cannot_be_exported_ends_the_build(context: Context, outtype: str, fix: str) -> None:
    context.plan = replace(context.plan, settings=of_type(context.settings, outtype))
    with pytest.raises(UsageError, match=fix):
        run_stages(context)


def judged(context: Context, verdict: str) -> str:
    Registration("papers:q8_0", "papers-base:q8_0", "scripted", "d", "b", "q8_0").write(context.run_dir)
    record = StageRecord("benchmark", "done", 1.0, {}, {}, report={"verdict": verdict})
    context.manifest = context.manifest.with_stage(record)
    return choose_default(context, judged_now=True)


@pytest.mark.parametrize("verdict", ["undecided", "worse"])
def test_a_verdict_that_is_not_better_sets_no_default(context: Context, verdict: str) -> None:
    assert judged(context, verdict) == ""
    assert get_default(context.workspace) is None


def test_a_default_of_the_users_stays_when_the_verdict_is_not_better(context: Context) -> None:
    set_default(context.workspace, "llama3.2:3b")
    assert judged(context, "undecided") == "llama3.2:3b"


def test_a_better_model_becomes_the_default(context: Context) -> None:
    set_default(context.workspace, "llama3.2:3b")
    assert judged(context, "better") == get_default(context.workspace) == "papers:q8_0"


def test_a_default_that_was_trained_again_and_is_not_better_stays_with_a_warning(
    context: Context, logged: Callable[[], str]
) -> None:
    set_default(context.workspace, "papers:q8_0")
    assert judged(context, "worse") == get_default(context.workspace) == "papers:q8_0"
    assert "papers:q8_0 is the default, and what it is now was not found better" in logged()
