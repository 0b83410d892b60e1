"""An engine that notes what each question costs, so that loading a model is never counted as answering.

An arm that is asked the same words again, by another suite, is given its reply again and charged for its time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from ragft.benchmark.clock import Clock
from ragft.console import Progress
from ragft.engine.base import (
    MOST_CANDIDATES,
    ChatChunk,
    ChatRequest,
    Engine,
    Metrics,
    ModelInfo,
    ModelSpec,
    TokenLogprob,
)
from ragft.workspace import digest_json


@dataclass(frozen=True)
class RequestCost:
    """What the requests since the last reset cost: seconds and tokens. `first_token` is the first request's."""

    engine: float = 0.0
    load: float = 0.0
    first_token: float = 0.0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    done_reason: str = ""
    requests: int = 0


@dataclass(frozen=True)
class _Reply:
    """A whole reply: each chunk with the seconds that it was waited for, and the seconds that all of it took."""

    chunks: tuple[tuple[float, ChatChunk], ...]
    seconds: float


class Meter:
    """`Engine` around another engine; adds nothing to a request and takes nothing from a reply.

    The `clock` is not charged for the time that the engine says it spent loading.
    """

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.engine = engine
        self._clock = clock or Clock()
        self.name = engine.name
        self.slots = engine.slots
        self.loads_aside = engine.loads_aside
        self.num_ctx = engine.num_ctx
        self.template_language: Literal["jinja", "go"] = engine.template_language
        self.reading = RequestCost()
        self._role = ""
        self._replies: dict[tuple[str, str], _Reply] = {}

    def reset(self, role: str = "") -> None:
        """Start counting afresh, for the arm that has this role; without one no reply is given again."""
        self.reading = RequestCost()
        self._role = role

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Pass the reply on, and time it; a whole reply that the arm gave before is given again."""
        self.reading = replace(self.reading, requests=self.reading.requests + 1)
        key = (self._role, digest_json(asdict(request)))
        known = self._replies.get(key) if self._role else None
        return self._ask(request, key) if known is None else self._again(known)

    def _ask(self, request: ChatRequest, key: tuple[str, str]) -> Iterator[ChatChunk]:
        start = asked = time.perf_counter()
        first, chunks, done = 0.0, [], False
        try:
            for chunk in self.engine.chat(request):
                chunks.append((time.perf_counter() - asked, chunk))
                if not first and (chunk.content or chunk.thinking):
                    first = time.perf_counter() - start
                if chunk.done:
                    self._note(chunk.metrics or Metrics(), chunk.done_reason or "", first)
                    done = True
                yield chunk
                asked = time.perf_counter()
        finally:
            seconds = time.perf_counter() - start
            self.reading = replace(self.reading, engine=self.reading.engine + seconds)
            if done:
                self._replies[key] = _Reply(tuple(chunks), seconds)

    def _again(self, reply: _Reply) -> Iterator[ChatChunk]:
        self.reading = replace(self.reading, engine=self.reading.engine + reply.seconds)
        waited = first = 0.0
        for seconds, chunk in reply.chunks:
            self._clock.charge(seconds)
            waited += seconds
            if not first and (chunk.content or chunk.thinking):
                first = waited
            if chunk.done:
                self._note(chunk.metrics or Metrics(), chunk.done_reason or "", first)
            yield chunk

    def _note(self, metrics: Metrics, done_reason: str, first: float) -> None:
        reading = self.reading
        self._clock.charge(-metrics.load_seconds)
        self.reading = replace(
            reading,
            load=reading.load + metrics.load_seconds,
            first_token=max(0.0, first - metrics.load_seconds) if reading.requests == 1 else reading.first_token,
            prompt_tokens=reading.prompt_tokens + metrics.prompt_tokens,
            generated_tokens=reading.generated_tokens + metrics.generated_tokens,
            done_reason=done_reason,
        )

    def version(self) -> str:
        """The engine's own."""
        return self.engine.version()

    def load(self, model: str) -> None:
        """The engine's own."""
        self.engine.load(model)

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """The engine's own."""
        return self.engine.next_tokens(model, prompt, top=top)

    def render(self, request: ChatRequest) -> str:
        """The engine's own."""
        return self.engine.render(request)

    def tokenize(self, model: str, text: str) -> list[int]:
        """The engine's own."""
        return self.engine.tokenize(model, text)

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """The engine's own."""
        return self.engine.create(spec, progress)

    def copy(self, name: str, new: str) -> ModelInfo:
        """The engine's own."""
        return self.engine.copy(name, new)

    def show(self, name: str) -> ModelInfo:
        """The engine's own."""
        return self.engine.show(name)

    def models(self) -> Sequence[ModelInfo]:
        """The engine's own."""
        return self.engine.models()

    def delete(self, name: str) -> None:
        """The engine's own."""
        self.engine.delete(name)

    def close(self) -> None:
        """The engine's own."""
        self.engine.close()
