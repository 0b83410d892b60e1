"""The words of a text, the same for index, query, gate, check and metrics, in any script.

    words("The model’s low‑rank adapters don't")  ->  ["the", "model", "low", "rank", "adapters", "do"]
    words("哈罗水闸有螺栓。")                       ->  ["哈罗", "罗水", "水闸", "闸有", "有螺", "螺栓"]
    words("कंप्यूटर")                               ->  ["कंप्यूटर"]
    meaningful("What were the models trained on")  ->  ["models", "trained"]

A word is a run of letters, digits and the marks that belong to them (vowel signs, accents). Scripts written without
spaces (Han, kana, Thai, Lao, Khmer, Burmese) and Korean, whose words take many endings, give overlapping pairs of
characters, which is how they are searched best without a dictionary (docs/languages.md has the figures).
"""

from __future__ import annotations

import re
from functools import lru_cache

from ragft.corpus.fold import fold, without_accents
from ragft.corpus.stopwords import is_stop_word, language_of
from ragft.corpus.writing_systems import MARKS, PAIRED, UNSPACED, pairs

_WORD = re.compile(
    f"(?P<paired>[{PAIRED}][{PAIRED}{MARKS}]*)|[^\\W_{PAIRED}](?:[^\\W_{PAIRED}]|[{MARKS}])*(?:'[^\\W\\d_{PAIRED}]+)?"
)
_PLAIN_WORD = re.compile("[a-z0-9]+")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_COUNTED = re.compile(f"[{UNSPACED}][{UNSPACED}{MARKS}]*|[^\\s{UNSPACED}]*[^\\W_{UNSPACED}][^\\s{UNSPACED}]*")
_SUFFIX = re.compile("(?:'s|n't|'re|'ve|'ll|'d|'m)$")
_ELISION = re.compile("^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|dell|all|nell|sull|dall|un)'(?=.)")


def words(text: str) -> list[str]:
    """The words of `text` in order, folded and without accents."""
    plain = without_accents(fold(text))
    if plain.isascii() and "'" not in plain:  # as most text is: the same, four times as fast
        return _PLAIN_WORD.findall(plain)
    found: list[str] = []
    for match in _WORD.finditer(plain):
        word = match.group()
        if match["paired"]:
            found += pairs(word)
        elif "'" in word:
            # Turkish: Ankara'nın is a form of Ankara, and nın another word.
            found += filter(None, _ELISION.sub("", _SUFFIX.sub("", word)).split("'"))
        else:
            found.append(word)
    return found


@lru_cache(maxsize=8192)
def _meaningful(text: str) -> tuple[str, ...]:
    found = words(text)
    language = language_of(found)
    return tuple(
        word
        for word in found
        if (len(word) > 1 or word >= "\u0e00") and not word[0].isdigit() and not is_stop_word(word, language)
    )


def meaningful(text: str) -> tuple[str, ...]:
    """The words of `text` that carry meaning in its language, in order; numbers are left out."""
    return _meaningful(text)


def count_words(text: str) -> int:
    """How many words a reader would count; two characters of a script without spaces are one."""
    return sum(
        (len(_UNSPACED_LETTER.findall(match.group())) + 1) // 2 if _UNSPACED_LETTER.match(match.group()) else 1
        for match in _COUNTED.finditer(fold(text))
    )


def is_english(text: str) -> bool:
    """Whether an English encoder reads `text`: most of its letters are Latin, and no other language has more of its
    stop words."""
    found = words(text)
    latin = sum(word[0] < "\u0370" for word in found)
    return 2 * latin >= len(found) and language_of(found) == "en"
