"""A package index for tests: project pages as HTML or JSON, files with ranges, and ways to fail."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.engine.http_server import QuietHandler, QuietServer, running


def wheel(members: dict[str, bytes]) -> bytes:
    """A wheel holding `members`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@dataclass
class FakeIndex:
    """What the index holds and how it behaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    as_json: bool = False
    ranges: bool = True
    stop_after: int | None = None
    """Bytes after which each file transfer breaks off."""
    stops: int = 10**9
    """How many transfers break off."""
    status: int = 200
    downloads: list[str | None] = field(default_factory=list)
    """The Range header of each request for a file."""
    url: str = ""


def serve(index: FakeIndex) -> Iterator[FakeIndex]:
    """Run the index until the generator is closed."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.index = index
    with running(server) as url:
        index.url = f"{url}/simple/"
        yield index


class _Server(QuietServer):
    index: FakeIndex


class _Handler(QuietHandler, BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        index = self.server.index
        if index.status != 200:
            self._send(b"", "text/plain", index.status)
        elif self.path.startswith("/files/"):
            self._file(index, self.path.removeprefix("/files/"))
        else:
            self._page(index, self.path.removeprefix("/simple/").strip("/"))

    def _page(self, index: FakeIndex, project: str) -> None:
        listed = [name for name in index.files if name.startswith(project.replace("-", "_"))]
        if not listed:
            self._send(b"", "text/plain", 404)
        elif index.as_json:
            page = {"files": [{"filename": name, "url": f"../../files/{name}", "hashes": {}} for name in listed]}
            self._send(json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json")
        else:
            digests = {name: hashlib.sha256(index.files[name]).hexdigest() for name in listed}
            links = "".join(f'<a href="../../files/{name}#sha256={digests[name]}">{name}</a>' for name in listed)
            self._send(f"<!DOCTYPE html><body>{links}</body>".encode(), "text/html")

    def _file(self, index: FakeIndex, name: str) -> None:
        asked = self.headers.get("Range")
        index.downloads.append(asked)
        data, start = index.files[name], 0
        if asked and index.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        if index.stop_after is not None and index.stops > 0:
            index.stops -= 1
            self.wfile.write(data[start : start + index.stop_after])
            self.close_connection = True
        else:
            self.wfile.write(data[start:])

    def _send(self, payload: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
