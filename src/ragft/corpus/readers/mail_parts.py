"""Which parts of a message a mail program shows: nested ones too, of alternatives one, and no attachments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ragft.corpus.base import Block
from ragft.corpus.readers.mail_heads import head_line, head_of
from ragft.corpus.text import one_line, tokens_for_matching

_TEXTS = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown"}
_LEAST_SHARE = 0.5
"""Of the words of a page, the share that its plain form has to hold: less is a stub, such as "View this as HTML"."""

_ADDRESS = re.compile(r"(?:https?://|www\.|mailto:|cid:)\S*|\[\d+\]", re.IGNORECASE)
"""Addresses, and the marks that stand for them in the plain form of a page: their digits are not text."""
_NUMBER = re.compile(r"[A-Za-z]*\d[A-Za-z\d]*(?:[.,:]\d[A-Za-z\d]*)*")

Blocks = Callable[[Any], list[Block]]
"""The blocks that are seen of a part."""


@dataclass(frozen=True)
class _Form:
    """One of several forms of the same text: its parts, and the blocks that are seen of them."""

    parts: list[Any]
    blocks: list[Block]

    @cached_property
    def words(self) -> Counter[str]:
        """The words that are seen, and how often."""
        return Counter(word for block in self.blocks for word in _words_of(block.text))

    @property
    def is_page(self) -> bool:
        return any(not isinstance(part, str) and part.get_content_subtype() == "html" for part in self.parts)

    @cached_property
    def text(self) -> str:
        return _ADDRESS.sub(" ", "\n".join(block.text for block in self.blocks))

    def says_more_than(self, plain: _Form) -> bool:
        """Whether it holds a number, or a cell of a table, that `plain` lacks."""
        if set(_NUMBER.findall(self.text)) - set(_NUMBER.findall(plain.text)):
            return True
        cells = (_ADDRESS.sub(" ", block.text) for block in self.blocks if block.kind == "table")
        return any(word not in plain.words for cell in cells for word in tokens_for_matching(cell))

    def holds(self, plain: _Form) -> bool:
        """Whether it holds all digits and most words of `plain`."""
        lost = set(re.findall(r"\d+", plain.text)) - set(re.findall(r"\d+", self.text))
        return not lost and (self.words & plain.words).total() >= _LEAST_SHARE * plain.words.total()


@dataclass
class MailParts:
    """The parts of a message in order.

    Attributes:
        texts: the parts of text; before those of a message inside the message, the line of its head, as a string.
        attached: the names, or else the kinds, of what is not shown.
        notes: what was guessed in the heads of messages inside the message.
    """

    texts: list[Any] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def parts_of(message: Any, blocks: Blocks) -> MailParts:
    """What is shown of a message and what is attached to it."""
    found = MailParts()
    found.texts += _shown(message, found, blocks)
    return found


def _shown(part: Any, found: MailParts, blocks: Blocks) -> Iterator[Any]:
    held = part.get_payload()
    kind = part.get_content_type()
    divided = isinstance(held, list)
    if part.get_content_disposition() == "attachment" or (part.get_filename() and not divided):
        found.attached.append(_name(part))
    elif kind == "message/rfc822" and divided:
        if part.get_filename():
            found.attached.append(_name(part))
            return
        for inner in held:
            yield head_line(head_of(inner, found.notes))
            yield from _shown(inner, found, blocks)
    elif kind == "multipart/alternative" and divided:
        yield from _best([_form(child, found, blocks) for child in held])
    elif part.get_content_maintype() == "multipart":
        for child in held[: 1 if kind == "multipart/related" else None] if divided else ():
            yield from _shown(child, found, blocks)
    elif kind in _TEXTS:
        yield part
    else:
        found.attached.append(_name(part))


def _form(part: Any, found: MailParts, blocks: Blocks) -> _Form:
    """One of several forms of the same text; what is attached to it counts, but a form that is not text does not."""
    own = MailParts(notes=found.notes)
    shown = list(_shown(part, own, blocks))
    found.attached += own.attached if part.is_multipart() else []
    return _Form(shown, [block for one in shown for block in blocks(one)])


def _best(forms: list[_Form]) -> list[Any]:
    """The parts of the first form of plain text, or of the page where that says more; both where each does.

    Without plain text, the last form with words. A plain form that is a stub says nothing.
    """
    full = [form for form in forms if form.words]
    plain = next((form for form in full if not form.is_page), None)
    if plain is None:
        return full[-1].parts if full else []
    largest = max(full, key=lambda form: form.words.total())
    shared = (largest.words & plain.words).total()
    if largest.words.total() > plain.words.total() and shared < _LEAST_SHARE * largest.words.total():
        return largest.parts
    pages = (form for form in full if form.is_page)
    page = max(pages, key=lambda form: form.words.total(), default=plain)
    if not page.says_more_than(plain):
        return plain.parts
    return page.parts if page.holds(plain) else [*plain.parts, *page.parts]


def _words_of(text: str) -> list[str]:
    return tokens_for_matching(text) or [text]


def _name(part: Any) -> str:
    return one_line(part.get_filename() or part.get_content_type())
