"""Whether catalogue, Chroma and matrix agree, and what to do where they do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ragft.console import Progress
from ragft.corpus.chunks import encoded_text
from ragft.index.catalogue.catalogue import Catalogue
from ragft.index.encoders.base import Encoder
from ragft.index.matrix import Matrix
from ragft.index.vectors import VectorStore

_BATCH = 512


@dataclass(frozen=True)
class CheckReport:
    """What `ragft index check` finds.

    `missing` chunks have no vector, `orphaned` vectors no chunk; `unmapped` chunks lack their copy in the matrix;
    `interrupted`: a writer was killed and nobody has looked since. `problems` are sentences; none: all agree.
    """

    documents: int
    chunks: int
    vectors: int
    missing: int
    orphaned: int
    unmapped: int
    interrupted: bool
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether all agree."""
        return not self.problems


def compare_stores(
    catalogue: Catalogue, store: VectorStore | None, matrix: Matrix | None, *, interrupted: bool
) -> CheckReport:
    """Compare the three; `store` is None where there is no Chroma folder."""
    documents, chunks = catalogue.count()
    rows = catalogue.rows()
    held = store.ids() if store else set()
    missing, orphaned = len(rows.keys() - held), len(held - rows.keys())
    unmapped = len(matrix.missing(sorted(rows.values()))) if matrix else len(rows)
    problems = catalogue.verify()
    if store is None and chunks:
        problems.append("the vectors are gone")
    elif missing:
        problems.append(f"{missing} of {chunks} chunks have no vector")
    if orphaned:
        problems.append(f"{orphaned} vectors belong to no chunk")
    if unmapped and not missing:
        problems.append(f"{unmapped} of {chunks} chunks are not in the search copy of the vectors")
    if interrupted:
        problems.append("an ingest was interrupted")
    return CheckReport(documents, chunks, len(held), missing, orphaned, unmapped, interrupted, tuple(problems))


def repair(
    catalogue: Catalogue, store: VectorStore, matrix: Matrix, encoder: Callable[[], Encoder], progress: Progress
) -> int:
    """Make Chroma and the matrix hold exactly the catalogue's chunks; returns how many vectors had to be encoded.

    A vector that either of the two still has is copied to the other.
    """
    rows = catalogue.rows()
    held = store.ids()
    orphans = sorted(held - rows.keys())
    if orphans:
        store.delete(orphans)
    kept = set(matrix.held().tolist())
    matrix.clear(sorted(kept.difference(rows.values())))
    unmapped = set(rows.values()) - kept
    wrong = [(row, i) for i, row in rows.items() if i not in held or row in unmapped]
    encoded = 0
    for start in range(0, len(wrong), _BATCH):
        encoded += _mend_batch(sorted(wrong[start : start + _BATCH]), held, unmapped, catalogue, store, matrix, encoder)
        progress("repairing", min(start + _BATCH, len(wrong)), len(wrong))
    matrix.sync()
    return encoded


def _mend_batch(
    wrong: list[tuple[int, str]],
    held: set[str],
    unmapped: set[int],
    catalogue: Catalogue,
    store: VectorStore,
    matrix: Matrix,
    encoder: Callable[[], Encoder],
) -> int:
    import numpy as np

    chunks = catalogue.chunks_of_rows(row for row, _ in wrong)
    vectors = dict(store.get([i for _, i in wrong if i in held]))
    mapped = [(row, i) for row, i in wrong if i not in vectors and row not in unmapped]
    vectors.update(zip((i for _, i in mapped), matrix.get([row for row, _ in mapped]), strict=True))
    lost = [(row, i) for row, i in wrong if i not in vectors]
    if lost:
        made = encoder().encode([encoded_text(chunks[row]) for row, _ in lost])
        vectors.update(zip((i for _, i in lost), made, strict=True))
    stacked = np.stack([vectors[i] for _, i in wrong])
    store.put([i for _, i in wrong], stacked, [chunks[row].document_id for row, _ in wrong])
    matrix.write([row for row, _ in wrong], stacked)
    return len(lost)
