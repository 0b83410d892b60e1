"""An engine whose models run in the workers of an executor: each worker answers a request at the same time.

    with spread_by_settings(engine, settings, "generate", workspace) as engine:
        ...

Each worker has an engine of the same kind, which must have the same model, by digest. What is asked is a pure function
of the request, so a reply is the same wherever it is written. Names, prompts and tokens are looked up in this process,
and `logprobs` are computed in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ragft.engine.base import MOST_CANDIDATES, ChatChunk, ChatRequest, Engine, TokenLogprob
from ragft.engine.engines import hosts, open_named
from ragft.engine.wrapped import WrappedEngine
from ragft.errors import EngineError, ModelNotFound, UsageError
from ragft.executors.base import Executor, Workers
from ragft.executors.open_executor import open_executor
from ragft.machine import cores
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.config import Settings
    from ragft.setting_sections import EngineSettings, ExecutorSettings


@dataclass(frozen=True)
class TimedReply:
    """A whole reply: each chunk with the seconds since the one before, and the seconds of all."""

    chunks: tuple[tuple[float, ChatChunk], ...]
    seconds: float


@dataclass(frozen=True)
class ModelCall:
    """A call of an engine, `ask`, about the model of this name and digest."""

    model: str
    digest: str
    ask: Callable[[Engine], Any]


class ModelRunner:
    """What runs in a worker: an engine that answers calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._same: set[tuple[str, str]] = set()

    def __call__(self, call: ModelCall) -> Any:
        """The answer.

        Raises:
            ModelNotFound: the worker lacks the model, or has another one of that name.
            EngineError: from the engine.
        """
        if (call.model, call.digest) not in self._same:
            if self._engine.show(call.model).digest != call.digest:
                raise ModelNotFound(
                    f"a worker has another model {call.model} than the process that asks",
                    fix="pull or register the same model on every machine",
                )
            self._same.add((call.model, call.digest))
        return call.ask(self._engine)

    def close(self) -> None:
        """Close the engine of this worker."""
        self._engine.close()


@dataclass(frozen=True)
class MakeModelRunner:
    """Opens the engine called `name` in a worker, with the window of the engine that it stands for."""

    name: str
    settings: EngineSettings
    root: Path
    num_ctx: int

    def __call__(self) -> ModelRunner:
        """The function of the worker."""
        engine = open_named(self.name, self.settings, Workspace(self.root))
        engine.num_ctx = self.num_ctx
        return ModelRunner(engine)


class EngineElsewhere(WrappedEngine):
    """`engine`, whose models answer in `workers`."""

    def __init__(self, engine: Engine, workers: Workers[ModelCall, Any]) -> None:
        super().__init__(engine)
        self.slots = workers.count
        self.workers = workers
        self._digests: dict[str, str] = {}

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """The answer, all of it at once; see `Engine.chat`."""
        return iter([chunk for _, chunk in self.timed(request).chunks])

    def timed(self, request: ChatRequest) -> TimedReply:
        """The answer with the times that the worker measured; the wait for a worker is not part of them.

        Raises:
            EngineError: as `chat`.
        """
        reply: TimedReply = self._ask(request.model, partial(timed_reply, request))
        return reply

    def next_tokens(self, model: str, prompt: str, *, top: int = MOST_CANDIDATES) -> list[TokenLogprob]:
        """The likeliest next tokens; see `Engine.next_tokens`."""
        found: list[TokenLogprob] = self._ask(model, partial(_next_tokens, model, prompt, top))
        return found

    def _ask(self, model: str, ask: Callable[[Engine], Any]) -> Any:
        if model not in self._digests:
            self._digests[model] = self.engine.show(model).digest
        return self.workers.submit(ModelCall(model, self._digests[model], ask)).result()


class ScoringEngineElsewhere(EngineElsewhere):
    """The same for an engine with `logprobs`, which are too many to be sent: this process computes them."""

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0) -> list[list[TokenLogprob]]:
        """The log-probabilities that the wrapped engine gives `tokens`, computed in this process."""
        found: list[list[TokenLogprob]] = self.engine.logprobs(model, tokens, top=top, start=start)  # type: ignore[attr-defined]
        return found


def timed_reply(request: ChatRequest, engine: Engine) -> TimedReply:
    """The reply of `engine` to `request`; to load the model is not part of its time."""
    with suppress(NotImplementedError, EngineError):  # the reply says what is wrong
        engine.render(request)
    start = asked = time.perf_counter()
    chunks = []
    for chunk in engine.chat(request):
        chunks.append((time.perf_counter() - asked, chunk))
        asked = time.perf_counter()
    return TimedReply(tuple(chunks), time.perf_counter() - start)


def _next_tokens(model: str, prompt: str, top: int, engine: Engine) -> list[TokenLogprob]:
    return engine.next_tokens(model, prompt, top=top)


def spread_over(
    executor: Executor, engine: Engine, make: Callable[[], ModelRunner], *, threads: int = 1
) -> EngineElsewhere:
    """`engine` with as many workers of so many `threads` as the executor has room for; each calls `make`."""
    form = ScoringEngineElsewhere if hasattr(engine, "logprobs") else EngineElsewhere
    return form(engine, executor.workers(make, max(1, executor.size // threads)))


def engines_behind(engine: Engine) -> int:
    """How many requests it answers at once of which none slows another: each has a worker or a server of its own."""
    return engine.slots if isinstance(engine, EngineElsewhere) else max(1, len(hosts(engine)))


@contextmanager
def spread_by_settings(
    engine: Engine, settings: Settings, section: Literal["generate", "benchmark"], workspace: Workspace
) -> Iterator[Engine]:
    """`engine` as the settings of `section` have it: itself, or with its models in the workers of an executor.

    A worker's engine runs on as many threads as it would here: what a model writes depends on their number.

    Raises:
        UsageError: the engine is Ollama, whose servers share the work by themselves.
        MissingExtra, EngineUnavailable: of Ray.
    """
    where: ExecutorSettings = getattr(settings, section)
    if where.executor != "local" and engine.name == "ollama":
        raise UsageError(
            f"{section}.executor={where.executor} has the embedded engine run in the workers; the engine is Ollama",
            fix=f"name several servers in engine.ollama_host (HOST,HOST) with {section}.executor=local, or "
            "engine.name=embedded",
        )
    executor = open_executor(where, section)
    if executor is None:
        yield engine
        return
    threads = settings.engine.threads or cores()
    same = settings.engine.model_copy(update={"threads": threads})
    with closing(executor):
        make = MakeModelRunner(engine.name, same, workspace.root, engine.num_ctx)
        found = spread_over(executor, engine, make, threads=threads)
        with closing(found.workers):
            yield found
