"""Ollama's wire format: bodies of requests from ragft's dataclasses, and dataclasses from replies.

Two facts shape this file. Numbers and texts of a reply are left out where they are zero or empty. And what
`/api/tags` and `/api/show` tell of a model differs between versions, so that neither is trusted to be complete.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ParamSpec, TypeVar

from ragft.engine.base import ChatChunk, ChatRequest, Message, Metrics, ModelInfo, Options, TokenLogprob
from ragft.errors import MALFORMED, EngineError

P = ParamSpec("P")
T = TypeVar("T")

ENGINE = "ollama"
_NANO = 1e9
_WHOLE = re.compile(r"[+-]?\d+")
_UNCUT = {"truncate": False, "shift": False}
"""Without these, Ollama drops the oldest turns of a prompt that is too long and says nothing. They go with every
request: a model loaded with another `shift` is loaded again (from 0.30 on)."""
_UNITS = {"": 1, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


@dataclass(frozen=True)
class LoadedModel:
    """A model that the server holds in memory; `context_length` is in tokens, 0 where the server does not tell."""

    name: str
    context_length: int


def _understood(read: Callable[P, T]) -> Callable[P, T]:
    """`read` with an `EngineError` where a reply has another shape than Ollama's."""

    @functools.wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(*args, **kwargs)
        except MALFORMED as error:
            raise EngineError(
                f"Ollama's reply cannot be understood ({type(error).__name__}: {error})",
                fix="check that OLLAMA_HOST is an Ollama, and update it",
            ) from error

    return reading


@_understood
def loaded_models(reply: Mapping[str, Any]) -> list[LoadedModel]:
    """The models in memory, from a reply of `/api/ps`."""
    return [
        LoadedModel(str(model.get("model") or model.get("name") or ""), int(model.get("context_length") or 0))
        for model in reply.get("models") or []
    ]


@dataclass(frozen=True)
class CommonFields:
    """What is the same in every request: the context window (tokens), and how long a model stays loaded.

    `keep_alive` is seconds or a duration of Go ("10m"); empty: the server's own.
    """

    num_ctx: int
    keep_alive: str = ""

    def keep(self) -> dict[str, Any]:
        """The field for `keep_alive`; a number must be sent as one."""
        if not self.keep_alive:
            return {}
        return {"keep_alive": int(self.keep_alive) if _WHOLE.fullmatch(self.keep_alive) else self.keep_alive}


