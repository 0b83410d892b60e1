"""Every reply of the model, kept by the digest of its request, so that no question is ever asked twice.

This is what makes generation resumable: after a kill the same run goes through the same attempts again, and the
replies that were already given come from here at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from ragft.engine.base import ChatRequest, Engine, collect_reply
from ragft.engine.json_replies import ask_json
from ragft.journal import append_line, cut_torn_line, whole_lines
from ragft.typed_json import parsed
from ragft.workspace import digest_json


@dataclass(frozen=True)
class KeptReply:
    """A line of the file: a reply, and the digest of its request."""

    key: str
    reply: str


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
                append_line(self._path, asdict(KeptReply(key, reply)))
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
    """The replies on file. A line that was damaged is left out: its question is asked again."""
    cut_torn_line(path)
    for _, line in whole_lines(path):
        with suppress(ValueError):
            kept = parsed(KeptReply, line)
            yield kept.key, kept.reply
