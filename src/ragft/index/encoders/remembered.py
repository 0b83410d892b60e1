"""An encoder with a cache: search and the prompt compare the same sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

MOST = 4096
"""Most vectors in the cache (6 MB); when it is full, it is emptied."""


class Remembered:
    """Calls `encode` for new texts only."""

    def __init__(self, encode: Callable[[Sequence[str]], Vectors]) -> None:
        self._encode = encode
        self._known: dict[str, Vectors] = {}

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [len(texts), dimension]."""
        import numpy as np

        if not 0 < len(texts) <= MOST:
            return self._encode(texts)
        found = {text: self._known.get(text) for text in texts}
        new = [text for text, vector in found.items() if vector is None]
        if new:
            encoded = dict(zip(new, self._encode(new), strict=True))
            found |= encoded
            if len(self._known) + len(new) > MOST:
                self._known = {}  # replaced, not emptied: another thread may be reading the old one
            self._known.update(encoded)
        return np.stack([vector for vector in map(found.get, texts) if vector is not None])
