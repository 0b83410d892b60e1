"""Replaces an engine that could not be opened and raises its error: what needs no model works without one."""

from __future__ import annotations

from typing import Any, cast

from ragft.engine.base import NUM_CTX, Engine, ModelInfo
from ragft.errors import EngineError

NO_MODEL = ModelInfo("", "", 0, "")
"""The model of an engine that is not there."""


class AbsentEngine:
    """Stands where an engine would; all that is asked of it raises the `error` it was not opened by."""

    name = ""
    slots = 1
    loads_aside = False
    num_ctx = NUM_CTX
    template_language = "jinja"

    def __init__(self, error: EngineError) -> None:
        self.error = error

    def close(self) -> None:
        """Does nothing, because no engine was opened."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python itself looks for, as in copy
            raise AttributeError(name)
        raise self.error


def absent(error: EngineError) -> Engine:
    """An engine that raises `error`."""
    return cast("Engine", AbsentEngine(error))


def require_engine(engine: Engine) -> None:
    """Pass where the engine was opened.

    Raises:
        EngineError: it was not; the error it was not opened by.
    """
    if isinstance(engine, AbsentEngine):
        raise engine.error
