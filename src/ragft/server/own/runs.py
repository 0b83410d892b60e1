"""Routes that list training runs and show their losses and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import FileResponse, Response

from ragft.server.own.jobs import without_folders
from ragft.server.serving import ServerState, TheServing
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.app.runs import RunSummary

router = APIRouter(tags=["ragft"])

_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'unsafe-inline'"
)


class RunReply(BaseModel):
    """A run. `models` are the names of base and tuned once they are registered, `training` the report of a training."""

    name: str
    trained: bool
    training: dict[str, Any] | None
    models: dict[str, str]
    reported: bool


class RunList(BaseModel):
    """All of them, the newest first."""

    runs: list[RunReply]


class CurveReply(BaseModel):
    """The losses of a training, oldest first."""

    points: list[dict[str, Any]]


@router.get("/runs")
async def list_runs(serving: TheServing) -> RunList:
    """Training runs with their registered models and benchmarks."""
    return RunList(runs=[_shown(serving, run) for run in await in_thread(serving.app.runs.list)])


@router.get("/runs/{run}")
async def show_run(run: str, serving: TheServing) -> RunReply:
    """One run; `latest` is the newest."""
    return _shown(serving, await in_thread(lambda: serving.app.runs.get(run)))


@router.get("/runs/{run}/curve")
async def show_curve(run: str, serving: TheServing) -> CurveReply:
    """The losses of a run, step by step."""
    return CurveReply(points=list(await in_thread(lambda: serving.app.runs.curve(run))))


@router.get("/runs/{run}/report", response_class=Response)
async def show_report(run: str, serving: TheServing) -> Response:
    """The benchmark report, sandboxed so that it has no rights of the server's page."""
    path = await in_thread(lambda: serving.app.runs.report(run))
    headers = {"Content-Security-Policy": _REPORT_POLICY, "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)


def _shown(serving: ServerState, run: RunSummary) -> RunReply:
    return RunReply(
        name=run.name,
        trained=run.trained,
        training=without_folders(serving, run.training),
        models=run.models,
        reported=run.reported,
    )
