"""The events of an answer as it is written, and the filter that keeps what must not be shown out of the stream."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragft.answer.base import Answer, Citation
from ragft.answer.citations import parse_keys
from ragft.answer.escape import strip_tokens
from ragft.console import safe

HOLD_CHARACTERS = 48
"""No key bracket, tag or escape sequence is longer; what is still open after that is shown as text."""


@dataclass(frozen=True)
class Status:
    """What is being done: "searching", "reading", "again"."""

    text: str


@dataclass(frozen=True)
class Thinking:
    """A piece of the model's thinking; only when it was asked for."""

    text: str


@dataclass(frozen=True)
class Delta:
    """A piece of the answer, safe to show. Keys in it are of retrieved sources only."""

    text: str


@dataclass(frozen=True)
class Cited:
    """A source was named: where its text says what the sentence before says. Before the final check."""

    citation: Citation


@dataclass(frozen=True)
class Restart:
    """What was streamed is void: the output was degenerate and is tried again."""

    reason: str


@dataclass(frozen=True)
class Done:
    """The finished, checked answer. Its text is what counts, whatever was streamed."""

    answer: Answer


Event = Status | Thinking | Delta | Cited | Restart | Done

_OPEN = re.compile(r"[ \t]*(?:[\[【][^\]】\n]*|<[^>\n]*|\x1b[^\x07]*|[|｜])$|[ \t]+$")
_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)


class KeyStream:
    """Turns pieces of model output into text that may be shown and the keys in it.

    Brackets come whole or not at all: from an opening bracket or tag on, text is held back until it is closed.
    Unknown keys, template tokens, think blocks and control characters are dropped.
    """

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._held = ""
        self._thinking = False
        self.unknown = 0

    def feed(self, piece: str) -> tuple[str, tuple[str, ...]]:
        """The text that can be shown now and the known keys that stand in it."""
        self._held += piece
        open_part = _OPEN.search(self._held)
        cut = open_part.start() if open_part else len(self._held)
        if len(self._held) - cut > HOLD_CHARACTERS:
            cut = len(self._held)
        ready, self._held = self._held[:cut], self._held[cut:]
        return self._show(ready)

    def flush(self) -> tuple[str, tuple[str, ...]]:
        """What is still held back, at the end of the output."""
        ready, self._held = self._held, ""
        return self._show(ready)

    def _show(self, text: str) -> tuple[str, tuple[str, ...]]:
        text = strip_tokens(safe(self._outside_thinking(text)))
        shown: list[str] = []
        keys: list[str] = []
        position = 0
        for group in parse_keys(text):
            known = [key for key in group.keys if key in self._known]
            self.unknown += len(group.keys) - len(known)
            before = text[position : group.start]
            shown.append(before if known else before.rstrip(" \t"))
            shown += [f"[{key}]" for key in known]
            keys += known
            position = group.end
        shown.append(text[position:])
        return "".join(shown), tuple(keys)

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
