"""Markdown as CommonMark reads it, with tables, footnotes, definition lists and formulas, and front matter.

It is rendered and then read as a web page: so what is HTML in it, hidden or raised, is read as in HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import SourceFile, first_heading, name_as_title, read_text
from ragft.corpus.readers.front_matter import split_front_matter
from ragft.corpus.readers.html.reader import fragment_blocks
from ragft.corpus.readers.markdown_rules import add_rules, comments_in
from ragft.corpus.readers.reference_lists import without_references
from ragft.corpus.readers.tex_math import one_line_of
from ragft.corpus.text import bare_doi, one_line
from ragft.errors import DocumentError

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_GITHUB = re.compile(r"\A`(.*)`\Z", re.DOTALL)
"""A formula between dollars and ticks, as GitHub has it."""
_ATTRIBUTES = re.compile(r"\s*\{[#.][^{}\n]*\}\Z")
"""Attributes that Pandoc and kramdown write behind a heading: `# Gates {#gates .big}`."""
_ATTRIBUTES_BEHIND = re.compile(r"\{(?:[#.]|[\w-]+=)[^{}\n]*\}")
"""The same behind a picture, link or piece of code: `![Gates](gates.png){width=50%}`."""
_WITH_ATTRIBUTES = frozenset({"image", "link_close", "code_inline"})
_TAG = re.compile(r"</?([a-zA-Z][\w-]*)")
# A tag that opens a part of a page swallows what follows where nobody closed it: `<title>` in a sentence is a word.
_INLINE = frozenset(
    """a abbr b bdi bdo br cite code del dfn em font i ins kbd mark math q s samp small span strike strong sub sup tt u
    var wbr mi mn mo mrow msup msub mfrac msqrt semantics annotation""".split()
)
_SWALLOWING = re.compile(r"</?(?:title|xmp|iframe|noembed|noframes|plaintext)\b[^>]*>", re.IGNORECASE)


def read(source: SourceFile) -> Document:
    """Read a Markdown file; `title`, `author(s)`, `year` or `date`, `doi` and `abstract` of its front matter are taken.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, or holds no text.
    """
    text, warnings = read_text(source)
    front, text, problem = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    if problem:
        warnings = (*warnings, problem)
    env: dict[str, Any] = {}
    blocks, notes = fragment_blocks(_rendered(text, env))
    if comments := comments_in(env):
        warnings = (*warnings, f"comments are left out ({comments}, between %%)")
    blocks, listed = without_references(blocks)
    title = _plain(front.get("title")) or first_heading(blocks)
    if blocks and blocks[0].kind == "heading" and blocks[0].text == title:
        blocks = [b if b.section != title else Block(b.text, b.page, b.kind, "", b.level) for b in blocks[1:]]
        blocks = _raised(blocks)
    abstract, more = _abstract(front)
    blocks, notes = [*abstract, *blocks], (*notes, *more)
    if not blocks:
        raise DocumentError(f"{source.path} holds no text")
    return Document(
        source.id,
        str(source.path),
        title or name_as_title(source.path),
        tuple(blocks),
        authors=_authors(front.get("authors") or front.get("author")),
        year=_year(front),
        doi=bare_doi(_plain(front.get("doi"))) or None,
        warnings=(*warnings, *notes, *listed),
    )


def _abstract(front: dict[str, Any]) -> tuple[list[Block], tuple[str, ...]]:
    """The abstract among the front matter, which Pandoc and Quarto print under the title."""
    text = front.get("abstract")
    if not isinstance(text, str) or not text.strip():
        return [], ()
    return fragment_blocks(f"<h1>Abstract</h1>{_rendered(text)}")


def _rendered(text: str, env: dict[str, Any] | None = None) -> str:
    """Markdown as HTML; `env` takes what the rules of the parser note."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False).use(deflist_plugin)
    # `$320 and $400` is money: a formula has no space inside its dollars and no digit beside them.
    parser.use(
        dollarmath_plugin,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
        renderer=lambda tex, _: html.escape(one_line_of(_GITHUB.sub(r"\1", tex))),
    )
    add_rules(parser)
    parser.core.ruler.before("inline", "attributes", _without_attributes)
    parser.core.ruler.after("inline", "attributes_behind", _without_attributes_behind)
    parser.add_render_rule("math_inline_double", _formula)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("html_inline", _html_inline)
    parser.add_render_rule("html_block", _html_block)
    return str(parser.render(text, env))


def _without_attributes(state: Any) -> None:
    for before, token in pairwise(state.tokens):
        if before.type == "heading_open":
            token.content = _ATTRIBUTES.sub("", token.content)


def _without_attributes_behind(state: Any) -> None:
    for token in state.tokens:
        for before, after in pairwise(token.children or ()):
            if before.type in _WITH_ATTRIBUTES and after.type == "text":
                found = _ATTRIBUTES_BEHIND.match(after.content)
                after.content = after.content[found.end() :] if found else after.content


def _formula(_self: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    return f"<span>{html.escape(one_line_of(tokens[index].content))}</span>"


def _fence(_self: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    code, name = tokens[index].content, tokens[index].info.strip().casefold()
    if name in {"math", "{math}"}:
        return f"<p>{html.escape(one_line_of(code))}</p>"
    return f"<pre><code>{html.escape(code)}</code></pre>"


def _image(_self: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    return html.escape(tokens[index].content)


def _html_inline(_self: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    named = _TAG.match(tokens[index].content)
    return str(tokens[index].content) if named and named.group(1).casefold() in _INLINE else ""


def _html_block(_self: Any, tokens: Sequence[Any], index: int, _options: Any, _env: Any) -> str:
    return _SWALLOWING.sub(" ", tokens[index].content)


def _raised(blocks: list[Block]) -> list[Block]:
    """Headings one level up, now that the title is not one of them."""
    levels = [block.level for block in blocks if block.kind == "heading"]
    shift = min(levels, default=1) - 1
    return [Block(b.text, b.page, b.kind, b.section, b.level - shift if b.level else 0) for b in blocks]


def _plain(value: Any) -> str:
    return one_line(str(value)) if isinstance(value, str | int | float) else ""


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        parts = value.split(";") if ";" in value else re.split(r",|\band\b", value.strip("[]"))
        return tuple(name for part in parts if (name := _plain(part)))
    if isinstance(value, list):
        return tuple(name for name in map(_author, value) if name)
    return (_author(value),) if isinstance(value, dict) and _author(value) else ()


def _author(value: Any) -> str:
    """A name, alone or as the fields of a person: `name`, or `given` and `family`."""
    if not isinstance(value, dict):
        return _plain(value)
    name = value.get("name", value)
    if isinstance(name, dict):
        return " ".join(filter(None, (_plain(name.get("given")), _plain(name.get("family")))))
    return _plain(name)


def _year(front: dict[str, Any]) -> int | None:
    match = _YEAR.search(str(front.get("year") or front.get("date") or ""))
    return int(match.group()) if match else None
