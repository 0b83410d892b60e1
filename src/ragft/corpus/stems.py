"""Words without their endings, so that one form of a word is found by another.

Latin letters: Porter's stemmer, American and British spelling as one. Other alphabets: the first five letters, which
finds as much as their Snowball stemmers do (docs/languages.md). Pairs of characters are left as they are.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINNING = 5
"""Letters that are kept of a word in Cyrillic, Greek, Hebrew, Arabic, Devanagari and the other Indic scripts."""
_BRITISH = re.compile("is(?=(?:e|ed|es|er|ers|ing|ation|ations)$)")
_PREFIXED = re.compile("[\u0370-\u0e00]+")
_OF_THREAD = threading.local()
_ARABIC_ARTICLE = re.compile("^(?:[وفبك]?ال|لل)(?=.{3})")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """`word`, as `ragft.corpus.words` gives it, without its ending: quantise, quantized, quantisation become one."""
    if word.isascii():
        return _porter()(_BRITISH.sub("iz", word))
    if _PREFIXED.fullmatch(word):
        return _ARABIC_ARTICLE.sub("", word)[:BEGINNING]
    return word


def _porter() -> Callable[[str], str]:
    """One stemmer for each thread: it keeps the word that it works on in itself."""
    if not hasattr(_OF_THREAD, "stem"):
        import snowballstemmer

        _OF_THREAD.stem = snowballstemmer.stemmer("porter").stemWord
    found: Callable[[str], str] = _OF_THREAD.stem
    return found
