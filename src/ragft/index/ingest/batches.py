"""Batches of chunks: encoded in the background while the next batch is read and cut, stored in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.corpus.chunks import encoded_text
from ragft.index.encoders.base import Advance
from ragft.index.ingest.encoding import Encoding, EncodingHere
from ragft.index.ingest.writer import DocumentToStore, IndexWriter

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

BATCH_CHUNKS = 256
"""Chunks of a batch: enough to sort by length, little to lose or to keep in memory."""
_FIRST = 32
"""Chunks of the first batch, so that encoding begins with the first document; each next one is twice as large."""


@dataclass(frozen=True)
class _Batch:
    """`end`: chunks of this batch and of all before it."""

    entries: Sequence[DocumentToStore]
    vectors: Future[Vectors]
    end: int


class Batches:
    """Documents on their way into the index; use as `with`.

    Entries are queued until they fill a batch. `encoding` (None: on a background thread) makes the vectors of one or
    some batches at a time. The caller's thread stores a batch while the next ones are encoded; no other thread uses the
    catalogue. An exception in the block (Ctrl-C, a full disk) stops the encoding and stores nothing more.

    `advance` is called on that other thread with how many chunks are encoded, of all batches together. `stored` counts
    documents.
    """

    def __init__(self, writer: IndexWriter, advance: Advance | None = None, encoding: Encoding | None = None) -> None:
        self.stored = 0
        self._writer = writer
        self._advance = advance
        self._encoding = encoding or EncodingHere(writer.encoder)
        self._encoded = self._reported = 0
        self._waiting: list[DocumentToStore] = []
        self._enough = _FIRST
        self._submitted: deque[_Batch] = deque()
        self._stopped = threading.Event()

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                while self.entries:
                    self._encode()
        finally:
            self._stopped.set()
            self._encoding.close()

    @property
    def entries(self) -> list[DocumentToStore]:
        """Store everything that is still queued."""
        return [*(entry for batch in self._submitted for entry in batch.entries), *self._waiting]

    def add(self, entry: DocumentToStore) -> None:
        """Queue a document, and start to encode the queue once it fills a batch."""
        self._waiting.append(entry)
        count = sum(len(entry.chunks) for entry in self._waiting)
        if count >= min(self._enough, BATCH_CHUNKS):
            self._enough = 2 * count
            self._encode()

    def _encode(self) -> None:
        """Pass the queue to the encoder; store the oldest batch while it works, if as many are encoded as can be."""
        done: _Batch | None = None
        if not self._waiting or len(self._submitted) >= self._encoding.ahead:
            done = self._submitted.popleft()
        vectors = done.vectors.result() if done else None
        if self._waiting:
            self._submitted.append(self._submit(self._waiting))
            self._waiting = []
        if done is not None and vectors is not None:
            self._report(done.end)
            self._writer.store(done.entries, vectors)
            self.stored += len(done.entries)

    def _submit(self, entries: Sequence[DocumentToStore]) -> _Batch:
        texts = [encoded_text(chunk) for entry in entries for chunk in entry.chunks]
        before, self._encoded = self._encoded, self._encoded + len(texts)
        vectors = self._encoding.submit(texts, lambda done: self._report(before + done))
        return _Batch(entries, vectors, self._encoded)

    def _report(self, encoded: int) -> None:
        if self._stopped.is_set():
            raise _Stopped
        if self._advance is not None and encoded > self._reported:
            self._reported = encoded
            self._advance(encoded)


class _Stopped(Exception):
    """The block that queued this batch has ended; its vectors are not needed."""
