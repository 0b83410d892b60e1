"""The CSV manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.base import Block, Document
from ragft.corpus.file_manifest import ManifestRow, apply_manifest, load_file_manifest, without_file
from ragft.errors import InputError


def manifest(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "manifest.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_by_resolved_path(tmp_path: Path) -> None:
    rows, _ = load_file_manifest(
        manifest(
            tmp_path,
            "\ufeffpath,title,authors,year,doi,password\n"
            "a.pdf,\"One, Two\",'Lewis, P.; Perez, E.',2020,10.1/x,secret\n".replace("'", '"')
            + "sub/b.pdf,,A B,,,\n",
        )
    )
    assert rows == {
        tmp_path / "a.pdf": ManifestRow("One, Two", ("Lewis, P.", "Perez, E."), 2020, "10.1/x", "secret"),
        tmp_path / "sub" / "b.pdf": ManifestRow(authors=("A B",)),
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("path,titel\na.pdf,x\n", "unknown column 'titel'"),
        ("title\nx\n", "no column named path"),
        ("path,year\na.pdf,soon\n", "line 2: year 'soon'"),
        ("path\na.pdf\na.pdf\n", "line 3: a.pdf is listed twice"),
        ("path,title\n,x\n", "line 2: the path is empty"),
        ("path,title\na.pdf,x,y\n", "line 2: more fields"),
        ('path,title\na.pdf,"x\n', "manifest"),
        ("", "no column named path"),
        ('"path,title\na.pdf,x\n', "line 1: unexpected end"),
        ("path,title,title\na.pdf,x,y\n", "column 'title' is there twice"),
    ],
)
def test_problems_are_named(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_file_manifest(manifest(tmp_path, text))
    assert problem in caught.value.message
    assert caught.value.fix


def test_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_file_manifest(tmp_path / "none.csv")


def test_manifest_overrides_what_was_read_and_leaves_the_rest() -> None:
    document = Document("a", "a.pdf", "Read", (Block("x", 1),), ("R. Ead",), 1999, "10.1/r")
    changed = apply_manifest(document, ManifestRow(title="Told", year=2001))
    assert (changed.title, changed.authors, changed.year, changed.doi) == ("Told", ("R. Ead",), 2001, "10.1/r")
    assert apply_manifest(document, None) is document


def test_a_title_is_kept_to_one_line_of_a_sane_length(tmp_path: Path) -> None:
    [row] = load_file_manifest(manifest(tmp_path, f'path,title\na.pdf,"Two\nlines {"x" * 900}"\n'))[0].values()
    assert row.title.startswith("Two lines xxx")
    assert len(row.title) == 300


def test_rows_without_a_file_are_found(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"")
    rows, _ = load_file_manifest(manifest(tmp_path, "path\na.pdf\nb.pdf\n"))
    assert without_file(rows) == [tmp_path / "b.pdf"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig", "cp1251"])
def test_a_manifest_that_a_spreadsheet_saved_in_its_own_encoding(encoding: str, tmp_path: Path) -> None:
    title = "Шлюз был закрыт вручную в год наводнения" if encoding == "cp1251" else "Über die Größe der Übersetzungen"
    path = tmp_path / "manifest.csv"
    path.write_bytes(f"path,title\na.pdf,{title}\n".encode(encoding))
    rows, notes = load_file_manifest(path)
    assert rows[tmp_path / "a.pdf"].title == title
    assert bool(notes) == encoding.startswith("cp")
    assert all("a guess" in note for note in notes)


def test_a_manifest_that_is_a_spreadsheet_itself(tmp_path: Path) -> None:
    path = tmp_path / "manifest.csv"
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8)
    with pytest.raises(InputError, match=r"zero bytes|in no encoding") as caught:
        load_file_manifest(path)
    assert caught.value.fix == "save it as CSV in UTF-8"
