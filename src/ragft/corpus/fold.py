"""Folding: one form for texts that differ in typography only, used for all comparisons.

    fold("İstanbul’s low‑rank “adapters”")  ->  'istanbul\\'s low-rank "adapters"'
    fold("ｆｉｎｅ ﬁlter, 1,410 £")           ->  "fine filter, 1410 £"

Index, gate, check and metrics fold before they compare. Shown and quoted text is not changed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ragft.corpus.raised import spell_out

_ALIKE = {
    **dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘﹣－⸺⸻"), "-"),
    **dict.fromkeys(map(ord, "‘’‚‛′ʹʻʼʽ＇´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»＂〝〞"), '"'),
    # The decimal point, the sign between thousands and the percent sign of Arabic.
    0x066B: ".",
    0x066C: ",",
    0x066A: "%",
    # Compatibility forms that NFKC would join to the word or number beside them: trade marks, circled numbers.
    **dict.fromkeys((0x2120, 0x2122), " "),
    **{
        code: f" {unicodedata.normalize('NFKC', chr(code))} "
        for code in (*range(0x2460, 0x24EB), *range(0x3251, 0x3260))
    },
}
# Soft hyphens, zero-width characters, direction marks, variation selectors: nobody sees them.
_UNSEEN = re.compile("[\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# A comma, an apostrophe or a space that cannot be broken, before every three digits: no other reading is likely. A zero
# in front is that of a decimal, 0,001. What stands before is asked only where there is a digit, which is faster.
_GROUPED = re.compile(
    r"[^\D0](?<![\d.,'].)\d{0,2}(?:(?:,\d{3})+|(?:'\d{3})+|(?:[\u00a0\u2009\u202f]\d{3})+)(?![\d']|,\d)"
)
# Left out, since a query is typed without them; Cyrillic й is a letter of its own. The vowel signs of Arabic and
# Hebrew are accents in this sense, those of the Indic scripts and of Thai are not.
_ACCENTS = re.compile(
    "(?<![иИ])[\u0300-\u036f]|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e8\u06ea-\u06ed]"
)
_LETTERS = str.maketrans({
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ँ": "ं",
})  # fmt: skip
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
_NO_DIGIT = re.compile(r"\D")


def fold(text: str) -> str:
    """`text` in lower case with plain hyphens, quotes, spaces, letters and digits; grouped numbers written together."""
    if text.isascii():
        return _ungrouped(text.lower())
    text = _ungrouped(_UNSEEN.sub("", spell_out(text).translate(_ALIKE)))
    text = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i")
    text = _OTHER_DIGIT.sub(lambda match: str(int(match.group())), text)
    return unicodedata.normalize("NFC", text)


def _ungrouped(text: str) -> str:
    return _GROUPED.sub(lambda match: _NO_DIGIT.sub("", match.group()), text)


def without_accents(text: str) -> str:
    """A folded text without accents and with one letter for variants of a letter."""
    if text.isascii():
        return text
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", text).translate(_LETTERS)


@lru_cache(maxsize=16384)
def letters_and_digits(text: str) -> str:
    """`text` folded, reduced to letters and digits without accents, for comparing titles and names."""
    return "".join(character for character in without_accents(fold(text)) if character.isalnum())
