"""`ragft documents` from the outside: what it lists and removes, and the code it ends with. A real index."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import FileRecord
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace


@pytest.fixture
def documents(slow: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the verb over two files, one of them with a title that rich and a terminal would read."""
    (tmp_path / "tides.md").write_text("# Tides [bold]at[/] the coast\x1b[31m\n\nSpring tides come at full moon.\n")
    (tmp_path / "bread.md").write_text("# Bread\n\nSourdough rises for twelve hours.\n")
    with open_index(Workspace(tmp_path / "ws"), IndexSettings()) as index:
        index.ingest([tmp_path / "tides.md", tmp_path / "bread.md"])
    monkeypatch.setenv("RAGFT_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["documents", *arguments])

    return run


def listed(documents: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(documents("list", "--json").stdout)["documents"]
    return found


def test_the_list_holds_every_document(documents: Any) -> None:
    assert {Path(record["path"]).name for record in listed(documents)} == {"tides.md", "bread.md"}
    assert all(record["status"] == "indexed" and record["chunks"] == 1 for record in listed(documents))
    assert documents("--json").stdout == documents("list", "--json").stdout


def test_what_a_title_holds_is_shown_and_never_obeyed(documents: Any) -> None:
    shown = documents("list")
    assert shown.exit_code == 0
    assert "[bold]at[/] the coast" in shown.stdout
    assert "\x1b" not in shown.stdout


def test_a_document_is_removed_by_the_beginning_of_its_id_and_its_file_stays(documents: Any, tmp_path: Path) -> None:
    bread = next(record for record in listed(documents) if record["path"].endswith("bread.md"))
    removed = documents("remove", bread["id"][:6], "--json")
    assert removed.exit_code == 0, removed.stderr
    assert json.loads(removed.stdout)["removed"]["id"] == bread["id"]
    assert [Path(record["path"]).name for record in listed(documents)] == ["tides.md"]
    assert (tmp_path / "bread.md").is_file()


def test_an_unknown_id_is_exit_code_4_and_removes_nothing(documents: Any) -> None:
    result = documents("remove", "zzzz")
    assert result.exit_code == 4
    assert result.stderr.startswith("error: ")
    assert len(listed(documents)) == 2


def test_options_before_the_subcommand_hold_for_it(documents: Any, tmp_path: Path) -> None:
    other = str(tmp_path / "other")
    with open_index(Workspace(Path(other)), IndexSettings()) as index:
        index.ingest([tmp_path / "bread.md"])
    shown = json.loads(documents("--workspace", other, "--json", "list").stdout)["documents"]
    assert [Path(record["path"]).name for record in shown] == ["bread.md"]
    removed = documents("--workspace", other, "--json", "remove", shown[0]["id"])
    assert json.loads(removed.stdout)["removed"]["id"] == shown[0]["id"]
    assert len(listed(documents)) == 2
    assert json.loads(documents("--workspace", other, "--json").stdout)["documents"] == []


def test_a_doi_is_listed(documents: Any, tmp_path: Path) -> None:
    assert "doi" not in documents("list").stdout.splitlines()[0]
    (tmp_path / "m.csv").write_text("path,doi\ntides.md,10.1000/182\n")
    with open_index(Workspace(tmp_path / "ws"), IndexSettings()) as index:
        index.ingest([tmp_path / "tides.md"], manifest=tmp_path / "m.csv")
    assert {record["doi"] for record in listed(documents)} == {"10.1000/182", None}
    assert "10.1000/182" in documents("list").stdout


def test_a_file_that_could_not_even_be_hashed_can_be_removed(documents: Any, tmp_path: Path) -> None:
    catalogue = Catalogue.open(Workspace(tmp_path / "ws").catalogue)
    catalogue.put_file(FileRecord("/papers/locked.pdf", 0, 0, "", error="Permission denied"))
    catalogue.close()
    locked = next(record for record in listed(documents) if record["status"] == "failed")
    assert documents("remove", locked["id"]).exit_code == 0
    assert len(listed(documents)) == 2
