"""One model loaded by llama.cpp inside this process, spoken to over llama.cpp's own HTTP API on the loopback.

The server is used over HTTP rather than by xllamacpp's call-backs because a closed connection stops a generation at
once, even in the middle of a long prompt, and because rendering, tokenising and log-probabilities have no other way
in. The port is the kernel's choice, bound to 127.0.0.1, and every request carries a key made for this process.
"""

from __future__ import annotations

import json
import os
import secrets
import ssl
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from ragft.engine.base import ChatChunk, ChatRequest, Metrics, Options, TokenLogprob
from ragft.errors import MALFORMED, ContextOverflow, EngineError, EngineUnavailable, GenerationError
from ragft.machine import calm_threads

_OVERFLOW = "exceed_context_size_error"
_FORCED = 1e4
"""Added to a token's logit, makes it the one that is written, whatever the model says."""


@dataclass(frozen=True)
class LoadSettings:
    """What a model is loaded with. `num_ctx` is in tokens; `template` (Jinja) replaces the one in the file.

    Each request says which of the `adapters` (LoRA) counts, if any: a model costs one load, however many are over it.
    `exact` keeps attention in float32 (keys, values, no flash attention): slower, for comparisons of logits.
    """

    weights: Path
    num_ctx: int
    threads: int
    adapters: tuple[Path, ...] = ()
    template: str | None = None
    exact: bool = False


class LlamaServer:
    """A loaded model. Threads may share it: llama.cpp answers one request after another."""

    def __init__(self, settings: LoadSettings, *, timeout: float) -> None:
        self.settings = settings
        self._server = _start(settings, key := secrets.token_hex(16))
        # trust_env is off: a proxy from the environment must not see requests to our own loopback port.
        self._client = httpx.Client(
            base_url=self._server.listening_address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(timeout, connect=10.0),
            # llama.cpp closes a connection after some idle seconds; a request sent in that moment would be lost.
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # nothing is encrypted: no certificates are read
        )
        # No close(): a model that was unloaded lives on until the last answer streamed from it is read or dropped.
        weakref.finalize(self, self._client.close)
        # Only llama.cpp's loop of tasks answers this, so it runs from here on. When it begins, it forgets that it was
        # told to stop: a server freed before that would be waited for without end.
        self._ask("GET", "/lora-adapters")

    def chat(self, request: ChatRequest, *, prompt_tokens: int, adapter: Path | None = None) -> Iterator[ChatChunk]:
        """Stream an answer; see `Engine.chat`. `prompt_tokens` is the length of the rendered prompt."""
        body = {**_chat_body(request, prompt_tokens), **self._switched(adapter)}
        try:
            with self._client.stream("POST", "/v1/chat/completions", json=body) as reply:
                if reply.status_code != 200:
                    reply.read()
                    raise _error(_json(reply.text), request.model)
                yield from _chunks(reply.iter_lines(), request.model)
        except httpx.TimeoutException as error:
            raise GenerationError(f"{request.model} gave no sign of life", fix="raise engine.timeout") from error
        except httpx.HTTPError as error:
            raise GenerationError(
                f"llama.cpp stopped in the middle of an answer of {request.model}: {error}"
            ) from error

    def render(self, request: ChatRequest) -> str:
        """The prompt text of `request`."""
        body = {"messages": _messages(request), "chat_template_kwargs": _template_arguments(request)}
        return str(self._ask("POST", "/apply-template", body)["prompt"])

    def tokenize(self, text: str) -> list[int]:
        """Token ids of `text`, special tokens parsed, nothing added."""
        reply = self._ask("POST", "/tokenize", {"content": text, "add_special": False, "parse_special": True})
        return [int(token) for token in reply["tokens"]]

    def tokenize_prompt(self, text: str) -> list[int]:
        """Token ids the model reads for the rendered prompt `text`, a BOS included where the model has one."""
        reply = self._ask("POST", "/tokenize", {"content": text, "add_special": True, "parse_special": True})
        return [int(token) for token in reply["tokens"]]

    def prompt_length(self, text: str) -> int:
        """Tokens the model reads for the rendered prompt `text`."""
        return len(self.tokenize_prompt(text))

    def next_token_logprobs(
        self, tokens: Sequence[int], top: int, *, adapter: Path | None = None
    ) -> list[TokenLogprob]:
        """The `top` likeliest tokens after `tokens`, best first.

        A prefix read for the call before is not read again, so that walking through a text costs one token a step. It
        is, where another adapter read it.
        """
        body = {
            "prompt": list(tokens),
            "n_predict": 1,
            "temperature": 0.0,
            "n_probs": top,
            "cache_prompt": True,
            "seed": 0,
            # A token that is half a character is held back, and its probabilities are lost with it; so another is
            # written. The probabilities given are those before the bias.
            "logit_bias": [[self._letter, _FORCED]],
            **self._switched(adapter),
        }
        reply = self._ask("POST", "/completion", body)
        found = reply["completion_probabilities"][0]["top_logprobs"]
        return [TokenLogprob(int(t["id"]), str(t["token"]), float(t["logprob"])) for t in found]

    def _switched(self, adapter: Path | None) -> dict[str, Any]:
        """The part of a request that lets `adapter` count and no other. One that is not named would count in full."""
        scales = [{"id": place, "scale": float(path == adapter)} for place, path in enumerate(self.settings.adapters)]
        return {"lora": scales} if scales else {}

    @cached_property
    def _letter(self) -> int:
        """A token that is whole text."""
        return self.tokenize("a")[-1]

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            reply = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"llama.cpp does not answer: {error}") from error
        if reply.status_code != 200:
            raise _error(_json(reply.text), self.settings.weights.name)
        return reply.json()


