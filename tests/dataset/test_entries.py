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


def test_an_array_over_lines_that_does_not_parse_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"rows is not JSON .*line 2.*one object a line"):
        read(b'[\n{"a": }\n]', tmp_path)


def test_an_empty_file_has_no_entries(tmp_path: Path) -> None:
    assert read(b"", tmp_path) == []
    assert read(b"\n \n", tmp_path) == []
