"""Markdown (CommonMark and tables) with YAML front matter."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.base import Block, BlockKind, Document
from ragft.corpus.readers.base import BlockBuilder, Source, decode, first_heading, name_as_title, read_bytes
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^>]*>", re.DOTALL)
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def read(source: Source) -> Document:
    """Read a Markdown file; `title`, `author(s)`, `year` or `date`, and `doi` of its front matter are taken.

    Raises:
        DocumentError: it is empty, too large, or holds no text.
    """
    text, warnings = decode(read_bytes(source))
    text = sanitise(text.replace("\t", "    "))
    front, text, problem = _front_matter(text)
    if problem:
        warnings = (*warnings, problem)
    builder = BlockBuilder([])
    _add_blocks(text, builder)
    title = _plain(front.get("title")) or first_heading(builder.blocks)
    blocks = builder.blocks
    if blocks and blocks[0].kind == "heading" and blocks[0].text == title:
        blocks = [b if b.section != title else Block(b.text, b.page, b.kind, "", b.level) for b in blocks[1:]]
        blocks = _raised(blocks)
    if not blocks:
        raise DocumentError(f"{source.path} holds no text")
    return Document(
        source.id,
        str(source.path),
        title or name_as_title(source.path),
        tuple(blocks),
        authors=_authors(front.get("authors") or front.get("author")),
        year=_year(front),
        doi=_plain(front.get("doi")) or None,
        warnings=warnings,
    )


def _front_matter(text: str) -> tuple[dict[str, Any], str, str]:
    """(fields with lower-case names, the text behind it, what was wrong with it)."""
    match = _FRONT.match(text)
    if not match:
        return {}, text, ""
    import yaml

    try:
        found = yaml.safe_load(match.group(1))
    except yaml.YAMLError as error:
        return {}, text[match.end() :], f"front matter is not YAML: {str(error).splitlines()[0]}"
    if not isinstance(found, dict):
        return {}, text, ""
    return {str(key).casefold(): value for key, value in found.items()}, text[match.end() :], ""


def _add_blocks(text: str, builder: BlockBuilder) -> None:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    kind: BlockKind = "paragraph"
    level = 0
    row: list[str] = []
    rows: list[str] = []
    depth = 0
    for token in tokens:
        match token.type:
            case "heading_open":
                kind, level = "heading", int(token.tag[1])
            case "bullet_list_open" | "ordered_list_open":
                depth += 1
            case "bullet_list_close" | "ordered_list_close":
                depth -= 1
            case "tr_open":
                row = []
            case "tr_close":
                rows.append(" | ".join(row))
            case "table_open":
                kind, rows = "table", []
            case "table_close":
                builder.add(Block("\n".join(rows), 0, "table"))
                kind = "paragraph"
            case "inline" if kind == "table":
                row.append(_inline(token))
            case "inline" if kind == "heading":
                builder.add(Block(_inline(token), 0, "heading", level=level))
                kind = "paragraph"
            case "inline":
                builder.add(Block(_inline(token), 0, "list" if depth else "paragraph"))
            case "fence" | "code_block":
                builder.add(Block(token.content.strip("\n"), 0))
            case "html_block":
                builder.add(Block(" ".join(_TAG.sub(" ", token.content).split()), 0))
            case _:
                pass


def _inline(token: Any) -> str:
    """The text of an inline token without its marks; images give their description."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return " ".join("".join(parts).split())


def _raised(blocks: list[Block]) -> list[Block]:
    """Headings one level up, now that the title is none of them."""
    levels = [block.level for block in blocks if block.kind == "heading"]
    shift = min(levels, default=1) - 1
    return [Block(b.text, b.page, b.kind, b.section, b.level - shift if b.level else 0) for b in blocks]


def _plain(value: Any) -> str:
    return " ".join(sanitise(str(value)).split()) if isinstance(value, str | int | float) else ""


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r";|,|\band\b", value) if part.strip())
    if isinstance(value, list):
        names = (item.get("name") if isinstance(item, dict) else item for item in value)
        return tuple(name for name in map(_plain, names) if name)
    return ()


def _year(front: dict[str, Any]) -> int | None:
    match = _YEAR.search(str(front.get("year") or front.get("date") or ""))
    return int(match.group()) if match else None
