"""Rows are made by whichever task is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ragft.app.application import open_application
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
def test_a_task_that_is_not_there_is_answered_with_those_that_are(papers: Path, tmp_path: Path) -> None:
    shutil.copytree(papers / "ws", tmp_path / "ws")
    with open_application(tmp_path / "ws") as app, pytest.raises(UsageError, match="no task 'recipes'"):
        app.generate(task="recipes")
