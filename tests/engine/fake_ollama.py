"""An Ollama server for tests: real HTTP, in a thread, every request and reply checked against Ollama's OpenAPI file.

It answers as the servers did whose exchanges were recorded, 0.24.0 and 0.33.0 (test_fake_ollama_recorded.py holds it to
them); a version of 0.30 or newer behaves as the latter. What a test does not say is as with a real server: the chat
template that a model gets, the prompt it makes, the statuses of a creation, the errors.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.engine import http_server
from tests.engine.http_server import QuietHandler, QuietServer
from tests.engine.ollama_chat import (
    DEFAULT_CONTEXT,
    Chat,
    Die,
    Speech,
    Wait,
    chat_line,
    count_tokens,
    joined,
    says,
    thinks,
)
from tests.engine.ollama_create import Creation, Refused
from tests.engine.ollama_store import TIME, Facts, context_length, full_name, listed, new_model, running, shown
from tests.engine.ollama_templates import capabilities, render_chat
from tests.engine.openapi import openapi_file, problems

__all__ = [
    "TEMPLATE",
    "Die",
    "FakeOllama",
    "Speech",
    "Wait",
    "count_tokens",
    "openapi_file",
    "problems",
    "says",
    "serve",
    "thinks",
]


JSON = "application/json; charset=utf-8"
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}<think></think>"
"""A chat template for the GGUF of a test, near to none that Ollama knows."""


@dataclass
class FakeOllama:
    """What the server holds and how it behaves; tests change it as they like."""

    version: str = "0.30.1"
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    answer: list[Any] | Speech | Callable[[Any], list[Any] | Speech] = field(
        default_factory=lambda: says("Hello", " there")
    )
    """What is said to a chat, or what says it when it is given the request: lines as they are, or tokens."""
    generated: dict[str, Any] = field(default_factory=dict)
    """Fields of the reply to a generation that is not streamed."""
    create_lines: list[Any] | None = None
    loaded: dict[str, int] = field(default_factory=dict)
    """The models in memory, with the context each was loaded with."""
    created: dict[str, Any] = field(default_factory=dict)
    """Facts that a created model gets besides the type and parameters it was asked for."""
    render: Callable[[Any], str] | None = None
    """The prompt it makes of a request, in place of what the model's template makes."""
    layers: set[str] = field(default_factory=set)
    """Digests of the layers it has besides uploaded files."""
    failures: dict[str, tuple[int, str]] = field(default_factory=dict)
    refuses_text: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Texts that no request to encode may hold, and how it is answered."""
    authorization: str = ""
    """What the Authorization header must be; anything else is answered 401."""
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def add(self, name: str, **facts: Any) -> None:
        """Let the server have a model."""
        self.models[name] = new_model(name, **facts)

    @property
    def new(self) -> bool:
        """Whether it runs models in llama.cpp's server, as from 0.30 on; a build without a version counts as new."""
        numbers = [int(number) for number in re.findall(r"\d+", self.version)[:2]]
        return numbers >= [0, 30] or numbers == [0, 0]

    def find(self, name: str) -> tuple[str, Facts] | None:
        """A model by any spelling of its name, and the name it is kept under."""
        wanted = full_name(name).lower()
        return next(((each, facts) for each, facts in self.models.items() if each.lower() == wanted), None)

    def bodies(self, path: str) -> list[Any]:
        """What was posted to `path`, in order."""
        return [body for _, asked, body in self.requests if asked == path]

    def check(self, schema: str, data: Any, where: str) -> None:
        """Note where `data` is not what the OpenAPI file says."""
        for problem in problems(schema, data):
            self.violations.append(f"{where}: {problem}")


