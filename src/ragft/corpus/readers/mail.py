"""Messages (EML): who wrote what to whom and when; attachments are named, not read."""

from __future__ import annotations

import codecs
import email
import email.policy
import email.utils
import re
from collections.abc import Iterator
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title, read_bytes
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.html import fragment_blocks, xhtml_as_html
from ragft.corpus.text import one_line
from ragft.errors import DocumentError

_NEXT = re.compile(rb"\r?\n\r?\nFrom [^\r\n]*\r?\n[A-Za-z-]+:")
"""Where the next message of an mbox file begins."""
_NAMED = ("From", "To", "Cc", "Date", "Subject")


def read(source: SourceFile) -> Document:
    """Read a message: its subject is the title, its sender the author.

    Raises:
        DocumentError: it is empty, too large, no message, or holds no text.
    """
    notes: list[str] = []
    with damaged(source.path, "message", fix="save it as .eml again"):
        # Before the first header an export may leave a byte order mark, empty lines and the `From ` line of an mbox.
        data = read_bytes(source).removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
        message = email.message_from_bytes(data, policy=email.policy.default)
        raw = {name.casefold(): value for name, value in reversed(list(message.raw_items()))}
        head = {name: one_line(_shown(message, name) or str(raw.get(name.casefold(), ""))) for name in _NAMED}
        body = list(_body(message, notes)) if any(head.values()) else []
    if not any(head.values()):
        raise DocumentError(
            f"{source.path} is no message: it names no sender, date or subject",
            fix="save it from your mail program again; if it is text, name it .txt",
        )
    if more := len(_NEXT.findall(data)):
        notes.append(f"the file holds {more + 1} messages, read as one: save each as a file of its own")
    builder = BlockBuilder([])
    builder.add(Block("; ".join(f"{name}: {value}" for name, value in head.items() if value), 0))
    for block in body:
        builder.add(block)
    name, address = email.utils.parseaddr(head["From"])
    return Document(
        source.id,
        str(source.path),
        head["Subject"] or name_as_title(source.path),
        tuple(builder.blocks),
        authors=tuple(filter(None, [name or address])),
        year=_year(head["Date"]),
        warnings=tuple(notes),
    )


def _shown(message: Any, name: str) -> str:
    """A header decoded; empty where it is none, or nothing that can be: a date of year 10^30."""
    try:
        return str(message[name] or "")
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return ""


def _year(date: str) -> int | None:
    try:
        return email.utils.parsedate_to_datetime(date).year
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _undivided(message: Any) -> Any:
    """The first part that should have parts of its own but lacks the line that divides them; None where none does."""
    parts = (part for part in message.walk() if part.get_content_maintype() == "multipart")
    return next((part for part in parts if isinstance(part.get_payload(), str) and part.get_payload().strip()), None)


def _body(message: Any, notes: list[str]) -> Iterator[Block]:
    part = message.get_body(preferencelist=("plain", "html"))
    names = [
        one_line(attached.get_filename() or attached.get_content_type()) for attached in message.iter_attachments()
    ]
    if names:
        notes.append(f"attachments are not read: {', '.join(names)}")
    if part is None and (part := _undivided(message)) is not None:
        notes.append("the parts of the message are not divided as its head says: they are read as one text")
    if part is None:
        return
    try:
        text, _ = decode(part.get_payload(decode=True) or b"", part.get_content_charset() or "")
    except UnknownEncodingError as error:
        notes.append(f"the text is {error}, and left out")
        return
    if part.get_content_subtype() == "html":
        blocks, more = fragment_blocks(xhtml_as_html(text))
        notes += more
        yield from blocks
        return
    text = text.replace("\r\n", "\n")
    if str(part.get_param("delsp", "")).casefold() == "yes":  # a blank at the end marks a line cut anywhere (RFC 3676)
        text = re.sub(r"(?<!^--) \n", "", text, flags=re.MULTILINE)
    for paragraph in text.split("\n\n"):
        yield Block(one_line(paragraph), 0)
