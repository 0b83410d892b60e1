"""Finds a model that the chosen engine does not have, for the error message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.downloads.pull import SOURCES
from ragft.engine.base import Engine
from ragft.engine.engines import close_all, engine_label, reach_all
from ragft.errors import EngineError, ModelNotFound
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.setting_sections import EngineSettings

DEFAULT = "the default model of this workspace"
SETTING = "engine.model"
_OTHERWISE = {
    DEFAULT: "choose another (ragft models default NAME), or engine.name=embedded",
    SETTING: "set engine.model to one of ragft models list",
    "": "name one of ragft models list",
}


@dataclass(frozen=True)
class Wish:
    """A model that was named, and by what: `DEFAULT`, `SETTING`, or empty for the command line."""

    name: str
    source: str = ""


@dataclass(frozen=True)
class Elsewhere:
    """Looks for a model in the other engines: the one that has it (None: none has), and why each other one has not.

    `remedy`: as in `Reached`.
    """

    engine: Engine | None
    reasons: Sequence[str]
    remedy: str = ""


def look_elsewhere(name: str, engine: Engine, settings: EngineSettings, workspace: Workspace) -> Elsewhere:
    """Ask the engines besides `engine` that can be reached. The one that is found is closed, and good for its name."""
    if engine.name == "scripted":
        return Elsewhere(None, [])
    reached = reach_all(settings, workspace)
    reasons = [reached.missing] if reached.missing and engine.name != "ollama" else []
    try:
        for other in reached.engines:
            if other.name == engine.name:
                continue
            try:
                other.show(name)
            except ModelNotFound:
                reasons.append(f"{engine_label(other)} does not have it")
            except EngineError as error:
                reasons.append(f"{engine_label(other)} failed: {error.message}")
            else:
                return Elsewhere(other, reasons)
    finally:
        close_all(reached.engines)
    return Elsewhere(None, reasons, reached.remedy if engine.name != "ollama" else "")


def not_found(wish: Wish, engine: Engine, settings: EngineSettings, workspace: Workspace) -> ModelNotFound:
    """What to say of a model that `engine` does not have: which other engine has it, or that none has."""
    found = look_elsewhere(wish.name, engine, settings, workspace)
    if found.engine is None:
        return nowhere(wish, [f"{engine_label(engine)} does not have it", *found.reasons], found.remedy)
    return ModelNotFound(
        f"{engine_label(engine)} has no model {wish.name!r}; it is in {engine_label(found.engine)}",
        fix=f"use engine.name={found.engine.name}",
    )


def nowhere(wish: Wish, reasons: Sequence[str], remedy: str = "") -> ModelNotFound:
    """What to say of a model that no engine has: where it can come from, or how to name another.

    `remedy`: what helps where an engine could not be asked.
    """
    whose = f", {wish.source}" if wish.source else ""
    if wish.name in SOURCES:
        get = f"ragft models pull {wish.name}"
    elif any(reason.startswith("no Ollama") for reason in reasons):
        get = "start Ollama (ollama serve) if it is one of Ollama's"
    elif remedy:
        get = remedy
    else:
        get = f"ollama pull {wish.name}, or ragft models add {wish.name} PATH.gguf"
    return ModelNotFound(
        f"no model {wish.name!r}{whose}: {'; '.join(reasons)}", fix=f"{get}; or {_OTHERWISE[wish.source]}"
    )
