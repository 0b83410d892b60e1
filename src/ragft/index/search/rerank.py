"""A cross-encoder that reads query and chunk together; used where `index.rerank` names one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ragft.corpus.base import Chunk
from ragft.corpus.chunks import encoded_text
from ragft.errors import NotFoundError
from ragft.extras import need
from ragft.index.search.hybrid import Ranking

DEPTH = 30
"""Chunks that are read: a small cross-encoder takes about 30 ms for each on one core."""


class Reranker:
    """Puts the best chunks of a ranking into the order of a model's scores."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def rerank(self, query: str, chunks: Sequence[Chunk], ranking: Ranking) -> tuple[list[Chunk], Ranking]:
        """The first `DEPTH` chunks in the model's order with its scores, then the others."""
        head, tail = chunks[:DEPTH], chunks[DEPTH:]
        if not head:
            return [], ranking
        scores = self._model.predict([(query, encoded_text(chunk)) for chunk in head], show_progress_bar=False)
        by_id = {chunk.id: float(score) for chunk, score in zip(head, scores, strict=True)}
        # Chunks that were not scored follow in their order.
        floor = min(by_id.values()) - 1.0
        by_id.update({chunk.id: floor - position for position, chunk in enumerate(tail)})
        ordered = sorted(head, key=lambda chunk: (-by_id[chunk.id], chunk.id))
        return [*ordered, *tail], replace(ranking, scores=by_id)


def open_reranker(name: str) -> Reranker:
    """The cross-encoder `name`: a folder, or a hub name that lies in the Hugging Face cache.

    Raises:
        NotFoundError: there is none on this machine.
    """
    need("encoders", "index.rerank")
    from sentence_transformers import CrossEncoder

    try:
        return Reranker(CrossEncoder(name, device="cpu", trust_remote_code=False, local_files_only=True))
    except (OSError, ValueError) as error:
        raise NotFoundError(f"no cross-encoder {name!r} on this machine", fix=f"hf download {name}") from error
