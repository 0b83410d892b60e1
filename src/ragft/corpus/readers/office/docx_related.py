"""Other parts of a Word file that its body shows: charts, diagrams, and documents in other formats (`w:altChunk`)."""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ragft.corpus.base import Block
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.readers.html.reader import fragment_blocks, label_of, xhtml_as_html
from ragft.corpus.readers.office.diagrams import CHART, DIAGRAM, Part, chart_parts, diagram_texts
from ragft.corpus.readers.office.namespaces import R, W
from ragft.corpus.readers.office.pptx_text import SlideReader
from ragft.corpus.readers.plain_text import pieces_of
from ragft.corpus.text import one_line

CHUNK = f"{W}altChunk"
_NAMES = {CHART: "charts", DIAGRAM: "diagrams", CHUNK: "embedded documents"}
SHOWN = frozenset(_NAMES)
"""The elements that stand for other parts."""
_PAGES = ("text/html", "application/xhtml+xml")


class RelatedParts:
    """Reads the parts that the main `part` of python-docx is related to.

    Attributes:
        unread: how many are not read, by what they are called.
        notes: remarks on what was left out in embedded pages.
    """

    def __init__(self, part: Any) -> None:
        self._parts = part.related_parts
        self._texts = SlideReader(None, None)
        self.unread: Counter[str] = Counter()
        self.notes: list[str] = []

    def parts(self, node: Any) -> Iterator[Part]:
        """What is shown in the place of an element of `SHOWN`; nothing where its part is missing or damaged."""
        from lxml import etree

        found: list[Part] = []
        with suppress(KeyError, etree.XMLSyntaxError):
            found = list(self._read(node))
        self.unread[_NAMES[node.tag]] += not found
        yield from found

    def _read(self, node: Any) -> Iterator[Part]:
        if node.tag == CHART:
            yield from chart_parts(node, self._blob)
        elif node.tag == DIAGRAM:
            for text in diagram_texts(node, self._blob):
                yield from self._texts.paragraphs(text, "list")
        else:
            part = self._parts[node.get(f"{R}id")]
            for block in self._blocks(part.content_type.casefold(), part.blob):
                yield block.kind, block.level, block.text

    def _blob(self, key: str) -> bytes:
        return bytes(self._parts[key].blob)

    def _blocks(self, kind: str, data: bytes) -> Iterator[Block]:
        """The blocks of a document by its type: a page, a page with its pictures (MHT), or text."""
        label = ""
        if kind == "message/rfc822" or data[:13].upper() == b"MIME-VERSION:":
            whole = email.message_from_bytes(data, policy=email.policy.default)
            page = next((part for part in whole.walk() if part.get_content_type() in _PAGES), None)
            if page is None:
                return
            kind, data, label = "text/html", bytes(page.get_payload(decode=True) or b""), page.get_content_charset("")
        if kind not in {*_PAGES, "text/plain"}:
            return
        try:
            text, guessed = decode(data, label or (label_of(data) if kind in _PAGES else ""))
        except UnknownEncodingError:
            return
        self.notes += guessed
        if kind in _PAGES:
            blocks, left_out = fragment_blocks(xhtml_as_html(text))
            self.notes += left_out
            yield from blocks
            return
        for piece, is_table in pieces_of(text):
            yield Block(piece if is_table else one_line(piece), 0, "table" if is_table else "paragraph")
