"""Markdown (CommonMark and tables) with YAML front matter."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import BlockBuilder, Source, first_heading, name_as_title, read_text
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError

_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^>]*>", re.DOTALL)
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")


def read(source: Source) -> Document:
    """Read a Markdown file; `title`, `author(s)`, `year` or `date`, and `doi` of its front matter are taken.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or holds no text.
    """
    text, warnings = read_text(source)
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
    from markdown_it.tree import SyntaxTreeNode

    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))
    _walk(tree, builder, in_list=False)


def _walk(parent: Any, builder: BlockBuilder, *, in_list: bool) -> None:
    for node in parent.children:
        if node.type == "heading":
            builder.add(Block(_text(node), 0, "heading", level=int(node.tag[1])))
        elif node.type == "paragraph":
            builder.add(Block(_text(node), 0, "list" if in_list else "paragraph"))
        elif node.type == "table":
            rows = (" | ".join(_text(cell) for cell in row.children) for part in node.children for row in part.children)
            builder.add(Block("\n".join(rows), 0, "table"))
        elif node.type in {"fence", "code_block"}:
            builder.add(Block(node.content.strip("\n"), 0))
        elif node.type == "html_block":
            builder.add(Block(" ".join(_TAG.sub(" ", node.content).split()), 0))
        else:
            _walk(node, builder, in_list=in_list or node.type.endswith("_list"))


def _text(node: Any) -> str:
    return " ".join(_inline(child.token) for child in node.children if child.type == "inline")


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
