"""The common part of the torch and ONNX Runtime encoders: tokens, and windows for long texts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ragft.index.encoders.base import Advance, EncoderIdentity
from ragft.index.encoders.local_models import SentenceModel
from ragft.index.encoders.tokens import Tokens

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

Window = list[int]
"""Token ids that the model reads at once, special tokens included."""


class TokenisedEncoder(ABC):
    """An encoder that feeds token ids to a model; a subclass runs the model."""

    def __init__(self, model: SentenceModel, *, digest: str, dimension: int, precision: str) -> None:
        self._tokens = Tokens(model.folder / "tokenizer.json")
        self.identity = EncoderIdentity(
            name=model.name,
            digest=digest,
            dimension=dimension,
            precision=precision,
            max_tokens=model.max_length,
            passage_prefix=model.passage_prefix,
            query_prefix=model.query_prefix,
        )
        empty, prefix = self.count_tokens(["", model.passage_prefix])
        self.max_tokens = model.max_length - (prefix - empty)

    @abstractmethod
    def _run(self, windows: Sequence[Window]) -> Iterable[tuple[Sequence[int], Any]]:
        """Unit vectors of all windows, a part at a time: which ones, and float32 [part, dimension]."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        return self._tokens.count(texts)

    def encode(self, texts: Sequence[str], *, advance: Advance | None = None) -> Vectors:
        """Vectors of passages, float32 [len(texts), dimension], rows of length 1."""
        prefix = self.identity.passage_prefix
        return self._encode([prefix + text for text in texts], advance)

    def encode_query(self, text: str) -> Vectors:
        """The vector of a query, float32 [dimension], length 1."""
        vector: Vectors = self._encode([self.identity.query_prefix + text], None)[0]
        return vector

    def _encode(self, texts: Sequence[str], advance: Advance | None) -> Vectors:
        import numpy as np

        windows, owners = self._windows(self._tokens.ids(texts))
        pieces = np.empty((len(windows), self.identity.dimension), np.float32)
        done = 0
        for part, values in self._run(windows):
            pieces[part] = values
            done += len(part)
            if advance:
                advance(min(len(texts), done))
        vectors = np.zeros((len(texts), self.identity.dimension), np.float32)
        np.add.at(vectors, owners, pieces)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def _windows(self, tokens: list[list[int]]) -> tuple[list[Window], list[int]]:
        """Token ids cut into pieces that the model reads whole, and the text each belongs to."""
        limit = self.identity.max_tokens
        windows: list[Window] = []
        owners: list[int] = []
        for owner, ids in enumerate(tokens):
            if len(ids) <= limit:
                pieces = [ids]
            else:  # special tokens are at both ends in every model this project knows
                body, step = ids[1:-1], limit - 2
                pieces = [[ids[0], *body[start : start + step], ids[-1]] for start in range(0, len(body), step)]
            windows.extend(pieces)
            owners.extend([owner] * len(pieces))
        return windows, owners


def longest_first(windows: Sequence[Window]) -> list[int]:
    """Indices of `windows`, longest first, so that similar lengths are together and no long one comes last."""
    return sorted(range(len(windows)), key=lambda i: -len(windows[i]))
