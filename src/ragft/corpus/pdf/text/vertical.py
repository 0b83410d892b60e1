"""Chinese and Japanese set in columns: turned numbers within them are text, and pages read out of order are found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ragft.corpus.pdf.base import DOWNWARDS, TextSpan

_CHARACTER = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\uff10-\uff5a]")
_TURNED = 3
"""Quarter turns of text that runs down the page, as a number in a column is set."""
_FEWEST = 4
"""Characters one below the other that make a column."""
_ADVANCE, _BESIDE = 1.35, 0.3
"""Distance of neighbours in a column in em at most: downwards, and to either side."""


def keep_turned(words: Sequence[TextSpan]) -> None:
    """Make numbers that are turned within columns a part of these: a page of columns has no text set sideways."""
    if DOWNWARDS in {word.turn for word in words}:
        for word in words:
            if word.turn == _TURNED:
                word.turn = DOWNWARDS


def is_out_of_order(words: Sequence[TextSpan]) -> bool:
    """Whether columns of a page are not read in order: single characters, or numbers turned within columns."""
    if {DOWNWARDS, _TURNED} <= {word.turn for word in words}:
        return True
    return _has_stack([word for word in words if len(word.text) == 1 and not word.turn and _CHARACTER.match(word.text)])


def _has_stack(characters: Sequence[TextSpan]) -> bool:
    """Whether enough single characters follow one another downwards."""
    count = 1
    for above, below in pairwise(sorted(characters, key=lambda word: (round(word.left + word.right), word.top))):
        beside = abs(above.left + above.right - below.left - below.right) / 2
        follows = beside < _BESIDE * above.size and 0 < below.top - above.top < _ADVANCE * above.size
        count = count + 1 if follows else 1
        if count >= _FEWEST:
            return True
    return False
