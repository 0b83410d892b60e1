"""A name is the same in whatever Unicode form it is written."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ragft.corpus.file_manifest import load_file_manifest, row_of, without_file
from ragft.corpus.file_names import find_path, path_key
from ragft.corpus.readers.folders import find_files

NAMES = ["한글 논문.txt", "Müller.txt", "résumé.txt", "Ångström.txt", "が.txt", "m².txt"]
FORMS = [("NFC", "NFD"), ("NFD", "NFC")]


def written(name: str, form: str) -> str:
    return unicodedata.normalize(form, name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("given", "on_disk"), FORMS)
def test_a_manifest_names_a_file_in_either_form(tmp_path: Path, name: str, given: str, on_disk: str) -> None:
    folder = tmp_path / written("Überblick", on_disk)
    folder.mkdir()
    path = folder / written(name, on_disk)
    path.write_text("A note", "utf-8")
    listed = f"{written('Überblick', given)}/{written(name, given)}"
    (tmp_path / "m.csv").write_text(f"path,title\n{listed},The title\n", "utf-8")
    rows, _ = load_file_manifest(tmp_path / "m.csv")
    assert without_file(rows) == []
    row = row_of(rows, path)
    assert row is not None
    assert row.title == "The title"


@pytest.mark.parametrize(("given", "on_disk"), FORMS)
def test_a_path_is_found_in_either_form(tmp_path: Path, given: str, on_disk: str) -> None:
    path = tmp_path / written("Mühle", on_disk) / written("été.md", on_disk)
    path.parent.mkdir()
    path.write_text("A note", "utf-8")
    asked = tmp_path / written("Mühle", given) / written("été.md", given)
    assert find_path(asked) == path
    assert find_files([asked]) == [path]
    assert path_key(asked) == path_key(path)


def test_what_is_not_there_stays_as_it_was_asked_for(tmp_path: Path) -> None:
    assert find_path(tmp_path / "kein Müller" / "a.md") == tmp_path / "kein Müller" / "a.md"
