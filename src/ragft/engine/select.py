"""Opens the engine that the settings name; `auto` takes Ollama where it answers and has the model, else embedded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ragft.console import note
from ragft.engine.base import Engine
from ragft.engine.registry import get_default
from ragft.errors import EngineError, EngineUnavailable, ModelNotFound, UsageError
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.config import EngineSettings

_PROBE_SECONDS = 0.5


def open_engine(settings: EngineSettings, workspace: Workspace, *, model: str | None = None) -> Engine:
    """The engine to use; `model` is what will be asked of it (`auto` looks for an engine that has it).

    Raises:
        EngineUnavailable: Ollama was asked for by name and does not answer.
        UsageError: no engine has that name, or the scripted one has no script.
    """
    if settings.name == "auto":
        return _auto(settings, workspace, model)
    if settings.name not in ENGINES:
        raise UsageError(f"no engine {settings.name!r}", fix=f"one of auto, {', '.join(ENGINES)}")
    return ENGINES[settings.name](settings, workspace)


def default_model(engine: Engine, settings: EngineSettings, workspace: Workspace) -> str:
    """The model to use where the user names none: the setting, the workspace's default if the engine has it, or the
    engine's own default.

    Raises:
        EngineError: the engine failed when it was asked.
    """
    from ragft.config import EMBEDDED_MODEL, OLLAMA_MODEL

    if settings.model:
        return settings.model
    if chosen := get_default(workspace):
        try:
            return engine.show(chosen).name
        except ModelNotFound:
            note(f"the default model {chosen} of this workspace is unknown to {engine.name}; taking its own default")
    return {"embedded": EMBEDDED_MODEL, "ollama": OLLAMA_MODEL}.get(engine.name, "scripted")


def reachable_engines(settings: EngineSettings, workspace: Workspace) -> list[Engine]:
    """The embedded engine, and Ollama where it answers."""
    from ragft.engine.ollama import OllamaEngine

    ollama = OllamaEngine(settings.ollama_host, timeout=settings.timeout)
    try:
        ollama.probe(_PROBE_SECONDS)
    except EngineUnavailable:
        ollama.close()
        return [_embedded(settings, workspace)]
    return [_embedded(settings, workspace), ollama]


def _auto(settings: EngineSettings, workspace: Workspace, model: str | None) -> Engine:
    from ragft.config import OLLAMA_MODEL
    from ragft.engine.ollama import OllamaEngine

    ollama = OllamaEngine(settings.ollama_host, timeout=settings.timeout)
    wanted = model or settings.model or get_default(workspace) or OLLAMA_MODEL
    try:
        ollama.probe(_PROBE_SECONDS)
        ollama.show(wanted)
    except EngineUnavailable:
        reason = f"no Ollama answers at {ollama.host}"
    except ModelNotFound:
        reason = f"Ollama at {ollama.host} does not have {wanted}"
    except EngineError as error:
        reason = f"Ollama at {ollama.host} failed: {error.message}"
    else:
        _say(f"engine: ollama at {ollama.host}")
        return ollama
    ollama.close()
    _say(f"engine: embedded llama.cpp ({reason})")
    return _embedded(settings, workspace)


def _embedded(settings: EngineSettings, workspace: Workspace) -> Engine:
    from ragft.engine.embedded import EmbeddedEngine

    return EmbeddedEngine(workspace, threads=settings.threads, timeout=settings.timeout)


def _ollama(settings: EngineSettings, _workspace: Workspace) -> Engine:
    from ragft.engine.ollama import OllamaEngine

    engine = OllamaEngine(settings.ollama_host, timeout=settings.timeout)
    engine.probe(5.0)
    return engine


def _scripted(_settings: EngineSettings, _workspace: Workspace) -> Engine:
    from ragft.engine.scripted import load_script

    return load_script()


ENGINES: dict[str, Callable[[EngineSettings, Workspace], Engine]] = {
    "ollama": _ollama,
    "embedded": _embedded,
    "scripted": _scripted,
}

_said: set[str] = set()


def _say(text: str) -> None:
    """Once a process, on stderr: a verb may open the engine for several stages."""
    if text not in _said:
        _said.add(text)
        note(text)
