"""The events of an answer as it is written, and the filter that keeps what must not be shown out of the stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ragft.answer.base import Answer, Citation
from ragft.answer.checking.support import sentence_spans
from ragft.answer.escape import strip_tokens
from ragft.answer.written.citation_keys import LABEL, Resolve, put_keys, strip_keys, without_torn_key
from ragft.console import safe

HOLD_CHARACTERS = 200
"""A bracket still open after that is not a list of keys, and is shown as text."""


@dataclass(frozen=True)
class Status:
    """What is being done: "searching", "reading part 2 of 8", "reading"; and the titles of the documents found.

    >>> with ragft.open() as app:
    ...     events = list(app.stream("How much memory does QLoRA need for a 65B model?"))
    >>> [event.text for event in events if isinstance(event, ragft.Status)][:1]
    ['searching']
    """

    text: str
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thinking:
    """A piece of the model's thinking; only when it was asked for."""

    text: str


@dataclass(frozen=True)
class Delta:
    """A piece of the answer, safe to show. Keys in it are of sources that say what the sentence before them says.

    >>> with ragft.open() as app:
    ...     events = list(app.stream("How much memory does QLoRA need for a 65B model?"))
    >>> "".join(event.text for event in events if isinstance(event, ragft.Delta))[:30]
    'QLoRA brings the fine-tuning o'
    """

    text: str


@dataclass(frozen=True)
class CheckedPart:
    """The next part of the checked answer, its sources numbered in order of use. Later text does not change it.

    It comes only where it was asked for; what is left of the answer comes with `Done`.

    >>> with ragft.open() as app:
    ...     *_, last = app.stream("How much memory does QLoRA need for a 65B model?", checked_parts=True)
    >>> last.answer.refused
    False
    """

    text: str


@dataclass(frozen=True)
class Cited:
    """A source was named: where its text says what the sentence before says. Before the final check."""

    citation: Citation


@dataclass(frozen=True)
class Restart:
    """What was streamed is void: it was a thought, or the output was degenerate and is tried again."""

    reason: str


@dataclass(frozen=True)
class Done:
    """The finished, checked answer. Its text replaces all that was streamed.

    >>> with ragft.open() as app:
    ...     *_, last = app.stream("How much memory does QLoRA need for a 65B model?")
    >>> isinstance(last, ragft.Done), last.answer.refused
    (True, False)
    """

    answer: Answer


Event = Status | Thinking | Delta | CheckedPart | Cited | Restart | Done

_OPEN = re.compile(
    r"(?:<[^>\n]{0,48}|\x1b[^\x07]{0,48}|[|｜]|"
    rf"\((?:(?:see|cf\.?) )?(?:[a-z]{{0,10}}|{LABEL}\b[^()\n]{{0,80}}))$",
    re.IGNORECASE,
)
_SPACE_AT_END = re.compile(r"[ \t]+$")
_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_OPENING, _CLOSING = "[［【〔〖⟦", "]］】〕〗⟧"


class KeyStream:
    """Turns pieces of model output into text that may be shown and the citations in it.

    Brackets come whole or not at all: from an opening bracket or tag on, text is held back until it is closed. A key
    is shown where `resolve` (key, the sentence before it) gives a citation, and nowhere else; template tokens, think
    blocks and control characters are dropped.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._held = ""
        self._plain = ""
        self._thinking = False
        self._after_key = False

    def feed(self, piece: str) -> tuple[str, tuple[Citation, ...]]:
        """The text that can be shown now and the citations that are in it."""
        self._held += piece
        while (bracket := _unclosed(self._held)) is not None and len(self._held) - bracket > HOLD_CHARACTERS:
            self._held = f"{self._held[:bracket]}({self._held[bracket + 1 :]}"  # no key: nothing must make it one
        cut = len(self._held) if bracket is None else bracket
        if match := _OPEN.search(self._held[:cut]):
            cut = match.start()
        if match := _SPACE_AT_END.search(self._held[:cut]):
            cut = match.start()
        ready, self._held = self._held[:cut], self._held[cut:]
        return self._show(ready)

    def flush(self) -> tuple[str, tuple[Citation, ...]]:
        """What is still held back, at the end of the output."""
        ready, self._held = without_torn_key(self._held), ""
        return self._show(ready)

    def _show(self, text: str) -> tuple[str, tuple[Citation, ...]]:
        plain, places = strip_keys(strip_tokens(safe(self._outside_thinking(text))))
        kept: list[tuple[int, list[str]]] = []
        citations: list[Citation] = []
        for offset, keys in places:
            sentence = _last_sentence(self._plain + plain[:offset])
            found = [found for key in keys if sentence and (found := self._resolve(key, sentence))]
            kept.append((offset, [citation.key for citation in found]))
            citations += found
        shown = put_keys(plain, kept)
        if self._plain and not self._after_key and any(keys for offset, keys in kept if offset == 0):
            shown = f" {shown}"
        self._plain += plain
        if shown:
            self._after_key = any(keys for offset, keys in kept if offset == len(plain))
        return shown, tuple(citations)

    def _outside_thinking(self, text: str) -> str:
        kept: list[str] = []
        position = 0
        for match in _THINK.finditer(text):
            if not self._thinking:
                kept.append(text[position : match.start()])
            self._thinking = not match[1]
            position = match.end()
        if not self._thinking:
            kept.append(text[position:])
        return "".join(kept)


def shown_events(text: str, citations: Sequence[Citation]) -> Iterator[Delta | Cited]:
    """The events of what a `KeyStream` lets through."""
    if text:
        yield Delta(text)
    yield from map(Cited, citations)


def _unclosed(text: str) -> int | None:
    """Where the outermost bracket stands that is still open at the end of `text`."""
    opened: list[int] = []
    for position, character in enumerate(text):
        if character in _OPENING:
            opened.append(position)
        elif character in _CLOSING and opened:
            opened.pop()
    return opened[0] if opened else None


def _last_sentence(text: str) -> str:
    """The sentence that a key at the end of `text` belongs to: the last one of its line."""
    line = text[text.rfind("\n") + 1 :]
    spans = sentence_spans(line)
    return line[slice(*spans[-1])] if spans else ""
