"""Which models a run of the workspace has registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.engine.choosing.made_here import registered_by_runs, remember
from ragft.workspace import Workspace, write_json


def test_models_of_runs_are_known_under_every_type(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    record = {
        "model": "papers:q8_0",
        "base_model": "papers-base:q8_0",
        "sources": {"papers:bf16": {"digest": "d", "gguf": "g"}},
    }
    write_json(workspace.runs / "a" / "registration.json", record)
    made = registered_by_runs(workspace)
    for name in ("papers:q8_0", "papers-base:q8_0", "papers:bf16", "papers:q4_K_M", "papers:lora", "papers:lora-q8_0",
                 "Papers:q4_k_m", "papers:LoRA-q4_K_M", "papers-base:q8_0-candidate"):  # fmt: skip
        assert made(name), name
    for name in ("papers", "papers:7b", "papers:loras", "papers2:q8_0", "llama3.2:latest"):
        assert not made(name), name


def test_what_is_registered_beside_the_recorded_pair_is_known(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    run = workspace.runs / "a"
    remember(run, ["mine:lora-q8_0", "papers-base:q8_0"])
    remember(run, ["other:q8_0"])
    made = registered_by_runs(workspace)
    assert made("mine:lora-q8_0")
    assert made("other:q4_K_M")
    assert not made("mine:7b")


@pytest.mark.parametrize(
    "name",
    ["x:lora-q8_0-candidate", "x/y:q8_0-previous-candidate", "ragft-template-check-0f3a",
     "library/ragft-template-check:latest"],
)  # fmt: skip
def test_what_a_killed_check_leaves_is_known_in_every_workspace(name: str, tmp_path: Path) -> None:
    made = registered_by_runs(Workspace(tmp_path))
    assert made(name)
    assert not made("candidate:7b")


def test_what_a_killed_verification_leaves_is_known_by_its_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    (workspace.runs / "demo").mkdir(parents=True)
    made = registered_by_runs(workspace)
    assert made("parity-demo:q8_0")
    assert not made("parity-demo:7b")
    assert not made("parity-other:q8_0")


def test_damaged_records_are_passed_over(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for run, content in (("a", "{"), ("b", "[]"), ("c", '{"model": 1}'), ("d", '{"sources": 1}')):
        (workspace.runs / run).mkdir(parents=True)
        for name in ("registration.json", "registered-names.json"):
            (workspace.runs / run / name).write_text(content)
    assert not registered_by_runs(workspace)("papers:q8_0")
