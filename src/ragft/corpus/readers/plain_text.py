"""Plain text: paragraphs between blank lines, pages between form feeds where there are any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title, read_text
from ragft.corpus.readers.reference_lists import without_references
from ragft.corpus.readers.ruled_table import ruled_in
from ragft.corpus.readers.spaced_table import tables_in
from ragft.corpus.sections import heading_number, is_known_name, numbered_level
from ragft.corpus.tables import table_text
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError

_BLANK = re.compile(r"\n[ \t]*\n")
_LINE_END = re.compile("\r\n?")
_ENDS = (".", "!", "?", ":", ",", ";", "。", "！", "？")


def read(source: SourceFile) -> Document:
    """Read a text file.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or holds no text.
    """
    text, warnings = read_text(source)
    document = document_of_text(text, id_=source.id, path=str(source.path))
    return replace(
        document, title=document.title or name_as_title(source.path), warnings=(*warnings, *document.warnings)
    )


def document_of_text(text: str, *, id_: str, path: str) -> Document:
    """A text as a document; its title is empty where it begins with none.

    Raises:
        DocumentError: it holds no text.
    """
    pages = text.split("\f")
    while len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    builder = BlockBuilder([])
    title = ""
    for number, page in enumerate(pages, start=1):
        for piece, is_table in pieces_of(page):
            at = number if len(pages) > 1 else 0
            if is_table:
                builder.add(Block(piece, at, "table"))
                continue
            lines = [line.strip() for line in sanitise(piece).split("\n") if line.strip()]
            if not lines:
                continue
            if not title and not builder.blocks:
                title = _title(lines)
            builder.add(_block(lines, at))
    blocks, notes = without_references(builder.blocks)
    if not blocks:
        raise DocumentError(f"{path} holds no text")
    return Document(id_, path, title, tuple(blocks), pages=len(pages) if len(pages) > 1 else 0, warnings=notes)


def pieces_of(text: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs of a text, at whose ends a line is empty or blank, and whether each is a table."""
    for lines, rows in ruled_in(_LINE_END.sub("\n", text).split("\n")):
        if rows:
            yield table_text(rows), True
            continue
        for paragraph in _BLANK.split("\n".join(lines)):
            yield from tables_in(paragraph)


def _title(lines: list[str]) -> str:
    """A short first paragraph that is not a sentence."""
    text = " ".join(lines)
    return "" if len(lines) > 3 or len(text) > 200 or text.endswith(_ENDS) or is_known_name(text) else text


def _block(lines: list[str], page: int) -> Block:
    text = " ".join(lines)
    number, rest = heading_number(text)
    alone = len(lines) == 1 and len(text) <= 80 and not text.endswith(_ENDS)
    if alone and (is_known_name(text) or (number and rest[:1].isupper()) or (text.isupper() and len(text) > 3)):
        return Block(text, page, "heading", level=numbered_level(number) or 1)
    if re.match(r"^[-*•]\s", lines[0]):
        return Block("\n".join(lines), page, "list")
    return Block(text, page)
