"""Files that grow line by line are whole whatever kills the process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.errors import WorkspaceError
from ragft.journal import append_line, cut_torn_line, whole_lines, write_lines


def test_lines_are_appended_and_come_back_with_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.jsonl"
    append_line(path, {"a": "é"})
    assert append_line(path, {"a": "\u2028"}, durable=True) == '{"a": "\u2028"}'
    assert [(number, json.loads(line)) for number, line in whole_lines(path)] == [(1, {"a": "é"}), (2, {"a": "\u2028"})]


def test_half_a_last_line_is_left_out_and_cut_off_before_more_is_written(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"a": 1}\n\n{"a": 2}\n{"a"')
    assert whole_lines(path) == [(1, b'{"a": 1}'), (3, b'{"a": 2}')]
    assert path.read_bytes().endswith(b'{"a"'), "reading changes nothing: another process may be writing"
    cut_torn_line(path)
    append_line(path, {"a": 3})
    assert [line for _, line in whole_lines(path)] == [b'{"a": 1}', b'{"a": 2}', b'{"a": 3}']


def test_a_file_that_is_one_torn_line_becomes_empty(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"a"')
    cut_torn_line(path)
    assert path.read_bytes() == b""


def test_where_there_is_no_file_there_are_no_lines(tmp_path: Path) -> None:
    cut_torn_line(tmp_path / "none")
    assert whole_lines(tmp_path / "none") == []


def test_half_a_character_is_replaced(tmp_path: Path) -> None:
    append_line(tmp_path / "f", {"a": "\ud800"})
    write_lines(tmp_path / "g", [{"a": "\ud800"}])
    assert whole_lines(tmp_path / "f") == whole_lines(tmp_path / "g") == [(1, '{"a": "\ufffd"}'.encode())]


def test_what_cannot_be_written_or_read_is_an_error_of_the_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError):
        append_line(tmp_path, {"a": 1})
    with pytest.raises(WorkspaceError):
        whole_lines(tmp_path)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def failing() -> object:
        yield {"a": 1}
        raise RuntimeError

    write_lines(tmp_path / "f", [{"a": "é"}])
    with pytest.raises(RuntimeError):
        write_lines(tmp_path / "f", failing())  # type: ignore[arg-type]
    assert (tmp_path / "f").read_bytes() == '{"a": "é"}\n'.encode()
