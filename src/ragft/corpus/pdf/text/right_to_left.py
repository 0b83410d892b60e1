"""Hebrew, Arabic and other text that runs from right to left: the order in which its words are read.

On a page of such text every word is placed as in a mirror, so that what is read later lies further to the right there
as on any other page: sentences, the cells of a table, the columns. Numbers and foreign words keep their own order. This
undoes, for whole words, what the Unicode bidirectional algorithm (UAX 9) does when such text is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from ragft.corpus.overrides import MIRRORED
from ragft.corpus.pdf.base import TextSpan
from ragft.corpus.pdf.tables.ruled import mirror_cells
from ragft.corpus.writing_systems import MARKS

_LETTERS = (
    "\u05d0-\u05f2\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0710-\u072f\u074d-\u07a5\u07ca-\u07ea"
    "\u0800-\u0815\u0840-\u0858\u0860-\u088e\u08a0-\u08c9\ufb1d\ufb1f-\ufb28\ufb2a-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdfb"
    "\ufe70-\ufefc"
)
_LETTER = re.compile(f"[{_LETTERS}]")
_MARK = re.compile(f"[{MARKS}]")
_DIGIT = re.compile(r"\d")
_PIECE = re.compile(
    rf"[{_LETTERS}]+|[^\W{_LETTERS}](?:(?:[^\W{_LETTERS}]|[.,:/%@'\u066b\u066c+-])*(?:[^\W{_LETTERS}]|%))?|.", re.DOTALL
)
"""Letters that run from the right; a number or foreign word; any other character."""
_BEFORE_NUMBER = re.compile(r"[^\w$€£¥₪#+−-]*")
_BEFORE_FOREIGN = re.compile(r"[^\w$€£¥₪#@+−/-]*")
_SIGNS = "-+−–"
_RANGE = re.compile(r"(\D*)(\d[\d.,:/]*(?<=\d)%?)([–-])(\d[\d.,:/]*(?<=\d)%?)(\D*)")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_BRACKETS = "()[]{}«»"
_THOUSANDS = re.compile(r"\d{1,3} \d{3}(?: \d{3})*(?:[.,]\d+)?")
_CELL_GAP = 1.4
"""Gap in em beyond which two words on one line belong to different cells."""
_LONGEST = 50
"""Words of a run at most."""

_Kind = Literal["right", "left", "number", "other"]
_Places = list[tuple["TextSpan", float]]
"""Words, and where they begin in points, counted in the direction of reading from the edge of their cell."""


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text run from right to left."""
    return 2 * len(_LETTER.findall(text)) > sum(map(str.isalpha, text))


def has_right_to_left(text: str) -> bool:
    """Whether any letter of a text runs from right to left."""
    return _LETTER.search(text) is not None


def set_digits(word: TextSpan, lefts: Sequence[float]) -> TextSpan:
    """The same word, which is changed if it has digits: to the order of `from_shown`, from its leftmost character on.

    pdfium gives such a word in an order of its own, and so the place of another character first.
    """
    if _DIGIT.search(word.text):
        word.text, word.left = from_shown(word.text, lefts), min(word.left, *lefts)
    return word


def from_shown(word: str, lefts: Sequence[float]) -> str:
    """A word with digits, given with the left edge of each character: a number as shown, any other as it is read.

    pdfium reverses letters and what is next to them, brackets mirrored, but it leaves the hyphen of `ה-10` behind the
    number.
    """
    if len(word) != len(lefts) or _MARK.search(word):
        return word
    digit = next(match.start() for match in _DIGIT.finditer(word))

    def look(index: int) -> str:
        moved = (index < digit) != (lefts[index] < lefts[digit]) and index != digit
        return word[index].translate(MIRRORED) if moved else word[index]

    def place(index: int) -> tuple[float, int]:
        # The letters of a ligature have one place.
        return lefts[index], -index if _LETTER.match(word[index]) else index

    shown = "".join(map(look, sorted(range(len(word)), key=place)))
    if not _LETTER.search(word):
        return shown
    return "".join(_turned(piece) for piece in reversed(_PIECE.findall(shown)))


def _turned(piece: str) -> str:
    if _LETTER.match(piece):
        return piece[::-1]
    return piece.translate(MIRRORED)


def set_in_order(words: Sequence[TextSpan], width: float) -> None:
    """Place the words of a page `width` points wide such that each line is read by rising `left`."""
    level = [word for word in words if not word.turn]
    mirrored = is_right_to_left("".join(word.text for word in level))
    for cell in _cells(level):
        start, end = cell[0].left, max(word.right for word in cell)
        text = "".join(word.text for word in cell)
        backwards = is_right_to_left(text)
        if mirrored:  # here even a sentence of mostly foreign words runs from the right
            backwards = has_right_to_left(text) or not any(map(str.isalpha, text))
        elif not has_right_to_left(text):
            continue
        places = _from_the_right(cell, end) if backwards else _from_the_left(cell, start)
        origin = width - end if mirrored else start
        for word, place in places:
            long = word.right - word.left
            word.left = origin + place
            word.right = word.left + long
    if mirrored:
        mirror_cells(level, width)


