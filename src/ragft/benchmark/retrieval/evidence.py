"""Whether a text shows what a question asks for: all strings of one alternative, by folded words.

Case, punctuation and white space do not count, so that a line break or a hyphen of the page hides nothing:
"48 GB", "48GB" and "48-GB" are the same. A string begins and ends at a word: "48" is not in "1948".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ragft.corpus.text import is_unspaced

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True)
class _Folded:
    """`text` has the words without anything between them; `edges` are the offsets where one begins or ends."""

    text: str
    edges: frozenset[int]


def shows(text: str, alternatives: Sequence[Sequence[str]]) -> bool:
    """Whether `text` holds every string of one of the alternatives."""
    folded = _fold(text)
    return any(all(_holds(folded, string) for string in strings) for strings in alternatives)


@lru_cache(maxsize=4096)
def _fold(text: str) -> _Folded:
    plain = unicodedata.normalize("NFKC", text.replace(_SOFT_HYPHEN, "")).casefold()
    words = [word.replace(",", "") for word in _WORD.findall(plain)]
    edges = {0}
    length = 0
    for word in words:
        length += len(word)
        edges.add(length)
    return _Folded("".join(words), frozenset(edges))


def _holds(folded: _Folded, string: str) -> bool:
    wanted = _fold(string).text
    start = folded.text.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        if _is_edge(folded, start, wanted[0]) and _is_edge(folded, end, wanted[-1]):
            return True
        start = folded.text.find(wanted, start + 1)
    return False


def _is_edge(folded: _Folded, offset: int, character: str) -> bool:
    return offset in folded.edges or is_unspaced(character)
