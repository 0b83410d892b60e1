"""Small parts for the answer tests: hits, a searcher over them, the scripted engine with a few habits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.base import Evidence
from ragft.answer.prompts.prompt import assign_keys
from ragft.engine.base import ChatChunk, ChatRequest
from ragft.engine.scripted import Reply, ScriptedEngine
from ragft.index.base import Hit
from ragft.setting_sections import AnswerSettings

QLORA = (
    "QLoRA brings the same job down to a single GPU with 48 GB of memory [1]. A regular fine-tune of a 65B model "
    "takes more than 780 GB. The weights are frozen in four bits, and gradients flow into small adapters."
)
NF4 = (
    "NormalFloat stores each weight in four bits. Its sixteen values are placed at quantiles of a normal "
    "distribution. Double quantisation saves about 0.37 bits per parameter."
)
OPTIMISERS = (
    "Paged optimisers move optimiser state to the CPU when the GPU runs out of memory. They were proposed in 2023."
)


def hit(
    text: str, *, number: int = 0, title: str = "On QLoRA", dense: float | None = 0.7, pages: tuple[int, int] = (2, 2)
) -> Hit:
    """A hit with ids made of its number."""
    return Hit(
        rank=number + 1,
        score=1.0 - 0.1 * number,
        chunk_id=f"chunk-{number}",
        document_id=f"doc-{number}",
        title=title,
        pages=pages,
        section="1 Introduction",
        text=text,
        lexical=5.0,
        dense=dense,
    )


def evidence(*texts: str) -> tuple[Evidence, ...]:
    """Evidence "1", "2", … of these texts."""
    return assign_keys([hit(text, number=number) for number, text in enumerate(texts)])


class Shelf:
    """A searcher that always finds the same hits and remembers what it was asked."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = hits
        self.queries: list[str] = []

    def search(self, query: str, k: int) -> Sequence[Hit]:
        self.queries.append(query)
        return self.hits[:k]


class Player(ScriptedEngine):
    """The scripted engine, which also counts the answers that ended, and may refuse to count tokens."""

    def __init__(self, *replies: Reply, tokenizes: bool = True) -> None:
        super().__init__(list(replies), models=["tiny", "other:latest"])
        self.closed = 0
        self._tokenizes = tokenizes

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        allowed, self._tokenizes = self._tokenizes, True  # the engine itself always can
        try:
            yield from super().chat(request)
        finally:
            self._tokenizes = allowed
            self.closed += 1

    def tokenize(self, model: str, text: str) -> list[int]:
        if not self._tokenizes:
            raise NotImplementedError
        return super().tokenize(model, text)


def dying(text: str, error: Exception) -> Reply:
    """A reply that breaks off with `error` after `text`."""

    def chunks(_: ChatRequest) -> Iterator[ChatChunk]:
        yield ChatChunk(content=text)
        raise error

    return chunks


def cut_off(text: str) -> Reply:
    """A reply that ends because the token limit is reached."""
    return [ChatChunk(content=text), ChatChunk(done=True, done_reason="length")]


def asked_of(engine: Player, documents: AskedDocuments, weights: int = 0, **settings: Any) -> Assistant:
    """An assistant for the model "tiny", of so many weights, over `documents`."""
    return Assistant(AskedModel(engine, "tiny", weights), documents, AnswerSettings(**settings))
