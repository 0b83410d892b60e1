"""Text whose direction is forced to run from right to left: put into the order that a reader sees.

`320` inside such an override is shown as 023, and that is what a reader quotes. The override reaches to its end, to
another mark of direction, or to the end of the line.
"""

from __future__ import annotations

import re
import unicodedata

BEGIN, END = "\u202e", "\u202c"
_OVERRIDDEN = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n\r\x0b\x0c\x85\u2028\u2029]*)")
_CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+", re.DOTALL)
_WORD = re.compile(r"\S+")
MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
"""Each bracket and its mirror image, which stands for it in text from right to left."""


def as_seen(text: str) -> str:
    """`text` with all that stands in a right-to-left override as it is shown; the marks themselves stay."""
    return _OVERRIDDEN.sub(lambda match: BEGIN + _shown(match[1]), text) if BEGIN in text else text


def _shown(text: str) -> str:
    """A whole line of Latin text is read backwards; in Hebrew or Arabic, only its numbers and foreign words are."""
    if not any(_is_from_the_right(char) for char in text):
        return _backwards(text)
    return _WORD.sub(lambda word: word[0] if any(map(_is_from_the_right, word[0])) else _backwards(word[0]), text)


def _backwards(text: str) -> str:
    return "".join(reversed(_CLUSTER.findall(text))).translate(MIRRORED)


def _is_from_the_right(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}
