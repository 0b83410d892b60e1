"""Turns paragraphs into blocks under sections, without the reference list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.base import Block
from ragft.corpus.pdf.pages.left_out import LeftOut
from ragft.corpus.pdf.structure.headings import set_levels
from ragft.corpus.pdf.structure.hyphens import Vocabulary, join, join_lines
from ragft.corpus.pdf.structure.lines import Paragraph
from ragft.corpus.pdf.tables.empty_cells import rows_of
from ragft.corpus.sections import (
    entries_in,
    is_abstract,
    is_appendix,
    is_known_name,
    is_reference_entry,
    is_references,
)
from ragft.corpus.text import sanitise

_RUN_IN_ABSTRACT = re.compile(r"^(abstract)\s*(?:[—–:.]|-\s)\s*(?=\S)", re.IGNORECASE)
_SPACED_CAPITALS = re.compile(r"\b([A-Z]) ([A-Z]{2,})")
_ENDS_ABSTRACT = re.compile(
    r"(?:index terms|key\s?words?|ccs concepts|categories and|general terms|acm reference|additional key)\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"\b(?:19|20)\d\d\b|arXiv|\bpp\.|Proc")
_OWN_CITATION = re.compile(r"acm reference format|how to cite|cite this (?:article|paper)|to cite this", re.IGNORECASE)
_LEAST_BODY = 0.15
"""Least share of a document's text that must remain without its references."""
_FLOATS = frozenset({"caption", "table"})
_ENDS = re.compile(r"[.!?:;。！？؟…][\"'”’)\]]*\s*(?:\d{1,2})?$")


def blocks(groups: Sequence[Paragraph], known: Vocabulary, left_out: LeftOut) -> list[Block]:
    """Blocks in reading order with their section; page numbers are those of the paragraphs.

    The reference lists that are left out are noted in `left_out`.
    """
    for group in groups:
        group.text = _text(group, known)
    groups = [group for group in groups if group.text]
    set_levels(groups)
    _head_abstract(groups)
    groups, listed = _without_references(groups)
    left_out.add("reference list", listed)
    groups = _floats_after_sentences(groups)
    _join_words_cut_by_page(groups, known)
    return _sectioned(groups)


def _text(group: Paragraph, known: Vocabulary) -> str:
    if group.kind == "table":
        rows = (" | ".join(sanitise(text).strip() for text in row) for row in rows_of(group.lines))
        return "\n".join(row for row in rows if row)
    text = sanitise(join_lines(group.lines, known)).strip()
    if group.kind == "heading" and text.isupper():
        # Small capitals may come with a space behind each large one: `I NTRODUCTION`.
        text = _SPACED_CAPITALS.sub(lambda match: _closed_up(match, known), text)
    return text


def _closed_up(match: re.Match[str], known: Vocabulary) -> str:
    first, rest = match.groups()
    return first + rest if known[(first + rest).casefold()] > known[rest.casefold()] else match.group()


def _without_references(groups: Sequence[Paragraph]) -> tuple[list[Paragraph], list[int]]:
    """Everything but the reference lists, and the pages of these: from their heading to the next of a section.

    What reads like something else under that heading is kept, as references of a CV. A document that consists of
    little else is a bibliography, and kept.
    """
    kept: list[Paragraph] = []
    run: list[Paragraph] = []
    own: list[Paragraph] = []
    is_citation = False
    for group in groups:
        if _OWN_CITATION.match(group.text) or (is_citation and is_reference_entry(group.text)):
            is_citation = not is_citation
            own.append(group)
            continue
        is_citation = False
        if is_references(group.text.rstrip(":. ")) and (group.kind == "heading" or len(group.lines) == 1):
            kept += _rest_of_list(run)
            run = [group]
        elif run and not _ends_references(group, run[0]):
            run.append(group)
        else:
            kept += _rest_of_list(run)
            run = []
            kept.append(group)
    kept = _without_unheaded_list([*kept, *_rest_of_list(run)])
    body = [group for group in kept if not is_reference_entry(group.text)]
    if _length(body) <= _LEAST_BODY * _length(groups):
        return list(groups), []
    stays = {id(group) for group in (*kept, *own)}
    return kept, sorted({group.page for group in groups if id(group) not in stays and group.kind != "heading"})


def _rest_of_list(run: Sequence[Paragraph]) -> list[Paragraph]:
    """What stays of a heading for references and what follows: floats, or all of it if most of it is not a list."""
    floats = [group for group in run[1:] if group.kind == "caption" or _is_wide_table(group) or group.lines[0].is_apart]
    apart = {id(group) for group in floats}
    listed = [group for group in run[1:] if id(group) not in apart]
    entries = [group for group in listed if entries_in(group.text)]
    if not listed or 2 * len(entries) > len(listed):
        return floats
    # Where the first line of each entry is set out, paragraphs are pieces of entries.
    return floats if entries_in(" ".join(group.text for group in listed)) else list(run)


def _length(groups: Sequence[Paragraph]) -> int:
    return sum(len(group.text) for group in groups if group.kind != "heading")


def _is_wide_table(group: Paragraph) -> bool:
    """Whether this is a table among references; entries whose label stands apart have two cells and name years.

    Entries do not stand between drawn lines.
    """
    if group.lines[0].table:
        return True
    cells = sum(len(line.cells) for line in group.lines)
    dated = sum(1 for line in group.lines if _DATED.search(line.text))
    rows = len(group.lines)
    return group.kind == "table" and rows >= 3 and cells >= 2.2 * rows and dated < 0.35 * rows


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
    """Whether `after` continues the open sentence of `before`."""
    if after.kind != "paragraph" or abs(after.size - before.size) > 0.06 * before.size:
        return False
    return before.lines[-1].hyphen or not after.text[0].isupper() or before.text[-1:] in ",(-"


def _join_words_cut_by_page(groups: list[Paragraph], known: Vocabulary) -> None:
    """A word cut between two columns or pages goes whole to the first."""
    for before, after in pairwise(groups):
        cut = before.lines[-1].hyphen or (before.text.endswith("-") and before.text[-2:-1].isalpha())
        if not cut or before.kind != "paragraph" or after.kind != "paragraph":
            continue
        first, _, rest = after.text.partition(" ")
        before.text = join(before.text, first, known, hyphen=before.lines[-1].hyphen)
        after.text = rest
    groups[:] = [group for group in groups if group.text]


def _head_abstract(groups: list[Paragraph]) -> None:
    """Give an abstract that has no heading one: the running text on page one before the first section."""
    opening = next((index for index, group in enumerate(groups) if group.kind == "heading" and group.level == 1), None)
    if opening is None or any(_RUN_IN_ABSTRACT.match(group.text) for group in groups[:opening]):
        return
    if is_abstract(groups[opening].text.rstrip(":. ")):
        return
    for index, group in enumerate(groups[:opening]):
        if group.kind == "paragraph" and group.page == 1 and len(group.text.split()) >= 40:
            heading = Paragraph([group.lines[0]], "heading", 1, "Abstract")
            groups.insert(index, heading)
            return


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
        if in_abstract and _ENDS_ABSTRACT.match(text):
            section, in_abstract = "", False
        if kind == "paragraph" and in_abstract:
            kind = "abstract"
        result.append(Block(text, group.page, kind, section))
    return result
