"""Finds near-duplicates among all stored documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ragft.corpus.duplicates import BINS, EMPTY, Fingerprint, StatedNumbers, similarities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GROWTH = 256


def pack(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as stored in the catalogue: `BINS` little-endian 32-bit numbers."""
    import numpy as np

    return np.asarray(fingerprint, "<u4").tobytes()


class SimilarDocuments:
    """Fingerprints of all documents, compared with one at once, and the numbers of similar ones."""

    def __init__(self, known: Iterable[tuple[str, bytes]]) -> None:
        import numpy as np

        self._ids: list[str] = []
        self._numbers: dict[str, StatedNumbers] = {}
        self._held: NDArray[np.uint32] = np.zeros((_GROWTH, BINS), np.uint32)
        for document_id, packed in known:
            if len(packed) == BINS * 4:
                self._append(document_id, np.frombuffer(packed, "<u4"))

    def alike(self, fingerprint: Fingerprint, at_least: float) -> list[str]:
        """Ids of the documents that are at least so similar, the most similar first.

        Similarity is the estimated Jaccard similarity of the texts, from 0 to 1; 0 where either is empty.
        """
        import numpy as np

        held = self._held[: len(self._ids)]
        if not len(held):
            return []
        shares = similarities(held, fingerprint)
        order = np.argsort(-shares, kind="stable")
        return [self._ids[place] for place in order if shares[place] >= at_least]

    def add(self, document_id: str, fingerprint: Fingerprint) -> None:
        """Add the fingerprint of a document, so that later ones are compared with it."""
        import numpy as np

        self._append(document_id, np.asarray(fingerprint, np.uint32))

    def numbers(self, document_id: str, read: Callable[[str], StatedNumbers]) -> StatedNumbers:
        """The numbers that a document states; `read` is called once, because it scans all of the text."""
        if document_id not in self._numbers:
            self._numbers[document_id] = read(document_id)
        return self._numbers[document_id]

    def discard(self, document_id: str) -> None:
        """Remove a document, because the document that replaces it is not its duplicate."""
        if document_id in self._ids:
            self._held[self._ids.index(document_id)] = EMPTY
        self._numbers.pop(document_id, None)

    def _append(self, document_id: str, row: NDArray[np.uint32]) -> None:
        import numpy as np

        if len(self._ids) == len(self._held):
            self._held = np.concatenate([self._held, np.zeros_like(self._held)])
        self._held[len(self._ids)] = row
        self._ids.append(document_id)
