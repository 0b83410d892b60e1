"""Routes of background jobs: start, list, cancel, resume."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from ragft.server.error_replies import Refused
from ragft.server.json_bodies import JsonRoute
from ragft.server.serving import ServerState, TheServing
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.app.jobs import Job, JobError

router = APIRouter(tags=["ragft"], route_class=JsonRoute)

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80)]


class Failure(BaseModel):
    """The error of a failed job, with the remedy."""

    code: str
    message: str
    fix: str | None


class JobState(BaseModel):
    """A job and its progress: `done` of `total` (0: unknown) in the step `label`. Times are seconds since 1970."""

    id: str
    kind: str
    arguments: dict[str, Any]
    status: Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
    label: str
    done: int
    total: int
    created: float
    ended: float | None
    result: Any = None
    error: Failure | None = None


class JobList(BaseModel):
    """All jobs that are remembered, the newest first."""

    jobs: list[JobState]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IngestJob(_Body):
    """Read files and folders of this machine. They must be in a folder given by --allow-ingest."""

    kind: Literal["ingest"]
    paths: Annotated[list[str], Field(min_length=1, max_length=1000)]
    prune: bool = False


class GenerateJob(_Body):
    """Make a data set of training rows from the documents."""

    kind: Literal["generate"]
    name: Name | None = None
    count: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class TrainJob(_Body):
    """Train an adapter on a data set (none named: the only one)."""

    kind: Literal["train"]
    dataset: Name | None = None
    base: Name | None = None
    run: Name | None = None
    max_steps: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


NewJob = Annotated[IngestJob | GenerateJob | TrainJob, Body(discriminator="kind")]


@router.get("/jobs")
async def list_jobs(serving: TheServing) -> JobList:
    """All jobs, running and ended."""
    return JobList(jobs=[job_state(serving, job) for job in await in_thread(serving.app.jobs.list)])


@router.post("/jobs", status_code=202)
async def start_job(job: NewJob, serving: TheServing) -> JobState:
    """Start a job: ingest, generate or train."""
    jobs = serving.app.jobs
    if isinstance(job, IngestJob):
        paths = await in_thread(lambda: [str(allowed_path(serving, path)) for path in job.paths])
        return job_state(serving, await in_thread(lambda: jobs.start("ingest", {"paths": paths, "prune": job.prune})))
    if isinstance(job, GenerateJob):
        return job_state(
            serving,
            await in_thread(lambda: jobs.start("generate", {"name": job.name}, {"generate": {"count": job.count}})),
        )
    given = {"dataset": job.dataset, "base": job.base, "run": job.run}
    return job_state(
        serving, await in_thread(lambda: jobs.start("train", given, {"train": {"max_steps": job.max_steps}}))
    )


@router.get("/jobs/{job}")
async def show_job(job: str, serving: TheServing) -> JobState:
    """A job with its progress."""
    return job_state(serving, await in_thread(lambda: serving.app.jobs.get(job)))


@router.post("/jobs/{job}/cancel")
async def cancel_job(job: str, serving: TheServing) -> JobState:
    """Stop it at its next step. Its results so far are kept."""
    return job_state(serving, await in_thread(lambda: serving.app.jobs.cancel(job)))


@router.post("/jobs/{job}/resume", status_code=202)
async def resume_job(job: str, serving: TheServing) -> JobState:
    """Continue it from where it stopped."""
    return job_state(serving, await in_thread(lambda: serving.app.jobs.resume(job)))


def job_state(serving: ServerState, job: Job) -> JobState:
    """The reply for a job, with file names in place of paths."""
    arguments = {key: list(map(_name, value)) if key == "paths" else value for key, value in job.arguments.items()}
    error = _failure(serving, job.error, job.arguments) if job.error else None
    return JobState(
        id=job.id,
        kind=job.kind,
        arguments=arguments,
        status=job.status,
        label=job.label,
        done=job.done,
        total=job.total,
        created=job.created,
        ended=job.ended,
        result=without_folders(serving, job.result),
        error=error,
    )


def allowed_path(serving: ServerState, path: str) -> FilePath:
    """The file or folder at `path`, links resolved, if it is in an allowed folder.

    Raises:
        Refused: it is not in one. The message is the same if it does not exist.
    """
    try:
        found = FilePath(path).resolve()
        folders = [folder.resolve() for folder in serving.options.folders]
    except (OSError, ValueError, RuntimeError):
        folders = []
    if not any(found.is_relative_to(folder) for folder in folders):
        raise Refused(
            "this file or folder may not be read into the index",
            status=403,
            code="folder",
            fix="ragft serve --allow-ingest FOLDER, or send the files to POST /documents",
        )
    return found


def _failure(serving: ServerState, error: JobError, arguments: Mapping[str, Any]) -> Failure:
    """The error with the names of the files that the job was given in place of their paths."""

    def shown(text: str) -> str:
        for path in map(str, arguments.get("paths") or ()):
            text = text.replace(path, _name(path))
        return serving.without_folders(text)

    return Failure(code=error.code, message=shown(error.message), fix=shown(error.fix) if error.fix else None)


def failure_text(path: str, error: str | None) -> str:
    """Why a file was not read, with its name in place of its path."""
    return (error or "unknown").replace(path, _name(path))


def without_folders(serving: ServerState, result: Any) -> Any:
    """Values of JSON with names of files in place of their paths."""
    if isinstance(result, dict):
        path = str(result.get("path", ""))
        named = {"path": _name(path)} if path else {}
        if path and isinstance(result.get("error"), str):
            named["error"] = failure_text(path, result["error"])
        return {key: without_folders(serving, one) for key, one in result.items()} | named
    if isinstance(result, list):
        return [without_folders(serving, one) for one in result]
    return serving.without_folders(result) if isinstance(result, str) else result


def _name(path: Any) -> str:
    return FilePath(str(path)).name
