"""A second look at a guessed encoding: Western texts with few letters beyond ASCII are taken for something else.

`Caf‚`, `25 шC` and `na‹ve` are `Café`, `25 °C` and `naïve` of DOS, `Ł320 and ˝` is `£320 and ½` of Windows.
"""

from __future__ import annotations

import re

_WESTERN = ("cp1252", "cp850", "cp437")
"""The code pages of Windows, and of DOS in Western Europe and the United States; the likelier one first."""

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
"""The share of characters beyond ASCII that stand at odd places, from which the guess is doubted."""
_FAR_LESS = 4
"""How many times fewer odd places there have to be under another page."""


def oddness(text: str) -> int:
    """How many characters of `text` stand where no language writes them."""
    return sum(len(match.group()) for match in _ODD.finditer(text))


def western(data: bytes, guess: str) -> str:
    """The Western page under which `data` has far fewer odd places than in the encoding `guess`; empty for none."""
    text = data.decode(guess, "replace")
    odd = oddness(text)
    if odd < max(1.0, _SHARE * sum(char > "\x7f" for char in text)):
        return ""
    pages = _WESTERN[:1] if _QUOTED.search(text) else _WESTERN  # DOS has no such quotation marks
    found = {page: oddness(data.decode(page, "replace")) for page in pages}
    best = min(pages, key=found.__getitem__)
    return best if _FAR_LESS * found[best] < odd else ""
