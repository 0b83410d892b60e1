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
        """The version of the wrapped engine."""
        return self.engine.version()

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Streams the answer of the wrapped engine; see `Engine.chat`."""
        return self.engine.chat(request)

    def load(self, model: str) -> None:
        """Let the wrapped engine load `model`; see `Engine.load`."""
        self.engine.load(model)

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """The next tokens that the wrapped engine expects; see `Engine.next_tokens`."""
        return self.engine.next_tokens(model, prompt, top=top)

    def render(self, request: ChatRequest) -> str:
        """The prompt that the wrapped engine would feed the model; see `Engine.render`."""
        return self.engine.render(request)

    def tokenize(self, model: str, text: str) -> list[int]:
        """The token ids that the wrapped engine gives `text`; see `Engine.tokenize`."""
        return self.engine.tokenize(model, text)

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register a model with the wrapped engine; see `Engine.create`."""
        return self.engine.create(spec, progress)

    def copy(self, name: str, new: str) -> ModelInfo:
        """Give a model of the wrapped engine a second name; see `Engine.copy`."""
        return self.engine.copy(name, new)

    def show(self, name: str) -> ModelInfo:
        """What the wrapped engine knows of one model; see `Engine.show`."""
        return self.engine.show(name)

    def models(self) -> Sequence[ModelInfo]:
        """The models that the wrapped engine has, by name."""
        return self.engine.models()

    def delete(self, name: str) -> None:
        """Remove a model from the wrapped engine; see `Engine.delete`."""
        self.engine.delete(name)

    def close(self) -> None:
        """Close the wrapped engine; see `Engine.close`."""
        self.engine.close()
