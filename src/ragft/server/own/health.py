"""GET /health and GET /metrics."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from ragft import __version__
from ragft.server.serving import TheServing

router = APIRouter(tags=["ragft"])


class Health(BaseModel):
    """The state of the server and the length of its queues."""

    status: Literal["ok", "stopping"]
    version: str
    running: int
    waiting: int


@router.get("/health")
async def health(serving: TheServing) -> Health:
    """Whether the server answers; loads nothing and needs no key."""
    status: Literal["ok", "stopping"] = "stopping" if serving.threads.stopping else "ok"
    return Health(
        status=status, version=__version__, running=serving.turns.running, waiting=serving.turns.waiting
    )  # fmt: skip


@router.get("/metrics", response_class=Response)
async def metrics(serving: TheServing) -> Response:
    """Counters in Prometheus' text form."""
    return Response(serving.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
