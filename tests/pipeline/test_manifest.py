"""The manifest survives a round trip and tells what a stage depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.errors import WorkspaceError
from ragft.pipeline.manifest import Manifest, StageRecord, load_manifest


def _record(name: str = "train", **changes: object) -> StageRecord:
    values: dict[str, object] = {
        "status": "done",
        "seconds": 1.5,
        "inputs": {"rows": "sha256:a"},
        "settings": {"rank": 16},
        "outputs": {"adapter": "sha256:b"},
        "report": {"steps": 3},
    }
    return StageRecord(name, **{**values, **changes})  # type: ignore[arg-type]


def test_a_saved_manifest_is_read_back_equal(tmp_path: Path) -> None:
    manifest = Manifest("demo", {"seed": 0}, (_record("train"), _record("export")))
    manifest.save(tmp_path)
    assert load_manifest(tmp_path) == manifest


def test_there_is_none_in_an_empty_folder(tmp_path: Path) -> None:
    assert load_manifest(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"run": 1}', '{"run": "a", "settings": {}, "stages": [{"x": 1}]}'])
def test_a_damaged_one_is_an_error_that_says_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(WorkspaceError, match="damaged"):
        load_manifest(tmp_path)


def test_the_key_changes_with_inputs_and_settings_only() -> None:
    record = _record()
    assert record.key == _record(seconds=9.0, outputs={}, report={}).key
    assert record.key != _record(inputs={"rows": "sha256:c"}).key
    assert record.key != _record(settings={"rank": 8}).key
    assert record.key != _record(name="export").key


def test_a_stage_done_again_takes_its_own_place() -> None:
    manifest = Manifest("demo", {}, (_record("train"), _record("export")))
    again = manifest.with_stage(_record("train", seconds=7.0))
    assert [s.name for s in again.stages] == ["train", "export"]
    assert again.stages[0].seconds == 7.0
