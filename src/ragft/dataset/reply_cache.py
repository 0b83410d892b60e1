"""Every reply of the model, kept by the digest of its request, so that no question is ever asked twice.

This is what makes generation resumable: after a kill the same run goes through the same attempts again, and the
replies that were already given come from here at once.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from ragft.engine.base import ChatRequest, Engine, collect_reply
from ragft.engine.json_replies import ask_json
from ragft.workspace import digest_json, disk_error, make_directory


class Replies:
    """A file of replies in front of an engine. Safe to use from several threads of one process."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._path = path
        self._engine = engine
        self._lock = threading.Lock()
        self._known = dict(_read(path))
        self.asked = 0

    def get(self, request: ChatRequest) -> str:
        """The reply to `request`: the one on file, else the engine's. Where a schema was asked for, it is JSON that the
        schema allows, or empty.

        Raises:
            EngineError: from the engine, as it comes; nothing is noted then.
            DiskFull, WorkspaceError: the reply could not be noted.
        """
        key = request_digest(request)
        with self._lock:
            if key in self._known:
                return self._known[key]
        reply = self._ask(request)
        with self._lock:
            if key not in self._known:
                self._known[key] = reply
                self.asked += 1
                self._append(key, reply)
        return reply

    def _ask(self, request: ChatRequest) -> str:
        return (
            collect_reply(self._engine, request)[0] if request.format is None else ask_json(self._engine, request) or ""
        )

    def ahead(self, requests: Iterable[ChatRequest]) -> Iterator[str]:
        """The replies in order, with as many requests under way as the engine serves well."""
        slots = max(1, self._engine.slots)
        if slots == 1:
            yield from map(self.get, requests)
            return
        with ThreadPoolExecutor(slots) as pool:
            source = iter(requests)
            waiting = [pool.submit(self.get, request) for request in islice(source, slots)]
            try:
                while waiting:
                    reply = waiting.pop(0).result()
                    waiting.extend(pool.submit(self.get, request) for request in islice(source, 1))
                    yield reply
            finally:
                for future in waiting:
                    future.cancel()

    def _append(self, key: str, reply: str) -> None:
        make_directory(self._path.parent)
        try:
            with self._path.open("a", encoding="utf-8", newline="\n") as handle:
                handle.write(json.dumps({"key": key, "reply": reply}, ensure_ascii=False) + "\n")
        except OSError as error:
            raise disk_error(error, self._path) from error


def request_digest(request: ChatRequest) -> str:
    """A digest over everything that can change the reply."""
    options = request.options
    return digest_json(
        {
            "model": request.model,
            "messages": [message.to_dict() for message in request.messages],
            "format": request.format,
            "think": request.think,
            "options": {name: getattr(options, name) for name in options.__dataclass_fields__},
        }
    )


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """The replies on file. A line cut short by a kill is left out, and ended so that the next one stands alone."""
    if not path.is_file():
        return
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        with path.open("ab") as handle:
            handle.write(b"\n")
    for line in data.splitlines():
        try:
            entry = json.loads(line)
            yield entry["key"], entry["reply"]
        except (ValueError, KeyError, TypeError):
            continue
