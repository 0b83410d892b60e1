"""What an application keeps open: its index and its engines, each opened once, when it is first needed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ragft.answer.refusal.gate import Calibration
    from ragft.answer.session import Session
    from ragft.config import Settings
    from ragft.engine.base import Engine
    from ragft.index.store import Index
    from ragft.workspace import Workspace

Overrides = Mapping[str, Mapping[str, Any]]
"""Settings by section that were given in code, over those of the workspace."""

MOST_SESSIONS = 16
"""Models that are remembered with their engine; the one asked longest ago is forgotten first."""


class Resources:
    """The open parts of one workspace. Threads may share it: each part is opened by the first that needs it."""

    def __init__(self, workspace: Workspace, settings: Settings, overrides: Overrides) -> None:
        self.workspace = workspace
        self.settings = settings
        self._given = frozenset(name for name, value in overrides.get("answer", {}).items() if value is not None)
        self._lock = threading.RLock()
        self._index: Index | None = None
        self._engines: dict[str, Engine] = {}
        self._sessions: OrderedDict[str | None, Session] = OrderedDict()

    @property
    def index(self) -> Index:
        """The index of the workspace; nothing of it is read before it is used."""
        from ragft.index.store import open_index

        with self._lock:
            if self._index is None:
                self._index = open_index(self.workspace, self.settings.index)
            return self._index

    def session(self, model: str | None = None, *, missing_ok: bool = False) -> Session:
        """Engine and index, with `model` (None: the model that answers) as the one that is asked.

        With `missing_ok`, where no engine or model answers, a session that asks none; it is not kept.

        Raises:
            NotFoundError: nothing has been ingested yet.
            EngineUnavailable, ModelNotFound, UsageError, IndexCorrupted: as engine and index say.
        """
        from ragft.answer.session import start_session
        from ragft.engine.absent import AbsentEngine

        with self._lock:
            session = self._sessions.get(model)
            if session is None:
                opened = start_session(
                    self.workspace,
                    self.settings,
                    self.index,
                    model=model,
                    missing_ok=missing_ok,
                    given=self._given,
                )
                if isinstance(opened.engine, AbsentEngine):
                    return opened
                session = self._sessions[model] = self._with_shared_engine(opened)
                if len(self._sessions) > MOST_SESSIONS:
                    self._sessions.popitem(last=False)
            self._sessions.move_to_end(model)
            return session

    @contextmanager
    def engine_alone(self, model: str | None = None, *, use_default: bool = True) -> Iterator[tuple[Engine, str]]:
        """An engine for one long piece of work, closed at its end, and the name of the model to ask of it.

        Raises:
            EngineUnavailable, ModelNotFound, UsageError: as the engine says.
        """
        from ragft.engine.choosing.select import open_model

        found = open_model(
            self.settings.engine,
            self.workspace,
            model,
            use_default=use_default,
            num_ctx=self.settings.answer.num_ctx,
        )
        try:
            yield found.engine, found.model.name
        finally:
            found.engine.close()

    def recalibrate(self, calibration: Calibration) -> None:
        """Let what is open answer by these thresholds from now on."""
        with self._lock:
            for session in self._sessions.values():
                session.calibration = calibration

    def close(self) -> None:
        """Close the engines and the index. What is asked for afterwards is opened anew."""
        with self._lock:
            self._sessions.clear()
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()
            if self._index is not None:
                self._index.close()
                self._index = None

    def _with_shared_engine(self, session: Session) -> Session:
        """`session` on the engine of that name that is open already, where one is: it need not load a model twice."""
        shared = self._engines.setdefault(session.engine.name, session.engine)
        if shared is session.engine:
            return session
        session.engine.close()
        return replace(session, engine=shared, _warmings={})
