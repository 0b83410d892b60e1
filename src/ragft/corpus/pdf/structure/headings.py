"""Decides which paragraphs are headings, and their depth."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from ragft.corpus.pdf.structure.lines import BULLETS, Paragraph
from ragft.corpus.sections import heading_number, is_appendix, is_known_name, is_references, numbered_level, plain_name

_LETTERS = re.compile(r"[^\W\d_]")
_SYMBOLS = re.compile(r"[^\w\s]")
_NEVER_NUMBERED = frozenset(
    """abstract references bibliography acknowledgements acknowledgments acknowledgement acknowledgment appendix
    appendices keywords limitations funding summary""".split()
)
_LONGEST = 130
_MOST_WORDS = 14


def looks_like_heading(group: Paragraph, body: float) -> bool:
    """Whether lettering and wording are those of a heading; `body` is the running text's size in points."""
    if len(group.lines) > 3 or group.lines[-1].hyphen or group.lines[0].is_apart:
        return False
    text = " ".join(line.text for line in group.lines)
    number, rest = heading_number(text)
    if not _is_wording(text, rest):
        return False
    if is_known_name(text.rstrip(":.")) and len(group.lines) == 1:
        return group.size >= 0.85 * body and rest[:1].isupper()
    if group.size < 0.93 * body:
        return False
    large = group.size >= 1.1 * body
    if not number:
        return (group.bold or large) and len(rest.split()) <= _MOST_WORDS and not (text.endswith((".", ":")) and large)
    capitals = len(letters := _LETTERS.findall(rest)) >= 4 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    return group.bold or large or capitals or (group.italic and len(group.lines) == 1)


def _is_wording(text: str, rest: str) -> bool:
    if len(text) > _LONGEST:
        return False
    letters = _LETTERS.findall(rest)
    if len(letters) < 3 or len(letters) < 0.6 * len(rest.replace(" ", "")):
        return False
    if text.startswith(BULLETS) or text.endswith((",", ";", "-", "–")) or "@" in text:
        return False
    # In scripts with capitals a heading begins with one.
    if rest[0].islower() and not any(char.isupper() for char in rest[:3]):
        return False
    return not any(char not in "+|~" and unicodedata.category(char) == "Sm" for char in _SYMBOLS.findall(text))


def demote_false_headings(groups: Sequence[Paragraph]) -> None:
    """Remove false headings: lettering of figures, heads of tables, and numbers out of sequence (list items)."""
    last = 0
    behind_references = False
    looks = _section_looks(groups)
    for index, group in enumerate(groups):
        if group.kind != "heading":
            continue
        number, _ = heading_number(group.text)
        behind_references = behind_references or is_references(group.text)
        if not number and (
            _is_foreign(group, looks) or (not is_known_name(group.text) and _is_lettering(groups, index))
        ):
            group.kind = "table"
        elif number[:1].isdecimal():
            top = int(number.split(".")[0])
            restarts = behind_references and top == 1
            if (last and not last <= top <= last + 2 and not restarts) or ("." not in number and top == last):
                group.kind = "paragraph"
            else:
                last = top


def _section_looks(groups: Sequence[Paragraph]) -> set[tuple[float, bool]]:
    """Sizes and weights of the numbered headings, where the document numbers them."""
    looks = Counter(_look(group) for group in groups if group.kind == "heading" and heading_number(group.text)[0])
    return {look for look, count in looks.items() if count >= 2} if looks.total() >= 4 else set()


def _is_foreign(group: Paragraph, looks: set[tuple[float, bool]]) -> bool:
    """Whether an unnumbered line in a document with numbered sections is lettered like none of their headings."""
    if not looks or group.bold or plain_name(group.text) in _NEVER_NUMBERED or is_appendix(group.text):
        return False
    return _look(group) not in looks


def _is_lettering(groups: Sequence[Paragraph], index: int) -> bool:
    """Whether a possible heading is directly beside a table or the lettering of a figure.

    What stands outside of the drawn lines of a table is not part of it.
    """
    group = groups[index]
    after = groups[index + 1] if index + 1 < len(groups) else None
    before = groups[index - 1] if index else None
    if after and after.page == group.page and after.kind in {"table", "caption"} and not after.lines[0].table:
        return True
    if before is None or before.page != group.page or before.kind != "table" or before.lines[-1].table:
        return False
    return group.lines[0].top - before.lines[-1].bottom < 1.5 * group.size


def set_levels(groups: Sequence[Paragraph]) -> None:
    """Depth of each heading: by its number, else by the number of those that look like it, else by its type size."""
    headings = [group for group in groups if group.kind == "heading"]
    if not headings:
        return
    roman = sum(1 for group in headings if re.match(r"[IVX]+\.\s", group.text)) >= 3
    largest = max(group.size for group in headings)
    looks: dict[tuple[float, bool], Counter[int]] = {}
    for group in headings:
        number, rest = heading_number(group.text)
        group.level = numbered_level(number)
        if roman and len(number) == 1 and number.isalpha() and number not in "IVX":
            group.level = 2
        elif not number and is_known_name(rest) and group.size >= 0.8 * largest:
            group.level = 1
        if group.level:
            looks.setdefault(_look(group), Counter())[group.level] += 1
    sizes = sorted({_look(group)[0] for group in headings}, reverse=True)
    for group in headings:
        if not group.level:
            seen = looks.get(_look(group))
            group.level = seen.most_common(1)[0][0] if seen else min(3, 1 + sizes.index(_look(group)[0]))


def _look(group: Paragraph) -> tuple[float, bool]:
    return round(group.size * 2) / 2, group.bold
