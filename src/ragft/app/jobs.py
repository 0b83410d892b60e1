"""Work in the background: reading, making data, training. A job reports progress and can be stopped and resumed.

    job = app.jobs.start("ingest", {"paths": ["papers"]})
    app.jobs.get(job.id).status     # "running", then "done"

A job is kept as a file of the workspace. One that the end of the process has interrupted can be resumed, because every
one of these pieces of work continues where it was. One process at a time works on the jobs of a workspace; others see
them.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ragft.app.job_arguments import check_arguments
from ragft.errors import NotFoundError, RagftError, UsageError, WorkspaceError, WorkspaceLocked
from ragft.log import log

if TYPE_CHECKING:
    from ragft.app.application import Application
    from ragft.console import Progress

Kind = Literal["ingest", "reread", "generate", "train"]
Status = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
ENDED = ("done", "failed", "cancelled", "interrupted")
LANES: dict[Kind, str] = {"ingest": "reading", "reread": "reading", "generate": "making", "train": "making"}
"""One job a lane runs at a time, so that reading a paper does not wait for a training."""
MOST_KEPT = 200
"""Ended jobs that are remembered."""


class Stopped(Exception):
    """Raised in the middle of a job that is to stop."""


@dataclass(frozen=True)
class JobError:
    """The error that ended a job: its code, its message, and a remedy where one is known."""

    code: str
    message: str
    fix: str | None = None


@dataclass(frozen=True)
class Job:
    """A piece of work.

    `label`, `done` and `total` (0: not known) say how far it is; times are seconds since 1970."""

    id: str
    kind: Kind
    arguments: dict[str, Any]
    settings: dict[str, dict[str, Any]]
    status: Status = "waiting"
    label: str = ""
    done: int = 0
    total: int = 0
    created: float = field(default_factory=time.time)
    ended: float | None = None
    result: Any = None
    error: JobError | None = None


class Jobs:
    """The jobs of one workspace: `app.jobs`."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._folder = app.workspace.root / "jobs"
        self._lock = threading.Lock()
        self._stops: dict[str, Status] = {}
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._ownership = ExitStack()
        self._owned = self._closed = False
        self._jobs: dict[str, Job] = {}

    def start(
        self,
        kind: Kind,
        arguments: Mapping[str, Any],
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Job:
        """Put a job in its lane. `arguments` are those of the method of the application, `settings` lie over its own.

        Raises:
            UsageError: an argument or a setting has no such name or value, or there is no such kind.
            WorkspaceLocked: another process works on the jobs of this workspace.
            WorkspaceError: the workspace was closed.
        """
        if kind not in LANES:
            raise UsageError(f"no kind of job {kind!r}", fix=f"one of {', '.join(LANES)}")
        check_arguments(kind, arguments)
        self._app.with_(**(settings or {}))  # a wrong setting is an error now
        self._own()
        given = dict(arguments)
        if kind == "train" and not given.get("run"):
            given["run"] = time.strftime("%Y%m%d-%H%M%S")  # resumed, it must be the same
        job = Job(secrets.token_hex(8), kind, given, {name: dict(of) for name, of in (settings or {}).items()})
        self._put(job)
        self._submit(job)
        return job

    def list(self) -> Sequence[Job]:
        """Every job that is remembered, the newest first."""
        self._refresh()
        with self._lock:
            return sorted(self._jobs.values(), key=lambda job: job.created, reverse=True)

    def get(self, job_id: str) -> Job:
        """One job.

        Raises:
            NotFoundError: there is none of that id.
        """
        self._refresh()
        with self._lock:
            if job_id not in self._jobs:
                raise NotFoundError(f"no job {job_id!r}", fix="list the jobs")
            return self._jobs[job_id]

    def cancel(self, job_id: str) -> Job:
        """Stop a job at its next step; one that has ended stays as it is. What it has made is kept.

        Raises:
            NotFoundError: there is none of that id.
            WorkspaceLocked: another process works on the jobs of this workspace.
            WorkspaceError: the workspace was closed.
        """
        self._own()
        job = self.get(job_id)
        if job.status not in ENDED:
            self._stops[job_id] = "cancelled"
            if job.status == "waiting":
                return self._change(job_id, status="cancelled", ended=time.time())
        return self.get(job_id)

    def resume(self, job_id: str) -> Job:
        """Let a job go on that was cancelled or interrupted, or has failed.

        Raises:
            UsageError: it is not ended, or done.
            WorkspaceLocked: another process works on the jobs of this workspace.
            WorkspaceError: the workspace was closed.
        """
        self._own()
        job = self.get(job_id)
        if job.status not in ("cancelled", "interrupted", "failed"):
            raise UsageError(f"job {job_id} is {job.status}", fix="resume one that was stopped")
        self._stops.pop(job_id, None)
        job = self._change(job_id, status="waiting", ended=None, error=None)
        self._submit(job)
        return job

    def resume_interrupted(self) -> Sequence[Job]:
        """Let all go on that the end of the process has interrupted; none where another process works on them."""
        try:
            self._own()
        except WorkspaceLocked as error:
            log.info(error.message)
            return []
        return [self.resume(job.id) for job in self.list() if job.status == "interrupted"]

    def interrupt(self) -> None:
        """Stop all at their next step, as the end of the process would, and wait for that."""
        with self._lock:
            self._closed = True
        if not self._owned:
            return
        for job in self.list():
            if job.status not in ENDED:
                self._stops[job.id] = "interrupted"
        for lane in self._lanes.values():
            lane.shutdown(wait=True, cancel_futures=True)
        self._owned = False
        self._ownership.close()

    def _own(self) -> None:
        """Be the process that works on these jobs; those that were not ended were interrupted with the one before.

        Raises:
            WorkspaceLocked: another process works on them.
            WorkspaceError: they were stopped for good.
        """
        with self._lock:
            if self._closed:
                raise WorkspaceError("the jobs were stopped", fix="open the workspace again")
            if self._owned:
                return
            try:
                self._ownership.enter_context(self._app.workspace.lock("jobs"))
            except WorkspaceLocked as error:
                raise WorkspaceLocked(
                    f"another process works on the jobs of {self._app.workspace.root}",
                    fix="ask that server, or stop it",
                ) from error
            self._owned = True
            self._jobs = {job.id: _interrupted(job) for job in self._read()}

    def _refresh(self) -> None:
        """Read what another process may have changed; where none works on the jobs, be the one that does."""
        if self._owned or self._closed or not self._folder.is_dir():
            return
        try:
            self._own()
        except WorkspaceError:
            with self._lock:
                self._jobs = {job.id: job for job in self._read()}

    def _submit(self, job: Job) -> None:
        with self._lock:
            if self._closed:  # just now: it is kept, and can be resumed when the workspace is opened again
                return
            name = LANES[job.kind]
            if name not in self._lanes:
                self._lanes[name] = ThreadPoolExecutor(1, thread_name_prefix=name)
            self._lanes[name].submit(self._run, job.id)

    def _run(self, job_id: str) -> None:
        from ragft.workspace import jsonable

        job = self.get(job_id)
        if job.status != "waiting" or job_id in self._stops:
            return
        self._change(job_id, status="running")
        try:
            result = _WORK[job.kind](self._app, job, self._progress(job_id))
        except Stopped:
            self._change(job_id, status=self._stops[job_id], ended=time.time())
        except RagftError as error:
            self._change(job_id, status="failed", ended=time.time(), error=_error(error))
        except Exception as error:
            log.error(f"job {job_id} ({job.kind}) failed: {type(error).__name__}: {error}")
            unforeseen = JobError("ragft", f"{type(error).__name__}: {error}")
            self._change(job_id, status="failed", ended=time.time(), error=unforeseen)
        else:
            self._change(job_id, status="done", ended=time.time(), result=jsonable(result))

    def _progress(self, job_id: str) -> Progress:
        def update(label: str, done: int, total: int) -> None:
            if job_id in self._stops:
                raise Stopped(job_id)
            self._change(job_id, save=False, label=label, done=done, total=total)

        return update

    def _change(self, job_id: str, *, save: bool = True, **changes: Any) -> Job:
        with self._lock:
            job = self._jobs[job_id] = replace(self._jobs[job_id], **changes)
        if save:
            self._put(job)
        return job

    def _put(self, job: Job) -> None:
        from ragft.workspace import write_json

        with self._lock:
            self._jobs[job.id] = job
            write_json(self._folder / f"{job.id}.json", job)
            ended = sorted((one for one in self._jobs.values() if one.status in ENDED), key=lambda one: one.created)
            for old in ended[:-MOST_KEPT]:
                del self._jobs[old.id]
                (self._folder / f"{old.id}.json").unlink(missing_ok=True)

    def _read(self) -> Sequence[Job]:
        """The jobs on record. What cannot be read is skipped."""
        from ragft.typed_json import parsed

        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(parsed(Job, path.read_bytes()))
            except (OSError, ValueError) as error:
                log.warning(f"{path} is not a record of a job: {error}")
        return found


def _interrupted(job: Job) -> Job:
    return job if job.status in ENDED else replace(job, status="interrupted")


def _error(error: RagftError) -> JobError:
    return JobError(error.code, error.message, error.fix)


def _ingest(app: Application, job: Job, progress: Progress) -> Any:
    return app.ingest(job.arguments["paths"], prune=bool(job.arguments.get("prune")), progress=progress)


def _reread(app: Application, job: Job, progress: Progress) -> Any:
    return app.documents.reread(job.arguments["document"], progress=progress)


def _generate(app: Application, job: Job, progress: Progress) -> Any:
    with app.with_(**job.settings) as maker:
        return maker.generate(job.arguments.get("name") or "", progress=progress)


def _train(app: Application, job: Job, progress: Progress) -> Any:
    with app.with_(**job.settings) as trainer:
        dataset, base, run = (str(job.arguments.get(name) or "") for name in ("dataset", "base", "run"))
        return trainer.train(dataset, base, run=run, progress=progress)


_WORK: dict[Kind, Callable[[Application, Job, Progress], Any]] = {
    "ingest": _ingest,
    "reread": _reread,
    "generate": _generate,
    "train": _train,
}
