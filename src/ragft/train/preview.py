"""Shows one row as the trainer sees it: decoded, with its loss mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.dataset.base import Row
from ragft.train.base_model import load_tokenizer
from ragft.train.examples import IGNORED, encode


@dataclass(frozen=True)
class TokenSpan:
    """A run of tokens that all count in the loss, or none of them."""

    text: str
    trained: bool
    tokens: int


def preview(row: Row, base: Path, *, max_length: int) -> tuple[TokenSpan, ...]:
    """The row's spans in order; their texts together are the rendered row.

    Raises:
        TrainingError: the row cannot be trained on (see `ragft.train.examples.encode`).
    """
    from ragft.train.quiet import quiet

    with quiet():
        tokenizer = load_tokenizer(base)
        (example,) = encode([row], tokenizer, max_length=max_length)
    return _spans(example.input_ids, example.labels, tokenizer)


def _spans(ids: Sequence[int], labels: Sequence[int], tokenizer: Any) -> tuple[TokenSpan, ...]:
    spans = []
    start = 0
    for place in range(1, len(ids) + 1):
        if place < len(ids) and (labels[place] == IGNORED) == (labels[start] == IGNORED):
            continue
        piece = list(ids[start:place])
        spans.append(TokenSpan(tokenizer.decode(piece), labels[start] != IGNORED, len(piece)))
        start = place
    return tuple(spans)
