"""An engine that plays back a script: for tests, and for trying the pipeline without a model.

    engine = ScriptedEngine(["first answer", GenerationError("died"), lambda request: request.messages[-1].content])
    engine.requests     # what it was asked

From the command line `engine.name = "scripted"` reads the JSON file named by RAGFT_SCRIPT:

    {"rules": [{"match": "QLoRA.*memory", "reply": ["48 GB [S1].", "said again"], "delay": 0.1},
               {"match": "echo (.*)", "template": "you said \\\\g<1>"},
               {"match": "break", "reply": "half an ans", "die": true}],
     "default": {"reply": "I do not know."}}

`match` is searched for in the last user message, the first rule that fits answers; a list of replies is played in
turn and its last one repeated. `delay` is seconds before the answer. `die` fails in the middle of it, `kill` ends the
whole process there.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ragft.console import Progress
from ragft.engine.base import (
    MOST_CANDIDATES,
    NUM_CTX,
    ChatChunk,
    ChatRequest,
    Message,
    Metrics,
    ModelInfo,
    ModelSpec,
    TokenLogprob,
)
from ragft.engine.gguf_head import Head, read_head
from ragft.errors import ContextOverflow, GenerationError, InputError, ModelNotFound, UsageError
from ragft.machine import kill_self
from ragft.workspace import digest_file, digest_json

Reply = str | Sequence[ChatChunk] | BaseException | Callable[[ChatRequest], Any]
"""A text, ready-made chunks, something to raise, or a function of the request that gives one of these."""

SECONDS_PER_TOKEN = 0.001
"""Durations in the metrics are counted, not measured, so that they are the same in every run."""

TEMPLATE = (
    "{% for turn in messages %}<|im_start|>{{ turn.role }}\n{{ turn.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
"""What `render` does, as a model would state it."""

_TOKEN = re.compile(r"<\|[^|>]*\|>|\s?\w{1,6}|\s?[^\w\s]|\s")


class ScriptedEngine:
    """Plays back replies, records requests. Threads may share it."""

    name = "scripted"
    loads_aside = True
    template_language: Literal["jinja", "go"] = "jinja"

    def __init__(
        self,
        replies: Sequence[Reply] | Callable[[ChatRequest], Any] = (),
        *,
        models: Sequence[str] | None = None,
        most_recorded: int = sys.maxsize,
    ) -> None:
        """`replies` are played in order; a function answers every request. `models` None: any model is at hand. Of the
        requests the last `most_recorded` are kept.
        """
        self.slots = 1
        self.num_ctx = NUM_CTX
        self.requests: list[ChatRequest] = []
        self._answer = replies if callable(replies) else None
        self._most_recorded = most_recorded
        self._queue = [] if callable(replies) else list(replies)
        self._open = models is None
        self._models = {name: _info(name) for name in models or ("scripted",)}
        self._guard = threading.Lock()

    def queue(self, *replies: Reply) -> None:
        """Add replies to be played."""
        self._queue.extend(replies)

    def version(self) -> str:
        """The version of the script's engine, which is always the same."""
        return "scripted 1"

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Play the next reply; see `Engine.chat`. `num_predict` and `num_ctx` are honoured."""
        self.show(request.model)
        prompt_tokens = len(self.tokenize(request.model, self.render(request)))
        window = request.options.num_ctx or self.num_ctx
        if prompt_tokens + 1 > window:
            raise ContextOverflow(
                f"the prompt has {prompt_tokens} tokens and num_ctx is {window}",
                fix="raise answer.num_ctx or give less evidence",
            )
        with self._guard:
            self.requests.append(request)
            del self.requests[: -self._most_recorded]
            reply: Any = self._answer or (self._queue.pop(0) if self._queue else GenerationError("the script is over"))
        while callable(reply) and not isinstance(reply, type):
            reply = reply(request)
        if isinstance(reply, str):
            return _speak(reply, request, prompt_tokens, window)
        if isinstance(reply, BaseException):
            raise reply
        return iter(reply)

    def load(self, model: str) -> None:
        """Nothing to load; see `Engine.load`."""
        self.show(model)

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:  # noqa: ARG002
        """The first token of the next reply, which is certain; see `Engine.next_tokens`."""
        text = next((c.content for c in self.chat(ChatRequest(model, (Message("user", prompt),))) if c.content), "")
        return [TokenLogprob(self.tokenize(model, text)[0], text, 0.0)] if text else []

    def render(self, request: ChatRequest) -> str:
        """The prompt that a model would read: the conversation in ChatML."""
        turns = "".join(f"<|im_start|>{turn.role}\n{turn.content}<|im_end|>\n" for turn in request.messages)
        return f"{turns}<|im_start|>assistant\n"

    def tokenize(self, model: str, text: str) -> list[int]:  # noqa: ARG002
        """One id per word of up to six letters, per sign and per special token; equal pieces have equal ids."""
        return [zlib.crc32(piece.encode()) & 0xFFFF for piece in _TOKEN.findall(text)]

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:  # noqa: ARG002
        """Remember a model until the process ends."""
        if (spec.gguf is None) == (spec.base is None):
            raise UsageError(f"register {spec.name}: give either a GGUF file or a base model")
        if spec.gguf is not None:
            head = _head(spec.gguf)
            digest = digest_file(spec.gguf)
            below = ModelInfo(
                spec.name,
                digest,
                spec.gguf.stat().st_size,
                self.name,
                weights=digest,
                quantization=head.quantization,
                family=head.architecture,
                context_length=head.context_length,
                template=TEMPLATE,
                parameter_size=head.parameters,
            )
        else:
            below = self.show(str(spec.base))
        if spec.adapter is not None:
            above = digest_file(spec.adapter)
            below = replace(below, digest=digest_json([below.digest, above]), adapter=above)
        info = replace(
            below, name=spec.name, parameters=spec.parameters, details=spec.details, system=spec.system or ""
        )
        self._models[spec.name] = info
        return info

    def copy(self, name: str, new: str) -> ModelInfo:
        """Remember a model under a second name; see `Engine.copy`."""
        self._models[new] = replace(self.show(name), name=new)
        return self._models[new]

    def show(self, name: str) -> ModelInfo:
        """One model of the script; see `Engine.show`."""
        if name in self._models:
            return self._models[name]
        if self._open:
            return _info(name)
        raise ModelNotFound(f"the script has no model {name!r} (it has: {', '.join(self._models)})")

    def models(self) -> Sequence[ModelInfo]:
        """The models named or created so far."""
        return [self._models[name] for name in sorted(self._models)]

    def delete(self, name: str) -> None:
        """Remove the model `name`; raises ModelNotFound where the script has none of this name."""
        if name not in self._models:
            raise ModelNotFound(f"the script has no model {name!r}")
        del self._models[name]

    def close(self) -> None:
        """Does nothing, because a script holds no memory or connection."""


def load_script(path: Path | None = None) -> ScriptedEngine:
    """The engine of a script file, RAGFT_SCRIPT's by default.

    Raises:
        UsageError: no file is named, or it is not a script.
    """
    chosen = path or Path(os.environ.get("RAGFT_SCRIPT", ""))
    if not chosen.is_file():
        raise UsageError(
            "the scripted engine needs a script" + (f", and {chosen} is not a file" if str(chosen) != "." else ""),
            fix="set RAGFT_SCRIPT to a JSON file",
        )
    try:
        script = json.loads(chosen.read_text("utf-8"))
        rules = [_Rule.read(rule) for rule in (*script.get("rules", ()), script.get("default", {"reply": ""}))]
    except (ValueError, TypeError, AttributeError, re.error) as error:
        raise UsageError(f"{chosen} is not a script: {error}", fix="see docs/engines.md") from error
    return ScriptedEngine(lambda request: _by_rules(rules, request), models=script.get("models"), most_recorded=100)


@dataclass
class _Rule:
    match: re.Pattern[str]
    replies: tuple[str, ...]
    template: str | None = None
    delay: float = 0.0
    die: bool = False
    kill: bool = False
    played: int = field(default=0)

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> _Rule:
        values = dict(rule)
        reply = values.pop("reply", "")
        replies = tuple(reply) if isinstance(reply, list) else (str(reply),)
        return cls(re.compile(values.pop("match", ""), re.DOTALL), replies, **values)

    def answer(self, found: re.Match[str]) -> str:
        if self.template is not None:
            return found.expand(self.template)
        text = self.replies[min(self.played, len(self.replies) - 1)]
        self.played += 1
        return text


def _by_rules(rules: Sequence[_Rule], request: ChatRequest) -> Reply:
    asked = next((turn.content for turn in reversed(request.messages) if turn.role == "user"), "")
    for rule in rules:
        if found := rule.match.search(asked):
            time.sleep(rule.delay)
            text = rule.answer(found)
            return _cut_off(text, kill=rule.kill) if rule.die or rule.kill else text
    return ""


def _cut_off(text: str, *, kill: bool) -> Reply:
    """A reply that stops after its text, without an end."""

    def chunks() -> Iterator[ChatChunk]:
        yield from (ChatChunk(content=piece) for piece in _TOKEN.findall(text))
        if kill:
            kill_self()
        raise GenerationError("the scripted engine died in the middle of an answer")

    return chunks()  # type: ignore[return-value]  # only ever iterated, once


def _speak(text: str, request: ChatRequest, prompt_tokens: int, window: int) -> Iterator[ChatChunk]:
    pieces = _TOKEN.findall(text)
    most = request.options.num_predict
    room = window - prompt_tokens
    spoken = pieces[: room if most < 0 else min(most, room)]
    for piece in spoken:
        yield ChatChunk(content=piece)
    prompt, generate = prompt_tokens * SECONDS_PER_TOKEN, len(spoken) * SECONDS_PER_TOKEN
    yield ChatChunk(
        done=True,
        done_reason="stop" if len(spoken) == len(pieces) else "length",
        metrics=Metrics(prompt_tokens, len(spoken), 0.0, prompt, generate, prompt + generate),
    )


def _head(weights: Path) -> Head:
    """What a GGUF says of itself; any other file will do for weights, and says nothing."""
    try:
        return read_head(weights)
    except InputError:
        return Head()


def _info(name: str) -> ModelInfo:
    return ModelInfo(
        name, digest_json(name), 0, "scripted", quantization="none", context_length=4096, template=TEMPLATE
    )
