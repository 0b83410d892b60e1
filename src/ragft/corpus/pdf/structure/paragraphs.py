"""Lines grouped into paragraphs, headings, captions, lists and tables."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence, Set
from itertools import pairwise

from ragft.corpus.base import BlockKind
from ragft.corpus.pdf.base import Line
from ragft.corpus.pdf.pages.captions import CAPTION
from ragft.corpus.pdf.structure.headings import demote_false_headings, looks_like_heading
from ragft.corpus.pdf.structure.lines import BULLETS, Paragraph
from ragft.corpus.pdf.tables.axes import without_axes
from ragft.corpus.sections import heading_number

BULLET = re.compile(r"^(?:[•●○◦▪■‣⁃∙·➢✓–*-]\s+|\[\d{1,3}\]\s+|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+)(?=\S)")
_ENDS = (".", "!", "?", ":", ";", "。", "！", "？", "」", "؟")
_SMALL_WORD = re.compile(r"\b[^\W\d_A-Z]{3,}\b")
_SCRIPT = 0.8
"""Of the size of type of the line below: that of indices."""
_ENDS_LINE = re.compile(r"[.,;:]$")
_LETTERS = re.compile(r"[^\W\d_]")
_ALPHANUMERIC = re.compile(r"[^\W_]")


def paragraphs(lines: Sequence[Line], body: float, contents: Set[int], *, axes: bool = False) -> list[Paragraph]:
    """Group `lines`, in reading order, into paragraphs; `body` is the type size of the running text in points.

    `contents`: the ids of lines that are left out. `axes`: with the numbers along the axes of charts.
    """
    groups: list[Paragraph] = []
    pitches = _pitches(lines)
    edges = _right_edges(lines)
    previous: Line | None = None
    for index, line in enumerate(lines):
        if id(line) in contents:
            previous = None
            continue
        if previous is None or _starts_new(groups[-1].lines, line, pitches, edges[index], body):
            groups.append(Paragraph([line]))
        else:
            groups[-1].lines.append(line)
        previous = line
    for group in groups:
        group.text = " ".join(line.text for line in group.lines)
        group.kind = _kind(group, body)
    demote_false_headings(groups)
    return _merge_tables(groups, axes=axes)


def _starts_new(so_far: list[Line], line: Line, pitches: dict[int, float], right_edge: float, body: float) -> bool:
    previous = so_far[-1]
    if (previous.page, previous.column) != (line.page, line.column):
        return True
    if line.table or previous.table:
        return line.table is not previous.table
    step = line.top - previous.top
    if step < -2 or step > 1.3 * max(pitches[line.column], 1.05 * line.size) or step > 2.5 * line.size:
        return True
    row = is_row(line)
    if row != is_row(previous):
        return True
    if row:
        return False
    if (
        abs(line.size - previous.size) > 0.09 * max(line.size, previous.size)
        and min(len(line.text), len(previous.text)) > 2
    ):
        return True
    if len(so_far) == 1 and previous.size < _SCRIPT * line.size and len(previous.text) <= 2:
        return True  # a limit of a formula above the line
    if line.bold != previous.bold and min(len(line.text), len(previous.text)) > 2:
        # A bold sentence that opens a paragraph fills its line; a heading above one does not.
        return bool(heading_number(previous.text)[0]) or not (
            previous.bold and step < 1.15 * pitches[line.column] and _fills(previous, line, right_edge)
        )
    if len(so_far) == 1 and _is_capitals(previous.text) and not _is_capitals(line.text):
        return True
    if CAPTION.match(line.text) or (BULLET.match(line.text) and _may_follow(previous, line)):
        return True
    if line.bold and previous.bold and len(so_far) < 3:
        # A heading may run over several lines, hanging or centred; one with a number of its own is another.
        return bool(heading_number(line.text)[0]) and line.left <= previous.left + line.size
    if line.size > 1.1 * body and len(so_far) < 3:
        return bool(heading_number(line.text)[0])
    return _is_indented(so_far, line) or _ended_early(previous, line, right_edge)


def _fills(previous: Line, line: Line, right_edge: float) -> bool:
    """Whether the first word of `line` had no room left on the line before."""
    first = line.text.split(" ", 1)[0]
    width = len(first) * (line.right - line.left) / max(1, len(line.text))
    return previous.hyphen or previous.right + width + 0.3 * line.size > right_edge - 0.5 * line.size


def _is_capitals(text: str) -> bool:
    """Whether this is a numbered heading in (small) capitals."""
    number, rest = heading_number(text)
    return bool(number) and len(rest) >= 4 and rest.isupper() and not _ENDS_LINE.search(rest)


def is_row(line: Line) -> bool:
    """Whether a line is a row of a table: its cells stand apart, and more so than the words of justified text may."""
    if len(line.cells) != 2 or line.table:
        return len(line.cells) > 2 or line.table is not None
    first, second = line.cells
    return len(_SMALL_WORD.findall(line.text)) < 3 or second.left - first.right > 4 * line.size


def _may_follow(previous: Line, line: Line) -> bool:
    """Whether a bullet at the head of `line` is one: `(a)` or `2.` may also come in the middle of a sentence."""
    return previous.text.endswith(_ENDS) or line.text.startswith(BULLETS) or line.left > previous.left + line.size


def _is_indented(so_far: list[Line], line: Line) -> bool:
    """Whether the first word stands further in than the line before, as that of a paragraph does."""
    previous = so_far[-1]
    if BULLET.match(so_far[0].text) or line.left - previous.left < 0.7 * line.size:
        return False
    # Centred and hanging lines: only a step in from a line that itself begins at the edge counts, once.
    return len(so_far) == 1 or abs(previous.left - min(item.left for item in so_far)) < 0.5 * line.size


def _ended_early(previous: Line, line: Line, right_edge: float) -> bool:
    """Whether the line before ends a sentence and had room for the first word of `line`."""
    return previous.text.endswith(_ENDS) and not _fills(previous, line, right_edge)


def _pitches(lines: Sequence[Line]) -> dict[int, float]:
    """The usual distance between the tops of successive lines of each column, in points."""
    steps: dict[int, list[float]] = {}
    for before, after in pairwise(lines):
        found = steps.setdefault(after.column, [])
        if before.column == after.column and 2 < after.top - before.top < 2.2 * after.size:
            found.append(after.top - before.top)
    for line in lines[:1]:
        steps.setdefault(line.column, [])
    everything = [step for found in steps.values() for step in found]
    usual = statistics.median(everything) if everything else 12.0
    return {column: statistics.median(found) if len(found) >= 4 else usual for column, found in steps.items()}


def _right_edges(lines: Sequence[Line]) -> list[float]:
    """For each line, how far to the right its neighbours of the same column reach."""
    edges = []
    for index, line in enumerate(lines):
        near = lines[max(0, index - 4) : index + 4]
        edges.append(max([other.right for other in near if other.column == line.column and other.page == line.page]))
    return edges


def _kind(group: Paragraph, body: float) -> BlockKind:
    text = group.lines[0].text
    if group.lines[0].table:
        return "table"
    if CAPTION.match(text):
        return "caption"
    if sum(is_row(line) for line in group.lines) * 2 > len(group.lines):
        return "table"
    if looks_like_heading(group, body):
        return "heading"
    if BULLET.match(text):
        return "list"
    if _is_label(group, body):
        return "table"
    return "paragraph"


def _is_label(group: Paragraph, body: float) -> bool:
    """Whether this is lettering of a figure: tiny, or small, short lines that are not a sentence."""
    text = " ".join(line.text for line in group.lines)
    usual = sum(len(line.text) for line in group.lines) / len(group.lines)
    if group.size < 0.72 * body and usual < 60:
        return True
    if usual < 28 and group.lines[0].is_apart:
        return True
    return usual < 28 and (group.size < 0.85 * body or not _LETTERS.search(text)) and not text.endswith(".")


def _merge_tables(groups: list[Paragraph], *, axes: bool) -> list[Paragraph]:
    """Neighbouring pieces of a table or figure made one; the numbers along the axes of a chart dropped or kept."""
    merged: list[Paragraph] = []
    for group in groups:
        if group.kind == "table" and merged and merged[-1].kind == "table" and merged[-1].page == group.page:
            merged[-1].lines.extend(group.lines)
        else:
            merged.append(group)
    for group in merged:
        if group.kind == "table" and not axes:
            group.lines = without_axes(group.lines)
    return [g for g in merged if g.kind != "table" or any(_ALPHANUMERIC.search(line.text) for line in g.lines)]
