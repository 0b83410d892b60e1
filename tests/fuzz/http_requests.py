"""Requests to the server: a path and a JSON body of every interface, mutated together."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.fuzz.harness import Target

_QUESTION = [{"role": "user", "content": "Why are there tides?"}]
_HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "fuzz", "version": "1"}}
_BODIES = {
    "/v1/chat/completions": {
        "model": "ragft",
        "messages": _QUESTION,
        "seed": 1,
        "max_tokens": 9,
        "stream": True,
        "stream_options": {"include_usage": True},
    },
    "/v1/responses": {"model": "ragft", "input": _QUESTION, "tools": [{"type": "file_search"}], "metadata": {"a": "b"}},
    "/v1/embeddings": {"model": "minilm", "input": ["tides", "ebb"], "encoding_format": "base64"},
    "/api/chat": {"model": "base-model", "messages": _QUESTION, "options": {"num_ctx": 99, "top_p": 0.5}},
    "/api/show": {"model": "ragft", "verbose": True},
    "/api/embed": {"model": "minilm", "input": "tides", "truncate": True, "keep_alive": "5m"},
    "/search": {"query": "tides", "k": 2, "years": "2019-2021", "tags": ["a"]},
    "/ask": {"question": "Why are there tides?", "documents": ["tides"], "history": _QUESTION, "temperature": 0.5},
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": _HELLO},
}
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def _seeds(folder: Path) -> list[bytes]:
    """A right request of each kind, and what they meet in `folder`: a workspace with a document, and a script."""
    from ragft.index.index import open_index
    from ragft.setting_sections import IndexSettings
    from ragft.workspace import Workspace

    note = folder / "tides.md"
    note.write_text("# On tides\n\nThe moon draws the water of the sea, so there are two tides a day.\n")
    with open_index(Workspace(folder / "ws"), IndexSettings()) as index:
        index.ingest([note])
    (folder / "script.json").write_text(
        json.dumps({"models": ["base-model"], "default": {"reply": "The moon draws the water of the sea [1]."}})
    )
    return [path.encode() + b"\n" + json.dumps(body).encode() for path, body in _BODIES.items()]


def _send(data: bytes, folder: Path) -> None:
    """Raise what the server raises, and an error of its own for a reply that says it failed."""
    from starlette.testclient import TestClient

    from ragft.app.application import open_application
    from ragft.server.asgi import make_server
    from ragft.server.server_options import ServerOptions

    os.environ["RAGFT_SCRIPT"] = str(folder / "script.json")
    path, _, body = data.partition(b"\n")
    known = path.decode("ascii", "replace")
    options = ServerOptions()
    with (
        open_application(folder / "ws", engine={"name": "scripted"}) as app,
        TestClient(make_server(app, options), base_url=options.url) as client,
    ):
        reply = client.post(known if known in _BODIES else "/search", content=body, headers=_HEADERS)
    if reply.status_code >= 500 and reply.status_code != 503:
        raise AssertionError(f"{path!r}: {reply.status_code} {reply.text[:200]}")


REQUESTS = Target("requests", _seeds, _send)
