"""Compares catalogue and vectors, and repairs differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.console import Progress
from ragft.corpus.chunks import encoded_text
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.encoders.base import Encoder
from ragft.index.vectors.matrix import Matrix

if TYPE_CHECKING:
    from ragft.index.vectors.chroma import VectorStore

_BATCH = 512


@dataclass(frozen=True)
class CheckReport:
    """The result of `ragft index check`.

    `vectors` are those in the matrix: `missing` chunks have none there, `orphaned` ones have no chunk. `not_in_chroma`
    of those with a chunk lack their copy in Chroma, where it is used. `interrupted`: a writer was killed and nobody has
    looked since. `problems` are sentences; none: all agree.
    """

    documents: int
    chunks: int
    vectors: int
    missing: int
    orphaned: int
    interrupted: bool
    problems: tuple[str, ...]
    not_in_chroma: int = 0

    @property
    def ok(self) -> bool:
        """Whether catalogue, vectors and encoder agree, so that there are no `problems`."""
        return not self.problems


def compare_stores(
    catalogue: Catalogue, store: VectorStore | None, matrix: Matrix | None, *, uses_chroma: bool, interrupted: bool
) -> CheckReport:
    """Compare them; `store` is None where there is no Chroma, `matrix` where nothing was ever encoded."""
    documents, chunks = catalogue.count()
    rows = catalogue.rows()
    mapped = set(matrix.held().tolist()) if matrix else set()
    orphaned = len(mapped.difference(rows.values()))
    paired = {chunk for chunk, row in rows.items() if row in mapped}
    missing = len(rows) - len(paired)
    in_chroma = store.ids() if store else set()
    not_in_chroma = len(paired - in_chroma) if uses_chroma else 0
    problems = catalogue.verify()
    if chunks and not mapped and not in_chroma:
        problems.append("the vectors are gone")
    elif missing:
        problems.append(f"{missing} of {chunks} chunks have no vector")
    if orphaned:
        problems.append(f"{orphaned} vectors belong to no chunk")
    if not_in_chroma:
        problems.append(f"{not_in_chroma} of {len(paired)} vectors are not in Chroma")
    if strays := len(in_chroma - rows.keys()):
        problems.append(f"{strays} vectors in Chroma belong to no chunk")
    if interrupted:
        problems.append("an ingest was interrupted")
    return CheckReport(documents, chunks, len(mapped), missing, orphaned, interrupted, tuple(problems), not_in_chroma)


def repair(
    catalogue: Catalogue, store: VectorStore | None, matrix: Matrix, encoder: Callable[[], Encoder], progress: Progress
) -> int:
    """Make the matrix, and Chroma if given, hold exactly the catalogue's chunks; returns how many were encoded.

    A vector that either of the two still has is copied to the other.
    """
    rows = catalogue.rows()
    held = store.ids() if store else set()
    orphans = sorted(held - rows.keys())
    if store and orphans:
        store.delete(orphans)
    kept = set(matrix.held().tolist())
    matrix.clear(sorted(kept.difference(rows.values())))
    unmapped = set(rows.values()) - kept
    wrong = [(row, i) for i, row in rows.items() if (store and i not in held) or row in unmapped]
    encoded = 0
    for start in range(0, len(wrong), _BATCH):
        batch = sorted(wrong[start : start + _BATCH])
        encoded += _repair_batch(batch, held, unmapped, catalogue, store, matrix, encoder)
        progress("repairing", min(start + _BATCH, len(wrong)), len(wrong))
    matrix.sync()
    return encoded


def _repair_batch(
    wrong: list[tuple[int, str]],
    held: set[str],
    unmapped: set[int],
    catalogue: Catalogue,
    store: VectorStore | None,
    matrix: Matrix,
    encoder: Callable[[], Encoder],
) -> int:
    import numpy as np

    chunks = catalogue.chunks_of_rows(row for row, _ in wrong)
    vectors = dict(store.get([i for _, i in wrong if i in held])) if store else {}
    mapped = [(row, i) for row, i in wrong if i not in vectors and row not in unmapped]
    vectors.update(zip((i for _, i in mapped), matrix.get([row for row, _ in mapped]), strict=True))
    lost = [(row, i) for row, i in wrong if i not in vectors]
    if lost:
        made = encoder().encode([encoded_text(chunks[row]) for row, _ in lost])
        vectors.update(zip((i for _, i in lost), made, strict=True))
    stacked = np.stack([vectors[i] for _, i in wrong])
    if store:
        store.put([i for _, i in wrong], stacked, [chunks[row].document_id for row, _ in wrong])
    matrix.write([row for row, _ in wrong], stacked)
    return len(lost)
