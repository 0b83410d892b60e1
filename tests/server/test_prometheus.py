"""What is counted of requests."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from ragft.server.engine_queue import Turns
from ragft.server.prometheus import Counted, ServerMetrics


def test_words_that_a_client_makes_up_become_no_labels() -> None:
    async def answer(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 405, "headers": []})

    async def drop(_: Message) -> None:
        pass

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    metrics = ServerMetrics(Turns(1, 1))
    counted = Counted(answer, metrics)
    for method in ("GET", "BREW", "WHEN"):
        scope = {"type": "http", "method": method, "path": f"/{method}"}
        asyncio.run(counted(scope, nothing, drop))
    text = metrics.text().decode()
    assert 'ragft_requests_total{method="other",route="other",status="405"} 2.0' in text
    assert 'method="GET"' in text and "BREW" not in text
