"""The files named as the sources of a task."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.errors import NotFoundError, UsageError
from ragft.pipeline.source_files import source_files


def _found(*paths: Path, single: bool = True) -> list[Path]:
    return source_files(paths, "table", example="ragft build-model TABLE.csv", form="a CSV file", single=single)


def test_a_path_in_the_home_of_the_user_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.csv").touch()
    assert _found(Path("~/a.csv")) == [tmp_path / "a.csv"]


def test_several_are_read_only_where_that_is_meant(tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        path.touch()
    assert _found(*paths, single=False) == paths
    with pytest.raises(UsageError, match="2 files are given"):
        _found(*paths)


def test_what_is_missing_is_named_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no table is given") as none:
        _found()
    with pytest.raises(NotFoundError, match="gone") as gone:
        _found(tmp_path / "gone.csv")
    assert (none.value.fix, gone.value.fix) == ("ragft build-model TABLE.csv", "name a CSV file")
