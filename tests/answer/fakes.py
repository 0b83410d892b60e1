"""Small real-shaped parts for the answer tests: hits, a searcher over them, an engine that plays back replies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ragft.answer.base import Evidence
from ragft.answer.prompt import assign_keys
from ragft.engine.base import ChatChunk, ChatRequest, Metrics, ModelInfo, ModelSpec, Progress
from ragft.errors import ModelNotFound
from ragft.index.base import Hit

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


class Player:
    """An engine that plays back replies; a reply may be an exception, raised after `spoken` pieces."""

    name = "scripted"
    slots = 1

    def __init__(
        self, *replies: str | Exception, done_reason: str = "stop", piece: int = 5, tokenizes: bool = True
    ) -> None:
        self.replies = list(replies)
        self.requests: list[ChatRequest] = []
        self.closed = 0
        self._done_reason = done_reason
        self._piece = piece
        self._tokenizes = tokenizes

    def version(self) -> str:
        return "0"

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        self.requests.append(request)
        reply = self.replies.pop(0)
        try:
            if isinstance(reply, Exception):
                yield ChatChunk(content="QLoRA needs")
                raise reply
            for start in range(0, len(reply), self._piece):
                yield ChatChunk(content=reply[start : start + self._piece])
            tokens = len(self.render(request).split())
            metrics = Metrics(prompt_tokens=tokens, generated_tokens=len(reply.split()))
            yield ChatChunk(done=True, done_reason=self._done_reason, metrics=metrics)
        finally:
            self.closed += 1

    def render(self, request: ChatRequest) -> str:
        return "\n".join(f"{m.role}: {m.content}" for m in request.messages)

    def tokenize(self, model: str, text: str) -> list[int]:
        if not self._tokenizes:
            raise NotImplementedError
        return list(range(len(text.split())))

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        raise NotImplementedError

    def show(self, name: str) -> ModelInfo:
        raise ModelNotFound(name)

    def models(self) -> Sequence[ModelInfo]:
        return [ModelInfo("tiny", "sha256:0", 1, "scripted"), ModelInfo("other", "sha256:1", 1, "scripted")]

    def delete(self, name: str) -> None:
        raise ModelNotFound(name)

    def close(self) -> None:
        pass
