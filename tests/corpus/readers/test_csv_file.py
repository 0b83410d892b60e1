"""Rows of tables in text files, for documents and for data."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ragft.corpus.readers.base import SourceFile
from ragft.corpus.readers.csv_file import read_cells, read_records
from ragft.errors import DocumentError


def _source(folder: Path, text: str) -> SourceFile:
    path = folder / "a.csv"
    path.write_bytes(text.encode())
    return SourceFile(path, "")


def test_records_have_their_first_line_and_the_sign_of_the_header(tmp_path: Path) -> None:
    source = _source(tmp_path, 'text;label\n\n"one,\ntwo";a\n,,,;b;\n')
    assert read_records(source) == [(1, ["text", "label"]), (3, ["one,\ntwo", "a"]), (5, [",,,", "b", ""])]


def test_a_quote_that_is_not_closed_is_a_note_on_a_document_and_refused_in_data(tmp_path: Path) -> None:
    source = _source(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n')
    rows, notes = read_cells(source)
    assert rows[-1] == ["3", "4\n5,6\n"]
    assert notes == ("a quote of the row that begins in line 3 is not closed: the rest of the file is one cell",)
    with pytest.raises(DocumentError, match="begins in line 3 is not closed"):
        read_records(source)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('port, ships\n"Hull", "two, old"\n"Brest", "one"\n', [["Hull", "two, old"], ["Brest", "one"]]),
        ('port, ships\nHull, "two old"\nBrest, one\n', [["Hull", "two old"], ["Brest", "one"]]),
        ('port, ships\nHull, "Ann" and others\nBrest, "Bo"\n', [["Hull", ' "Ann" and others'], ["Brest", ' "Bo"']]),
        ('port, ships\nHull, "two\nBrest, one\n', [["Hull", ' "two'], ["Brest", " one"]]),
        ('port;ships\nHull; "two; old"\n', [["Hull", "two; old"]]),
        ('port,ships\n"Hull","The \\"Ann\\", old"\nBrest,Bo\n', [["Hull", 'The "Ann", old'], ["Brest", "Bo"]]),
        ('port,ships\n"Hull","The \\"Ann\\" is old"\n', [["Hull", 'The "Ann" is old']]),
        ('port,ships\n"C:\\dir\\","D:\\new\\"\n', [["C:\\dir\\", "D:\\new\\"]]),
        ('port,ships\nHull,"{""a"": ""say \\""b\\"", c""}"\n', [["Hull", '{"a": "say \\"b\\", c"}']]),
    ],
)
def test_quotes_are_read_in_the_way_of_the_program_that_wrote_them(
    text: str, rows: list[list[str]], tmp_path: Path
) -> None:
    found, notes = read_cells(_source(tmp_path, text))
    assert (found[1:], notes) == (rows, ())
    assert [row for _, row in read_records(_source(tmp_path, text))][1:] == rows


@pytest.mark.slow
def test_a_way_of_quoting_that_makes_too_long_a_cell_is_not_taken(tmp_path: Path) -> None:
    rows = [f"{number}, a\n" for number in range(200_000)]
    found, _ = read_cells(_source(tmp_path, f'n, x\n1, "b\n{"".join(rows)}'))
    assert (len(found), found[1]) == (200_002, ["1", ' "b'])


def test_blanks_without_end_take_no_longer_than_they_are(tmp_path: Path) -> None:
    started = time.process_time()
    found, _ = read_cells(_source(tmp_path, f"sep= \n{' ' * 300_000}x\n"))
    assert len(found[0]) == 300_001
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("metres\n6,2\n7\n-12,75\n", [["metres"], ["6,2"], ["7"], ["-12,75"]]),
        ("metres, about\n6,2\n7,4\n", [["metres", " about"], ["6", "2"], ["7", "4"]]),
        ("ports\nHull,Brest\nNantes,Lyon\n", [["ports"], ["Hull", "Brest"], ["Nantes", "Lyon"]]),
    ],
)
def test_a_comma_that_the_head_lacks_is_that_of_decimals(text: str, rows: list[list[str]], tmp_path: Path) -> None:
    assert read_cells(_source(tmp_path, text))[0] == rows


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a,b,c\n1,2,3\n4,5\n6,7,8\n1,2,3,4\n", "2 (line 3, 5)"),
        ("a,b\n" + "1,2\n" * 9 + "1,2,3\n" * 7, "7 (line 11, 12, 13, 14, 15, …)"),
        ("A title\n\na,b\n1,2\n3,4,,\n", ""),
        ("a,b,c\n1,2\n3,4\n1,2\n5,6,7\n", ""),
        ("a,b,c\n1,2\n3,4\n1,2\n5,6,7,8\n", "1 (line 5)"),
        ("one\ntwo\n", ""),
    ],
)
def test_rows_of_another_width_are_noted(text: str, lines: str, tmp_path: Path) -> None:
    notes = read_cells(_source(tmp_path, text))[1]
    assert [note.rpartition(": ")[2] for note in notes] == ([lines] if lines else [])
