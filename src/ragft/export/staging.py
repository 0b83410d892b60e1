"""Makes and checks models under temporary names; they get their own names only after all of them have passed."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any

from ragft.console import Progress
from ragft.engine.base import Engine, ModelInfo, ModelSpec
from ragft.engine.choosing.made_here import TEMPORARY
from ragft.engine.model_names import same_model
from ragft.errors import EngineError, ModelNotFound
from ragft.export.served_model import ExpectedModel, check_served
from ragft.export.smoke import smoke_test
from ragft.log import log

PREVIOUS = "-previous" + TEMPORARY
"""The end of the name under which a model waits that another one replaces."""


class Staging:
    """The models of one registration. Callers use the names the models are to have; `with` removes the temporary ones.

    Whatever fails before all models have their own names, what had these names before has them again. Only a process
    that is killed while the names change can leave the pair mixed; the next registration sets that right.

    A model may be made of another of the same registration (`ModelSpec.base`), made before it.
    """

    def __init__(self, engine: Engine, tokenizer: Any, progress: Progress | None = None) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._progress = progress
        self._made: dict[str, ModelSpec] = {}
        self._undo = ExitStack()
        self._previous: list[str] = []

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._undo.close()  # empty once all models are published
        for name in reversed(self._made):  # an adapter goes before the model below it
            self._remove(self._current(name))
        for name in self._previous:
            self._remove(name)

    def make(self, spec: ModelSpec) -> ModelInfo:
        """Make a model under its temporary name; what is known of it, under its own."""
        temporary = replace(spec, name=spec.name + TEMPORARY, base=spec.base and self._current(spec.base))
        self._made[spec.name] = spec
        return replace(self._engine.create(temporary, self._progress), name=spec.name)

    def make_source(self, spec: ModelSpec) -> ModelInfo:
        """Make a model that others are quantised from, under its own name at once: engines show it as their origin."""
        self._keep(spec.name)
        return self._engine.create(spec, self._progress)

    def prove(self, name: str, expected: ExpectedModel) -> None:
        """Look at a model that was made, compare its prompts, and ask it.

        Raises:
            ParityError, ExportError, EngineError: it does not pass.
        """
        check_served(self._engine, self._current(name), expected, self._tokenizer)
        smoke_test(self._engine, self._current(name))

    def publish(self) -> dict[str, ModelInfo]:
        """Let every model take its own name, in the order they were made; by these names."""
        found: dict[str, ModelInfo] = {}
        for name, spec in self._made.items():
            self._keep(name)
            if spec.adapter:  # put over its base again, which has its own name by now
                found[name] = self._engine.create(spec, self._progress)
            else:
                found[name] = self._engine.copy(self._current(name), name)
        self._undo.pop_all()
        return found

    def _keep(self, name: str) -> None:
        """Restore the present model of the name if the registration fails."""
        if not any(same_model(model.name, name) for model in self._engine.models()):
            self._undo.callback(self._remove, name)
            return
        self._engine.copy(name, name + PREVIOUS)
        self._previous.append(name + PREVIOUS)
        self._undo.callback(self._restore, name)

    def _restore(self, name: str) -> None:
        try:
            self._engine.copy(name + PREVIOUS, name)
        except EngineError as error:
            log.warning(f"{name} could not be restored: {error.message}")

    def _current(self, name: str) -> str:
        """The name that a model has while it is checked; one that was not made here has its own."""
        return name + TEMPORARY if name in self._made else name

    def _remove(self, name: str) -> None:
        try:
            self._engine.delete(name)
        except ModelNotFound:
            return
        except EngineError as error:
            log.warning(f"{name} could not be removed again: {error.message}")
