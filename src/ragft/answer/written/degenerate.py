"""Output that is not an answer: loops, copies, nothing, leaked template tokens or think blocks, a cut at the limit."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from ragft.answer.escape import has_template_token
from ragft.answer.written.citation_keys import strip_keys
from ragft.corpus.words import words

Fault = Literal["", "empty", "loop", "recital", "template_token", "think_block", "unfinished_thought", "cut_off"]

_THINK = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_THINK_TAG = re.compile(r"</?think(?:ing)?>", re.IGNORECASE)
LOOP_WORDS = 4
"""Length of the word run whose repetition is counted."""
LOOP_REPEATS = 4
LOOP_SHARE = 0.5
"""An output is a loop when a run comes this often and repeated runs make up this share of all runs."""
LOOP_CHECK_CHARACTERS = 160
LOOP_WINDOW = 4000
"""A stream is looked at after so many new characters, and so many of its last ones are looked at."""


def fault(text: str, done_reason: str | None = "stop") -> Fault:
    """What is wrong with a whole model output; empty when nothing is.

    A loop outranks the cut at the token limit that it runs into; a cut alone is reported last because the part
    before it may be a good answer.
    """
    if _THINK_TAG.search(text):
        return "think_block"
    if has_template_token(text):
        return "template_token"
    if not re.search(r"\w", text):
        return "empty"
    if is_loop(text):
        return "loop"
    return "cut_off" if done_reason == "length" else ""


def is_loop(text: str) -> bool:
    """Whether `text` mostly repeats itself: the same four words over and over, or one line again and again."""
    tokens = words(text)
    runs = Counter(zip(*(tokens[i:] for i in range(LOOP_WORDS)), strict=False))
    total = sum(runs.values())
    if total < 2 * LOOP_REPEATS:
        return False
    repeated = sum(count for count in runs.values() if count > 1)
    return max(runs.values()) >= LOOP_REPEATS and repeated / total >= LOOP_SHARE


class LoopWatch:
    """Watches a text as it is streamed for the moment from which it repeats itself.

        watch = LoopWatch()
        for piece in stream:
            if watch.feed(piece): ...   # stop the model

    Only its end is looked at, and only every so many characters: a long text that ends in a circle is a loop too.
    """

    def __init__(self) -> None:
        self._end = ""
        self._unseen = 0

    def feed(self, text: str) -> bool:
        """Whether the text, `text` included, runs in a circle."""
        self._end = (self._end + text)[-LOOP_WINDOW:]
        self._unseen += len(text)
        if self._unseen <= LOOP_CHECK_CHARACTERS:
            return False
        self._unseen = 0
        return is_loop(self._end)


def without_thinking(text: str) -> str:
    """`text` without think blocks, an unclosed one included; a closing tag alone ends a block begun in the prompt."""
    text = _THINK.sub("", text)
    if match := re.search(r"</think(?:ing)?>", text, re.IGNORECASE):
        text = text[match.end() :]
    return text.strip()


def usable(text: str, found: Fault) -> str:
    """What of an output with the fault `found` may be judged as an answer."""
    if found == "loop":
        return before_loop(text)
    return whole_sentences(text) if found == "cut_off" else text


def whole_sentences(text: str) -> str:
    """`text` without the sentence that the token limit cut in two; all of it where it is a single one."""
    cut = max(text.rfind(mark) for mark in (". ", ".\n", "? ", "! ", "] ", "。", "！", "？", "।", "؟", "۔"))
    return text[: cut + 1] if cut > 0 else text


def before_loop(text: str) -> str:
    """`text` up to where it begins to repeat whole sentences; lets the first pass of a loop be judged as an answer."""
    seen: set[str] = set()
    kept: list[str] = []
    for piece in re.split(r"(?<=[.!?؟۔])\s+|(?<=[。！？।])|\n+", text):
        norm = " ".join(words(strip_keys(piece)[0]))
        if norm and norm in seen:
            break
        seen.add(norm)
        kept.append(piece)
    return " ".join(kept).strip()


def repeats_sentence(text: str) -> bool:
    """Whether a sentence of `text` comes a second time."""
    return words(before_loop(text)) != words(text)
