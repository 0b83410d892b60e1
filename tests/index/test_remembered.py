from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ragft.index.encoders.remembered import MOST, Remembered

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors


class Counting:
    """Encodes a text by its length, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.asked.append(list(texts))
        return np.asarray([[len(text)] for text in texts], np.float32).reshape(len(texts), 1)


def test_a_text_is_encoded_once() -> None:
    inner = Counting()
    encode = Remembered(inner)
    assert encode(["a", "bb", "a"]).tolist() == [[1], [2], [1]]
    assert encode(["bb", "ccc"]).tolist() == [[2], [3]]
    assert inner.asked == [["a", "bb"], ["ccc"]]


def test_many_texts_are_not_kept() -> None:
    inner = Counting()
    encode = Remembered(inner)
    many = [str(n) for n in range(MOST + 1)]
    assert len(encode(many)) == len(encode(many)) == MOST + 1
    assert len(inner.asked) == 2


def test_room_is_made_for_new_ones() -> None:
    inner = Counting()
    encode = Remembered(inner)
    for n in range(MOST + 1):
        encode([str(n)])
    encode([str(MOST)])
    encode(["0"])
    assert len(inner.asked) == MOST + 2


def test_no_text_gives_no_row() -> None:
    assert Remembered(Counting())([]).shape == (0, 1)
