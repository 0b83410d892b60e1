"""Which parts of a message a mail program shows: nested ones too, of alternatives one, and no attachments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ragft.corpus.text import one_line

_NAMED = ("From", "To", "Cc", "Date", "Subject")
_TEXTS = {"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown"}
_LEAST_SHARE = 0.5
"""Of the words of a page, the share that its plain form has to hold: less is a stub, such as "View this as HTML"."""

Words = Callable[[Any], Counter[str]]
"""The words that are seen of a part, and how often."""


@dataclass
class MailParts:
    """The parts of a message in order.

    Attributes:
        texts: the parts of text; before those of a message inside the message, the line of its head, as a string.
        attached: the names, or else the kinds, of what is not shown.
    """

    texts: list[Any] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)


def head_of(message: Any) -> dict[str, str]:
    """Who wrote what to whom and when, decoded; empty where the message does not say."""
    raw = {name.casefold(): value for name, value in reversed(list(message.raw_items()))}
    return {name: one_line(_decoded(message, name) or str(raw.get(name.casefold(), ""))) for name in _NAMED}


def head_line(head: dict[str, str]) -> str:
    """The head of a message as one line."""
    return "; ".join(f"{name}: {value}" for name, value in head.items() if value)


def parts_of(message: Any, words: Words) -> MailParts:
    """What is shown of a message and what is attached to it."""
    found = MailParts()
    found.texts += _shown(message, found.attached, words)
    return found


def _shown(part: Any, attached: list[str], words: Words) -> Iterator[Any]:
    held = part.get_payload()
    kind = part.get_content_type()
    divided = isinstance(held, list)
    if part.get_content_disposition() == "attachment" or (part.get_filename() and not divided):
        attached.append(_name(part))
    elif kind == "message/rfc822" and divided:
        if part.get_filename():
            attached.append(_name(part))
            return
        for inner in held:
            yield head_line(head_of(inner))
            yield from _shown(inner, attached, words)
    elif kind == "multipart/alternative" and divided:
        yield from _best([_option(child, attached, words) for child in held], words)
    elif part.get_content_maintype() == "multipart":
        for child in held[: 1 if kind == "multipart/related" else None] if divided else ():
            yield from _shown(child, attached, words)
    elif kind in _TEXTS:
        yield part
    else:
        attached.append(_name(part))


def _option(part: Any, attached: list[str], words: Words) -> list[Any]:
    """One of several forms of the same text; what is attached to it counts, but a form that is no text does not."""
    others: list[str] = []
    shown = list(_shown(part, others, words))
    attached += others if part.is_multipart() else []
    return shown


def _best(options: list[list[Any]], words: Words) -> list[Any]:
    """The first form of plain text unless it is a stub, else the last form with words: that with a page."""
    held = [sum((words(part) for part in option), Counter()) for option in options]
    full = [(option, found) for option, found in zip(options, held, strict=True) if found]
    plain = next(((one, found) for one, found in full if not any(_is_page(part) for part in one)), None)
    if plain is None or not full:
        return full[-1][0] if full else []
    page, seen = max(full, key=lambda entry: entry[1].total())
    is_stub = seen.total() > plain[1].total() and (seen & plain[1]).total() < _LEAST_SHARE * seen.total()
    return page if is_stub else plain[0]


def _is_page(part: Any) -> bool:
    return not isinstance(part, str) and part.get_content_subtype() == "html"


def _name(part: Any) -> str:
    return one_line(part.get_filename() or part.get_content_type())


def _decoded(message: Any, name: str) -> str:
    """A header decoded; empty where it is none, or nothing that can be: a date of year 10^30."""
    try:
        return str(message[name] or "")
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return ""
