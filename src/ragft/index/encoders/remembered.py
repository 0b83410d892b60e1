"""An encoder that keeps the vectors it gave: the sentences that search compares, the prompt is made of next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

MOST = 4096
"""Vectors that are kept, 6 MB of them; all are forgotten before there are more."""


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
        if len(self._known) + len(texts) > MOST:
            self._known.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])
