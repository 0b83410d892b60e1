"""What was said of validation documents outlives whatever kills the process."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ragft.dataset.store import read_lines
from ragft.tasks.classify.base import LabelledDocument
from ragft.tasks.classify.files import (
    DOCUMENTS,
    VALIDATION,
    ValidationStore,
    read_documents_of,
    write_documents,
)


def test_what_was_said_comes_back(tmp_path: Path) -> None:
    store = ValidationStore(tmp_path)
    store.add("c", "a", [-0.1, -math.inf])
    assert store.get("c", "a") == ValidationStore(tmp_path).get("c", "a") == (-0.1, -math.inf)
    assert store.get("c", "b") is None


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_half_a_last_line_is_asked_again_and_spoils_no_other(tmp_path: Path, cut: int) -> None:
    first = ValidationStore(tmp_path)
    for document in ("a", "b"):
        first.add("c", document, [-0.1, -2.0])
    data = (tmp_path / VALIDATION).read_bytes()
    (tmp_path / VALIDATION).write_bytes(data[:-cut])
    again = ValidationStore(tmp_path)
    assert again.get("c", "b") is None
    again.add("c", "b", [-0.2, -1.0])
    found = ValidationStore(tmp_path)
    assert (found.get("c", "a"), found.get("c", "b")) == ((-0.1, -2.0), (-0.2, -1.0))


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"classifier": "c", "document": "b"}', '{"classifier": 1}', "\xff"])
def test_a_damaged_line_is_asked_again(tmp_path: Path, line: str) -> None:
    ValidationStore(tmp_path).add("c", "a", [-0.1, -2.0])
    with (tmp_path / VALIDATION).open("ab") as handle:
        handle.write(line.encode("latin-1") + b"\n")
    found = ValidationStore(tmp_path)
    assert found.get("c", "a") == (-0.1, -2.0) and found.get("c", "b") is None


def test_half_a_character_of_a_document_is_replaced(tmp_path: Path) -> None:
    write_documents(tmp_path, [LabelledDocument("a\ud800", "x")])
    assert read_documents_of(tmp_path)[0].text == "a\ufffd"
    assert [value["text"] for _, value in read_lines(tmp_path / DOCUMENTS)] == ["a\ufffd"]
