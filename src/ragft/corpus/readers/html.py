"""HTML pages: what a reader sees of the article, not its navigation, scripts or hidden parts."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.base import Block, BlockKind, Document
from ragft.corpus.readers.base import BlockBuilder, Source, name_as_title, read_text
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError

_DROPPED = "script,style,noscript,template,svg,nav,aside,form,button,iframe,object,canvas,select,head,footer,dialog"
_HIDDEN = "[hidden],[aria-hidden=true],[inert]"
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?:\D|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    """address article blockquote body center dd details div dl dt fieldset figcaption figure h1 h2 h3 h4 h5 h6 header
    hr html li main ol p pre section summary table ul caption""".split()
)
_XML_ENCODING = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([^\"'>]+)")
_CHARSET = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_PRESCAN = 8192
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def read(source: Source) -> Document:
    """Read an HTML file; the title is that of its citation metadata, else its first heading, else its title element.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or holds no text.
    """
    from selectolax.lexbor import LexborHTMLParser

    text, warnings = read_text(source, _label)
    tree = LexborHTMLParser(text)
    meta = _meta(tree)
    named = tree.css_first("title")
    page_title = _clean(named.text()) if named else ""
    for node in tree.css(f"{_DROPPED},{_HIDDEN}"):
        node.decompose()
    for node in tree.css("[style]"):
        if _HIDING_STYLE.search(node.attributes.get("style") or ""):
            node.decompose()
    headings = tree.css("h1")
    heading = _clean(headings[0].text(separator=" ")) if headings else ""
    title = _first(meta, "citation_title", "dc.title") or heading or _first(meta, "og:title") or page_title
    builder = BlockBuilder([])
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    if root is not None:
        _walk(root, builder)
    blocks = [block for block in builder.blocks if not (block.kind == "heading" and block.text == title)]
    blocks = [Block(b.text, 0, b.kind, "" if b.section == title else b.section, _level(b)) for b in blocks]
    if not blocks:
        raise DocumentError(f"{source.path} holds no text")
    return Document(
        source.id,
        str(source.path),
        title or name_as_title(source.path),
        tuple(blocks),
        authors=tuple(meta.get("citation_author") or meta.get("dc.creator") or meta.get("author") or ()),
        year=_year(_first(meta, "citation_publication_date", "citation_date", "dc.date", "article:published_time")),
        doi=_first(meta, "citation_doi") or None,
        warnings=warnings,
    )


def _label(data: bytes) -> str:
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
            found.setdefault(name.casefold(), []).append(_clean(content))
    return found


def _first(meta: dict[str, list[str]], *names: str) -> str:
    return next((meta[name][0] for name in names if meta.get(name)), "")


def _walk(root: Any, builder: BlockBuilder) -> None:
    """Blocks in document order, without recursion: a hostile page nests ten thousand deep."""
    pending: list[str] = []
    stack: list[Any] = [("visit", root)]
    while stack:
        action, node = stack.pop()
        if action == "flush":
            _flush(pending, builder, node)
            continue
        tag = node.tag
        if tag == "-text":
            pending.append(node.text(deep=False) or "")
            continue
        if tag == "br":
            pending.append("\n" if pending and pending[-1].startswith("\n") else " ")
            continue
        if tag == "table":
            _flush(pending, builder, "p")
            builder.add(Block(_rows(node), 0, "table"))
            continue
        is_block = tag in _BLOCKS
        if is_block:
            _flush(pending, builder, "p")
            stack.append(("flush", tag))
        children = []
        child = node.child
        while child is not None:
            children.append(("visit", child))
            child = child.next
        stack.extend(reversed(children))
    _flush(pending, builder, "p")


def _flush(pending: list[str], builder: BlockBuilder, tag: str) -> None:
    text = _clean("".join(pending))
    pending.clear()
    if not text:
        return
    kinds: dict[str, BlockKind] = {"li": "list", "figcaption": "caption", "caption": "caption"}
    if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
        builder.add(Block(text, 0, "heading", level=int(tag[1])))
    else:
        builder.add(Block(text, 0, kinds.get(tag, "paragraph")))


def _rows(table: Any) -> str:
    rows = []
    for row in table.css("tr"):
        cells = [_clean(cell.text(separator=" ")) for cell in row.css("td,th")]
        if any(cells):
            rows.append(" | ".join(cells))
    caption = table.css_first("caption")
    head = [_clean(caption.text(separator=" "))] if caption else []
    return "\n".join([*head, *rows])


def _clean(text: str) -> str:
    return " ".join(sanitise(text).split())


def _year(text: str) -> int | None:
    match = _YEAR.search(text)
    return int(match.group()) if match else None
