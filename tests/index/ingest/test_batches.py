from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragft.corpus.base import Chunk
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.catalogue.records import DocumentRow
from ragft.index.encoders.base import Advance, EncoderIdentity
from ragft.index.ingest.batches import BATCH_CHUNKS, Batches
from ragft.index.ingest.writer import DocumentToStore, IndexWriter, VectorFiles
from ragft.index.vectors.codes import Codes
from ragft.index.vectors.matrix import Matrix

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors


class SlowEncoder:
    """Encodes one text at a time, and goes on only while `gate` is set; `stopped` is set where it first is not."""

    identity = EncoderIdentity("slow", "0", 2, "float32", 8)
    max_tokens = 8

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.stopped = threading.Event()
        self.seen: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        for done, text in enumerate(texts, start=1):
            if not self.gate.is_set():
                self.stopped.set()
            assert self.gate.wait(30)
            self.seen.append(text)
            if advance is not None:
                advance(done)
        return np.tile(np.array([1, 0], np.float32), (len(texts), 1))

    def encode_query(self, text: str) -> Vectors:
        return self.encode([text])


@pytest.fixture
def encoder() -> SlowEncoder:
    return SlowEncoder()


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue.open(tmp_path / "catalogue.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def writer(tmp_path: Path, catalogue: Catalogue, encoder: SlowEncoder) -> IndexWriter:
    matrix = Matrix(tmp_path / "matrix", 2)
    return IndexWriter(catalogue, None, VectorFiles(matrix, Codes(tmp_path / "codes", matrix)), lambda: encoder)


def entry(name: str, chunks: int = BATCH_CHUNKS) -> DocumentToStore:
    made = [Chunk(f"{name}-{n}", name, n, f"text {n}", name, "", (1, 1)) for n in range(chunks)]
    return DocumentToStore(DocumentRow(name, name, (), None, None, 1), made)


def documents(catalogue: Catalogue) -> list[str]:
    return [name for name in ("one", "two", "three") if catalogue.has_document(name)]


def test_a_batch_is_encoded_while_the_next_is_made_ready(
    writer: IndexWriter, catalogue: Catalogue, encoder: SlowEncoder
) -> None:
    encoder.gate.clear()
    with Batches(writer) as batches:
        batches.add(entry("one"))
        batches.add(entry("two", 3))  # comes back although nothing is encoded yet
        assert documents(catalogue) == []
        assert [held.row.id for held in batches.entries] == ["one", "two"]
        encoder.gate.set()
    assert documents(catalogue) == ["one", "two"]
    assert batches.stored == 2


def test_the_first_document_is_encoded_at_once_and_later_batches_grow(
    writer: IndexWriter, encoder: SlowEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    encode = encoder.encode
    monkeypatch.setattr(encoder, "encode", lambda texts, advance: (sizes.append(len(texts)), encode(texts))[1])
    with Batches(writer) as batches:
        for number in range(30):
            batches.add(entry(f"document {number}", 40))
    assert sizes == [40, 80, 160, 280, 280, 280, 80]


def test_progress_counts_all_batches_together(writer: IndexWriter) -> None:
    told: list[int] = []
    with Batches(writer, told.append) as batches:
        batches.add(entry("one"))
        batches.add(entry("two"))
        batches.add(entry("three", 5))
    assert told == list(range(1, 2 * BATCH_CHUNKS + 6))


def test_ctrl_c_ends_the_encoding_and_keeps_what_is_stored(
    writer: IndexWriter, catalogue: Catalogue, encoder: SlowEncoder
) -> None:
    def pause(encoded: int) -> None:
        if encoded == BATCH_CHUNKS:
            encoder.gate.clear()

    with pytest.raises(KeyboardInterrupt), Batches(writer, pause) as batches:
        batches.add(entry("one"))
        batches.add(entry("two"))  # the first is stored while this one waits at the gate
        assert encoder.stopped.wait(30)
        threading.Timer(0.2, encoder.gate.set).start()
        raise KeyboardInterrupt
    assert documents(catalogue) == ["one"]
    assert len(encoder.seen) == BATCH_CHUNKS + 1


def test_an_error_of_the_encoder_reaches_the_caller(writer: IndexWriter, catalogue: Catalogue) -> None:
    def broken(done: int) -> None:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"), Batches(writer, broken) as batches:
        batches.add(entry("one"))
    assert documents(catalogue) == []
