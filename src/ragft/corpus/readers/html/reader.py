"""HTML pages: what a reader sees of the article, not its navigation, scripts or hidden parts."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title, read_text
from ragft.corpus.readers.html.cascade import cascade_of
from ragft.corpus.readers.html.generated import write_generated
from ragft.corpus.readers.html.lists import write_numbers
from ragft.corpus.readers.html.mathml import write_formulas
from ragft.corpus.readers.html.pieces import Piece, element_text, pieces_of
from ragft.corpus.readers.html.seen import keep_what_is_seen
from ragft.corpus.readers.html.shadow import fill_slots, with_open_shadows
from ragft.corpus.readers.html.sheets import with_sheets
from ragft.corpus.readers.html.styled import mark_styled, strike_out
from ragft.corpus.readers.reference_lists import without_references
from ragft.corpus.text import bare_doi, one_line
from ragft.errors import DocumentError

_XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"'>]+)")
_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_PRESCAN = 8192
_XHTML = re.compile(r"\s*<\?xml\b|<[^<>]*\bxmlns(?::\w+)?\s*=|<!DOCTYPE[^>]*\bXHTML\b", re.IGNORECASE)
_PREFIX = re.compile(r"xmlns:(\w+)\s*=\s*[\"']http://www\.w3\.org/(?:1999/xhtml|1998/Math/MathML)[\"']")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_ATTRIBUTE = r"\s+[\w:.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]*[^\s\"'<>/]))?"
_EMPTY = re.compile(rf"<([a-zA-Z][\w.-]*)((?:{_ATTRIBUTE})*)\s*/>")
_VOID = frozenset("area base br col embed frame hr img input link meta param source track wbr".split())
_NOSCRIPT = re.compile(r"</?noscript[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_MUCH_HIDDEN = 0.1
"""The share of hidden characters, from which it is noted that they are left out."""
_DATES = (
    *("citation_publication_date", "citation_date", "citation_year", "citation_online_date", "dc.date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.date", "article:published_time"),
)
"""What a page says of its date, the best first."""
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def read(source: SourceFile) -> Document:
    """Read an HTML file; the title is that of its citation metadata, else its first heading, else its title element.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or holds no text.
    """
    text, warnings = read_text(source, label_of)
    page = parse_page(with_sheets(text, source.path.parent))
    title = page.title
    if not page.blocks:
        frames = f"; give the files it frames: {', '.join(page.frames)}" if page.frames else ""
        raise DocumentError(f"{source.path} holds no text", fix=f"save the page as a browser shows it{frames}")
    meta = page.meta
    return Document(
        source.id,
        str(source.path),
        title or name_as_title(source.path),
        page.blocks,
        authors=tuple(meta.get("citation_author") or meta.get("dc.creator") or meta.get("author") or ()),
        year=_year(_first(meta, *_DATES)),
        doi=bare_doi(_first(meta, "citation_doi")) or None,
        warnings=(*warnings, *page.notes),
    )


@dataclass(frozen=True)
class HtmlContent:
    """The content of a page. `meta`: its meta elements by lower-case name; `frames`: sources of its frames."""

    title: str
    blocks: tuple[Block, ...]
    meta: dict[str, list[str]]
    notes: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


def parse_page(text: str) -> HtmlContent:
    """The title and blocks of HTML or XHTML; the heading that is the title is not among the blocks."""
    text = with_open_shadows(text)
    page = _parsed(xhtml_as_html(text) if _XHTML.search(text[:_PRESCAN]) else text)
    if page.blocks:
        return page
    # A script that is never closed swallows all that follows; pages without scripts keep their text in noscript.
    return _parsed(_NOSCRIPT.sub(" ", xhtml_as_html(text)))


def fragment_blocks(text: str, head: str = "") -> tuple[list[Block], tuple[str, ...]]:
    """The blocks of a piece of HTML that is all content, headings at their levels, and notes on what is left out.

    `head`: elements of its head, as its style sheets; tags of `html` and `body` in the text lend it their attributes.
    Reference lists are among the blocks.
    """
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(f"{head}<body role=main>{text}")
    write_formulas(tree)
    cascade = cascade_of(tree)
    mark_styled(tree, cascade)
    write_generated(tree, cascade)
    keep_what_is_seen(tree, cascade)
    write_numbers(tree, cascade)
    struck = strike_out(tree)
    builder = BlockBuilder([])
    for piece in pieces_of(tree.root) if tree.root is not None else []:
        builder.add(Block(piece.text, 0, piece.kind, level=piece.level))
    return builder.blocks, _struck(struck)


def _parsed(text: str) -> HtmlContent:
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    fill_slots(tree)
    meta = _meta(tree)
    drawn = {node.mem_id for node in tree.css("svg title")}
    named = next((node for node in tree.css("title") if node.mem_id not in drawn), None)
    page_title = one_line(named.text()) if named else ""
    frames = tuple(node.attributes.get("src") or "" for node in tree.css("frame[src]"))
    lost = write_formulas(tree)
    replaced = _fallbacks(tree)
    embedded = len(tree.css("iframe[srcdoc]"))
    cascade = cascade_of(tree)
    mark_styled(tree, cascade)
    counted = write_generated(tree, cascade)
    hidden = keep_what_is_seen(tree, cascade)
    write_numbers(tree, cascade)
    struck = strike_out(tree)
    heading = tree.css_first("h1")
    title = _first(meta, "citation_title", "dc.title") or (element_text(heading) if heading else "")
    title = title or _first(meta, "og:title") or page_title
    pieces = pieces_of(tree.root) if tree.root is not None else []
    notes = []
    if lost:
        notes.append(f"{lost} formulas hold no text")
    if counted:
        notes.append(f"numbers that the style sheet counts are not read ({counted} elements)")
    if replaced:
        notes.append(f"text of noscript and object elements is left out ({replaced} characters)")
    if embedded:
        notes.append(f"{embedded} pages inside the page (iframe) are not read")
    if hidden > _MUCH_HIDDEN * sum(len(piece.text) for piece in pieces):
        notes.append(f"hidden text is left out ({hidden} characters)")
    blocks, listed = _blocks(pieces, title)
    return HtmlContent(title, blocks, meta, (*notes, *_struck(struck), *listed), frames)


def _fallbacks(tree: Any) -> int:
    """The characters that stand in for a script or an object; an object that names no file shows them: they stay."""
    embedding = {node.parent.mem_id for node in tree.css("object > embed")}
    count = 0
    for node in reversed(tree.css("noscript,object")):
        if node.tag == "object" and "data" not in node.attributes and node.mem_id not in embedding:
            continue
        count += len("".join(_TAG.sub(" ", node.text() or "").split()))
        node.insert_before(" ")
        node.decompose()
    return count


def _struck(count: int) -> tuple[str, ...]:
    return (f"struck text is left out ({count} characters)",) if count else ()


def _blocks(pieces: list[Piece], title: str) -> tuple[tuple[Block, ...], tuple[str, ...]]:
    """The blocks but the title's heading and reference lists, and notes on the latter."""
    builder = BlockBuilder([])
    for piece in pieces:
        builder.add(Block(piece.text, 0, piece.kind, level=piece.level))
    found, notes = without_references(builder.blocks)
    kept = (block for block in found if not (block.kind == "heading" and block.text == title))
    return tuple(Block(b.text, 0, b.kind, "" if b.section == title else b.section, _level(b)) for b in kept), notes


