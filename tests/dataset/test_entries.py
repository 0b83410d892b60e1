"""What a file is read as: JSON lines, or one array."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragft.dataset.entries import read_entries
from ragft.errors import DatasetError

MARK = b"\xef\xbb\xbf"


def read(content: bytes, folder: Path) -> list[tuple[str, Any]]:
    path = folder / "rows"
    path.write_bytes(content)
    return [(entry.where, entry.problem or dict(entry.value)) for entry in read_entries(path)]


@pytest.mark.parametrize("mark", [b"", MARK], ids=["plain", "marked"])
@pytest.mark.parametrize(
    "content",
    [
        b'[{"a": 1}, {"b": 2}]',
        b'\n [{"a": 1}, {"b": 2}]\n\n',
        b'[\n{"a": 1},\n{"b": 2}\n]\n',
        b'[{"a": 1},\r\n\r\n {"b": 2}]',
        b'[\n  {\n    "a": 1\n  },\n  {\n    "b": 2\n  }\n]',
    ],
)
def test_an_array_is_read_by_its_entries(mark: bytes, content: bytes, tmp_path: Path) -> None:
    assert read(mark + content, tmp_path) == [("entry 1", {"a": 1}), ("entry 2", {"b": 2})]


@pytest.mark.parametrize("mark", [b"", MARK], ids=["plain", "marked"])
def test_json_lines_are_read_by_their_numbers_in_the_file(mark: bytes, tmp_path: Path) -> None:
    assert read(mark + b'\n{"a": 1}\n\n{"b": 2}', tmp_path) == [("line 2", {"a": 1}), ("line 4", {"b": 2})]
    assert read(mark + b'{"a": 1}', tmp_path) == [("line 1", {"a": 1})]


@pytest.mark.parametrize("mark", [b"", MARK], ids=["plain", "marked"])
def test_json_lines_of_arrays_have_each_line_named(mark: bytes, tmp_path: Path) -> None:
    problem = "is not a JSON object"
    assert read(mark + b'[{"a": 1}]\n[{"b": 2}]\n', tmp_path) == [("line 1", problem), ("line 2", problem)]


def test_an_array_holds_what_is_no_object(tmp_path: Path) -> None:
    assert read(b'[1, {"a": 1}]', tmp_path) == [("entry 1", "is not a JSON object"), ("entry 2", {"a": 1})]
    assert read(b"[]", tmp_path) == []


def test_a_line_that_does_not_parse_costs_itself(tmp_path: Path) -> None:
    (first, second) = read(b'{"a": \n{"b": 2}', tmp_path)
    assert first[1].startswith("is not JSON")
    assert second == ("line 2", {"b": 2})


def test_a_line_in_another_encoding_is_named_as_such(tmp_path: Path) -> None:
    problem = "is not in UTF-8 (byte 0xf6); save the file as UTF-8"
    assert read('{"a": "schön"}\n{"a": 2}'.encode("cp1252"), tmp_path) == [("line 1", problem), ("line 2", {"a": 2})]


def test_an_array_over_lines_that_does_not_parse_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"rows is not JSON .*line 2.*one object a line"):
        read(b'[\n{"a": }\n]', tmp_path)


def test_an_empty_file_has_no_entries(tmp_path: Path) -> None:
    assert read(b"", tmp_path) == []
    assert read(b"\n \n", tmp_path) == []


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-be", "utf-32"])
def test_json_lines_in_utf_16_and_32(codec: str, tmp_path: Path) -> None:
    mark = "" if codec != "utf-16-be" else "\ufeff"
    content = (mark + '{"a": "Ж"}\n{"b": 2}\n').encode(codec)
    assert read(content, tmp_path) == [("line 1", {"a": "Ж"}), ("line 2", {"b": 2})]


def test_damaged_utf_16_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="damaged UTF-16"):
        read(b"\xff\xfe{", tmp_path)


@pytest.mark.parametrize(
    "content", [b'{"data": [{"a": 1}, {"b": 2}]}', b'{\n "version": 1,\n "rows": [\n  {"a": 1},\n  {"b": 2}\n ]\n}\n']
)
def test_an_object_around_an_array_is_read_by_its_entries(content: bytes, tmp_path: Path) -> None:
    assert read(content, tmp_path) == [("entry 1", {"a": 1}), ("entry 2", {"b": 2})]


def test_one_object_over_several_lines_is_one_entry(tmp_path: Path) -> None:
    assert read(b'{\n  "a": 1,\n  "data": "x"\n}\n', tmp_path) == [("entry 1", {"a": 1, "data": "x"})]


def test_a_row_that_holds_data_of_its_own_is_a_row(tmp_path: Path) -> None:
    assert read(b'{"data": [{"a": 1}]}\n{"b": 2}', tmp_path) == [("line 1", {"data": [{"a": 1}]}), ("line 2", {"b": 2})]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x1f\x8b\x08\x00\x00", "gzip"),
        (b"PAR1\x15\x04\x15", "Parquet"),
        (b"PK\x03\x04\x14", "a zip archive"),
        (b"prompt,completion\nWhat is it?,A gate.\n", "CSV"),
        (b"prompt\tcompletion\nWhat, then?\tA gate.\n", "TSV"),
    ],
)
def test_another_format_is_refused_by_its_name(content: bytes, name: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=f"rows is {name}, not JSON lines"):
        read(content, tmp_path)