def _start(settings: LoadSettings, key: str) -> Any:
    calm_threads()
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(settings.weights)
    parameters.n_ctx = settings.num_ctx
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = settings.threads
    parameters.cpuparams_batch.n_threads = settings.threads
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.warmup = False
    # llama.cpp would keep up to 8 GiB of old prompts in memory; nothing here comes back to them.
    parameters.cache_ram_mib = 0
    parameters.n_ctx_checkpoints = 0
    parameters.verbosity = 3 if os.environ.get("RAGFT_DEBUG") else 0
    if settings.exact:
        # In the default half precision the cache alone moves log-probabilities by up to 0.03.
        parameters.cache_type_k = parameters.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    parameters.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(path), 1.0) for path in settings.adapters]
    if settings.template:
        parameters.chat_template = settings.template
    try:
        return xllamacpp.Server(parameters)
    except RuntimeError as error:
        what = " with adapter ".join(map(str, (settings.weights, *settings.adapters)))
        raise EngineError(
            f"llama.cpp cannot load {what} at num_ctx {settings.num_ctx}",
            fix="RAGFT_DEBUG=1 shows its log; a damaged file, an unknown architecture or too little memory",
        ) from error


def _chat_body(request: ChatRequest, prompt_tokens: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": _messages(request),
        "stream": True,
        "chat_template_kwargs": _template_arguments(request),
        # A prompt whose start was read for another request gives other numbers in the last bits (llama.cpp picks its
        # kernels by batch size), and then other words: the same question must give the same answer.
        "cache_prompt": False,
        **_sampling(request.options, prompt_tokens),
    }
    if request.format is not None:
        body["response_format"] = {"type": "json_schema", "json_schema": {"schema": dict(request.format)}}
    return body


def _sampling(options: Options, prompt_tokens: int) -> dict[str, Any]:
    room = options.num_ctx - prompt_tokens
    return options.sampling | {"max_tokens": room if options.num_predict < 0 else min(options.num_predict, room)}


def _messages(request: ChatRequest) -> list[dict[str, str]]:
    messages = []
    for message in request.messages:
        turn = message.to_dict()
        if message.thinking:
            turn["reasoning_content"] = message.thinking
        messages.append(turn)
    return messages


def _template_arguments(request: ChatRequest) -> dict[str, Any]:
    if request.think is None:
        return {}
    level = {"reasoning_effort": request.think} if isinstance(request.think, str) else {}
    return {"enable_thinking": bool(request.think), **level}


def _chunks(lines: Iterator[str], model: str) -> Iterator[ChatChunk]:
    """The chunks of a server-sent event stream.

    Raises:
        GenerationError: it ends early, tells an error, or holds something else.
    """
    try:
        yield from _events(lines, model)
    except MALFORMED as error:
        raise GenerationError(
            f"llama.cpp's answer of {model} cannot be understood ({type(error).__name__}: {error})",
            fix="pip install --upgrade xllamacpp",
        ) from error


def _events(lines: Iterator[str], model: str) -> Iterator[ChatChunk]:
    """The chunks of the stream; its comments (pings) are skipped."""
    reason: str | None = None
    metrics = Metrics()
    for line in lines:
        if line.startswith("error: "):
            raise _error(_json(line.removeprefix("error: ")), model)
        if not line.startswith("data: ") or line == "data: [DONE]":
            continue
        event = _json(line.removeprefix("data: "))
        if "error" in event:
            raise _error(event, model)
        for choice in event.get("choices", ()):
            delta = choice.get("delta") or {}
            content, thinking = delta.get("content") or "", delta.get("reasoning_content") or ""
            if content or thinking:
                yield ChatChunk(content=content, thinking=thinking)
            reason = choice.get("finish_reason") or reason
        if "timings" in event:  # with a stop string they come one event before the reason
            metrics = _metrics(event["timings"])
    if reason is None:
        raise GenerationError(f"llama.cpp stopped in the middle of an answer of {model}")
    yield ChatChunk(done=True, done_reason=reason, metrics=metrics)


def _metrics(timings: Mapping[str, Any]) -> Metrics:
    prompt, generate = timings.get("prompt_ms", 0.0) / 1000, timings.get("predicted_ms", 0.0) / 1000
    return Metrics(
        prompt_tokens=int(timings.get("prompt_n", 0)) + int(timings.get("cache_n", 0)),
        generated_tokens=int(timings.get("predicted_n", 0)),
        prompt_seconds=prompt,
        generate_seconds=generate,
        total_seconds=prompt + generate,
    )


def _json(text: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {"error": text.strip()}
    return parsed if isinstance(parsed, dict) else {"error": text}


def _error(reply: Mapping[str, Any], model: str) -> EngineError:
    error = reply.get("error")
    details = error if isinstance(error, Mapping) else {"message": str(error)}
    message = str(details.get("message", ""))
    if details.get("type") == _OVERFLOW:
        return ContextOverflow(
            f"the prompt has {details.get('n_prompt_tokens')} tokens, {model} is loaded with {details.get('n_ctx')}",
            fix="raise answer.num_ctx or give less evidence",
        )
    return GenerationError(f"llama.cpp refuses a request to {model}: {message}")
