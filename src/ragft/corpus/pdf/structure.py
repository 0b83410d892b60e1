"""Paragraphs turned into blocks under sections, the reference list left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ragft.corpus.base import Block
from ragft.corpus.pdf.hyphens import Vocabulary, join, join_lines
from ragft.corpus.pdf.paragraphs import Paragraph
from ragft.corpus.sections import (
    heading_number,
    is_abstract,
    is_appendix,
    is_known_name,
    is_reference_entry,
    is_references,
    numbered_level,
)
from ragft.corpus.text import sanitise

_RUN_IN_ABSTRACT = re.compile(r"^(abstract)\s*(?:[—–:.]|-\s)\s*(?=\S)", re.IGNORECASE)
_SPACED_CAPITALS = re.compile(r"\b([A-Z]) ([A-Z]{2,})")
_FLOATS = frozenset({"caption", "table"})
_ENDS = re.compile(r"[.!?:;。！？؟…][\"'”’)\]]*\s*(?:\d{1,2})?$")


def blocks(groups: Sequence[Paragraph], known: Vocabulary) -> list[Block]:
    """Blocks in reading order with their section; page numbers are those of the paragraphs."""
    for group in groups:
        group.text = _text(group, known)
    groups = [group for group in groups if group.text]
    _set_levels(groups)
    groups = _without_references(groups)
    groups = _floats_after_sentences(groups)
    _mend_words_cut_by_page(groups, known)
    return _sectioned(groups)


def _text(group: Paragraph, known: Vocabulary) -> str:
    if group.kind == "table":
        rows = (" | ".join(sanitise(cell.text).strip() for cell in line.cells) for line in group.lines)
        return "\n".join(row for row in rows if row)
    text = sanitise(join_lines(group.lines, known)).strip()
    if group.kind == "heading" and text.isupper():
        # Small capitals come with a space behind each large one: `I NTRODUCTION`.
        text = _SPACED_CAPITALS.sub(r"\1\2", text)
    return text


def _set_levels(groups: Sequence[Paragraph]) -> None:
    """Depth of each heading: by its number, else by the number of those that look like it, else by its type size."""
    headings = [group for group in groups if group.kind == "heading"]
    roman = sum(1 for g in headings if re.match(r"[IVX]+\.\s", g.text)) >= 3
    looks: dict[tuple[float, bool], Counter[int]] = {}
    for group in headings:
        number, rest = heading_number(group.text)
        level = numbered_level(number)
        if roman and len(number) == 1 and number.isalpha() and number not in "IVX":
            level = 2
        elif not number and is_known_name(rest) and group.size >= max(g.size for g in headings) * 0.8:
            level = 1
        group.level = level
        if level:
            looks.setdefault(_look(group), Counter())[level] += 1
    sizes = sorted({_look(group)[0] for group in headings}, reverse=True)
    for group in headings:
        if group.level == 0:
            seen = looks.get(_look(group))
            group.level = seen.most_common(1)[0][0] if seen else min(3, 1 + sizes.index(_look(group)[0]))


def _look(group: Paragraph) -> tuple[float, bool]:
    return round(group.size * 2) / 2, group.bold


def _without_references(groups: Sequence[Paragraph]) -> list[Paragraph]:
    """Everything but the reference lists: from their heading to the next heading that looks like a section's."""
    kept: list[Paragraph] = []
    opening: Paragraph | None = None
    for group in groups:
        if is_references(group.text.rstrip(":. ")) and (group.kind == "heading" or len(group.lines) == 1):
            opening = group
            continue
        if opening is not None:
            if group.kind == "caption":
                kept.append(group)
                continue
            if not _ends_references(group, opening):
                continue
            opening = None
        kept.append(group)
    return _without_unheaded_list(kept)


def _ends_references(group: Paragraph, opening: Paragraph) -> bool:
    if group.kind != "heading" or is_reference_entry(group.text):
        return False
    if is_appendix(group.text):
        return True
    same_look = abs(group.size - opening.size) <= 0.05 * opening.size and group.bold == opening.bold
    larger = group.size > 1.05 * opening.size
    return same_look or larger or (is_known_name(group.text) and group.level <= max(1, opening.level))


def _without_unheaded_list(groups: list[Paragraph]) -> list[Paragraph]:
    """Drop runs of at least five entries in the second half that stand under no heading of their own."""
    result: list[Paragraph] = []
    run: list[Paragraph] = []
    half = len(groups) // 2
    for index, group in enumerate(groups):
        if index >= half and group.kind in {"paragraph", "list"} and is_reference_entry(group.text):
            run.append(group)
            continue
        if len(run) < 5:
            result += run
        run = []
        result.append(group)
    return result + (run if len(run) < 5 else [])


def _floats_after_sentences(groups: list[Paragraph]) -> list[Paragraph]:
    """Move figures, tables and footnotes that interrupt a sentence behind the paragraph that ends it."""
    result: list[Paragraph] = []
    index = 0
    while index < len(groups):
        group = groups[index]
        result.append(group)
        index += 1
        if not _is_open(group):
            continue
        end = index
        while end < len(groups) and end - index < 12 and _interrupts(groups[end], group):
            end += 1
        if end > index and end < len(groups) and _continues(group, groups[end]):
            groups[index : end + 1] = [groups[end], *groups[index:end]]
    return result


def _is_open(group: Paragraph) -> bool:
    return group.kind in {"paragraph", "list"} and not _ENDS.search(group.text)


def _interrupts(group: Paragraph, open_group: Paragraph) -> bool:
    if group.kind in _FLOATS:
        return True
    return group.kind in {"paragraph", "list"} and group.size < 0.94 * open_group.size


def _continues(before: Paragraph, after: Paragraph) -> bool:
    """Whether `after` goes on with the sentence that `before` leaves open."""
    if after.kind != "paragraph" or abs(after.size - before.size) > 0.06 * before.size:
        return False
    return before.lines[-1].hyphen or not after.text[0].isupper() or before.text[-1:] in ",(-"


def _mend_words_cut_by_page(groups: list[Paragraph], known: Vocabulary) -> None:
    """A word cut between two columns or pages goes whole to the first."""
    for before, after in zip(groups, groups[1:], strict=False):
        cut = before.lines[-1].hyphen or (before.text.endswith("-") and before.text[-2:-1].isalpha())
        if not cut or before.kind != "paragraph" or after.kind != "paragraph":
            continue
        first, _, rest = after.text.partition(" ")
        before.text = join(before.text, first, known, hyphen=before.lines[-1].hyphen)
        after.text = rest
    groups[:] = [group for group in groups if group.text]


def _sectioned(groups: Sequence[Paragraph]) -> list[Block]:
    result: list[Block] = []
    section = ""
    in_abstract = False
    for group in groups:
        text, kind = group.text, group.kind
        if kind == "heading":
            section, in_abstract = text, is_abstract(text.rstrip(":.—– "))
            result.append(Block(text, group.page, "heading", section, group.level))
            continue
        if kind == "paragraph" and (match := _RUN_IN_ABSTRACT.match(text)):
            section, in_abstract = "Abstract", True
            text = text[match.end() :]
        if kind == "paragraph" and in_abstract:
            kind = "abstract"
        result.append(Block(text, group.page, kind, section))
    return result