def chat_body(request: ChatRequest, asked: CommonFields) -> dict[str, Any]:
    """The body of a request to `/api/chat`, with the common fields that `asked` gives."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [_message(message) for message in request.messages],
        "stream": True,
        "options": _options(request.options, asked),
        **_UNCUT,
        **asked.keep(),
    }
    if request.think is not None:
        body["think"] = request.think
    if request.format is not None:
        body["format"] = dict(request.format)
    return body


def load_body(model: str, asked: CommonFields) -> dict[str, Any]:
    """The body of `/api/chat` that loads a model and asks nothing."""
    return {
        "model": model,
        "messages": [],
        "stream": False,
        "options": {"num_ctx": asked.num_ctx},
        **_UNCUT,
        **asked.keep(),
    }


def next_token_body(model: str, prompt: str, top: int, asked: CommonFields) -> dict[str, Any]:
    """The body of `/api/generate` for the likeliest tokens after a raw text."""
    return {
        "model": model,
        "prompt": prompt,
        "raw": True,
        "stream": False,
        "think": False,
        "logprobs": True,
        "top_logprobs": top,
        "options": _options(Options(num_predict=1), asked),
        **_UNCUT,
        **asked.keep(),
    }


@_understood
def next_tokens(reply: Mapping[str, Any]) -> list[TokenLogprob] | None:
    """The candidates for the first token of a reply, best first; None where the server tells none."""
    if "logprobs" not in reply:
        return None
    found = (reply["logprobs"] or [{}])[0].get("top_logprobs") or []
    tokens = [TokenLogprob(-1, str(one.get("token") or ""), float(one.get("logprob") or 0.0)) for one in found]
    return sorted(tokens, key=lambda token: -token.logprob)


def _message(message: Message) -> dict[str, str]:
    turn = message.to_dict()
    return turn | {"thinking": message.thinking} if message.thinking else turn


def _options(options: Options, asked: CommonFields) -> dict[str, Any]:
    return options.sampling | {"num_ctx": options.num_ctx or asked.num_ctx, "num_predict": options.num_predict}


@_understood
def chunk(part: Mapping[str, Any]) -> ChatChunk:
    """A line of a streamed answer."""
    message = part.get("message") or {}
    done = bool(part.get("done"))
    return ChatChunk(
        content=_text(message.get("content")),
        thinking=_text(message.get("thinking")),
        done=done,
        done_reason=(part.get("done_reason") or "stop") if done else None,
        metrics=_metrics(part) if done else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str | None):
        raise TypeError(f"a {type(value).__name__} in place of a text")
    return value or ""


def _metrics(part: Mapping[str, Any]) -> Metrics:
    def seconds(key: str) -> float:
        return float(part.get(key) or 0) / _NANO

    return Metrics(
        prompt_tokens=int(part.get("prompt_eval_count") or 0),
        generated_tokens=int(part.get("eval_count") or 0),
        load_seconds=seconds("load_duration"),
        prompt_seconds=seconds("prompt_eval_duration"),
        generate_seconds=seconds("eval_duration"),
        total_seconds=seconds("total_duration"),
    )


@_understood
def listed_models(reply: Mapping[str, Any]) -> list[ModelInfo]:
    """What `/api/tags` tells of every model; older versions leave out its context and capabilities."""
    return [listed_model(model) for model in reply.get("models") or []]


def listed_model(model: Mapping[str, Any]) -> ModelInfo:
    """One model of the list that `/api/tags` replies with."""
    details = model.get("details") or {}
    digest = str(model.get("digest") or "")
    return ModelInfo(
        name=str(model.get("model") or model.get("name") or ""),
        digest=digest if not digest or ":" in digest else f"sha256:{digest}",
        size=int(model.get("size") or 0),
        engine=ENGINE,
        quantization=str(details.get("quantization_level") or ""),
        family=str(details.get("family") or ""),
        context_length=int(details.get("context_length") or 0),
        capabilities=tuple(model.get("capabilities") or ()),
        parameter_size=_parameter_size(details.get("parameter_size")),
    )


@_understood
def shown_model(listed: ModelInfo, shown: Mapping[str, Any]) -> ModelInfo:
    """`listed` with all that `/api/show` tells of it."""
    details, info = dict(shown.get("details") or {}), shown.get("model_info") or {}
    details |= {key: shown[key] for key in ("renderer", "parser", "remote_host") if shown.get(key)}
    details |= {"messages": json.dumps(turns)} if (turns := shown.get("messages")) else {}
    weights, adapter = _parse_sources(str(shown.get("modelfile") or ""))
    family = str(info.get("general.architecture") or details.get("family") or listed.family)
    return replace(
        listed,
        quantization=str(details.get("quantization_level") or listed.quantization),
        family=family,
        context_length=int(info.get(f"{family}.context_length") or listed.context_length),
        template=str(shown.get("template") or ""),
        parameters=_parse_parameters(str(shown.get("parameters") or "")),
        capabilities=tuple(shown.get("capabilities") or listed.capabilities),
        details={key: str(value) for key, value in details.items() if value and isinstance(value, str)},
        system=str(shown.get("system") or ""),
        adapter=adapter,
        weights=weights,
        parameter_size=int(info.get("general.parameter_count") or _parameter_size(details.get("parameter_size"))),
    )


def _parameter_size(text: object) -> int:
    """`134.52M` as 134520000; 0 where it is no such number."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMBT]?)\s*", str(text or ""), re.IGNORECASE)
    return round(float(found[1]) * _UNITS[found[2].upper()]) if found else 0


def _parse_parameters(text: str) -> dict[str, Any]:
    """`/api/show` gives parameters as lines of name and value; a name that comes again makes a list."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        name, _, rest = line.strip().partition(" ")
        if not name:
            continue
        try:
            value = json.loads(rest.strip())
        except (ValueError, RecursionError):
            value = rest.strip()
        if name == "stop":
            found.setdefault(name, []).append(value)
        else:
            found[name] = value
    return found


def _parse_sources(modelfile: str) -> tuple[str, str]:
    """The digests behind FROM and ADAPTER in the Modelfile that `/api/show` prints; empty where there is none.

    They stand at its beginning; further down, a text over several lines may hold the same words.
    """
    found = {"FROM": "", "ADAPTER": ""}
    for line in modelfile.splitlines():
        command, _, path = line.strip().partition(" ")
        if command in found:
            found[command] = path.strip().replace("\\", "/").rpartition("/")[2].replace("sha256-", "sha256:")
        elif command and not command.startswith("#"):
            break
    return found["FROM"], found["ADAPTER"]


def plain_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """`parameters` with lists in place of tuples, as JSON has them."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in parameters.items()}
