"""Messages (EML): who wrote what to whom and when; attachments are named, not read."""

from __future__ import annotations

import codecs
import email
import email.policy
import email.utils
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title, read_bytes
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.html.reader import fragment_blocks, xhtml_as_html
from ragft.corpus.readers.mail_heads import head_line, head_of, label_of
from ragft.corpus.readers.mail_parts import parts_of
from ragft.corpus.readers.plain_text import pieces_of
from ragft.corpus.text import one_line
from ragft.errors import DocumentError

_UTF_7 = frozenset(("utf-7", "utf7", "unicode-1-1-utf-7"))
"""Labels of UTF-7, an encoding of mail alone, whose bytes are ASCII: `+AKM-5` is `£5`."""
_FORMAT = re.compile(r"<<|<param>[^<>]*</param>|</?[A-Za-z][\w-]*>", re.IGNORECASE)
"""The commands of text/enriched (RFC 1896), and the sign that begins one, doubled where it is text."""
_NEXT = re.compile(rb"\r?\n\r?\nFrom [^\r\n]*\r?\n[A-Za-z-]+:")
"""Where the next message of an mbox file begins."""


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
        head = head_of(message, notes)
        body = list(_body(message, notes)) if any(head.values()) else []
    if not any(head.values()):
        raise DocumentError(
            f"{source.path} is not a message: it names no sender, date or subject",
            fix="save it from your mail program again; if it is text, name it .txt",
        )
    if more := len(_NEXT.findall(data)):
        notes.append(f"the file holds {more + 1} messages, read as one: save each as a file of its own")
    builder = BlockBuilder([])
    builder.add(Block(head_line(head), 0))
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
        warnings=tuple(dict.fromkeys(notes)),
    )


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
    read = cache(_blocks)  # a part is read to compare it with other forms of the same text, and once more
    found = parts_of(message, lambda part: read(part)[0])
    notes += found.notes
    if found.attached:
        notes.append(f"attachments are not read: {', '.join(found.attached)}")
    if not found.texts and (part := _undivided(message)) is not None:
        notes.append("the parts of the message are not divided as its head says: they are read as one text")
        found.texts.append(part)
    for part in found.texts:
        blocks, more = read(part)
        notes += more
        yield from blocks


def _blocks(part: Any) -> tuple[list[Block], tuple[str, ...]]:
    """The blocks of a part of text, or of the line of a head, and notes on what is left out."""
    if isinstance(part, str):
        return [Block(part, 0)], ()
    try:
        text, guessed = _text_of(part)
    except UnknownEncodingError as error:
        return [], (f"the text is {error}, and left out",)
    if part.get_content_subtype() == "html":
        blocks, more = fragment_blocks(xhtml_as_html(text))
        return blocks, (*guessed, *more)
    if part.get_content_subtype() in {"enriched", "richtext"}:
        text = _FORMAT.sub(lambda match: "<" if match[0] == "<<" else "", text)
    if str(part.get_param("delsp", "")).casefold() == "yes":  # a blank at the end marks a line cut anywhere (RFC 3676)
        text = re.sub(r"(?<!^)(?<!^--) \r?\n", "", text, flags=re.MULTILINE)
    blocks = [
        Block(piece if is_table else one_line(piece), 0, "table" if is_table else "paragraph")
        for piece, is_table in pieces_of(text)
    ]
    return blocks, tuple(guessed)


def _text_of(part: Any) -> tuple[str, tuple[str, ...]]:
    """The text of a part, and notes on what was guessed or replaced."""
    data, label = part.get_payload(decode=True) or b"", label_of(part)
    if label.casefold() in _UTF_7:
        with suppress(UnicodeDecodeError):
            data = data.decode("utf-7").encode("utf-8", "replace")
    return decode(data, label)
