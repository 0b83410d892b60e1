"""The token ids of texts, equal to those of the model's tokeniser, mostly from a cache of words.

A text is tokenised several times on its way into the index: sentence by sentence, as a chunk, and for the model. BERT's
tokeniser treats each word alone, so the ids of a text are those of its words, and the words of a paper recur. Other
tokenisers get whole texts; their ids are kept until the text is encoded, shortly after it was counted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

_KEPT_WORDS = 32_768
_KEPT_TEXTS = 8192
"""Most texts are sentences, so both are about 10 MB."""


class Tokens:
    """Token ids by the `tokenizer.json` at a path, special tokens included."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._ends: list[int] = self._tokenizer.encode("").ids
        self._by_word = _splits_at_blanks(self._tokenizer) and len(self._ends) == 2
        self._kept = _KEPT_WORDS if self._by_word else _KEPT_TEXTS
        self._known: dict[str, list[int]] = {}

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text."""
        found = self._parts(texts)
        if not self._by_word:
            return [ids for [ids] in found]
        first, last = self._ends
        return [[first, *chain.from_iterable(parts), last] for parts in found]

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many ids each text has."""
        ends = len(self._ends) if self._by_word else 0
        return [ends + sum(map(len, parts)) for parts in self._parts(texts)]

    def _parts(self, texts: Sequence[str]) -> list[list[list[int]]]:
        """The ids of each text's words, or of the text as a whole."""
        split = [text.replace("\n", " ").split(" ") for text in texts] if self._by_word else [[text] for text in texts]
        known = self._look_up(set(chain.from_iterable(split)))
        return [[known[piece] for piece in pieces] for pieces in split]

    def _look_up(self, pieces: set[str]) -> dict[str, list[int]]:
        """The ids of at least these pieces; two threads may ask at once."""
        if len(self._known) > self._kept:
            self._known = {}
        known = self._known
        if missing := list(pieces - known.keys()):
            found = self._tokenizer.encode_batch_fast(missing, add_special_tokens=not self._by_word)
            known.update(zip(missing, (encoding.ids for encoding in found), strict=True))
        return known


def _splits_at_blanks(tokenizer: Any) -> bool:
    """Whether the ids of a text are those of what is between its blanks and line ends."""
    parts = json.loads(tokenizer.to_str())
    kinds = [(parts[name] or {}).get("type") for name in ("normalizer", "pre_tokenizer", "model")]
    return kinds == ["BertNormalizer", "BertPreTokenizer", "WordPiece"]
