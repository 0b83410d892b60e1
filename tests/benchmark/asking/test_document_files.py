"""Questions name documents by their files."""

from __future__ import annotations

import pytest

from ragft.benchmark.asking.document_files import DocumentFiles
from ragft.index.base import DocumentRecord


def record(identifier: str, path: str) -> DocumentRecord:
    return DocumentRecord(identifier, path, "A title", (), None, 1, 1, "indexed")


FILES = DocumentFiles(
    [record("a", "/papers/QLoRA.pdf"), record("b", "/other/qlora.pdf"), record("c", "/papers/Café.md")]
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("qlora.pdf", "a"),
        ("QLORA", "a"),
        ("qlora.docx", "a"),
        ("a", "a"),
        ("b", "b"),
        ("Cafe\u0301.md", "c"),
        ("rag.pdf", None),
    ],
)
def test_a_document_is_found_by_its_file(name: str, found: str | None) -> None:
    assert FILES.id_of(name) == found


def test_every_document_has_its_file() -> None:
    assert FILES.names == {"a": "QLoRA.pdf", "b": "qlora.pdf", "c": "Café.md"}
