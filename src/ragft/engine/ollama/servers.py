"""Several Ollama servers as one engine: a question goes to the server with the least to do.

    ollama_host = ["gpu1:11434", "gpu2:11434"]

A server answers for a model only if it has the same one, by digest, as the first server that was found to have it: it
must make no difference which one answers. One that fails is left alone for `REST` seconds, or for as long as its
failure took, and its questions go to the others; then it is asked what it has before it is asked a question. A question
changes the server only before the first piece of its answer.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, TypeVar

from ragft.console import Progress
from ragft.engine.base import MOST_CANDIDATES, ChatChunk, ChatRequest, ModelInfo, ModelSpec, TokenLogprob
from ragft.engine.model_names import full_name
from ragft.engine.ollama.engine import OllamaEngine
from ragft.engine.ollama.wire import ENGINE, LoadedModel
from ragft.engine.types import OLLAMA_TYPES
from ragft.errors import ContextOverflow, EngineError, EngineUnavailable, GenerationError, ModelNotFound
from ragft.log import log
from ragft.ollama_package import ResponseError

T = TypeVar("T")

REST = 15.0
"""Seconds for which a server is not asked that did not answer, as long as another one does."""
KNOWN = 60.0
"""Seconds for which is remembered which models a server has."""
LOOK = 5.0
"""Seconds in which a server says what it has; one that works on a question does so, too."""
_SERVER_ERROR = 500
"""The least status of an error that is the server's own."""


@dataclass(eq=False)
class _Server:
    """`digests`: of its models by `_key` of their names, asked for at `asked`; times are those of `time.monotonic`."""

    engine: OllamaEngine
    busy: int = 0
    last_used: float = 0.0
    rests_until: float = -math.inf
    digests: Mapping[str, str] = field(default_factory=dict)
    asked: float = -math.inf

    @property
    def rests(self) -> bool:
        return time.monotonic() < self.rests_until


