"""Word documents (DOCX): headings by style, tables, nothing deleted or hidden."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from ragft.corpus.base import Block, BlockKind, Document
from ragft.corpus.readers.base import BlockBuilder, Source, name_as_title, read_bytes
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError

_LARGEST_UNPACKED = 512 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|überschrift|titre|título|заголовок)\s*(\d)", re.IGNORECASE)


def read(source: Source) -> Document:
    """Read a DOCX file.

    Raises:
        DocumentError: it is empty, damaged, encrypted, an old .doc, unpacks to too much, or holds no text.
    """
    data = read_bytes(source)
    if data.startswith(_OLE):
        raise DocumentError(
            f"{source.path} is encrypted or an old .doc", fix="open it in a word processor and save it as .docx"
        )
    _check_archive(source)
    import docx

    try:
        document = docx.Document(str(source.path))
        builder = BlockBuilder([])
        title = ""
        for kind, level, text in _content(document):
            if level == 0 and kind == "heading":
                title = title or text
            else:
                builder.add(Block(text, 0, kind, level=level))
        core = document.core_properties
    except DocumentError:
        raise
    except Exception as error:  # the library lets XML, zip and key errors through
        raise DocumentError(f"{source.path} is damaged ({type(error).__name__}: {error})") from error
    blocks = builder.blocks
    if not blocks:
        raise DocumentError(f"{source.path} holds no text")
    named = sanitise(core.title or "").strip()
    opening = blocks[0]
    if not title and opening.kind == "heading" and sum(b.level == 1 for b in blocks) == 1 and opening.level == 1:
        title = opening.text
    if not title and not named and len(opening.text) < 200 and not opening.text.endswith("."):
        title = opening.text
    authors = tuple(name.strip() for name in re.split(r"[;,]", core.author or "") if name.strip())
    return Document(
        source.id,
        str(source.path),
        title or named or name_as_title(source.path),
        tuple(blocks),
        authors=() if authors == ("python-docx",) else authors,
    )


def _check_archive(source: Source) -> None:
    try:
        with zipfile.ZipFile(source.path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST_UNPACKED:
                raise DocumentError(f"{source.path} unpacks to more than {_LARGEST_UNPACKED >> 20} MiB")
            if "word/document.xml" not in archive.namelist():
                raise DocumentError(f"{source.path} is a zip archive but no DOCX file")
    except zipfile.BadZipFile as error:
        raise DocumentError(f"{source.path} is cut short or no DOCX file", fix="fetch it again") from error


def _content(document: Any) -> Iterator[tuple[BlockKind, int, str]]:
    """(kind, heading level, text) of each part; the title comes as a heading of level 0."""
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            yield "table", 0, _rows(item)
            continue
        text = _text(item._p)
        if not text:
            continue
        style = (item.style.name or "") if item.style is not None else ""
        heading = _HEADING.match(style)
        if style in {"Title", "Titel", "Titre"}:
            yield "heading", 0, text
        elif heading:
            yield "heading", int(heading.group(1)), text
        elif style == "Caption":
            yield "caption", 0, text
        else:
            yield "list" if style.startswith("List") else "paragraph", 0, text


def _rows(table: Any) -> str:
    rows = []
    for row in table.rows:
        cells = []
        seen: list[Any] = []
        for cell in row.cells:
            if cell._tc in seen:  # merged cells come once a column
                continue
            seen.append(cell._tc)
            cells.append(" ".join(_text(paragraph._p) for paragraph in cell.paragraphs).strip())
        rows.append(" | ".join(cells))
    return "\n".join(row for row in rows if row.strip(" |"))


def _text(paragraph: Any) -> str:
    """The visible text of a paragraph: insertions and links are in it, deletions and hidden runs are not."""
    parts: list[str] = []
    for run in paragraph.iter(f"{_W}r"):
        if run.find(f"{_W}rPr/{_W}vanish") is not None:
            continue
        for node in run:
            if node.tag == f"{_W}t":
                parts.append(node.text or "")
            elif node.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
                parts.append(" ")
            elif node.tag == f"{_W}noBreakHyphen":
                parts.append("-")
    return " ".join(sanitise("".join(parts)).split())
