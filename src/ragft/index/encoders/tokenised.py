"""What the torch and ONNX Runtime encoders share: tokens, windows for long texts, batches of like length."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ragft.index.encoders.base import Advance, EncoderIdentity
from ragft.index.encoders.models import SentenceModel

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

_BATCH_TOKENS = 4096
"""Padded tokens in one run: larger batches are no faster on a CPU and only cost memory."""


class TokenisedEncoder(ABC):
    """An encoder that feeds token ids to a model; a subclass runs one padded batch."""

    def __init__(self, model: SentenceModel, *, digest: str, dimension: int, precision: str) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(model.folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._pad = model.pad_id
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
    def _run(self, ids: Any, mask: Any) -> Any:
        """Unit vectors, float32 [batch, dimension], of int64 [batch, length] token ids and their mask."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""
        return [len(e.ids) for e in self._tokenizer.encode_batch_fast(list(texts))]

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

        vectors = np.zeros((len(texts), self.identity.dimension), np.float32)
        windows, owners = self._windows([e.ids for e in self._tokenizer.encode_batch_fast(list(texts))])
        done = 0
        for batch in _batches([len(window) for window in windows]):
            ids, mask = self._padded([windows[i] for i in batch])
            np.add.at(vectors, [owners[i] for i in batch], self._run(ids, mask))
            done += len(batch)
            if advance:
                advance(min(len(texts), done))
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def _windows(self, tokens: list[list[int]]) -> tuple[list[list[int]], list[int]]:
        """Token ids cut into pieces that the model reads whole, and the text each belongs to."""
        limit = self.identity.max_tokens
        windows: list[list[int]] = []
        owners: list[int] = []
        for owner, ids in enumerate(tokens):
            if len(ids) <= limit:
                pieces = [ids]
            else:  # special tokens stand at both ends in every model this project knows
                body, step = ids[1:-1], limit - 2
                pieces = [[ids[0], *body[start : start + step], ids[-1]] for start in range(0, len(body), step)]
            windows.extend(pieces)
            owners.extend([owner] * len(pieces))
        return windows, owners

    def _padded(self, windows: list[list[int]]) -> tuple[Any, Any]:
        import numpy as np

        length = max(len(window) for window in windows)
        ids = np.full((len(windows), length), self._pad, np.int64)
        mask = np.zeros((len(windows), length), np.int64)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
            mask[row, : len(window)] = 1
        return ids, mask


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices in batches of like length, longest first, each at most `_BATCH_TOKENS` once padded."""
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    start = 0
    while start < len(order):
        size = max(1, _BATCH_TOKENS // max(1, lengths[order[start]]))
        yield order[start : start + size]
        start += size
