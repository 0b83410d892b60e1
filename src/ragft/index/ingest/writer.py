"""The writer of the index: vectors and catalogue, in an order that survives SIGKILL.

First the mark `writing` in the catalogue, then vectors in Chroma where it is used, then the catalogue's transaction
with the vectors' file, then what has become stale is deleted, and at the very end the mark is taken away. Whoever finds
the mark makes them equal (`ragft.index.ingest.repair`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragft.corpus.base import Chunk
from ragft.index.catalogue.catalogue import MARK, Catalogue
from ragft.index.catalogue.records import DocumentRow, FileRecord
from ragft.index.encoders.base import Encoder
from ragft.index.vectors.codes import Codes
from ragft.index.vectors.matrix import Matrix

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors
    from ragft.index.vectors.chroma import VectorStore


@dataclass(frozen=True)
class DocumentToStore:
    """A document to be stored with the file it came from; `replaces` is the document that the file gave before."""

    row: DocumentRow
    chunks: Sequence[Chunk]
    file: FileRecord | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class VectorFiles:
    """The vectors and what is derived from them, written together."""

    matrix: Matrix
    codes: Codes

    def write(self, rows: Sequence[int], vectors: Vectors) -> None:
        """Put `vectors` at `rows`, which ascend."""
        self.matrix.write(rows, vectors)
        self.codes.write(rows, vectors)

    def clear(self, rows: Sequence[int]) -> None:
        """Remove the vectors at `rows`."""
        self.matrix.clear(rows)
        self.codes.clear(rows)

    def sync(self) -> None:
        """Write what is still in memory to the disk."""
        self.matrix.sync()
        self.codes.sync()


class IndexWriter:
    """Use as `with`: the mark is set on entry and taken away on a clean exit.

    `encoder` is called when something has to be encoded: removing documents loads no model. `store`, where Chroma is
    used, is called when there are vectors to keep: it takes a second to import, which passes unseen while others are
    encoded.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        store: Callable[[], VectorStore] | None,
        files: VectorFiles,
        encoder: Callable[[], Encoder],
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._files = files
        self.encoder = encoder

    def __enter__(self) -> IndexWriter:
        self._catalogue.write_meta(MARK, "1")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # After Ctrl-C or a full disk everything committed is complete; only the current batch can have left orphans,
        # so the mark stays and the next ingest looks.
        if kind is None:
            self._files.sync()
            self._catalogue.write_meta(MARK, None)

    def store(self, entries: Sequence[DocumentToStore], vectors: Vectors) -> None:
        """Store documents; `vectors` are those of all their chunks in order, float32 [chunks, dimension].

        Raises:
            DiskFull, WorkspaceError: nothing of this batch is in the catalogue.
        """
        chunks = [chunk for entry in entries for chunk in entry.chunks]
        stale: set[str] = set()
        freed: list[int] = []
        if self._store is not None:
            self._store().put([c.id for c in chunks], vectors, [c.document_id for c in chunks])
        with self._catalogue.transaction():
            rows: list[int] = []
            for entry in entries:
                failed = [f for f in self._catalogue.files_of(entry.row.id) if f.error and not _is_of(f, entry.file)]
                for old in {entry.row.id, entry.replaces} - {None}:
                    if old == entry.row.id or not self._is_shared(str(old), entry.file):
                        gone = self._catalogue.delete_document(str(old))
                        stale.update(gone)
                        freed.extend(gone.values())
                rows.extend(self._catalogue.add_document(entry.row, entry.chunks))
                if entry.file is not None:
                    self._catalogue.put_file(entry.file)
                for file in failed:  # their document is now that of this file
                    self._catalogue.put_file(replace(file, document_id=None))
            self._files.write(rows, vectors)
        self._forget(stale - {chunk.id for chunk in chunks}, freed)

    def delete(self, document_id: str, *, unless_shared_by: FileRecord | None = None) -> bool:
        """Remove a document and forget its files; not if a file other than the one given is of it too."""
        if unless_shared_by is not None and self._is_shared(document_id, unless_shared_by):
            return False
        with self._catalogue.transaction():
            gone = self._catalogue.delete_document(document_id)
        self._forget(set(gone), list(gone.values()))
        return True

    def _is_shared(self, document_id: str, file: FileRecord | None) -> bool:
        return any(not _is_of(other, file) for other in self._catalogue.files_of(document_id))

    def _forget(self, ids: set[str], rows: list[int]) -> None:
        if ids and self._store is not None:
            self._store().delete(sorted(ids))
        if rows:
            self._files.clear(sorted(rows))


def _is_of(record: FileRecord, file: FileRecord | None) -> bool:
    return file is not None and record.path == file.path
