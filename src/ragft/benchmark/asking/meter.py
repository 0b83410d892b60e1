"""An engine that notes what each question costs, so that loading a model is never counted as answering.

An arm that is asked the same words again, by another suite, is given its reply again and charged for its time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from copy import copy
from dataclasses import asdict, replace

from ragft.benchmark.asking.clock import Clock
from ragft.benchmark.base import RequestCost
from ragft.engine.base import ChatChunk, ChatRequest, Engine, Metrics
from ragft.engine.elsewhere import EngineElsewhere, TimedReply
from ragft.engine.wrapped import WrappedEngine
from ragft.workspace import digest_json


class Meter(WrappedEngine):
    """`Engine` around another engine; adds nothing to a request and takes nothing from a reply.

    The `clock` is not charged for the time that the engine says it spent loading.
    """

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        super().__init__(engine)
        self._clock = clock or Clock()
        self.reading = RequestCost()
        self._role = ""
        self._replies: dict[tuple[str, str], TimedReply] = {}

    def beside(self, clock: Clock) -> Meter:
        """Another meter of the same engine, which knows the replies of this one, and this one those of the other."""
        other = copy(self)
        other._clock = clock
        other.reset()
        return other

    def reset(self, role: str = "") -> None:
        """Start counting afresh, for the arm that has this role; without one no reply is given again."""
        self.reading = RequestCost()
        self._role = role

    def chat(self, request: ChatRequest) -> Iterator[ChatChunk]:
        """Pass the reply on, and time it; a whole reply that the arm gave before is given again."""
        self.reading = replace(self.reading, requests=self.reading.requests + 1)
        key = (self._role, digest_json(asdict(request)))
        known = self._replies.get(key) if self._role else None
        if known is None and isinstance(self.engine, EngineElsewhere):
            known = self._replies[key] = self._from_elsewhere(self.engine, request)
        return self._ask(request, key) if known is None else self._again(known)

    def _from_elsewhere(self, engine: EngineElsewhere, request: ChatRequest) -> TimedReply:
        """A reply that tells its own time; what was waited for it here is not part of it."""
        start = self._clock()
        try:
            return engine.timed(request)
        finally:
            self._clock.charge(start - self._clock())

    def _ask(self, request: ChatRequest, key: tuple[str, str]) -> Iterator[ChatChunk]:
        start = asked = time.perf_counter()
        first, chunks, done = 0.0, [], False
        try:
            for chunk in self.engine.chat(request):
                chunks.append((time.perf_counter() - asked, chunk))
                if not first and (chunk.content or chunk.thinking):
                    first = time.perf_counter() - start
                if chunk.done:
                    self._note(chunk.metrics or Metrics(), chunk.done_reason or "", first)
                    done = True
                yield chunk
                asked = time.perf_counter()
        finally:
            seconds = time.perf_counter() - start
            self.reading = replace(self.reading, engine=self.reading.engine + seconds)
            if done:
                self._replies[key] = TimedReply(tuple(chunks), seconds)

    def _again(self, reply: TimedReply) -> Iterator[ChatChunk]:
        self.reading = replace(self.reading, engine=self.reading.engine + reply.seconds)
        waited = first = 0.0
        for seconds, chunk in reply.chunks:
            self._clock.charge(seconds)
            waited += seconds
            if not first and (chunk.content or chunk.thinking):
                first = waited
            if chunk.done:
                self._note(chunk.metrics or Metrics(), chunk.done_reason or "", first)
            yield chunk

    def _note(self, metrics: Metrics, done_reason: str, first: float) -> None:
        reading = self.reading
        self._clock.charge(-metrics.load_seconds)
        self.reading = replace(
            reading,
            load=reading.load + metrics.load_seconds,
            first_token=max(0.0, first - metrics.load_seconds) if reading.requests == 1 else reading.first_token,
            prompt_tokens=reading.prompt_tokens + metrics.prompt_tokens,
            generated_tokens=reading.generated_tokens + metrics.generated_tokens,
            done_reason=done_reason,
        )
