"""What Pandoc, GitHub and Obsidian write in Markdown beside CommonMark: drawn tables, raised digits, links of notes."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.readers.drawn_table import is_drawn, rows_of

_SCRIPT = re.compile(r"\^([-+−–]?\w+(?:[.,]\w+)*[-+−–*]?)\^(?![\d^])|~([-+−–]?\w{1,9}[-+−–]?)~(?!~)")
"""Raised and lowered characters of Pandoc: `10^-4^`, `H~2~O`."""
_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]+?)(?:\\?\|([^\[\]|\n]+))?\]\](?!\()")
"""Obsidian's links to a note, `[[note|what is shown]]`, and pictures and notes that it shows, `![[gate.png|300]]`."""
_COMMENT = re.compile(r"(?P<code>`[^`]+`)|(?<![\w%])%%(?![%\s])[^%]+%%(?![\w%])")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def add_rules(parser: Any) -> None:
    """Let a parser of markdown-it read these, too."""
    parser.block.ruler.before("list", "drawn_table", _drawn_table, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.before("emphasis", "script", _script)
    parser.inline.ruler.before("link", "note_link", _note_link)


def without_comments(text: str) -> tuple[str, int]:
    """`text` without the comments that Obsidian does not show, `%%so%%`, and how many these are; code is kept."""
    kept: list[str] = []
    count, fence = 0, ""
    begun: int | None = None  # where a comment over several lines begins, among those that are kept
    for line in text.split("\n"):
        opened = _FENCE.match(line)
        if opened and (not fence or opened[1].startswith(fence)):
            fence = "" if fence else opened[1]
        elif not fence and line.rstrip() == "%%":
            if begun is not None:
                del kept[begun:]
                count, begun = count + 1, None
                continue
            begun = len(kept)
        elif not fence and "%%" in line:
            kept.append(_COMMENT.sub(lambda match: match["code"] or "", line))
            count += line != kept[-1]
            continue
        kept.append(line)
    return "\n".join(kept), count


def _drawn_table(state: Any, start: int, end: int, silent: bool) -> bool:
    """A table that is drawn with signs; its cells hold blocks of their own."""
    if state.is_code_block(start) or not is_drawn(state.getLines(start, start + 1, 0, False)):
        return False
    last = start
    while last < end and is_drawn(state.getLines(last, last + 1, 0, False)):
        last += 1
    rows = rows_of(state.getLines(start, last, 0, False).split("\n"))
    if not rows or silent:
        return bool(rows)
    state.push("table_open", "table", 1)
    for row in rows:
        state.push("tr_open", "tr", 1)
        for cell in row:
            state.push("td_open", "td", 1)
            state.md.block.parse(cell, state.md, state.env, state.tokens)
            state.push("td_close", "td", -1)
        state.push("tr_close", "tr", -1)
    state.push("table_close", "table", -1)
    state.line = last
    return True


def _script(state: Any, silent: bool) -> bool:
    """Raised or lowered characters behind a word, digit or bracket."""
    before = state.src[state.pos - 1 : state.pos]
    match = _SCRIPT.match(state.src, state.pos) if before.isalnum() or before in ")]" else None
    if not before or match is None:
        return False
    if not silent:
        name = "sup" if match[1] else "sub"
        state.push("html_inline", "", 0).content = f"<{name}>{match[1] or match[2]}</{name}>"
    state.pos = match.end()
    return True


def _note_link(state: Any, silent: bool) -> bool:
    """A link to a note under the words that are shown; a picture or a note that is shown itself is another file."""
    match = _LINK.match(state.src, state.pos)
    if match is None or not (match[1] or match[3]):
        return False
    if not silent:
        state.push("text", "", 0).content = "" if match[1] else match[3]
    state.pos = match.end()
    return True
