"""What to quote of a passage for a sentence that it supports.

    find_quotes("QLoRA needs 48 GB.", chunk.text)   ->  ((812, 871),)

A sentence that joins what stands in two places of a passage is quoted from both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragft.answer.checking.support import coverage, is_caption, refers_back, sentence_spans
from ragft.answer.checking.terms import content_terms, is_few, missing_quantities, quantities
from ragft.corpus.back_matter import in_back_matter

QUOTE_CHARACTERS = 320
"""Longest quote; a table without full stops would otherwise be quoted whole."""
ADDS = 0.2
"""How much more of a claim two neighbouring sentences must have than the better of them, to be quoted together."""
LATER = 0.3
"""What the caption of a table or figure, a heading, and thanks, funding and the like, lose as a quotation."""
LEAST_WORTH = 0.01
"""What is left of a sentence that shares any word."""
_HEADING = re.compile(r"#{1,6}\s")
MOST_QUOTES = 3
"""Most places of one passage that are quoted for a sentence."""
LEAST_ADDED = 2
"""Least words and numbers of a sentence that another place must add to those quoted before."""


def find_quotes(sentence: str, chunk_text: str, section: str = "") -> tuple[tuple[int, int], ...]:
    """Offsets of the places of `chunk_text` that support `sentence`: the best, then those that add much it lacks.

    None where they share no term. The text begins in the section of that name.
    """
    best = find_quote(sentence, chunk_text, section)
    if best is None:
        return ()
    found = [best]
    size = len(content_terms(sentence)) + len(quantities(sentence))
    least = max(ADDS, LEAST_ADDED / size)
    while len(found) < MOST_QUOTES:
        quoted = "\n".join(chunk_text[start:end] for start, end in found)
        have = coverage(sentence, quoted)
        free = [
            (start, end)
            for start, end in sentence_spans(chunk_text)
            if end - start <= QUOTE_CHARACTERS
            and not any(start < last and first < end for first, last in found)
            and not in_back_matter(start, chunk_text, section)
        ]
        added = [coverage(sentence, f"{quoted}\n{chunk_text[start:end]}") - have for start, end in free]
        if max(added, default=0.0) < least:
            break
        found.append(free[added.index(max(added))])
    return tuple(found)


def find_quote(sentence: str, chunk_text: str, section: str = "") -> tuple[int, int] | None:
    """Offsets of the sentence of `chunk_text` that supports `sentence` best; None where they share no term.

    One that states its numbers comes before one that has more of its words, and a row before the caption of its table.
    What says who did or paid the work comes late. Two neighbours are quoted where the second adds much, and where
    "It …" says something of what the first one names.
    """
    spans = sentence_spans(chunk_text)
    worth = [_worth(sentence, chunk_text[start:end]) for start, end in spans]
    for number, (start, _) in enumerate(spans):
        if worth[number] > 0 and in_back_matter(start, chunk_text, section):
            worth[number] = max(LEAST_WORTH, worth[number] - LATER)
    if not worth or max(worth) <= 0:
        return None
    best = max(range(len(worth)), key=lambda number: worth[number])
    start, end = spans[best]
    before, after = _pair(spans, best - 1, chunk_text), _pair(spans, best, chunk_text)
    adds = [
        both for both in (after, before) if both and _worth(sentence, chunk_text[slice(*both)]) >= worth[best] + ADDS
    ]
    if before and not adds and refers_back(chunk_text[start:end]):
        adds = [before]
    return _shorten(sentence, chunk_text, *(adds[0] if adds else (start, end)))


def _pair(spans: Sequence[tuple[int, int]], first: int, text: str) -> tuple[int, int] | None:
    """The range of two neighbouring sentences of one paragraph; None where there are none, or they are too long."""
    if first < 0 or first + 1 >= len(spans) or "\n" in text[spans[first][1] : spans[first + 1][0]]:
        return None
    both = spans[first][0], spans[first + 1][1]
    return both if both[1] - both[0] <= QUOTE_CHARACTERS else None


def _worth(claim: str, text: str) -> float:
    """What `text` is worth as a quotation for `claim`: the share of its words and, once more, of its numbers."""
    numbers = {number for number in quantities(claim) if not is_few(number, claim)}
    stated = len(numbers - missing_quantities(claim, text)) / len(numbers) if numbers else 0.0
    covered = coverage(claim, text)
    if covered <= 0:
        return 0.0
    if _HEADING.match(text):
        return max(LEAST_WORTH, covered + stated - LATER)
    return covered + stated - LATER * is_caption(text)


def _shorten(claim: str, text: str, start: int, end: int) -> tuple[int, int]:
    """The part of text[start:end] of at most QUOTE_CHARACTERS that holds most terms of `claim`, on word borders."""
    if end - start <= QUOTE_CHARACTERS:
        return start, end
    borders = [match.start() + start for match in re.finditer(r"(?<!\S)\S", text[start:end])]
    if len(borders) * QUOTE_CHARACTERS < end - start:  # written without spaces
        borders = list(range(start, end, QUOTE_CHARACTERS // 16))
    best, best_covered = (start, start + QUOTE_CHARACTERS), -1.0
    for first in borders[:: max(1, len(borders) // 40)]:
        last = min(end, first + QUOTE_CHARACTERS)
        if last < end and (space := text.rfind(" ", first, last)) > first:
            last = space
        covered = coverage(claim, text[first:last])
        if covered > best_covered:
            best, best_covered = (first, last), covered
    piece = text[best[0] : best[1]]
    return best[0], best[1] - (len(piece) - len(piece.rstrip()))
