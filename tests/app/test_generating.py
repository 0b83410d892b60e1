"""Rows are made by whichever task is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ragft.app.application import open_application
from ragft.app.library import checked_paths
from ragft.data import shipped
from ragft.errors import UsageError

RIVERS = "river,length (km)\n" + "".join(f"River {letter},{100 + 37 * n}\n" for n, letter in enumerate("ABCDEFGHIJKL"))


@pytest.mark.usefixtures("scripted_engine")
def test_another_task_makes_its_rows_of_the_files_that_are_named(tmp_path: Path) -> None:
    (tmp_path / "rivers.csv").write_text(RIVERS)
    with open_application(tmp_path / "ws") as app:
        report = app.generate(task="facts", sources=[tmp_path / "rivers.csv"])
        rows = app.datasets.rows("facts")
    assert report.dataset == "facts"
    assert sum(report.kept.values()) >= len(rows) > 0
    assert {row.kind for row in rows} <= set(report.kept)


@pytest.mark.usefixtures("scripted_engine")
def test_the_rows_are_those_that_a_build_trains_on_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    company = shipped("tasks/company.jsonl")
    with open_application(tmp_path / "ws") as app:
        kept = app.generate(task="knowledge", sources=[company]).kept
    assert sum(kept.values()) - kept["replay"] > 600, "the preset wishes for 800, and the setting's default is 200"
    with open_application(tmp_path / "fewer", generate={"count": 200}) as app:
        kept = app.generate(task="knowledge", sources=[company]).kept
    assert sum(kept.values()) - kept["replay"] <= 200


@pytest.mark.usefixtures("scripted_engine")
def test_a_task_that_is_not_there_is_answered_with_those_that_are(papers: Path, tmp_path: Path) -> None:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    with open_application(tmp_path / "ws") as app, pytest.raises(UsageError, match="no task 'recipes'"):
        app.generate(task="recipes")


@pytest.mark.slow
@pytest.mark.usefixtures("scripted_engine")
def test_a_file_in_the_home_folder_is_read_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    (tmp_path / "rivers.csv").write_text(RIVERS)
    with open_application(tmp_path / "ws") as app:
        assert sum(app.generate(task="facts", sources="~/rivers.csv").kept.values()) > 0


def test_a_build_is_given_paths_without_the_sign_of_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert checked_paths(["~/rivers.csv", "b.csv"]) == [tmp_path / "rivers.csv", Path("b.csv")]
