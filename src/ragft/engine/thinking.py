"""Separates thoughts from the answer in the text of a model, if the engine did not.

    for chunk in split_thoughts(chunks, ThoughtSplitter()): ...

A model that thinks whatever it is asked writes its thoughts into the answer, in one of three forms: a whole
`<think>…</think>` block; a lone `</think>`, because the template opened the block in the prompt; a block that the token
limit cut. The split depends on the text alone, never on how it was cut into chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ragft.engine.base import ChatChunk

_OPEN = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_CLOSE = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_OPEN_AT_END = re.compile(r"<think(?:ing)?>\s*\Z", re.IGNORECASE)
NO_THOUGHT = "\n</think>\n\n"
"""Closes a thought that a prompt leaves open, so that what follows is the answer."""
_TAGS = ("<think>", "<thinking>", "</think>", "</thinking>")


def ends_in_thought(prompt: str) -> bool:
    """Whether a rendered prompt leaves a thought open, so that the model begins with its thoughts."""
    return bool(_OPEN_AT_END.search(prompt))


class ThoughtSplitter:
    """The split of one answer. `opened`: the prompt left a thought open.

    Until a lone `</think>` is seen, nothing tells thoughts from an answer, and they are given as content. Then a chunk
    with `void` takes it back.
    """

    def __init__(self, *, opened: bool = False) -> None:
        self.opened = opened
        self.lone = False
        """Whether a closing tag came whose opening tag the model did not write."""
        self._state = self._begin
        self._held = ""
        self._before = ""

    def feed(self, text: str) -> list[ChatChunk]:
        """What `text` adds, as far as it is certain."""
        self._held += text
        chunks: list[ChatChunk] = []
        while (found := self._state()) is not None:
            chunks += found
        return chunks

    def flush(self, *, cut: bool) -> list[ChatChunk]:
        """What is left at the end. `cut`: the model was stopped by the token limit.

        Where nothing follows a lone closing tag, what stands before it is the answer, unless the model was cut; so it
        is where the prompt opened a thought that the model neither closed nor was kept from closing.
        """
        rest, self._held = self._held, ""
        if self._state == self._in_block:
            return _thought(rest)
        if self._state == self._in_opened:
            self._before += rest
            return _thought(rest) if cut else _content(self._before)
        if self._state == self._after_opened:
            return [] if cut else _content(self._before)
        if self._state == self._after_lone:
            return [ChatChunk(thinking=self._before, void=True)] if cut else []
        return _content(rest)

    # states: each takes from `_held` and gives chunks, or None where it needs more text -----------------------------

    def _begin(self) -> list[ChatChunk] | None:
        text = self._held.lstrip()
        if found := _OPEN.match(text):
            self._held = text[found.end() :]
            self._state = self._in_block
            return []
        if not text or any(tag.startswith(text.lower()) for tag in _TAGS[:2]):
            return None
        self._state = self._in_opened if self.opened else self._in_answer
        return []

    def _in_block(self) -> list[ChatChunk] | None:
        before, closed = self._until(_CLOSE)
        if closed:
            self._state = self._blank
        return _thought(before) if before or closed else None

    def _in_opened(self) -> list[ChatChunk] | None:
        before, closed = self._until(_CLOSE)
        self._before += before
        if closed:
            self.lone = True
            self._state = self._after_opened
        return _thought(before) if before or closed else None

    def _in_answer(self) -> list[ChatChunk] | None:
        if (opening := _OPEN.search(self._held)) and not _CLOSE.search(self._held[: opening.start()]):
            self._state = self._as_it_is  # a block in the middle of an answer is a fault, and stays to be seen
            return []
        before, closed = self._until(_CLOSE)
        self._before += before
        if closed:
            self.lone = True
            self._state = self._after_lone
        return _content(before) if before or closed else None

    def _after_opened(self) -> list[ChatChunk] | None:
        return self._blank()

    def _after_lone(self) -> list[ChatChunk] | None:
        if self._blank() is None:
            return None
        return [ChatChunk(thinking=self._before, void=True)]

    def _blank(self) -> list[ChatChunk] | None:
        """Pass over the blank lines between thoughts and answer."""
        self._held = self._held.lstrip()
        if not self._held:
            return None
        self._state = self._as_it_is
        return []

    def _as_it_is(self) -> list[ChatChunk] | None:
        text, self._held = self._held, ""
        return _content(text) if text else None

    def _until(self, tag: re.Pattern[str]) -> tuple[str, bool]:
        """The text before `tag`, and whether the tag is there; what may be the beginning of one stays held."""
        if found := tag.search(self._held):
            before, self._held = self._held[: found.start()], self._held[found.end() :]
            return before, True
        cut = len(self._held)
        if (last := self._held.rfind("<")) >= 0 and any(t.startswith(self._held[last:].lower()) for t in _TAGS):
            cut = last
        before, self._held = self._held[:cut], self._held[cut:]
        return before, False


def split_thoughts(chunks: Iterator[ChatChunk], splitter: ThoughtSplitter) -> Iterator[ChatChunk]:
    """`chunks` with the thoughts in `thinking`. An engine that tells thoughts itself is left alone from then on.

    But where a model ends its turn without having closed the thought that the prompt opened, its answer is in there.
    """
    apart, thought, answered = False, "", False
    try:
        for chunk in chunks:
            if chunk.thinking and not apart:
                apart = True
                yield from splitter.flush(cut=True)
            if apart:
                thought, answered = thought + chunk.thinking, answered or bool(chunk.content.strip())
                if chunk.done and chunk.done_reason != "length" and splitter.opened and not answered:
                    yield from _content(thought)
                yield chunk
                continue
            yield from splitter.feed(chunk.content)
            if chunk.done:
                yield from splitter.flush(cut=chunk.done_reason == "length")
                yield replace(chunk, content="")
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _content(text: str) -> list[ChatChunk]:
    return [ChatChunk(content=text)] if text else []


def _thought(text: str) -> list[ChatChunk]:
    return [ChatChunk(thinking=text)] if text else []