class OllamaServers:
    """The models of several Ollama servers.

    What is registered, copied or deleted is so on every server; each of them must answer then.
    """

    name = ENGINE
    loads_aside = True
    quantizes = OLLAMA_TYPES
    template_language: Literal["jinja", "go"] = "go"

    def __init__(self, engines: Sequence[OllamaEngine]) -> None:
        self._servers = [_Server(engine) for engine in engines]
        self._lock = threading.Lock()
        self._meant: dict[str, str] = {}
        """The digest of a model by `_key` of its name, as it was found first."""
        self._others: set[tuple[str, str]] = set()
        self.host = ", ".join(engine.host for engine in engines)
        self.slots = sum(engine.slots for engine in engines)

    @property
    def num_ctx(self) -> int:
        """The context window of a request that names none."""
        return self._servers[0].engine.num_ctx

    @num_ctx.setter
    def num_ctx(self, tokens: int) -> None:
        for server in self._servers:
            server.engine.num_ctx = tokens

    def probe(self, seconds: float) -> None:
        """Ask every server whether it answers within `seconds`; one must.

        Raises:
            EngineUnavailable: none does.
        """
        self._each(lambda engine: engine.probe(seconds), look=False)

    def version(self) -> str:
        """The versions of the servers, each once; see `Engine.version`."""
        return ", ".join(dict.fromkeys(self._each(lambda engine: engine.version())))

    def release(self) -> tuple[int, ...]:
        """The oldest version of a server, as numbers."""
        return min(self._each(lambda engine: engine.release()))

    def loaded(self) -> list[LoadedModel]:
        """The models that any server holds in memory."""
        return list(chain.from_iterable(self._each(lambda engine: engine.loaded())))

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Stream the answer of the least busy server; see `Engine.chat`."""
        failures: list[EngineError] = []
        with closing(self._by_turns(request.model)) as servers:
            for server in servers:
                begun, since = False, time.monotonic()
                try:
                    for chunk in server.engine.chat(request):
                        begun = True
                        yield chunk
                        since = time.monotonic()
                    return
                except EngineError as error:
                    self._failed(server, error, since)
                    if begun or not _is_its_own(error):
                        raise
                    failures.append(error)
        raise failures[0]

    def load(self, model: str) -> None:
        """Have the server load a model that would be asked now; see `Engine.load`."""
        self._ask(model, lambda engine: engine.load(model))

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """The likeliest next tokens; see `Engine.next_tokens`."""
        return self._ask(model, lambda engine: engine.next_tokens(model, prompt, top=top))

    def render(self, request: ChatRequest) -> str:
        """The prompt as a server would feed it; see `Engine.render`."""
        return self._ask(request.model, lambda engine: engine.render(request))

    def tokenize(self, model: str, text: str) -> list[int]:
        """Ollama has no way to ask; see `OllamaEngine.tokenize`."""
        return self._servers[0].engine.tokenize(model, text)

    def create(self, spec: ModelSpec, progress: Progress | None = None) -> ModelInfo:
        """Register a model on every server; see `Engine.create`."""
        return self._everywhere(lambda engine: engine.create(spec, progress))

    def copy(self, name: str, new: str) -> ModelInfo:
        """Give a model a second name on every server; see `Engine.copy`."""
        return self._everywhere(lambda engine: engine.copy(name, new))

    def show(self, name: str) -> ModelInfo:
        """All that is known of a model; see `Engine.show`."""
        return self._ask(name, lambda engine: engine.show(name))

    def models(self) -> Sequence[ModelInfo]:
        """The models that any server has, each as the first server has it."""
        found: dict[str, ModelInfo] = {}
        for model in chain.from_iterable(self._each(lambda engine: engine.models())):
            found.setdefault(_key(model.name), model)
        return sorted(found.values(), key=lambda model: model.name)

    def delete(self, name: str) -> None:
        """Remove a model from every server that has it; see `Engine.delete`."""
        missing: list[ModelNotFound] = []
        for server in self._servers:
            try:
                server.engine.delete(name)
            except ModelNotFound as error:
                missing.append(error)
            server.asked = -math.inf
        self._meant.clear()
        if len(missing) == len(self._servers):
            raise missing[0]

    def close(self) -> None:
        """Close the connections; the servers keep running."""
        for server in self._servers:
            server.engine.close()

    def _ask(self, model: str, ask: Callable[[OllamaEngine], T]) -> T:
        """What the least busy server that has `model` answers, or the next one where it does not."""
        failures: list[EngineError] = []
        with closing(self._by_turns(model)) as servers:
            for server in servers:
                since = time.monotonic()
                try:
                    return ask(server.engine)
                except EngineError as error:
                    self._failed(server, error, since)
                    if not _is_its_own(error):
                        raise
                    failures.append(error)
        raise failures[0]

    def _each(self, ask: Callable[[OllamaEngine], T], *, look: bool = True) -> list[T]:
        """What the servers answer, in order; those that rest are asked if no other answers.

        With `look`, one that does not even say soon what it has is not asked.
        """
        if look:
            self._look()
        answers: list[T] = []
        failures: list[EngineError] = []
        for server in sorted(self._servers, key=lambda server: server.rests):
            if answers and server.rests:
                break
            since = time.monotonic()
            try:
                answers.append(ask(server.engine))
            except EngineError as error:
                self._failed(server, error, since)
                failures.append(error)
        if not answers:
            raise failures[0]
        return answers

    def _everywhere(self, change: Callable[[OllamaEngine], ModelInfo]) -> ModelInfo:
        made = []
        self._meant.clear()
        for server in self._servers:
            try:
                made.append(change(server.engine))
            finally:
                server.asked = -math.inf  # what it has now is asked for again
        return made[0]

    def _by_turns(self, model: str) -> Generator[_Server, None, None]:
        """The servers to ask for `model`, each counted as busy while it is asked.

        The one with the least to do comes first; among equals the one that was asked last, which has the model loaded.
        """
        left = self._having(model)
        while left:
            with self._lock:
                server = min(left, key=lambda one: (one.rests, one.busy / one.engine.slots, -one.last_used))
                server.busy += 1
                server.last_used = time.monotonic()
            left.remove(server)
            try:
                yield server
            finally:
                with self._lock:
                    server.busy -= 1

    def _look(self) -> None:
        """Ask what the servers have that do not rest, if that is unknown or was asked long ago; all at once."""
        asked = [server for server in self._servers if not server.rests and time.monotonic() - server.asked > KNOWN]
        if asked:
            with ThreadPoolExecutor(len(asked), "look") as threads:
                list(threads.map(self._look_at, asked))

    def _look_at(self, server: _Server) -> None:
        since = time.monotonic()
        try:
            server.digests = {_key(name): digest for name, digest in server.engine.digests(LOOK).items()}
            server.asked = time.monotonic()
        except EngineError as error:
            self._failed(server, error, since)

    def _having(self, model: str) -> list[_Server]:
        """The servers that have the `model` that was found first; all if none is known to have it."""
        self._look()
        key = _key(model)
        digests = {server: server.digests[key] for server in self._servers if key in server.digests}
        if not digests:
            return list(self._servers)
        if self._meant.get(key) not in digests.values():
            self._meant[key] = next(iter(digests.values()))
        same = [server for server, digest in digests.items() if digest == self._meant[key]]
        for server in digests.keys() - set(same):
            if (server.engine.host, key) not in self._others:
                self._others.add((server.engine.host, key))
                log.warning(
                    f"{model} at {server.engine.host} is another one than at {same[0].engine.host}: not asked there"
                    f" → ollama pull {model} on both"
                )
        return same

    def _failed(self, server: _Server, error: EngineError, since: float) -> None:
        """Let a server rest that failed, asked or last heard at `since`; one that only lacks a model is asked on."""
        if not _is_its_own(error):
            return
        server.asked = -math.inf
        if isinstance(error, ModelNotFound):
            return
        now = time.monotonic()
        rest = max(REST, now - since)
        if not server.rests:
            log.warning(f"{error.message}: the other servers are asked for {rest:.0f} s")
        server.rests_until = now + rest


def _is_its_own(error: EngineError) -> bool:
    """Whether it is of this server, so that another one may answer: not of what was asked."""
    if isinstance(error, EngineUnavailable | GenerationError | ModelNotFound):
        return True
    status = error.__cause__.status_code if isinstance(error.__cause__, ResponseError) else 0
    return status >= _SERVER_ERROR and not isinstance(error, ContextOverflow)


def _key(model: str) -> str:
    """The same for all ways to write the name of a model."""
    return full_name(model).lower()
