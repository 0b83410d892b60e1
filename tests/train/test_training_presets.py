"""Presets and run files over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.config import Settings
from ragft.errors import NotFoundError, UsageError
from ragft.train.training_presets import PRESETS, preset, run_file


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_valid(name: str) -> None:
    changed = Settings().with_("train", **preset(name)).train
    for key, value in PRESETS[name].items():
        assert getattr(changed, key) == value


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="gentle"):
        preset("fast")


def test_a_run_file_has_a_table_or_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[train]\nrank = 4\n")
    (tmp_path / "b.toml").write_text("rank = 4\n")
    assert run_file(tmp_path / "a.toml") == run_file(tmp_path / "b.toml") == {"rank": 4}


def test_a_bad_run_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        run_file(tmp_path / "absent.toml")
    (tmp_path / "a.toml").write_text("rank = = 4")
    with pytest.raises(UsageError, match=r"a\.toml"):
        run_file(tmp_path / "a.toml")
    with pytest.raises(UsageError, match=r"train\.rnak"):
        Settings().with_("train", rnak=4)


def test_a_setting_beside_the_table_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("rank = 4\n[train]\nalpha = 8\n[export]\ntype = 'q8_0'\n")
    with pytest.raises(UsageError, match="rank is outside"):
        run_file(tmp_path / "a.toml")