def _cells(words: Sequence[TextSpan]) -> Iterator[list[TextSpan]]:
    """Words on one line without wide gaps, from left to right."""
    rows: list[list[TextSpan]] = []
    for word in sorted(words, key=lambda word: word.top + word.bottom):
        middle = (word.top + word.bottom) / 2
        if rows and rows[-1][0].top < middle < rows[-1][0].bottom and word.bottom > rows[-1][0].top:
            rows[-1].append(word)
        else:
            rows.append([word])
    for row in rows:
        row.sort(key=lambda word: word.left)
        cell, end = row[:1], row[0].right
        for word in row[1:]:
            if word.cell is not cell[-1].cell or word.left - end > _CELL_GAP * max(word.size, cell[-1].size):
                yield cell
                cell = []
            cell.append(word)
            end = max(end, word.right)
        yield cell


def _from_the_right(cell: Sequence[TextSpan], end: float) -> _Places:
    """Places in a cell that is read from right to left, with foreign words and groups of thousands as they are."""
    places: _Places = []
    arabic = any(_ARABIC.search(word.text) for word in cell)
    for run in _runs(cell, foreign="left"):
        _order_ends(run)
        for word in run:
            _order_range(word, arabic=arabic)
        left, right = run[0].left, max(word.right for word in run)
        places += [(word, end - right + word.left - left) for word in run]
    return places


def _from_the_left(cell: Sequence[TextSpan], start: float) -> _Places:
    """Places in a cell that is read from left to right, with what it quotes in another script turned round."""
    places: _Places = []
    for run in _runs(cell, foreign="right"):
        left, right = run[0].left, max(word.right for word in run)
        backwards = any(_kind(word) == "right" for word in run)
        places += [(word, left - start + (right - word.right if backwards else word.left - left)) for word in run]
    return places


def _runs(cell: Sequence[TextSpan], foreign: _Kind) -> Iterator[list[TextSpan]]:
    """Single words, but those in one that begin and end in a `foreign` word, with what stands between these."""
    index = 0
    own: _Kind = "left" if foreign == "right" else "right"
    edges = {"left", "number"} if foreign == "left" else {"right"}
    kinds = [_kind(word) for word in cell]
    while index < len(cell):
        last, found = index, kinds[index] == foreign
        if kinds[index] in edges:
            for further in range(index + 1, min(index + _LONGEST, len(cell))):
                if kinds[further] == own:
                    break
                found = found or kinds[further] == foreign
                last = further if kinds[further] in edges else last
        run = list(cell[index : last + 1])
        if not found and not _THOUSANDS.fullmatch(" ".join(word.text for word in run)):
            run = run[:1]
        yield run
        index += len(run)


def _kind(word: TextSpan) -> _Kind:
    if _LETTER.search(word.text):
        return "right"
    if any(map(str.isalpha, word.text)):
        return "left"
    return "number" if _DIGIT.search(word.text) else "other"


def _order_ends(run: Sequence[TextSpan]) -> None:
    """Put what is shown before a number or foreign words behind them, `.320` or `%320`, and brackets likewise."""
    kinds = {_kind(word) for word in run}
    if "right" in kinds or kinds == {"other"}:
        return
    opening, closing = (_BEFORE_FOREIGN, _BRACKETS) if "left" in kinds else (_BEFORE_NUMBER, f"{_BRACKETS}{_SIGNS}")
    first, last = run[0], run[-1]
    rest = opening.sub("", first.text, count=1)
    behind = first.text[: len(first.text) - len(rest)]
    _write(first, rest)
    kept = last.text.rstrip(closing)
    before = last.text[len(kept) :]
    _write(last, kept + behind[::-1].translate(MIRRORED))
    _write(first, before[::-1].translate(MIRRORED) + first.text)


def _order_range(word: TextSpan, *, arabic: bool) -> None:
    """Write a range as it is read, `2019–2021`, where the line shows it the other way round.

    A hyphen turns the numbers around it only beside Arabic letters, and may stand in other numbers than ranges.
    """
    if found := _RANGE.fullmatch(word.text):
        before, one, dash, other, behind = found.groups()
        falls = arabic and one.isdecimal() and other.isdecimal() and len(one) == len(other) and one > other
        if dash != "-" or falls:
            _write(word, f"{before}{other}{dash}{one}{behind}")


def _write(word: TextSpan, text: str) -> None:
    word.text = text
    word.sizes = (word.size,) * len(text) if word.sizes else ()
