"""The engines by name, which of them can be reached, and their names in messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.engine.base import Engine
from ragft.errors import EngineError, EngineUnavailable, ServerNotFound, UsageError
from ragft.ollama_address import addresses, server_address
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.engine.ollama.engine import OllamaEngine
    from ragft.engine.ollama.servers import OllamaServers
    from ragft.setting_sections import EngineSettings

_PROBE_SECONDS = 0.5


@dataclass(frozen=True)
class Reached:
    """Open engines, the one to ask first in front, and why Ollama is not among them.

    `remedy` is what helps where an Ollama is there and does not serve us; none is needed where none is running.
    """

    engines: Sequence[Engine]
    missing: str = ""
    remedy: str = ""


def open_named(name: str, settings: EngineSettings, workspace: Workspace) -> Engine:
    """The engine called `name`.

    Raises:
        EngineUnavailable: it is Ollama, and does not answer.
        UsageError: no engine has that name, or the scripted one has no script.
    """
    if name not in ENGINES:
        raise UsageError(f"no engine {name!r}", fix=f"one of auto, {', '.join(ENGINES)}")
    return ENGINES[name](settings, workspace)


def reach(settings: EngineSettings, workspace: Workspace) -> Reached:
    """The engine that the settings name; under `auto` Ollama, where it answers, and the embedded one.

    Raises:
        EngineUnavailable, UsageError: as `open_named`.
    """
    if settings.name == "auto":
        return reach_all(settings, workspace)
    return Reached([open_named(settings.name, settings, workspace)])


def reach_all(settings: EngineSettings, workspace: Workspace) -> Reached:
    """Ollama, where it answers, and the embedded engine."""
    embedded = _embedded(settings, workspace)
    ollama = open_ollama(settings)
    try:
        ollama.probe(_PROBE_SECONDS)
    except ServerNotFound as error:
        missing, remedy = error.message, ""
    except EngineUnavailable as error:
        missing, remedy = error.message, error.fix or ""
    except EngineError as error:
        missing, remedy = f"{engine_label(ollama)} failed: {error.message}", error.fix or ""
    else:
        return Reached([ollama, embedded])
    ollama.close()
    return Reached([embedded], missing, remedy)


def close_all(engines: Iterable[Engine], *, but: Engine | None = None) -> None:
    """Close them, all but one."""
    for engine in engines:
        if engine is not but:
            engine.close()


def engine_label(engine: Engine) -> str:
    """`Ollama at http://…`, `the embedded engine`, as messages call it."""
    found = hosts(engine)
    return f"Ollama at {', '.join(found)}" if found else f"the {engine.name} engine"


def memory_of(engine: Engine) -> int | None:
    """Bytes of memory of the machine that runs the engine's models; None where that is another machine."""
    if not all(server_address(host).is_local for host in hosts(engine)):
        return None
    import psutil

    return int(psutil.virtual_memory().total)


def hosts(engine: Engine) -> Sequence[str]:
    """The addresses of the servers that an engine asks; none where it asks none."""
    from ragft.engine.ollama.engine import OllamaEngine
    from ragft.engine.ollama.servers import OllamaServers

    return addresses(engine.host) if isinstance(engine, OllamaEngine | OllamaServers) else ()


def open_ollama(settings: EngineSettings) -> OllamaEngine | OllamaServers:
    """The Ollama of the settings: one server, or several as one engine. None of them is asked yet."""
    from ragft.engine.ollama.engine import OllamaEngine
    from ragft.engine.ollama.servers import OllamaServers

    engines = [
        OllamaEngine(host, timeout=settings.timeout, keep_alive=settings.keep_alive)
        for host in addresses(settings.ollama_host)
    ]
    return engines[0] if len(engines) == 1 else OllamaServers(engines)


def _embedded(settings: EngineSettings, workspace: Workspace) -> Engine:
    from ragft.engine.embedded.engine import EmbeddedEngine

    return EmbeddedEngine(workspace, threads=settings.threads, timeout=settings.timeout)


def _ollama(settings: EngineSettings, _workspace: Workspace) -> Engine:
    engine = open_ollama(settings)
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
