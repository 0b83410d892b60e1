"""An Ollama server for tests: real HTTP, in a thread, every request and reply checked against Ollama's OpenAPI file.

The file lies at shared/data/ollama/openapi.yaml beside the repository (or under RAGFT_SHARED_DATA). It leaves out some
fields that Ollama's source has (`EXTENSIONS`); any other field it does not know is a violation, on either side.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

EXTENSIONS = {
    "ChatRequest": {"truncate", "shift", "_debug_render_only"},
    "ChatMessage": {"thinking"},
    "ChatResponse": {"_debug_info"},
    "GenerateRequest": {"truncate", "shift"},
    "CreateRequest": {"files", "adapters"},
    "ShowResponse": {"modelfile", "system", "messages", "renderer", "parser"},
}
"""Fields of Ollama's api/types.go that its OpenAPI file does not list."""

TEMPLATE = "{% for m in messages %}<think></think>{% endfor %}"


@dataclass(frozen=True)
class Die:
    """The server drops the connection here."""


@dataclass(frozen=True)
class Wait:
    """The server says nothing for so long."""

    seconds: float


def says(*words: str, **last: Any) -> list[Any]:
    """A streamed answer of these pieces; `last` are fields of its last line."""
    lines: list[Any] = [_chat_line(content=word) for word in words]
    return [*lines, _chat_line(done=True, done_reason="stop", **last)]


