"""Rows of tables in text files, for documents and for data."""

from __future__ import annotations

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
