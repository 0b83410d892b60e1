"""Batches encoded in the background while the next one is read and cut, stored in the order they came."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.corpus.chunks import encoded_text
from ragft.index.encoders.base import Advance
from ragft.index.writer import Entry, IndexWriter

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

BATCH_CHUNKS = 256
"""Chunks encoded and stored at a time: enough to sort by length, little to lose or to hold in memory."""


@dataclass(frozen=True)
class _Batch:
    entries: Sequence[Entry]
    vectors: Future[Vectors]


class Batches:
    """Documents on their way into the index; use as `with`.

    Entries wait until they make a batch. One batch is encoded at a time, on a thread of its own; it is stored by the
    caller's thread, which alone touches the catalogue, when the next one is full or the block ends. An exception in
    the block (Ctrl-C, a full disk) ends the encoding at its next text and stores nothing more.

    `advance` is told, on that other thread, how many chunks are encoded, of all batches together. `stored` counts
    documents.
    """

    def __init__(self, writer: IndexWriter, advance: Advance | None = None) -> None:
        self.stored = 0
        self._writer = writer
        self._advance = advance
        self._encoded = 0
        self._waiting: list[Entry] = []
        self._encoding: _Batch | None = None
        self._stopped = threading.Event()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encode")

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._encode()
                self._store()
        finally:
            self._stopped.set()
            self._thread.shutdown()

    @property
    def entries(self) -> list[Entry]:
        """All that is not stored yet."""
        return [*(self._encoding.entries if self._encoding else ()), *self._waiting]

    def add(self, entry: Entry) -> None:
        """Queue an entry."""
        self._waiting.append(entry)
        if sum(len(entry.chunks) for entry in self._waiting) >= BATCH_CHUNKS:
            self._encode()

    def _encode(self) -> None:
        self._store()
        if not self._waiting:
            return
        entries, self._waiting = self._waiting, []
        texts = [encoded_text(chunk) for entry in entries for chunk in entry.chunks]
        before, self._encoded = self._encoded, self._encoded + len(texts)

        def told(done: int) -> None:
            if self._stopped.is_set():
                raise _Stopped
            if self._advance is not None:
                self._advance(before + done)

        encoder = self._writer.encoder()
        self._encoding = _Batch(entries, self._thread.submit(encoder.encode, texts, advance=told))

    def _store(self) -> None:
        batch, self._encoding = self._encoding, None
        if batch is not None:
            self._writer.store(batch.entries, batch.vectors.result())
            self.stored += len(batch.entries)


class _Stopped(Exception):
    """The block that queued this batch has ended; nobody waits for its vectors."""
