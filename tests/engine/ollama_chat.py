"""What a fake Ollama says to a chat: what it refuses, and the lines of an answer with their limits and numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.engine.ollama_create import Refused
from tests.engine.ollama_store import TIME, Facts
from tests.engine.ollama_templates import capabilities

DEFAULT_CONTEXT = 4096
_INTEGERS = ("num_ctx", "num_predict", "num_keep", "seed", "top_k", "repeat_last_n", "num_batch", "num_thread")
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}


@dataclass(frozen=True)
class Speech:
    """Tokens that a model would generate; the request's limits cut them off.

    `ends`: the model stops by itself after them; else it is cut off or breaks with `error`.
    """

    tokens: Sequence[str]
    ends: bool = True
    error: str = ""


@dataclass(frozen=True)
class Die:
    """The server drops the connection here."""


@dataclass(frozen=True)
class Wait:
    """The server says nothing for so long."""

    seconds: float


def says(*words: str, **last: Any) -> list[Any]:
    """A streamed answer of these pieces; `last` are fields of its last line."""
    lines: list[Any] = [chat_line(content=word) for word in words]
    return [*lines, chat_line(done=True, done_reason="stop", **last)]


def chat_line(*, content: str = "", thinking: str = "", done: bool = False, **more: Any) -> dict[str, Any]:
    """A line of a streamed answer."""
    message = {"role": "assistant", "content": content} | ({"thinking": thinking} if thinking else {})
    return {"model": "m", "created_at": TIME, "message": message, "done": done, **more}


thinks = chat_line


def count_tokens(text: str) -> int:
    """The fake models' tokens: a word takes one for every four letters, a sign one, and two stand at the ends."""
    return 2 + len(re.findall(r"\w{1,4}|[^\w\s]", text))


@dataclass
class Chat:
    """One request to chat, in the order in which Ollama's server/routes.go looks at it."""

    body: Mapping[str, Any]
    facts: Facts
    new: bool
    """A server of 0.30 or newer."""
    context: int = field(init=False)

    def __post_init__(self) -> None:
        self.context = int(self._option("num_ctx", DEFAULT_CONTEXT))

    def check(self) -> None:
        """Refuse what the model cannot do, and options that are none."""
        can = capabilities(self.facts, self.new)
        if self.body.get("think") and "thinking" not in can:
            raise Refused(400, f'"{self.body["model"]}" does not support thinking')
        for key, value in (self.body.get("options") or {}).items():
            if key in _INTEGERS and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise Refused(500, f'option "{key}" must be of type integer')
        if "completion" not in can:
            raise Refused(400, f'"{self.body["model"]}" does not support chat')

    def check_prompt(self, prompt: str) -> int:
        """The tokens of the prompt; Refused where they do not fit and must not be cut."""
        tokens = count_tokens(prompt)
        if tokens <= self.context:
            return tokens
        if self.body.get("truncate", True):
            return self.context if not self.new else self.context // 2 + 2
        if not self.new:
            raise Refused(400, "the input length exceeds the context length")
        message = (
            f"request ({tokens} tokens) exceeds the available context size ({self.context} tokens), try increasing it"
        )
        sizes = {"n_prompt_tokens": tokens, "n_ctx": self.context}
        raise Refused(400, _nested(message, "exceed_context_size_error", **sizes))

    def check_format(self) -> None:
        """Refuse a format that the version refuses."""
        wanted = self.body.get("format")
        if isinstance(wanted, dict):
            self._check_schema(wanted)
        elif wanted not in (None, "", "json"):
            text = json.dumps(json.dumps(wanted))
            raise Refused(500, f'invalid format: {text}; expected "json" or a valid JSON Schema object')

    def lines(self, speech: Speech, prompt_tokens: int) -> Iterator[Any]:
        """The lines of the answer, each with a token."""
        room = int(self._option("num_predict", -1))
        limit = room if room >= 0 else len(speech.tokens)
        if self.body.get("shift", True) is False:
            limit = min(limit, self.context - prompt_tokens)
        spoken = list(speech.tokens[:limit])
        for token in spoken:
            yield chat_line(content=token) | self._logprobs(token)
        cut = len(speech.tokens) > limit or not speech.ends
        if speech.error and len(speech.tokens) <= limit:
            yield {"error": speech.error}
            return
        counts = {"prompt_eval_count": prompt_tokens, "eval_count": len(spoken) + (not cut)}
        times = {f"{key}_duration": 10**6 for key in ("total", "load", "prompt_eval", "eval")}
        yield chat_line(done=True, done_reason="length" if cut else "stop") | times | counts

    def _logprobs(self, token: str) -> dict[str, Any]:
        if not self.body.get("logprobs"):
            return {}
        others = [token, *(f"other {i}" for i in range(1, int(self.body.get("top_logprobs") or 0)))]
        ranked = [
            {"token": each, "logprob": -1.0 - i, "bytes": list(each.encode())}
            for i, each in enumerate(others[: int(self.body.get("top_logprobs") or 0)])
        ]
        first = {"token": token, "logprob": -1.0, "bytes": list(token.encode())}
        return {"logprobs": [first | ({"top_logprobs": ranked} if ranked else {})]}

    def _check_schema(self, schema: Any) -> None:
        for part in _schemas(schema):
            kind = part.get("type")
            if isinstance(kind, str) and kind not in _TYPES:
                reason = f"unrecognized type {kind}"
            elif "(?" in str(part.get("pattern", "")) and not self.new:  # from 0.30 on it is accepted and ignored
                reason = "pattern"
            else:
                continue
            if not self.new:
                raise Refused(500, "invalid JSON schema in format")
            field = "Field 'json_schema': \"json_schema\": JSON schema conversion failed"
            raise Refused(400, _nested(f"{field}:\nJSON schema error at #: {reason}", "invalid_request_error"))

    def _option(self, name: str, default: int) -> Any:
        value = (self.body.get("options") or {}).get(name, (_stored(self.facts)).get(name, default))
        return value if isinstance(value, int | float) else default


def joined(lines: Sequence[Any]) -> dict[str, Any]:
    """The reply to a request that is not streamed: all pieces in the last line."""
    last = dict(lines[-1])
    for key in ("content", "thinking"):
        text = "".join(line["message"].get(key, "") for line in lines)
        if text or key == "content":
            last["message"] = last["message"] | {key: text}
    logprobs = [entry for line in lines for entry in line.get("logprobs", [])]
    return last | ({"logprobs": logprobs} if logprobs else {})


def _stored(facts: Facts) -> Mapping[str, Any]:
    parameters = facts.get("parameters") or {}
    return parameters if isinstance(parameters, dict) else {}


def _schemas(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _schemas(value)


def _nested(message: str, kind: str, **more: Any) -> str:
    """An error of llama.cpp, which from 0.30 on stands as JSON in the JSON."""
    error = {"code": 400, "message": message, "type": kind, **more}
    return json.dumps({"error": error}, separators=(",", ":"))