def _chat_line(*, content: str = "", thinking: str = "", done: bool = False, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": content} | ({"thinking": thinking} if thinking else {})
    return {"model": "m", "created_at": "2026-08-21T10:00:00Z", "message": message, "done": done, **more}


thinks = _chat_line


@dataclass
class FakeOllama:
    """What the server holds and how it behaves; tests change it as they like."""

    version: str = "0.30.1"
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    answer: list[Any] | Callable[[Any], list[Any]] = field(default_factory=lambda: says("Hello", " there"))
    """What is said to a chat, or what says it when it is given the request."""
    generated: dict[str, Any] = field(default_factory=dict)
    """Fields of the reply to a generation that is not streamed."""
    create_lines: list[Any] | None = None
    loaded: dict[str, int] = field(default_factory=dict)
    """The models in memory, with the context each was loaded with."""
    created: dict[str, Any] = field(default_factory=dict)
    """Facts that a created model gets besides the type and parameters it was asked for."""
    render: Callable[[Any], str] = lambda body: "".join(
        f"<|im_start|>{turn['role']}\n{turn['content']}<|im_end|>\n" for turn in body["messages"]
    )
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
        self.models[name] = {"digest": hashlib.sha256(name.encode()).hexdigest(), "size": 1000, **facts}

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
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    fake: FakeOllama
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Silent."""

    @property
    def fake(self) -> FakeOllama:
        return self.server.fake

    def do_HEAD(self) -> None:
        self.fake.requests.append(("HEAD", self.path, None))
        digest = self.path.removeprefix("/api/blobs/")
        self.send_response(200 if digest in self.fake.blobs else 404)
        self.end_headers()

    def do_GET(self) -> None:
        self._route({"/api/version": self._version, "/api/tags": self._tags, "/api/ps": self._ps}, None)

    def do_DELETE(self) -> None:
        self._route({"/api/delete": self._delete}, self._read_json())

    def do_POST(self) -> None:
        if self.path.startswith("/api/blobs/"):
            self._blob()
            return
        routes = {"/api/chat": self._chat, "/api/show": self._show, "/api/create": self._create}
        routes |= {"/api/embed": self._embed, "/api/generate": self._generate}
        self._route(routes, self._read_json())

    def _route(self, routes: dict[str, Callable[[Any], None]], body: Any) -> None:
        self.fake.requests.append((self.command, self.path, body))
        if self.fake.authorization not in ("", self.headers.get("Authorization")):
            self._error(401, "unauthorized")
        elif self.path in self.fake.failures:
            self._error(*self.fake.failures[self.path])
        elif self.path in routes:
            routes[self.path](body)
        else:
            self.fake.violations.append(f"{self.command} {self.path}: no such endpoint")
            self._error(404, "404 page not found")

    def _read_json(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _version(self, _: Any) -> None:
        self._send({"version": self.fake.version}, "VersionResponse")

    def _tags(self, _: Any) -> None:
        listed = [
            {
                "name": name,
                "model": name,
                "digest": facts["digest"],
                "size": facts["size"],
                "details": _details(facts),
            }
            for name, facts in self.fake.models.items()
        ]
        self._send({"models": listed}, "ListResponse")

    def _ps(self, _: Any) -> None:
        loaded = [
            {"name": name, "model": name, "digest": self.fake.models[name]["digest"], "context_length": context}
            for name, context in self.fake.loaded.items()
        ]
        self._send({"models": loaded}, "PsResponse")

    def _show(self, body: Any) -> None:
        self.fake.check("ShowRequest", body, "show")
        if (facts := self._model(body["model"])) is not None:
            shown = {
                "parameters": facts.get("parameters", 'temperature                    0.7\nstop   "<|im_end|>"'),
                "template": facts.get("template", TEMPLATE),
                "details": _details(facts),
                "model_info": {"general.architecture": facts.get("family", "qwen3"), "qwen3.context_length": 40960},
                "capabilities": facts.get("capabilities", ["completion", "thinking"]),
                "modelfile": _modelfile(facts),
                **{key: facts[key] for key in ("system", "messages", "renderer", "parser") if key in facts},
            }
            self._send(shown, "ShowResponse")

    def _delete(self, body: Any) -> None:
        self.fake.check("DeleteRequest", body, "delete")
        if self._model(body["model"]) is not None:
            del self.fake.models[_full(body["model"])]
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _chat(self, body: Any) -> None:
        self.fake.check("ChatRequest", body, "chat")
        if self._model(body["model"]) is None:
            return
        if body.get("_debug_render_only"):
            prompt = self.fake.render(body)
            reply = {"model": body["model"], "created_at": "2026-08-21T10:00:00Z"}
            self._send(reply | {"_debug_info": {"rendered_template": prompt}}, "ChatResponse")
            return
        if not body["messages"]:
            self._send(_chat_line(done=True, done_reason="load"), "ChatResponse")
            return
        answer = self.fake.answer
        self._stream(answer(body) if callable(answer) else answer, "ChatResponse")

    def _generate(self, body: Any) -> None:
        self.fake.check("GenerateRequest", body, "generate")
        if self._model(body["model"]) is not None:
            reply = {"model": body["model"], "created_at": "2026-08-21T10:00:00Z", "done": True}
            self._send(reply | self.fake.generated, "GenerateResponse")

    def _embed(self, body: Any) -> None:
        self.fake.check("EmbedRequest", body, "embed")
        if (facts := self._model(body["model"])) is None:
            return
        refused = [answer for text in body["input"] for part, answer in self.fake.refuses_text.items() if part in text]
        if refused:
            self._error(*refused[0])
        elif max(map(count_tokens, body["input"])) > facts.get("context_length", 512):
            self._error(400, "the input length exceeds the context length")
        else:
            vectors = [[float(len(text)), 1.0, 0.0] for text in body["input"]]
            self._send({"model": body["model"], "embeddings": vectors}, "EmbedResponse")

    def _create(self, body: Any) -> None:
        self.fake.check("CreateRequest", body, "create")
        for digest in [*body.get("files", {}).values(), *body.get("adapters", {}).values()]:
            if digest not in self.fake.blobs:
                self._error(400, f"blob {digest} not found")
                return
        if self.fake.create_lines is None:
            asked = {"quantization": body["quantize"]} if "quantize" in body else {}
            asked |= {"parameters": _lines(body["parameters"])} if "parameters" in body else {}
            asked |= {"system": body["system"]} if "system" in body else {}
            below = self.fake.models[_full(body["from"])] if "from" in body else {}
            asked |= {"weights": below.get("weights", "") or next(iter(body.get("files", {}).values()), "")}
            asked |= {"adapter": next(iter(body.get("adapters", {}).values()), below.get("adapter", ""))}
            self.fake.add(_full(body["model"]), **(self.fake.created | asked))
            lines = [{"status": "parsing GGUF"}, {"status": "validating GGUF model", "total": 10, "completed": 5}]
            self._stream([*lines, {"status": "writing manifest"}, {"status": "success"}], "StatusEvent")
        else:
            self._stream(self.fake.create_lines, "StatusEvent")

    def _blob(self) -> None:
        digest = self.path.removeprefix("/api/blobs/")
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.fake.requests.append(("POST", self.path, len(data)))
        if "sha256:" + hashlib.sha256(data).hexdigest() != digest:
            self._error(400, "digest mismatch")
            return
        self.fake.blobs[digest] = data
        self.send_response(201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _model(self, name: str) -> dict[str, Any] | None:
        wanted = _full(name).lower()
        facts = next((facts for each, facts in self.fake.models.items() if each.lower() == wanted), None)
        if facts is None:
            self._error(404, f"model '{name}' not found")
        return facts

    def _send(self, data: Any, schema: str, status: int = 200) -> None:
        self.fake.check(schema, data, f"reply to {self.path}")
        payload = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _error(self, status: int, message: str) -> None:
        self._send({"error": message}, "ErrorResponse", status)

    def _stream(self, lines: list[Any], schema: str) -> None:
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


def count_tokens(text: str) -> int:
    """The fake models' tokens: a word takes one for every four letters, a sign one, and two stand at the ends."""
    return 2 + len(re.findall(r"\w{1,4}|[^\w\s]", text))


def _lines(parameters: dict[str, Any]) -> str:
    """Parameters as `/api/show` prints them: a line each, and one for every value of a list."""
    pairs = [(k, v) for k, vs in parameters.items() for v in (vs if isinstance(vs, list) else [vs])]
    return "\n".join(f"{key:<30} {json.dumps(value)}" for key, value in pairs)


def _details(facts: dict[str, Any]) -> dict[str, str]:
    details = {"family": "qwen3", "quantization_level": facts.get("quantization", "Q8_0")}
    return details | ({"parameter_size": facts["parameter_size"]} if "parameter_size" in facts else {})


def _modelfile(facts: dict[str, Any]) -> str:
    """The Modelfile as `/api/show` prints it (`Model.String` in Ollama's server/images.go)."""
    lines = ['# Modelfile generated by "ollama show"', "# To build a new Modelfile based on this, replace FROM with:"]
    lines += ["# FROM model:latest", "", f"FROM {_blob(facts.get('weights') or facts['digest'])}"]
    lines += [f"ADAPTER {_blob(facts['adapter'])}"] if facts.get("adapter") else []
    lines += [f'TEMPLATE """{facts.get("template", TEMPLATE)}"""']
    lines += [f'SYSTEM """{facts["system"]}"""'] if "system" in facts else []
    return "\n".join(lines) + "\n"


def _blob(digest: str) -> str:
    return f"/usr/share/ollama/.ollama/models/blobs/sha256-{digest.removeprefix('sha256:')}"


def _full(name: str) -> str:
    name = name.removeprefix("library/")
    return name if ":" in name else f"{name}:latest"


def openapi_file() -> Path:
    """Where Ollama's description of its API should lie."""
    shared = os.environ.get("RAGFT_SHARED_DATA")
    root = Path(shared) if shared else Path(__file__).resolve().parents[3] / "shared" / "data"
    return root / "ollama" / "openapi.yaml"


def problems(schema: str, data: Any) -> list[str]:
    """How `data` differs from the named schema; nothing where the file is absent (a test says so)."""
    validator = _validators().get(schema)
    if validator is None:
        return []
    return [f"{schema}{error.json_path.removeprefix('$')}: {error.message}" for error in validator.iter_errors(data)]


@cache
def _validators() -> dict[str, Any]:
    if not openapi_file().is_file():
        return {}
    import yaml
    from jsonschema import Draft202012Validator

    document = yaml.safe_load(openapi_file().read_text("utf-8"))
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "properties" in schema:
            for extra in EXTENSIONS.get(name, ()):
                schema["properties"][extra] = {}
            schema.setdefault("additionalProperties", False)
    return {
        name: Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})
        for name in schemas
    }
