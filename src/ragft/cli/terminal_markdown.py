"""Markdown of an answer as lines of a terminal; its source numbers lead to the files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console
from rich.markdown import Markdown
from rich.segment import Segment
from rich.style import Style

_LEFT_OUT = [
    "reference",
    "link",
    "image",
    "autolink",
    "html_block",
    "html_inline",
    "entity",
    "escape",
    "code",
    "lheading",
]
"""What a model seldom means, or what could show another text than it wrote: a link, `\\(x\\)` of LaTeX, an indent."""
_STAR = "\ue000"
"""Stands for a star between letters or digits while the text is parsed: 2*3*4 is a product."""
_NUMBER = re.compile(r"(\[\d+\])")


def markdown_segments(text: str, console: Console, links: Mapping[str, str]) -> list[Segment]:
    """`text` as it is written to `console`, wrapped at its width, without spaces at the ends of lines."""
    shown = Markdown("", hyperlinks=False)
    shown.parsed = _parse(text)
    segments: list[Segment] = []
    for line in console.render_lines(shown, pad=False):
        if (whole := _without_end(line)) or segments:
            segments += [*_linked(whole, links), Segment.line()]
    return segments


def _parse(text: str) -> list[Token]:
    text = re.sub(r"(?<=\w)\*(?=\w)", _STAR, text.replace(_STAR, ""))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable(_LEFT_OUT).parse(text)
    for token in (*tokens, *(child for block in tokens for child in block.children or ())):
        token.content = token.content.replace(_STAR, "*")
        if token.type == "softbreak":  # a line break of the model is one for the reader
            token.type = "hardbreak"
    return tokens


def _without_end(line: list[Segment]) -> list[Segment]:
    while line and not line[-1].text.strip():
        line = line[:-1]
    return [*line[:-1], line[-1]._replace(text=line[-1].text.rstrip())] if line else []


def _linked(line: Iterable[Segment], links: Mapping[str, str]) -> Iterable[Segment]:
    """`line` with every number of a source made a link."""
    for segment in line:
        for piece in _NUMBER.split(segment.text):
            link = links.get(piece[1:-1]) if _NUMBER.fullmatch(piece) else None
            style = (segment.style or Style()) + Style(link=link) if link else segment.style
            if piece:
                yield Segment(piece, style)
