"""What an application keeps open: its index and its engines, each opened once, when it is first needed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar

from ragft.errors import WorkspaceError
from ragft.thread_uses import ThreadUses

if TYPE_CHECKING:
    from ragft.answer.refusal.gate import Calibration
    from ragft.answer.session import Session
    from ragft.config import Settings
    from ragft.engine.base import Engine
    from ragft.engine.choosing.open_engine import Opened
    from ragft.index.index import Index
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
        self.given = frozenset(name for name, value in overrides.get("answer", {}).items() if value is not None)
        self._lock = threading.Condition()  # of all below; nothing is opened or asked under it
        self._closed = False
        self._uses = ThreadUses(self._lock)
        self._opening: dict[str | None, threading.Lock] = {}
        self._changes = 0
        self._index: Index | None = None
        self._engines: dict[str, Engine] = {}
        self._sessions: OrderedDict[str | None, Session] = OrderedDict()
        self._without_index: dict[str | None, Opened] = {}

    @property
    def index(self) -> Index:
        """The index of the workspace; nothing of it is read before it is used."""
        from ragft.index.index import open_index

        with self._lock:
            self._require_open()
            if self._index is None:
                self._index = open_index(self.workspace, self.settings.index, self.settings.ingest)
            return self._index

    @contextmanager
    def used(self) -> Iterator[None]:
        """One piece of work with what is open here; `close` waits for its end.

        Raises:
            WorkspaceError: the application was closed.
        """
        with self._uses.one(self._require_open):
            yield

    def session(self, model: str | None = None, *, missing_ok: bool = False, documents: bool = True) -> Session:
        """Engine and index, with `model` (None: the model that answers) as the one that is asked.

        With `missing_ok`, where no engine or model answers, a session that asks none; it is not kept. Without
        `documents`, which a text in their place does, nothing needs to be ingested.

        Raises:
            NotFoundError: nothing has been ingested yet.
            EngineUnavailable, ModelNotFound, UsageError, IndexCorrupted: as engine and index say.
        """
        from ragft.answer.session import require_documents

        with self._lock:
            self._require_open()
            if documents:
                require_documents(self.workspace)
            if len(self._opening) > MOST_SESSIONS:  # names that nobody opens now; a client may ask for any
                self._opening = {name: lock for name, lock in self._opening.items() if lock.locked()}
            opening = self._opening.setdefault(model, threading.Lock())
        with opening:  # only those who want the same model wait for an engine that is slow to answer
            with self._lock:
                found = self._sessions.get(model)
                if found is not None:
                    self._sessions.move_to_end(model)
                    return found
            return self._open_session(model, missing_ok=missing_ok)

    def _open_session(self, model: str | None, *, missing_ok: bool) -> Session:
        from ragft.answer.session import start_session
        from ragft.engine.absent import AbsentEngine

        before = self._changes
        opened = start_session(
            self.workspace, self.settings, self.index, model=model, missing_ok=missing_ok, given=self.given
        )
        if isinstance(opened.engine, AbsentEngine):
            return opened
        with self._lock:
            session = self._with_shared_engine(opened)
            if before == self._changes:  # else it may be one that a change has made stale
                self._sessions[model] = session
            if len(self._sessions) > MOST_SESSIONS:
                self._sessions.popitem(last=False)
            return session

    def engine(self, model: str | None = None) -> Opened:
        """The engine that has `model` (None: the model that answers), for what needs no documents.

        Raises:
            EngineUnavailable, ModelNotFound, UsageError: as the engine says.
        """
        from ragft.engine.choosing.open_engine import open_model

        with self._lock:
            self._require_open()
            if found := self._without_index.get(model):
                return found
            before = self._changes
        opened = open_model(self.settings.engine, self.workspace, model, num_ctx=self.settings.answer.num_ctx)
        with self._lock:
            shared = self._engines.setdefault(opened.engine.name, opened.engine)
            if shared is not opened.engine:
                opened.engine.close()
            found = replace(opened, engine=shared)
            if before == self._changes:
                self._without_index[model] = found
        return found

    def forget_sessions(self) -> None:
        """Look up the models again when they are next asked: one was added or removed, or the default changed."""
        with self._lock:
            self._changes += 1
            self._sessions.clear()
            self._without_index.clear()

    @contextmanager
    def engine_alone(
        self, model: str | None = None, *, use_default: bool = True, work: Literal["", "generate", "benchmark"] = ""
    ) -> Iterator[tuple[Engine, str]]:
        """An engine for one long piece of work, closed at its end, and the name of the model to ask of it.

        Args:
            work: the section of the settings whose executor runs the models; empty: they run here.

        Raises:
            EngineUnavailable, ModelNotFound, UsageError: as the engine says.
            MissingExtra: of the executor.
        """
        from ragft.engine.choosing.open_engine import open_model
        from ragft.engine.elsewhere import spread_by_settings

        found = open_model(
            self.settings.engine,
            self.workspace,
            model,
            use_default=use_default,
            num_ctx=self.settings.answer.num_ctx,
        )
        with ExitStack() as stack:
            stack.callback(found.engine.close)
            engine = found.engine
            if work:
                engine = stack.enter_context(spread_by_settings(engine, self.settings, work, self.workspace))
            yield engine, found.model.name

    def recalibrate(self, calibration: Calibration) -> None:
        """Let what is open answer by these thresholds from now on."""
        with self._lock:
            for session in self._sessions.values():
                session.calibration = calibration

    def close(self) -> None:
        """Take no more work, wait for that of other threads, and close the engines and the index."""
        with self._lock:
            self._closed = True
            self._uses.wait_for_others()
            engines, self._engines = list(self._engines.values()), {}
            index, self._index = self._index, None
            self._sessions.clear()
            self._without_index.clear()
        for engine in engines:
            engine.close()
        if index is not None:
            index.close()

    def _require_open(self) -> None:
        """Pass while the application is open, and for work that had begun before it was closed."""
        if self._closed and not self._uses.has_begun():
            raise WorkspaceError(f"the application over {self.workspace.root} was closed", fix="ragft.open it again")

    def _with_shared_engine(self, session: Session) -> Session:
        """`session` on the engine of that name that is open already, where one is: it need not load a model twice."""
        shared = self._engines.setdefault(session.engine.name, session.engine)
        if shared is session.engine:
            return session
        session.engine.close()
        return replace(session, engine=shared, _warmings={})


class _Holder(Protocol):
    _resources: Resources


_Self = TypeVar("_Self", bound=_Holder)
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def while_open(
    method: Callable[Concatenate[_Self, _Arguments], _Result],
) -> Callable[Concatenate[_Self, _Arguments], _Result]:
    """`method` as one piece of work with its object's resources, from its first line to its end; see `used`."""

    @wraps(method)
    def counted(self: _Self, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with self._resources.used():
            return method(self, *args, **kwargs)

    return counted
