"""What Pandoc, GitHub and Obsidian write in Markdown beside CommonMark.

Drawn and ruled tables, raised and lowered digits, links of notes, comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from ragft.corpus.readers.drawn_table import is_drawn, rows_of
from ragft.corpus.readers.ruled_table import is_rule, ruled_at

_SCRIPT = re.compile(r"\^([-+−–]?\w+(?:[.,]\w+)*[-+−–*]?)\^(?![\d^])|~([-+−–]?\w{1,9}[-+−–]?)~(?!~)")
"""Raised and lowered characters of Pandoc: `10^-4^`, `H~2~O`."""
_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]+?)(?:\\?\|([^\[\]|\n]+))?\]\](?!\()")
"""Obsidian's links to a note, `[[note|what is shown]]`, and pictures and notes that it shows, `![[gate.png|300]]`."""
_SPAN_END = re.compile(r"\]\{(?:[#.]|[\w-]+=)[^{}\n]{0,300}\}")
"""The end of a span of Pandoc, `[words]{.smallcaps}`."""
_DIVISION = re.compile(r":{3,}(?:[ \t]*\{[^{}\n]*\}|[ \t]+[A-Za-z][\w-]*)?[ \t]*:*")
"""Where a part of a page begins or ends, as Pandoc and Quarto write it: `::: {.note}`, `:::`."""
_COMMENT = re.compile(r"^%%[^%]+%%[ \t]*$|(?<![\w%])%%(?![%\s])[^%]+%%(?![\w%])", re.MULTILINE)
"""What Obsidian does not show, `%%so%%`; with blanks at its ends where it is all of a line: `5 %% and 6 %%` is text."""
_COMMENTS = "comments"


def add_rules(parser: Any) -> None:
    """Let a parser of markdown-it read these, too."""
    paragraph = {"alt": ["paragraph", "reference", "blockquote"]}
    parser.block.ruler.before("list", "block_comment", _block_comment, paragraph)
    parser.inline.ruler.before("emphasis", "comment", _comment)
    parser.block.ruler.before("list", "drawn_table", _drawn_table, paragraph)
    parser.block.ruler.before("code", "ruled_table", _ruled_table)
    parser.inline.ruler.before("emphasis", "script", _script)
    parser.block.ruler.before("list", "division", _division, paragraph)
    parser.inline.ruler.before("link", "note_link", _note_link)
    parser.inline.ruler.after("link", "span", _span)


def comments_in(env: Mapping[str, Any]) -> int:
    """How many comments a parser with these rules left out of the text that it was given with `env`."""
    return int(env.get(_COMMENTS, 0))


def _block_comment(state: Any, start: int, end: int, silent: bool) -> bool:
    """A comment from a line `%%` to the next such line, in the same item of a list if it begins in one."""
    if state.is_code_block(start) or _line(state, start) != "%%":
        return False
    inside = takewhile(lambda line: state.isEmpty(line) or state.sCount[line] >= state.blkIndent, range(start + 1, end))
    last = next((line for line in inside if _line(state, line) == "%%"), None)
    if last is None or silent:
        return last is not None
    state.env[_COMMENTS] = comments_in(state.env) + 1
    state.line = last + 1
    return True


def _comment(state: Any, silent: bool) -> bool:
    match = _COMMENT.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.env[_COMMENTS] = comments_in(state.env) + 1
    state.pos = match.end()
    return True


def _drawn_table(state: Any, start: int, end: int, silent: bool) -> bool:
    """A table that is drawn with signs; its cells hold blocks of their own."""
    if state.is_code_block(start) or not is_drawn(_line(state, start)):
        return False
    last = start
    while last < end and is_drawn(_line(state, last)):
        last += 1
    rows = rows_of([_line(state, line) for line in range(start, last)])
    return _put_table(state, rows, last, silent)


def _ruled_table(state: Any, start: int, end: int, silent: bool) -> bool:
    """A table whose columns a line of dashes marks, at most three blanks from the margin."""

    def line(number: int) -> str | None:
        if number >= end or not (state.isEmpty(number) or state.sCount[number] >= state.blkIndent):
            return None
        return str(state.getLines(number, number + 1, state.blkIndent, False))

    marked = [number for number in (start, start + 1) if is_rule(line(number) or "")]
    if not marked or state.is_code_block(marked[0]):
        return False
    rows, last = ruled_at(line, start)
    return _put_table(state, rows, last, silent)


def _put_table(state: Any, rows: Sequence[Sequence[str]], last: int, silent: bool) -> bool:
    """Put a table in the place of the lines before `last`, unless there are no rows; its cells hold blocks."""
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


def _division(state: Any, start: int, _end: int, silent: bool) -> bool:
    """A line that begins or ends a part of the page: what stands between is text like all other."""
    if state.is_code_block(start) or not _DIVISION.fullmatch(_line(state, start)):
        return False
    if not silent:
        state.line = start + 1
    return True


def _span(state: Any, silent: bool) -> bool:
    """Words with attributes: the words alone are read."""
    if state.src[state.pos] != "[":
        return False
    close = state.md.helpers.parseLinkLabel(state, state.pos)
    found = _SPAN_END.match(state.src, close) if close >= 0 else None
    if found is None:
        return False
    if not silent:
        last, state.pos, state.posMax = state.posMax, state.pos + 1, close
        state.md.inline.tokenize(state)
        state.posMax = last
    state.pos = found.end()
    return True


def _line(state: Any, number: int) -> str:
    """A line without what it begins with as a part of a list or quotation."""
    return str(state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]).rstrip()


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
