"""A reply in the form that all APIs share: final pieces of text, then token counts and citations.

The model name selects the source: `ragft` and `ragft/…` answer from the documents, checked; any other name is a model
of the engine without documents.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ragft
from ragft.app.asking import Sampling, turns_of
from ragft.app.formats import for_reader
from ragft.errors import RagftError, UsageError
from ragft.server.serving import ServerState
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.answer.base import Answer
    from ragft.answer.library.choosing import DocumentFilter

PAPERS = "ragft"
ARMS = ("base", "tuned")


@dataclass(frozen=True)
class ReplyRequest:
    """A request for a reply: `messages` are (role, content); the last one is the user's."""

    model: str
    messages: Sequence[tuple[str, str]]
    sampling: Sampling = field(default_factory=Sampling)
    schema: Mapping[str, Any] | None = None
    within: DocumentFilter | None = None
    user: str = ""

    @property
    def from_papers(self) -> bool:
        """Whether the documents are asked."""
        return is_papers(self.model)


@dataclass(frozen=True)
class Begun:
    """The model was found and the work has begun. Errors before this event can still set the HTTP status."""


@dataclass(frozen=True)
class Working:
    """The current step, and the titles of the documents once they are found."""

    doing: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Text:
    """The next piece of the reply. It is final."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The whole reply. `reason` is "stop" or "length"; `answer` is set if the documents were asked."""

    text: str
    reason: str
    prompt_tokens: int
    written_tokens: int
    answer: Answer | None = None


Piece = Begun | Working | Text | Finished


def is_papers(model: str) -> bool:
    """Whether a model's name means the documents."""
    name = model.removesuffix(":latest")
    return name == PAPERS or name.startswith(f"{PAPERS}/")


async def reply(serving: ServerState, asked: ReplyRequest) -> AsyncGenerator[Piece, None]:
    """The events of a reply, after waiting for this user's turn. The first is `Begun`, the last `Finished`.

    Raises:
        Busy: the queue is full.
        RagftError: as the application says.
    """
    if not asked.messages or asked.messages[-1][0] != "user":
        raise UsageError("the last message is not the user's", fix='give it the role "user"')
    if asked.from_papers and asked.schema is not None:
        raise UsageError(
            f"{asked.model} answers in checked sentences, and in no other form",
            fix="leave out response_format, or name a model of the engine (GET /v1/models)",
        )
    async with serving.turns.turn(asked.user):
        pieces = _from_papers(serving, asked) if asked.from_papers else _plain(serving, asked)
        try:
            async for piece in pieces:
                if isinstance(piece, Finished):
                    _count(serving, piece)
                yield piece
        except RagftError as error:
            raise serving.shown(error) from error
        finally:
            await pieces.aclose()


async def whole_reply(serving: ServerState, asked: ReplyRequest) -> Finished:
    """Wait for the end of a reply and return it as a whole."""
    async for piece in reply(serving, asked):
        if isinstance(piece, Finished):
            return piece
    raise AssertionError("a reply ends with Finished or an exception")


async def _from_papers(serving: ServerState, asked: ReplyRequest) -> AsyncGenerator[Piece, None]:
    model = await in_thread(lambda: _engine_model(serving, asked.model))
    *before, (_, question) = asked.messages
    source = serving.app.stream(
        question,
        model=model,
        within=asked.within,
        history=turns_of(before),
        sampling=asked.sampling,
        checked_parts=True,
    )
    sent = _Sent(asked.sampling.stop)
    begun = False
    events = serving.threads.events(source)
    try:
        async for event in events:
            if not begun:
                begun = True
                yield Begun()
            if isinstance(event, ragft.Status):
                yield Working(event.text, event.titles)
            elif isinstance(event, ragft.CheckedPart) and (text := sent.add(event.text)):
                yield Text(text)
            elif isinstance(event, ragft.Done):
                answer = for_reader(event.answer)
                if text := sent.add(_rest(answer.answer, sent.given), last=True):
                    yield Text(text)
                metrics = answer.metrics
                cut = metrics.done_reason == "length" and not answer.refused
                reason = "length" if cut and not sent.stopped else "stop"
                yield Finished(sent.text, reason, metrics.prompt_tokens, metrics.generated_tokens, answer)
    finally:
        await events.aclose()


async def _plain(serving: ServerState, asked: ReplyRequest) -> AsyncGenerator[Piece, None]:
    source = serving.app.complete(
        asked.messages, model=asked.model.removesuffix(":latest"), sampling=asked.sampling, schema=asked.schema
    )
    text = ""
    begun = False
    events = serving.threads.events(source)
    try:
        async for chunk in events:
            if not begun:
                begun = True
                yield Begun()
            if chunk.content:
                text += chunk.content
                yield Text(chunk.content)
            if chunk.done:
                cost = chunk.metrics
                reason = "length" if chunk.done_reason == "length" else "stop"
                read, written = (cost.prompt_tokens, cost.generated_tokens) if cost else (0, 0)
                yield Finished(text, reason, read, written)
                return
    finally:
        await events.aclose()


def _engine_model(serving: ServerState, name: str) -> str | None:
    """The engine's name of the model behind `ragft/…`; None for the default model."""
    model = name.removesuffix(":latest").removeprefix(PAPERS).removeprefix("/")
    if model in ARMS:
        return serving.app.arms()[model]
    return model or None


def _rest(answer: str, given: str) -> str:
    """The part of the finished answer that was not sent yet. If the answer does not begin with the text that was sent,
    which happens only for broken output, the whole answer.
    """
    if answer.startswith(given):
        return answer[len(given) :]
    return f"\n\n{answer}"


def _count(serving: ServerState, done: Finished) -> None:
    serving.metrics.tokens.labels("read").inc(done.prompt_tokens)
    serving.metrics.tokens.labels("written").inc(done.written_tokens)
    if done.answer is not None:
        serving.metrics.answers.labels(done.answer.reason or "answered").inc()


class _Sent:
    """The text that was sent, up to the first stop string.

    `given` is what was handed in, `text` what came out.
    """

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(filter(None, stop))
        self.given = ""
        self.text = ""
        self.stopped = False

    def add(self, text: str, *, last: bool = False) -> str:
        """The part of the text that may be sent now; a possible beginning of a stop string is held back."""
        self.given += text
        if self.stopped:
            return ""
        ends = [place for stop in self._stop if (place := self.given.find(stop)) >= 0]
        self.stopped = bool(ends)
        end = min(ends) if ends else len(self.given) - (0 if last else self._held())
        new, self.text = self.given[len(self.text) : end], self.given[: max(end, len(self.text))]
        return new

    def _held(self) -> int:
        """The length of the longest end of the text that is the beginning of a stop string."""
        longest = max(map(len, self._stop), default=0)
        tails = range(min(longest, len(self.given)), 0, -1)
        return next((n for n in tails if any(stop.startswith(self.given[-n:]) for stop in self._stop)), 0)
