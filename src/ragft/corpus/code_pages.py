"""Checks a guessed encoding again: detectors often misjudge texts with few characters beyond ASCII.

`Caf‚`, `25 шC` and `na‹ve` are `Café`, `25 °C` and `naïve` of DOS, `Ł320 and ˝` is `£320 and ½` of Windows, `FrŸhjahr`
is `Frühjahr` of a Mac.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

_WESTERN = ("cp1252", "cp850", "cp437")
"""The code pages of Windows, and of DOS in Western Europe and the United States, the more likely first."""

_LETTER = "[^\\W\\d_¹²³¼½¾]"
_FOREIGN = "[^\\W\\d_¹²³¼½¾\\x00-\\x7f]"
_OTHER_SCRIPT = "[\u0400-\u04ff\u0590-\u06ff\u0e00-\u0e7f]"
_PLACES = (
    # Marks inside a word, opening quotes behind one; an apostrophe, a dash or three dots may stand there.
    rf"(?<={_LETTER})[‚„†‡ˆ‰‹›‘“”•˜™¤¥§¶¢£ª°±¬®©«»¿¡₧⌐\u2500-\u259f](?={_LETTER})",
    rf"(?<={_LETTER})[‚„‹‘“¿¡¤†‡](?!{_LETTER})",
    rf"{_FOREIGN}(?=\d)|(?<=\d )(?!µ){_FOREIGN}(?=[CFmsg]\b)",
    # A word of one letter that no language of Western Europe has, a capital inside a word, two scripts in one.
    r"(?<![\w’'-])[^\W\d_¹²³¼½¾\x00-\x7fàáèéêíìóòôöúùåæøüyµÀÁÈÉÅÖÆØ\u0370-\uffff](?![\w’'.-])",
    r"(?<![\w’'-])(?<!\d )[бгдеёзлмнпртфхцчшщъыьэю](?![\w’'.-])",
    r"(?<=[a-zß-öø-ÿ])[À-ÖØ-Þ]|(?<=[A-Z])[À-ÖØ-Þ](?=[a-z])",
    rf"[a-zA-Z](?={_OTHER_SCRIPT})|(?<={_OTHER_SCRIPT})[a-zA-Z]",
    # The lines of a frame as letters, and letters as the line of a frame.
    rf"({_LETTER})\1{{3,}}|(?<![\u2500-\u259f])[─═▄▀█▌▐](?![\u2500-\u259f])|[\u2554-\u256c](?=\w)",
    # Accents without a letter, fractions and exponents before a number, a quotation that nothing ends.
    r"[‗¸¨¯´]|¾(?=\s*\d)|[¹²³](?=\d)|(?<!\S)[«»](?=\s+\S)(?!\s[A-ZÀ-Þ])",
)
_ODD = re.compile("|".join(_PLACES))
_QUOTED = re.compile("“[^“”]{1,400}”|„[^“”]{1,400}[“”]")
_SHARE = 1 / 3
"""Least share of characters beyond ASCII at odd places for which the guess is doubted."""
_FAR_LESS = 4
"""By this factor another code page must have fewer odd places."""
_SIGNS = frozenset("So Sm Sk Sc Po Ps Pi Pf Cc No".split())
_BESIDE_LETTERS = frozenset("…’·°´¿¡§©»µ")
"""Signs that may stand before or behind a letter."""
_RARE = frozenset(
    """cp1006 hp-roman8 hp_roman8 cp720 cp864 johab ptcp154 kz1048 koi8-t iso8859-3 iso8859-4 iso8859-10 iso8859-14
    mac-iceland""".split()
)
"""Rare encodings: accepted only if the detector finds no other."""
_SURER = 1.5
"""By this factor the detector must be more confident of another encoding that gives no more odd places."""
_FEW = 4
"""With fewer bytes beyond ASCII its confidence is ignored."""
_OF_ISO = {"cp1250": "iso8859-2", "cp1253": "iso8859-7", "cp1257": "iso8859-13"}
"""The encodings of ISO that most letters of a page of Windows are the same in; they have nothing at 80 to 9F."""
_OF_WINDOWS = re.compile(rb"[\x80-\x9f]")
_HALF = 0.5
_BAD = 0.8
"""Least share of characters beyond ASCII at odd places for which a text counts as garbage."""


def _oddness(text: str) -> int:
    """The number of characters of `text` at places where no language uses them."""
    return sum(len(match.group()) for match in _ODD.finditer(text))


def western(data: bytes, guess: str) -> str:
    """The Western page under which `data` has far fewer odd places than in the encoding `guess`; empty for none."""
    text = data.decode(guess, "replace")
    odd = _oddness(text)
    if odd < max(1.0, _SHARE * sum(char > "\x7f" for char in text)):
        return ""
    pages = _WESTERN[:1] if _QUOTED.search(text) else _WESTERN  # DOS has no such quotation marks
    found = {page: _oddness(data.decode(page, "replace")) for page in pages}
    best = min(pages, key=found.__getitem__)
    return best if _FAR_LESS * found[best] < odd else ""


def likelier(data: bytes, guess: str, found: Sequence[tuple[str, float]]) -> str:
    """The encoding of `found`, by falling confidence of a detector, that fits `data` better than `guess`; else empty.

    `guess` comes from fewer encodings, those that are still written: another one has to read less oddly, or to be far
    surer.
    """
    text = data.decode(guess, "replace")
    beyond = sum(byte > 0x7F for byte in data)
    if beyond < 2 or _QUOTED.search(text):
        return ""
    odd, sure = _misplaced(text), dict(reversed(found)).get(guess, 0.0)
    for codec, confidence in found:
        if codec in _RARE or codec == guess or confidence <= sure:
            continue
        other = _misplaced(data.decode(codec, "replace"))
        if other < odd and other <= _HALF * beyond:
            return codec
        as_sure = _OF_ISO.get(guess) == codec and not _OF_WINDOWS.search(data)
        if (as_sure or (confidence > _SURER * sure and beyond >= _FEW)) and other <= odd:
            return codec
    return ""


def is_garbled(text: str) -> bool:
    """Whether nearly all characters beyond ASCII are at places where no language uses them, and there are several."""
    beyond = sum(character > "\x7f" for character in text)
    return beyond > 2 and _misplaced(text) >= _BAD * beyond


def _misplaced(text: str) -> float:
    """Odd places, with capitals behind small letters and signs beside letters in any script."""
    count = float(_oddness(text))
    for left, right in pairwise(text):
        if left <= "\x7f" and right <= "\x7f":
            continue
        if left.islower() and right.isupper():
            count += 1
        elif (left.isalpha() and _is_sign(right)) or (right.isalpha() and _is_sign(left)):
            count += _HALF
    return count


def _is_sign(character: str) -> bool:
    return character > "\x7f" and character not in _BESIDE_LETTERS and unicodedata.category(character) in _SIGNS
