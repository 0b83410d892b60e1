from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ragft.cli.main import app
from ragft.index.index import open_index
from ragft.setting_sections import IndexSettings
from ragft.workspace import Workspace


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["search", "  "], 2, "the query is empty"),
        (["search", "moon", "--mode", "best"], 2, "index.mode"),
        (["search", "moon", "--chroma-url", "ftp://x"], 4, "ragft ingest"),
    ],
)
def test_wrong_values_are_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    result = CliRunner().invoke(app, [*arguments, "--workspace", str(tmp_path / "w")])
    assert result.exit_code == code
    assert said in result.output


def test_a_search_in_one_document_takes_the_beginning_of_its_id_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come at full moon.\n")
    (tmp_path / "moon.md").write_text("# Moon\n\nThe moon has no tides of its own.\n")
    place = Workspace(tmp_path / "w")
    with open_index(place, IndexSettings()) as index:
        index.ingest([tmp_path / "tides.md", tmp_path / "moon.md"])
        tides = next(record.id for record in index.documents() if record.title == "Tides")

    def search(document: str) -> Result:
        return CliRunner().invoke(app, ["search", "moon", "--document", document, "--json", "-w", str(place.root)])

    assert [hit["document_id"] for hit in json.loads(search(tides[:8]).stdout)["hits"]] == [tides]
    assert search("deadbeef").exit_code == 4
    assert "no document 'deadbeef'" in search("deadbeef").output


@pytest.mark.slow
def test_a_search_is_kept_to_an_author_and_to_years(tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come at full moon.\n")
    (tmp_path / "moon.md").write_text("# Moon\n\nThe moon has no tides of its own.\n")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,authors,year\ntides.md,Ada Lovelace,2019\nmoon.md,Mary Somerville,2021\n")
    place = str(tmp_path / "w")
    ingested = [
        "ingest",
        str(tmp_path / "tides.md"),
        str(tmp_path / "moon.md"),
        "--manifest",
        str(manifest),
        "-w",
        place,
    ]
    assert CliRunner().invoke(app, ingested).exit_code == 0

    def titles(*options: str) -> set[str]:
        result = CliRunner().invoke(app, ["search", "moon", *options, "--json", "-w", place])
        return {hit["title"] for hit in json.loads(result.stdout)["hits"]}

    assert titles() == {"Tides", "Moon"}
    assert titles("--author", "Lovelace") == titles("--year", "-2020") == {"Tides"}
    assert titles("--author", "Lovelace", "--author", "Somerville", "--year", "2020-2022") == {"Moon"}


def test_chunks_too_small_for_a_sentence_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nSpring tides come at full moon.\n")
    for tokens, code in (("3", 2), ("15", 2), ("16", 0)):
        monkeypatch.setenv("RAGFT_INDEX__CHUNK_TOKENS", tokens)
        result = CliRunner().invoke(app, ["ingest", str(tmp_path / "tides.md"), "-w", str(tmp_path / "w")])
        assert result.exit_code == code, result.output


def test_a_mistyped_word_is_looked_for_as_it_was_meant_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "tides.md").write_text("# Tides\n\nThe oceans rise because the moon pulls them.\n")
    place = Workspace(tmp_path / "w")
    with open_index(place, IndexSettings()) as index:
        index.ingest([tmp_path / "tides.md"])
    asked = ["search", "why do the ocaens rise", "-w", str(place.root)]
    assert "searched for: why do the oceans rise" in CliRunner().invoke(app, asked).output
    found = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert (found["query"], found["searched_for"]) == ("why do the ocaens rise", "why do the oceans rise")