def serve(fake: FakeOllama) -> Iterator[FakeOllama]:
    """Run the server until the generator is closed."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.fake = fake
    with http_server.running(server) as url:
        fake.url = url
        yield fake


class _Server(QuietServer):
    fake: FakeOllama


class _Handler(QuietHandler, BaseHTTPRequestHandler):
    server: _Server

    @property
    def fake(self) -> FakeOllama:
        return self.server.fake

    def do_HEAD(self) -> None:
        self.fake.requests.append(("HEAD", self.path, None))
        there = self.path.removeprefix("/api/blobs/") in {*self.fake.blobs, *self.fake.layers}
        self._head(200 if there else 404, *(() if there else (JSON,)))

    def do_GET(self) -> None:
        self._route({"/api/version": self._version, "/api/tags": self._tags, "/api/ps": self._ps}, None)

    def do_DELETE(self) -> None:
        self._route({"/api/delete": self._delete}, self._read_json())

    def do_POST(self) -> None:
        if self.path.startswith("/api/blobs/"):
            self._blob()
            return
        routes = {
            "/api/chat": self._chat,
            "/api/show": self._show,
            "/api/create": self._create,
            "/api/copy": self._copy,
        }
        routes |= {"/api/embed": self._embed, "/api/generate": self._generate}
        self._route(routes, self._read_json())

    def _route(self, routes: dict[str, Callable[[Any], None]], body: Any) -> None:
        self.fake.requests.append((self.command, self.path, body))
        if self.fake.authorization not in ("", self.headers.get("Authorization")):
            self._error(401, "unauthorized")
        elif self.path in self.fake.failures:
            self._error(*self.fake.failures[self.path])
        elif self.path not in routes:
            self.fake.violations.append(f"{self.command} {self.path}: no such endpoint")
            self._reply(404, "text/plain", b"404 page not found")
        elif self.command != "GET" and body is None:
            self._error(400, "missing request body")
        else:
            try:
                routes[self.path](body)
            except Refused as refused:
                self._error(refused.status, refused.reason)

    def _read_json(self) -> Any:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return json.loads(data) if data else None

    def _version(self, _: Any) -> None:
        self._send({"version": self.fake.version}, "VersionResponse")

    def _tags(self, _: Any) -> None:
        rows = [listed(name, facts, self.fake.new) for name, facts in self.fake.models.items()]
        self._send({"models": rows}, "ListResponse")

    def _ps(self, _: Any) -> None:
        rows = [running(name, self.fake.models[name], context) for name, context in self.fake.loaded.items()]
        self._send({"models": rows}, "PsResponse")

    def _show(self, body: Any) -> None:
        self.fake.check("ShowRequest", body, "show")
        name, facts = self._model(body["model"], spelled_out=self.fake.new)
        self._send(shown(name, facts, self.fake.new), "ShowResponse")

    def _copy(self, body: Any) -> None:
        self.fake.check("CopyRequest", body, "copy")
        _, facts = self._model(body["source"])
        self.fake.models[full_name(body["destination"])] = dict(facts)
        self._head(200)

    def _delete(self, body: Any) -> None:
        self.fake.check("DeleteRequest", body, "delete")
        name, _ = self._model(body["model"])
        del self.fake.models[name]
        self.fake.loaded.pop(name, None)
        self._head(200)

    def _chat(self, body: Any) -> None:
        self.fake.check("ChatRequest", body, "chat")
        name, facts = self._model(body["model"])
        if not body["messages"] and str(body.get("keep_alive")) == "0":
            self.fake.loaded.pop(name, None)
            self._send(self._line_of(body, done=True, done_reason="unload"), "ChatResponse")
            return
        chat = Chat(body, facts, self.fake.new)
        chat.check()
        self.fake.loaded[name] = chat.context
        if not body["messages"]:
            self._send(self._line_of(body, done=True, done_reason="load"), "ChatResponse")
            return
        prompt = self.fake.render(body) if self.fake.render else render_chat(facts, body, self.fake.new)
        if body.get("_debug_render_only"):
            reply = self._line_of(body) | {"_debug_info": {"rendered_template": prompt}}
            reply["message"] = {"role": "", "content": ""}  # as it is, whatever the OpenAPI file says of roles
            self._reply(200, JSON, json.dumps(reply).encode())
            return
        tokens = chat.check_prompt(prompt)
        chat.check_format()
        answer = self.fake.answer(body) if callable(self.fake.answer) else self.fake.answer
        lines = list(chat.lines(answer, tokens)) if isinstance(answer, Speech) else answer
        self._answer(lines, body)

    def _answer(self, lines: Sequence[Any], body: Any) -> None:
        named = [
            line | {"model": body["model"]} if isinstance(line, dict) and "message" in line else line for line in lines
        ]
        errors = [line["error"] for line in named if isinstance(line, dict) and "error" in line]
        if body.get("stream", True):
            self._stream(named, "ChatResponse")
        elif errors:
            self._error(500, errors[0])
        else:
            self._send(joined(named), "ChatResponse")

    def _line_of(self, body: Any, **fields: Any) -> dict[str, Any]:
        return chat_line(**fields) | {"model": body["model"]}

    def _generate(self, body: Any) -> None:
        self.fake.check("GenerateRequest", body, "generate")
        self._model(body["model"])
        reply = {"model": body["model"], "created_at": TIME, "done": True}
        self._send(reply | self.fake.generated, "GenerateResponse")

    def _embed(self, body: Any) -> None:
        self.fake.check("EmbedRequest", body, "embed")
        if self.fake.find(body["model"]) is None:
            raise Refused(404, f'model "{body["model"]}" not found, try pulling it first')
        name, facts = self._model(body["model"])
        if self.fake.new and "embedding" not in capabilities(facts, self.fake.new):
            raise Refused(501, "This server does not support embeddings. Start it with `--embeddings`")
        self.fake.loaded[name] = DEFAULT_CONTEXT
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        for part, answer in self.fake.refuses_text.items():
            if any(part in text for text in texts):
                raise Refused(*answer)
        counts = [count_tokens(text) for text in texts]
        if max(counts) > min(context_length(facts), DEFAULT_CONTEXT) and not body.get("truncate", True):
            raise Refused(400, "the input length exceeds the context length")
        reply = {"model": body["model"], "embeddings": [[float(len(text)), 1.0, 0.0] for text in texts]}
        numbers = {"total_duration": 10**6, "load_duration": 10**6, "prompt_eval_count": sum(counts)}
        self._send(reply | numbers, "EmbedResponse")

    def _create(self, body: Any) -> None:
        self.fake.check("CreateRequest", body, "create")
        if self.fake.create_lines is not None:
            self._stream(self.fake.create_lines, "StatusEvent")
            return
        creation = Creation(
            body, self.fake.models, self.fake.blobs, self.fake.layers, self.fake.new, defaults=self.fake.created
        )
        creation.check()
        said: list[Any] = []
        try:
            said.extend(creation.lines())
            self.fake.models[full_name(body["model"])] = creation.made
        except Refused as refused:
            if not said:
                self._error(refused.status, refused.reason, "application/json")
                return
            said.append({"error": refused.reason})
        if body.get("stream", True):
            self._stream(said, "StatusEvent")
        else:
            self._reply(200, "application/json", json.dumps(said[-1]).encode())

    def _blob(self) -> None:
        digest = self.path.removeprefix("/api/blobs/")
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.fake.requests.append(("POST", self.path, len(data)))
        if "sha256:" + hashlib.sha256(data).hexdigest() != digest:
            self._error(400, "digest mismatch")
            return
        self.fake.blobs[digest] = data
        self._head(201)

    def _model(self, name: str, *, spelled_out: bool = False) -> tuple[str, Facts]:
        found = self.fake.find(name)
        if found is None:
            raise Refused(404, f"model '{full_name(name) if spelled_out else name}' not found")
        return found

    def _send(self, data: Any, schema: str, status: int = 200, kind: str = JSON) -> None:
        self.fake.check(schema, data, f"reply to {self.path}")
        self._reply(status, kind, json.dumps(data).encode())

    def _error(self, status: int, message: str, kind: str = JSON) -> None:
        self._send({"error": message}, "ErrorResponse", status, kind)

    def _reply(self, status: int, kind: str, payload: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _head(self, status: int, kind: str = "") -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _stream(self, lines: Sequence[Any], schema: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for line in lines:
                if isinstance(line, Wait):
                    time.sleep(line.seconds)
                elif isinstance(line, Die):
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                else:
                    self._chunk(line if isinstance(line, bytes) else self._line(line, schema))
            self._chunk(b"")
        except OSError:
            self.fake.disconnected.set()

    def _line(self, line: dict[str, Any], schema: str) -> bytes:
        self.fake.check("ErrorResponse" if "error" in line else schema, line, f"reply to {self.path}")
        return json.dumps(line).encode() + b"\n"

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()
