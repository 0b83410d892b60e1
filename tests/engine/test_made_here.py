"""Which models a run of the workspace has registered."""

from __future__ import annotations

from pathlib import Path

from ragft.engine.made_here import registered_by_runs
from ragft.workspace import Workspace, write_json


def test_models_of_runs_are_known_under_every_type(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    record = {"model": "papers:q8_0", "base_model": "papers-base:q8_0", "sources": {"papers:bf16": {}}}
    write_json(workspace.runs / "a" / "registration.json", record)
    made = registered_by_runs(workspace)
    for name in ("papers:q8_0", "papers-base:q8_0", "papers:bf16", "papers:q4_K_M", "papers:lora", "Papers:q4_k_m",
                 "papers-base:q8_0-candidate"):  # fmt: skip
        assert made(name), name
    for name in ("papers", "papers:7b", "papers2:q8_0", "llama3.2:latest"):
        assert not made(name), name


def test_damaged_records_are_passed_over(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    for run, content in (("a", "{"), ("b", "[]"), ("c", '{"model": 1}')):
        (workspace.runs / run).mkdir(parents=True)
        (workspace.runs / run / "registration.json").write_text(content)
    assert not registered_by_runs(workspace)("papers:q8_0")
