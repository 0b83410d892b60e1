"""What was registered for a run is read in one place, whoever asks."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ragft.engine.run_models import IntermediateModel, Registration
from ragft.errors import ExportError, NotFoundError
from ragft.workspace import Workspace

MADE = Registration(
    "m:q8_0", "m-base:q8_0", "ollama", "d", "b", "q8_0", sources={"m:bf16": IntermediateModel("e", "g")}
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    MADE.write(tmp_path)
    assert Registration.of_run(tmp_path) == MADE
    assert MADE.roles == {"base": "m-base:q8_0", "tuned": "m:q8_0"}


def test_a_run_without_one_and_a_damaged_one_are_distinguished(tmp_path: Path) -> None:
    assert Registration.last(tmp_path) is None
    with pytest.raises(NotFoundError, match="is not registered yet") as absent:
        Registration.of_run(tmp_path)
    assert absent.value.fix == f"ragft register --run {tmp_path.name}"
    for content in ("{", "[]", '{"model": 1}', '{"model": "m"}'):
        (tmp_path / "registration.json").write_text(content)
        with pytest.raises(ExportError, match="is damaged"):
            Registration.of_run(tmp_path)


def test_the_latest_is_that_of_the_run_registered_last(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    with pytest.raises(NotFoundError, match="no registered run"):
        Registration.latest(workspace)
    for time, name in ((200, "a"), (100, "b")):
        (workspace.runs / name).mkdir(parents=True)
        Registration(name, f"{name}-base").write(workspace.runs / name)
        os.utime(workspace.runs / name / "registration.json", (time, time))
    assert Registration.latest(workspace).model == "a"
