"""The task that docs/tasks/your-own.md makes, as it stands there, becomes a model and a verdict."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ragft.config import load_settings
from ragft.dataset.store import TRAIN, read_rows
from ragft.errors import NotFoundError
from ragft.pipeline.build import BuildReport, build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tasks" / "your-own.md"


@pytest.fixture(scope="module")
def code() -> str:
    return "\n\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))


@pytest.fixture(scope="module")
def task(code: str) -> Any:
    module: dict[str, Any] = {"__name__": "abbreviations"}
    exec(compile(code, str(PAGE), "exec"), module)  # noqa: S102  our own page
    return module["ABBREVIATIONS"]


def test_the_code_of_the_page_passes_the_rules_for_code_here(code: str) -> None:
    name = "src/ragft/tasks/abbreviations/__init__.py"
    command = [sys.executable, "-m", "ruff", "check", "--stdin-filename", name, "-"]
    done = subprocess.run(command, input=code, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (block,) = re.findall(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "abbreviations.csv"
    path.write_text(block, encoding="utf-8")
    return path


def build(task: Any, workspace: Workspace, table: Path, base: Path) -> BuildReport:
    settings = load_settings(preset=task.preset("demo")).with_("engine", name="scripted", threads=1)
    # A random model never ends its turn: the other three proofs hold for it as for any.
    settings = settings.with_("export", checks=("prompt", "tokenizer", "logits")).with_("train", max_steps=2)
    settings = settings.with_("benchmark", limit=3)
    plan = BuildPlan(task, settings, [table], str(base))
    return build_model(workspace, plan, plan.run_name("demo"), progress=lambda *_: None)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_task_of_the_page_ends_in_a_verdict_and_resumes(
    task: Any, table: Path, tiny_base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script.json"
    rules = [{"match": "I read RQD", "reply": "The rock quality designation."}]
    script.write_text(json.dumps({"rules": rules, "default": {"reply": "Who knows."}}), encoding="utf-8")
    monkeypatch.setenv("RAGFT_SCRIPT", str(script))
    workspace = Workspace(tmp_path / "ws")
    report = build(task, workspace, table, tiny_base)
    assert list(report.arms) == ["base", "tuned"]
    assert report.arms["tuned"]["expansion.right"] == 0.5
    assert {"general.accuracy", "forgetting.cross_entropy", "degeneration.degenerate_rate"} <= set(report.arms["base"])
    assert report.default == ""
    rows = read_rows(workspace.datasets / report.run / TRAIN)
    assert len(rows) == 2 * 3 and rows[0].completion[0]["content"].startswith("It is the ")
    again = build(task, workspace, table, tiny_base)
    assert [stage.status for stage in again.stages[:4]] == ["skipped"] * 4


def test_the_task_of_the_page_says_what_is_wrong_with_its_sources(task: Any, table: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no table of abbreviations"):
        build(task, Workspace(tmp_path / "ws"), table.with_name("other.csv"), Path("base"))
    assert not (tmp_path / "ws").exists() or not list((tmp_path / "ws").rglob("rows.jsonl"))