def xhtml_as_html(text: str) -> str:
    """XHTML as HTML: prefixes of namespaces taken off, empty elements closed, CDATA made text."""
    for prefix in set(_PREFIX.findall(text[:_PRESCAN])):
        text = re.sub(rf"(</?){re.escape(prefix)}:", r"\1", text)
    text = _CDATA.sub(lambda match: html.escape(match.group(1), quote=False), text)
    return _EMPTY.sub(lambda m: m.group() if m[1].casefold() in _VOID else f"<{m[1]}{m[2]}></{m[1]}>", text)


def label_of(data: bytes) -> str:
    """The encoding that a page names for itself, in an XML declaration or a meta element."""
    named = _XML_ENCODING.match(data) or _CHARSET.search(data[:_PRESCAN])
    return named.group(1).decode("ascii", "replace") if named else ""


def _level(block: Block) -> int:
    # The title is the only h1, so sections are h2.
    return max(1, block.level - 1) if block.level else 0


def _meta(tree: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in tree.css("meta"):
        name = node.attributes.get("name") or node.attributes.get("property")
        content = node.attributes.get("content")
        if name and content:
            found.setdefault(name.casefold(), []).append(one_line(content))
    return found


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if meta.get(name)), "")


def _year(text: str) -> int | None:
    match = _YEAR.search(text)
    return int(match.group()) if match else None
