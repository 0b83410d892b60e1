"""A running Ollama, spoken to through its official client.

    engine = OllamaEngine()          # OLLAMA_HOST, else 127.0.0.1:11434
    engine.probe(0.5)                # EngineUnavailable where nothing answers

An error comes as an HTTP status before the first line of a reply, but as a line `{"error": …}` under status 200 after
it. So every line is looked at, and a stream that just ends counts as an engine that died.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx

from ragft.console import Progress
from ragft.engine.base import MOST_CANDIDATES, NUM_CTX, ChatChunk, ChatRequest, ModelInfo, ModelSpec, TokenLogprob
from ragft.engine.gguf_head import read_head
from ragft.engine.model_names import full_name, same_model
from ragft.engine.ollama.client import Client
from ragft.engine.ollama.known_errors import broken_off, explain_error, reason_of, request_error
from ragft.engine.ollama.wire import (
    ENGINE,
    CommonFields,
    LoadedModel,
    chat_body,
    chunk,
    listed_models,
    load_body,
    loaded_models,
    next_token_body,
    next_tokens,
    plain_parameters,
    shown_model,
)
from ragft.engine.thinking import ThoughtSplitter, ends_in_thought, split_thoughts
from ragft.engine.types import OLLAMA_TYPES
from ragft.errors import (
    MALFORMED,
    EngineError,
    EngineUnavailable,
    GenerationError,
    InputError,
    ServerNotFound,
    UsageError,
)
from ragft.ollama_address import server_address
from ragft.ollama_package import ResponseError
from ragft.workspace import digest_file

RENDER_VERSION = (0, 11, 5)
"""From here on the server shows the prompt that it makes. A model is not registered without that check."""

_BLOCK = 1 << 20
_QUIET_CREATE = 3600.0
"""Seconds: quantising a large model says nothing for minutes."""
_QUESTIONS_AT_ONCE = 8


class OllamaEngine:
    """The models of one Ollama server."""

    name = ENGINE
    loads_aside = True
    quantizes = OLLAMA_TYPES
    template_language: Literal["jinja", "go"] = "go"

    def __init__(self, host: str = "", *, timeout: float = 300.0, num_ctx: int = NUM_CTX, keep_alive: str = "") -> None:
        """
        Args:
            host: empty: OLLAMA_HOST, else the local default.
            timeout: seconds without a sign of life.
            num_ctx: context window in tokens of every request that names none.
            keep_alive: how long a model stays loaded, in seconds or as "10m"; empty: as the server has it.
        """
        address = server_address(host)
        self._timeout = timeout
        self.num_ctx = num_ctx
        self._keep_alive = keep_alive
        self._opens_thought: set[str] = set()
        self._connection = Client(host=address.url, **address.client_arguments(timeout))
        weakref.finalize(self, self._connection.close)
        self.host = self._connection.address
        self.slots = max(1, _whole_number(os.environ.get("OLLAMA_NUM_PARALLEL", "")))

    @property
    def _client(self) -> Client:
        if self._connection.closed:
            raise EngineError(f"the connection to Ollama at {self.host} was closed", fix="open the engine again")
        return self._connection

    @property
    def _asked(self) -> CommonFields:
        return CommonFields(self.num_ctx, self._keep_alive)

    def probe(self, seconds: float) -> None:
        """Ask whether the server takes a connection within `seconds` and then answers; it may be busy with a model.

        Raises:
            EngineUnavailable: it does not.
        """
        self._version(httpx.Timeout(8 * seconds, connect=seconds))

    def version(self) -> str:
        """The server's version; see `Engine.version`."""
        return f"ollama {self._version()}"

    def release(self) -> tuple[int, ...]:
        """The version as numbers, to compare; a development build counts as new."""
        return _numbers(self._version())

    def loaded(self) -> list[LoadedModel]:
        """The models that the server holds in memory now, whoever asked for them."""
        return loaded_models(self._ask("GET", "/api/ps"))

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Stream the answer; see `Engine.chat`."""
        opened = not request.think and full_name(request.model) in self._opens_thought
        splitter = ThoughtSplitter(opened=opened)
        try:
            yield from split_thoughts(self._chat(request), splitter)
        finally:
            if splitter.lone:
                self._opens_thought.add(full_name(request.model))

    def load(self, model: str) -> None:
        """Have the server load a model; see `Engine.load`."""
        self._ask("POST", "/api/chat", model=model, json=load_body(model, self._asked))

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """The likeliest next tokens; see `Engine.next_tokens`. Empty where the model would end its turn at once.

        Raises:
            EngineError: the server is older than 0.12.11.
        """
        body = next_token_body(model, prompt, min(top, MOST_CANDIDATES), self._asked)
        reply = self._ask("POST", "/api/generate", model=model, json=body)
        found = next_tokens(reply)
        if found is None and reply.get("response"):
            raise EngineError(f"Ollama at {self.host} gives no log-probabilities", fix="update it to 0.12.11 or newer")
        return found or []

    def render(self, request: ChatRequest) -> str:
        """The prompt as the server would feed it; see `Engine.render`. The model is loaded for it.

        Raises:
            EngineUnavailable: the server is too old to tell.
        """
        self._require(RENDER_VERSION, "show the prompt it makes")
        body = chat_body(request, self._asked) | {"stream": False, "_debug_render_only": True}
        reply = self._ask("POST", "/api/chat", model=request.model, json=body)
        try:
            prompt = str(reply["_debug_info"]["rendered_template"])
        except (KeyError, TypeError) as error:
            raise EngineError(
                f"Ollama did not say what prompt it makes for {request.model}", fix="update Ollama"
            ) from error
        if not request.think and ends_in_thought(prompt):
            self._opens_thought.add(full_name(request.model))
        return prompt

    def tokenize(self, model: str, text: str) -> list[int]:
        """Ollama has no way to ask.

        Raises:
            NotImplementedError: always; callers estimate.
        """
        raise NotImplementedError(f"Ollama cannot tokenise for {model} ({len(text)} characters)")

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register a model; see `Engine.create`. Files the server has already are not sent again.

        Raises:
            EngineUnavailable: the server is too old to show the prompt it would make.
            InputError: a file that is not a whole GGUF.
            EngineError: the server refused.
        """
        if (spec.gguf is None) == (spec.base is None):
            raise UsageError(f"register {spec.name}: give either a GGUF file or a base model")
        self._require(RENDER_VERSION, "show what prompt it makes of a new model")
        if spec.base is not None:
            self.show(spec.base)  # `from` an unknown name would make the server go and download it
        body: dict[str, Any] = {"model": spec.name, "stream": True}
        body |= {"from": spec.base} if spec.base is not None else {}
        body |= {"files": self._upload(spec.gguf, adapter=False, progress=progress)} if spec.gguf else {}
        body |= {"adapters": self._upload(spec.adapter, adapter=True, progress=progress)} if spec.adapter else {}
        body |= {"quantize": spec.quantize} if spec.quantize else {}
        body |= {"template": spec.template} if spec.template else {}
        body |= {"system": spec.system} if spec.system else {}
        body |= {"parameters": plain_parameters(spec.parameters)} if spec.parameters else {}
        self._create(spec.name, body, progress)
        return replace(self.show(spec.name), details=dict(spec.details))

    def show(self, name: str) -> ModelInfo:
        """All that is known of a model, under the name that the server lists it by; see `Engine.show`."""
        shown = self._show(name)
        listed = next((model for model in self._tags() if same_model(model.name, name)), None)
        return shown_model(listed or ModelInfo(name, "", 0, self.name), shown)

    def digests(self, seconds: float | None = None) -> dict[str, str]:
        """The digests of the models the server has, by name; quicker than `models`. It is given `seconds` for it."""
        return {model.name: model.digest for model in self._tags(seconds)}

    def models(self) -> Sequence[ModelInfo]:
        """The models the server has, by name, with all that `show` tells of them."""
        with ThreadPoolExecutor(_QUESTIONS_AT_ONCE) as threads:
            return sorted(threads.map(self._described, self._tags()), key=lambda model: model.name)

    def copy(self, name: str, new: str) -> ModelInfo:
        """Give a model a second name; see `Engine.copy`. It does not become the parent of the new one."""
        with self._errors("/api/copy", name):
            self._client.call("POST", "/api/copy", json={"source": name, "destination": new})
        return self.show(new)

    def delete(self, name: str) -> None:
        """Remove a model; see `Engine.delete`."""
        with self._errors("/api/delete", name):
            self._client.call("DELETE", "/api/delete", json={"model": name})

    def close(self) -> None:
        """Close the connections; the server keeps running."""
        self._connection.close()

    def _tags(self, seconds: float | None = None) -> list[ModelInfo]:
        return listed_models(self._ask("GET", "/api/tags", timeout=httpx.Timeout(seconds or self._timeout)))

    def _show(self, name: str) -> dict[str, Any]:
        return self._ask("POST", "/api/show", model=name, json={"model": name})

    def _described(self, listed: ModelInfo) -> ModelInfo:
        """`listed` as `show` has it, or as it is where the server cannot read the model."""
        try:
            return shown_model(listed, self._show(listed.name))
        except EngineUnavailable:
            raise
        except EngineError:
            return listed

    def _chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """The answer as the server streams it."""
        begun = False
        try:
            for part in self._client.stream("/api/chat", chat_body(request, self._asked)):
                begun = True
                yield chunk(part)
                if part.get("done"):
                    return
        except httpx.ConnectError as error:
            raise self._down(error) from error
        except httpx.TimeoutException as error:
            raise GenerationError(f"{request.model} gave no sign of life", fix="raise engine.timeout") from error
        except (httpx.HTTPError, *MALFORMED) as error:
            raise self._died(request.model) from error
        except ResponseError as error:
            if begun:
                message, fix = broken_off(error.error, request.model)
                raise GenerationError(message, fix=fix) from error
            raise self._refused(error, request.model) from error
        raise self._died(request.model)

    def _create(self, name: str, body: Mapping[str, Any], progress: Progress | None) -> None:
        status = ""
        try:
            for part in self._client.stream("/api/create", body, timeout=_QUIET_CREATE):
                status = str(part.get("status") or "")
                if progress:
                    progress(status, int(part.get("completed") or 0), int(part.get("total") or 0))
        except ResponseError as error:
            what, reason = f"Ollama did not make {name}: ", reason_of(error.error)
            raise (
                explain_error(reason, name, what) or EngineError(what + reason, fix="see the server's log")
            ) from error
        except (httpx.HTTPError, *MALFORMED) as error:
            raise EngineUnavailable(
                f"Ollama went away while it made {name} (last: {status or 'nothing'})", fix="run the same command again"
            ) from error
        if status != "success":
            raise EngineError(f"Ollama did not finish {name} (last: {status or 'nothing'})")

    def _upload(self, path: Path, *, adapter: bool, progress: Progress | None) -> dict[str, str]:
        """Send a file unless the server has it; `{name: digest}` as `create` wants it."""
        if read_head(path).is_adapter != adapter:
            raise InputError(f"{path} is {'not a LoRA adapter' if adapter else 'an adapter, not a model'}")
        digest = digest_file(path)
        total = path.stat().st_size
        with self._errors("/api/blobs"):
            if not self._client.has_blob(digest):
                headers = {"Content-Length": str(total)}
                blocks = _blocks(path, total, progress)
                self._client.call(
                    "POST", f"/api/blobs/{digest}", content=blocks, headers=headers, timeout=_QUIET_CREATE
                )
        return {f"{'adapter' if adapter else 'model'}.gguf": digest}

    def _version(self, timeout: httpx.Timeout | None = None) -> str:
        return str(self._ask("GET", "/api/version", timeout=timeout or httpx.Timeout(self._timeout)).get("version", ""))

    def _require(self, least: tuple[int, int, int], what: str) -> None:
        found = self._version()
        if _numbers(found) < least:
            wanted = ".".join(map(str, least))
            raise EngineUnavailable(
                f"Ollama {found} at {self.host} is too old to {what}: {wanted} or newer is needed",
                fix="update Ollama, or engine.name=embedded",
            )

    def _ask(self, method: str, path: str, *, model: str = "", **arguments: Any) -> dict[str, Any]:
        """One request about `model` (empty: about none) that is not streamed, and the object it is answered with."""
        with self._errors(path, model):
            reply = self._client.call(method, path, **arguments).json()
            if not isinstance(reply, dict):
                raise ValueError(f"{path} is answered with {type(reply).__name__}")
            return reply

    @contextmanager
    def _errors(self, path: str, model: str = "") -> Iterator[None]:
        """Turn what a request that is not streamed can raise into ragft's own errors."""
        try:
            yield
        except ResponseError as error:
            if error.status_code == 404 and not model:  # every Ollama has the path
                raise self._no_ollama(path, "status 404") from error
            raise self._refused(error, model) from error
        except (httpx.HTTPError, ConnectionError) as error:
            raise self._down(error) from error
        except MALFORMED as error:
            raise self._no_ollama(path, str(error)) from error

    def _no_ollama(self, path: str, answer: str) -> EngineUnavailable:
        return EngineUnavailable(
            f"what answers at {self.host} is not Ollama ({path}: {answer})",
            fix="check OLLAMA_HOST or engine.ollama_host",
        )

    def _refused(self, error: ResponseError, model: str) -> EngineError:
        return request_error(error.status_code, error.error, model=model, host=self.host)

    def _down(self, error: Exception) -> EngineUnavailable:
        detail = "" if isinstance(error, ConnectionError) else f" ({error})"  # the client's own text tells nothing more
        return ServerNotFound(
            f"no Ollama answers at {self.host}{detail}", fix="start it (ollama serve), or engine.name=embedded"
        )

    def _died(self, model: str) -> GenerationError:
        return GenerationError(
            f"Ollama at {self.host} died in the middle of an answer of {model}", fix="start it again, and ask again"
        )


def _blocks(path: Path, total: int, progress: Progress | None) -> Iterator[bytes]:
    done = 0
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            yield block
            done += len(block)
            if progress:
                progress(f"send {path.name}", done, total)


def _numbers(version: str) -> tuple[int, ...]:
    """`0.30.0-rc1` as (0, 30, 0); a development build without a number counts as new."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None or version.startswith("0.0.0"):
        return (999,)
    return tuple(int(part) for part in found.groups())


def _whole_number(text: str) -> int:
    return int(text) if text.isdecimal() else 0
