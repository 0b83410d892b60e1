"""Counts requests and times for Prometheus, which reads them at /metrics."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from ragft.server.engine_queue import Turns

_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
"""Counted by name; a client may send any word."""
_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class ServerMetrics:
    """The counters of one server, in a registry of their own."""

    def __init__(self, turns: Turns) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "ragft_requests", "Requests by route and status.", ("method", "route", "status"), registry=self._registry
        )
        self.seconds = Histogram(
            "ragft_request_seconds", "Seconds to the end of a response.", ("route",), buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip
        self.answers = Counter(
            "ragft_answers", "Answers from the documents by outcome.", ("outcome",), registry=self._registry
        )
        self.tokens = Counter("ragft_tokens", "Tokens read and written by models.", ("kind",), registry=self._registry)
        Gauge("ragft_turns_running", "Questions being answered.", registry=self._registry).set_function(
            lambda: turns.running
        )
        Gauge("ragft_turns_waiting", "Questions that wait.", registry=self._registry).set_function(
            lambda: turns.waiting
        )

    def text(self) -> bytes:
        """All of it in Prometheus' text form."""
        return generate_latest(self._registry)


class Counted:
    """ASGI middleware that counts requests by route, not by path: clients can send any path."""

    def __init__(self, app: ASGIApp, metrics: ServerMetrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it with its status and its seconds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "") or "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.monotonic() - began)
