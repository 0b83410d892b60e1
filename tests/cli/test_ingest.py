from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def ragft(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ragft.cli.main", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_ingest_prints_the_json_that_is_promised(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "tides.md").write_text("# Tides\n\nThe moon pulls the oceans.\n")
    (notes / "cut.pdf").write_bytes(b"%PDF-1.7 cut short")
    done = ragft("ingest", notes, "--workspace", tmp_path / "w", "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert {"documents", "chunks", "added", "updated", "unchanged", "removed", "failed", "seconds"} <= report.keys()
    assert (report["documents"], report["added"]) == (1, 1)
    assert [set(failure) for failure in report["failed"]] == [{"path", "error"}]
    assert report["failed"][0]["path"].endswith("cut.pdf")
    assert "1 added" not in done.stderr

    listed = json.loads(ragft("documents", "--workspace", tmp_path / "w", "--json").stdout)["documents"]
    assert {record["status"] for record in listed} == {"indexed", "failed"}
    checked = ragft("index", "check", "--workspace", tmp_path / "w", "--json")
    assert json.loads(checked.stdout)["ok"] is True

    found = json.loads(ragft("search", "moon", "-k", "3", "--workspace", tmp_path / "w", "--json").stdout)
    assert set(found["hits"][0]) >= {
        "rank", "score", "chunk_id", "document_id", "title", "pages", "section", "text",
    }  # fmt: skip
    assert found["hits"][0]["pages"] == [0, 0]

    document = next(record["id"] for record in listed if record["status"] == "indexed")
    assert ragft("documents", "remove", document, "--workspace", tmp_path / "w").returncode == 0
    assert json.loads(ragft("search", "moon", "--workspace", tmp_path / "w", "--json").stdout)["hits"] == []


def test_a_missing_path_is_one_line_and_exit_code_4(tmp_path: Path) -> None:
    done = ragft("ingest", tmp_path / "none", "--workspace", tmp_path / "w")
    assert done.returncode == 4
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_nothing_but_failures_is_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7 cut short")
    done = ragft("ingest", tmp_path / "cut.pdf", "--workspace", tmp_path / "w")
    assert done.returncode == 3
    assert "cut.pdf" in done.stdout


@pytest.mark.parametrize("verb", [["search", "moon"], ["documents"], ["index", "check"]])
def test_an_empty_workspace_names_ingest_and_is_not_made(tmp_path: Path, verb: list[str]) -> None:
    done = ragft(*verb, "--workspace", tmp_path / "w")
    assert done.returncode == 4
    assert "ragft ingest" in done.stderr
    assert not (tmp_path / "w").exists()


def test_a_name_with_a_line_end_prints_no_line_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.pdf\nfailed     b.pdf: forged").with_suffix(".pdf").write_bytes(b"%PDF-1.7 cut short")
    shown = ragft("ingest", tmp_path, "--workspace", tmp_path / "w").stdout
    assert sum(line.startswith("failed") for line in shown.splitlines()) == 1
    monkeypatch.setenv("COLUMNS", "1000")
    assert len(ragft("documents", "--workspace", tmp_path / "w").stdout.splitlines()) == 2


def test_a_bibliography_is_matched_listed_and_its_tags_choose(tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come at full moon.\n")
    (tmp_path / "moon.md").write_text("# Moon\n\nThe moon has no tides of its own.\n")
    (tmp_path / "library.bib").write_text(
        "@article{somerville31, title={On {T}ides}, author={Mary Somerville}, file={tides.md}, keywords={sea}}\n"
        "@misc{bread, title={On Bread}}\n@misc{bread, title={Again}}\n"
    )
    place = ["-w", str(tmp_path / "w")]
    files = [str(tmp_path / "tides.md"), str(tmp_path / "moon.md")]
    result = ragft("ingest", *files, "--manifest", tmp_path / "library.bib", *place)
    assert result.returncode == 0
    assert "bibliography: 1 of 2 entries matched (1 by file)" in result.stdout
    assert "matched    somerville31: Tides (by file)" in result.stdout and "no file    bread" in result.stdout
    assert "repeated bibliography entry: bread" in " ".join(result.stdout.split())
    found = ragft("search", "moon", "--tag", "SEA", "--json", *place)
    assert [hit["title"] for hit in json.loads(found.stdout)["hits"]] == ["On Tides"]
