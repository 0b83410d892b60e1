"""The authors of a paper, read off the lines below its title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import Line, TextSpan
from ragft.corpus.pdf.text.right_to_left import has_right_to_left, is_right_to_left
from ragft.corpus.text import sanitise

_NO_NAME = re.compile(
    r"""\b(?:universit|institut|department|school|college|laborator|labs?\b|research|google|microsoft|facebook|meta\b|
        openai|deepmind|amazon|nvidia|apple\b|ibm\b|alibaba|tencent|huawei|baidu|inc\b|corp\b|ltd\b|gmbh|center|centre|
        academy|faculty|hospital|group|team|technolog|science|engineering|computer|foundation|company|street|avenue|
        china|usa|u\.s\.a|germany|france|italy|spain|japan|korea|india|canada|australia|kingdom|singapore|switzerland|
        israel|netherlands|sweden|denmark|abstract|introduction|equal|contribut|correspond|author|email|e-mail|
        conference|proceedings|journal|published|preprint|review|member|fellow|student|national|key\b|state\b|
        brain\b|anonymous|ai\b|cnrs|inria|eth\b|mit\b|cmu\b|uc\b|city|paris|london|beijing|shanghai|new\ york)""",
    re.IGNORECASE | re.VERBOSE,
)
_PARTICLE = {
    "de",
    "del",
    "della",
    "der",
    "den",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "le",
    "van",
    "von",
    "zu",
    "bin",
    "al",
    "el",
    "ter",
    "ten",
    "y",
    "e",
    "ibn",
}
_SIGNS = r"∗*†‡§¶♠♢♡♣⋆★✉⊠∥‖#^~⋄◇○●¹²³⁴⁵⁶⁷⁸⁹⁰"
_MARKS = re.compile(rf"[\d{_SIGNS}]+|\([^)]*\)|\bB\b$")
_RAISED = re.compile(rf"[{_SIGNS}]+(?:[ ,]*[\d{_SIGNS}]+)*|\([^)]*\)|\bB\b$")
"""Marks in text of one size: a digit belongs to a word (`Bolt M8`), unless it follows one of the others."""
# The ACM's journals: a name in capitals, then where its owner works.
_NAME_THEN_PLACE = re.compile(r"^(?P<name>[^\W\d_a-zß-ÿ]+(?:[ .-]+[^\W\d_a-zß-ÿ]+){1,4})\.?\s*[∗*†‡§¶\d]*,\s+\S")
_LABEL = re.compile(r"(?![^:]*\b(?:auth?or\w*|by|par|von|por)\b)[^\W\d_][\w ./-]{1,30}:\s", re.IGNORECASE)
"""What a form or the minutes of a meeting say before names: `Present: Ann Other, Per Son`."""
_LONG_NUMBER = re.compile(r"\d{4}")
"""Of an account, a telephone or a date; marks are shorter."""
_BYLINE = re.compile(r"^\s*(?:(?:written|posted|text)\s+)?(?:by|par|por)\s+", re.IGNORECASE)
_SEPARATORS = re.compile(r"\s*(?:[,;·•&|]|\band\b|\s{3,})\s*")


def authors_below(lines: Sequence[Line], metadata: Mapping[str, str]) -> tuple[tuple[str, ...], list[Line]]:
    """Names below the title: those set like the first line that holds any, and which lines held them."""
    offered = author_names(_MARKS.sub(" ", metadata.get("Author", "")))
    names: list[str] = []
    used: list[Line] = []
    look: tuple[float, bool] | None = None
    cut = ""
    for line in lines:
        texts = [_without_marks(cell) for cell in line.cells]
        if cut and len(_SEPARATORS.split(texts[0])[0].split()) == 1:
            texts[0] = f"{cut} {texts[0]}"
        # Hebrew and Arabic have no capitals that tell names from other words.
        unclear = _LABEL.match(line.text) or is_right_to_left(line.text) or len(_LONG_NUMBER.findall(line.text)) > 1
        listed = [] if unclear else [author_names(text) for text in texts]
        # The heads of a table may hold two words that look like a name, but not most of them do.
        of_heads = len(listed) > 2 and 2 * sum(map(bool, listed)) < len(listed)
        found = [] if of_heads else [name for part in listed for name in part if not has_right_to_left(name)]
        cut = _cut_name(texts[-1]) if found else ""
        named = _NAME_THEN_PLACE.match(line.text)
        if named and not unclear and not any(map(str.islower, named["name"])):
            names.append(_MARKS.sub("", named["name"]).strip().title())
            used.append(line)
            continue
        heavy = line.mostly_bold
        if not found or (look is not None and (abs(line.size - look[0]) > 0.4 or heavy != look[1])):
            if _NO_NAME.search(_MARKS.sub(" ", line.text)) or "@" in line.text:
                used.append(line)
            continue
        look = look or (line.size, heavy)
        names += [name for name in found if name not in names]
        used.append(line)
    page = " ".join(line.text for line in lines)
    if len(offered) >= max(1, len(names)) and all(name.split()[-1] in page for name in offered):
        names = offered
    return tuple(names), _with_lines_between(lines, used) if names else []


def _cut_name(text: str) -> str:
    """The first half of a name that goes on in the next line, if the line ends in one."""
    last = _SEPARATORS.split(text)[-1].strip()
    return last if last.isalpha() and last.istitle() else ""


def _with_lines_between(lines: Sequence[Line], used: Sequence[Line]) -> list[Line]:
    """`used` and the few lines among them that say nothing we know: an employer's name, an address, a date."""
    places = [index for index, line in enumerate(lines) if any(line is other for other in used)]
    filled = {*places}
    for before, after in pairwise(places):
        if after - before <= 4:
            filled.update(range(before, after))
    return [lines[index] for index in sorted(filled)]


def _without_marks(cell: TextSpan) -> str:
    """The cell's text without raised footnote marks and affiliation numbers, a separator in the place of each."""
    if len(cell.sizes) != len(cell.text) or not cell.sizes:
        return _RAISED.sub(" , ", cell.text)
    largest = max(cell.sizes)
    text = "".join(
        c if s >= 0.82 * largest or c in ", " else "\x00" for c, s in zip(cell.text, cell.sizes, strict=True)
    )
    return _RAISED.sub(" , ", re.sub("\x00+", " , ", text))


def author_names(text: str) -> list[str]:
    """The names of persons in a text that holds nothing else between separators."""
    bare = _BYLINE.sub("", sanitise(text))
    return [name for part in _SEPARATORS.split(bare) if (name := part.strip(" .,:;-–")) and _is_name(name)]


def _is_name(text: str) -> bool:
    words = text.split()
    if not 2 <= len(words) <= 5 or _NO_NAME.search(text) or re.search(r"[\d@{}/\\:]", text):
        return False
    # A capital, or a letter of a script that has none.
    begins = ((word[0].isalpha() and not word[0].islower()) or word.casefold() in _PARTICLE for word in words)
    return all(begins) and any(len(word.strip(".")) > 1 for word in words)
