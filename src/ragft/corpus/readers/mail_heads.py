"""The heads of messages: who wrote what to whom and when, also where a header is not encoded as it has to be."""

from __future__ import annotations

from typing import Any

from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.text import one_line

_NAMED = ("From", "To", "Cc", "Date", "Subject")
_ASCII = {"us-ascii", "ascii", "ansi_x3.4-1968", "iso646-us", "646"}
"""Labels that programs set without looking: they say nothing about bytes beyond ASCII."""
_MOST_PARTS = 20
"""Parts of a message that are looked at for its encoding."""


def head_of(message: Any, notes: list[str]) -> dict[str, str]:
    """Who wrote what to whom and when, decoded; empty where the message does not say. A guess is added to `notes`."""
    raw = {name.casefold(): str(value) for name, value in reversed(list(message.raw_items()))}
    head = {}
    for name in _NAMED:
        written = raw.get(name.casefold(), "")
        if not written.isascii():
            written = _as_text(written, message, notes)
        head[name] = one_line(_decoded(message, name, written) or written)
    return head


def head_line(head: dict[str, str]) -> str:
    """The head of a message as one line."""
    return "; ".join(f"{name}: {value}" for name, value in head.items() if value)


def label_of(part: Any) -> str:
    """The encoding that a part declares; empty where it declares none, or one that says nothing."""
    label = str(part.get_content_charset() or "")
    return "" if label.casefold() in _ASCII else label


def _as_text(written: str, message: Any, notes: list[str]) -> str:
    """A header with bytes beyond ASCII as text: in UTF-8, else in the encoding of the message below it.

    One line is too little to detect an encoding.
    """
    data = written.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    label, body = _body_of(message)
    line = b" ".join(data.split())
    try:
        text, guessed = decode(line + b"\n\n" + body, label)
    except UnknownEncodingError:
        return data.decode("ascii", "replace")
    notes += [note for note in guessed if note not in notes]
    return text.partition("\n")[0]


def _body_of(message: Any) -> tuple[str, bytes]:
    """The label and the bytes of the first part of text with bytes beyond ASCII; empty where none has."""
    for part, _ in zip(message.walk(), range(_MOST_PARTS), strict=False):
        if part.get_content_maintype() == "text" and not part.is_multipart():
            data = part.get_payload(decode=True) or b""
            if not data.isascii():
                return label_of(part), data
    return "", b""


def _decoded(message: Any, name: str, written: str) -> str:
    """The header `name` decoded; empty where `written` is nothing that can be: a date of year 10^30."""
    try:
        return str(message.policy.header_factory(name, " ".join(written.split())))
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return ""
