"""Models are made and proven under passing names, and take their own only when all of them have passed."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any

from ragft.console import warn
from ragft.engine.base import CopyingEngine, Engine, ModelInfo, ModelSpec, Progress
from ragft.engine.names import same_model
from ragft.errors import EngineError, ModelNotFound
from ragft.export.serving import Serving, check_served
from ragft.export.smoke import smoke_test

SUFFIX = "-candidate"
"""What a model's passing name ends in; one left by a killed process is made over by the next registration."""


class Staging:
    """The models of one registration. Callers use the names they are to have; `with` removes the passing ones.

    A model may be made of another of the same staging (`ModelSpec.base`), made before it.
    """

    def __init__(self, engine: Engine, tokenizer: Any, progress: Progress | None = None) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._progress = progress
        self._made: dict[str, ModelSpec] = {}
        self._sources: list[str] = []
        self._published = False

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for name in reversed(self._made):  # an adapter goes before the model below it
            self._remove(self._current(name))
        if not self._published:
            for name in self._sources:
                self._remove(name)

    def make(self, spec: ModelSpec) -> ModelInfo:
        """Make a model under its passing name; what is known of it, under its own."""
        passing = replace(spec, name=spec.name + SUFFIX, base=spec.base and self._current(spec.base))
        self._made[spec.name] = spec
        return replace(self._engine.create(passing, self._progress), name=spec.name)

    def make_source(self, spec: ModelSpec) -> ModelInfo:
        """Make a model that others are quantised from, under its own name at once: engines tell what a model came from.

        It is removed again where the registration fails and there was none of this name.
        """
        new = not any(same_model(model.name, spec.name) for model in self._engine.models())
        made = self._engine.create(spec, self._progress)
        self._sources += [spec.name] if new else []
        return made

    def prove(self, name: str, expected: Serving) -> None:
        """Look at a model that was made, compare its prompts, and ask it.

        Raises:
            ParityError, ExportError, EngineError: it does not pass.
        """
        check_served(self._engine, self._current(name), expected, self._tokenizer)
        smoke_test(self._engine, self._current(name))

    def publish(self) -> dict[str, ModelInfo]:
        """Let every model take its own name, in the order they were made; by these names.

        Where the engine fails on the way, the names that are new are removed again.
        """
        found: dict[str, ModelInfo] = {}
        before = {model.name for model in self._engine.models()}
        with ExitStack() as undo:
            for name, spec in self._made.items():
                if name not in before:
                    undo.callback(self._remove, name)
                found[name] = self._own(name, spec)
            undo.pop_all()
        self._published = True
        return found

    def _own(self, name: str, spec: ModelSpec) -> ModelInfo:
        """Give a model that has passed its own name."""
        if spec.adapter:  # put over its base again, which has its own name by now
            return self._engine.create(spec, self._progress)
        if isinstance(self._engine, CopyingEngine):
            return self._engine.copy(self._current(name), name)
        same = replace(spec, gguf=None, base=self._current(name), quantize=None)
        return self._engine.create(same, self._progress)

    def _current(self, name: str) -> str:
        """The name that a model has while it is proven; one that was not made here has its own."""
        return name + SUFFIX if name in self._made else name

    def _remove(self, name: str) -> None:
        try:
            self._engine.delete(name)
        except ModelNotFound:
            return
        except EngineError as error:
            warn(f"{name} could not be removed again: {error.message}")
