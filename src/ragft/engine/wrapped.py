"""An engine around another one: passes everything on, for those that change one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ragft.console import Progress
from ragft.engine.base import MOST_CANDIDATES, ChatChunk, ChatRequest, Engine, ModelInfo, ModelSpec, TokenLogprob


class WrappedEngine:
    """`Engine` that is `engine` in all."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name = engine.name
        self.slots = engine.slots
        self.loads_aside = engine.loads_aside
        self.num_ctx = engine.num_ctx
        self.template_language: Literal["jinja", "go"] = engine.template_language

    def version(self) -> str:
        """The engine's own."""
        return self.engine.version()

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """The engine's own."""
        return self.engine.chat(request)

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
