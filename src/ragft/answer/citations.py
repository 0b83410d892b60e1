"""Citation keys in a model's text: found, whatever way a model writes them, and taken out again.

    parse_keys("Paged [1, 3]. Frozen [2][4].")  ->  groups with keys ("1", "3"), ("2",), ("4",)

`(1)` is no citation: papers number equations and lists that way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragft.answer.base import Citation, Evidence
from ragft.answer.support import find_quote

_WORD = r"(?:sources?|keys?|documents?|docs?|passages?|refs?|references?|evidence|citations?)"
_ONE = rf"(?:{_WORD}\s*[:#]?\s*)?#?S?(\d{{1,3}})"
_GROUP = re.compile(
    rf"[\[【]\s*{_ONE}(?:\s*(?:,|;|/|&|and|\+|–|-)\s*{_ONE})*\s*(?:†[^\]】\n]{{0,20}})?[\]】]", re.IGNORECASE
)
_RANGE = re.compile(r"(\d{1,3})\s*[–-]\s*(?:\D{0,3})?(\d{1,3})")
MAX_RANGE = 10
"""A range wider than this is no list of sources but a model counting."""


@dataclass(frozen=True)
class KeyGroup:
    """One bracket with citation keys, by offsets into the text it was found in."""

    start: int
    end: int
    keys: tuple[str, ...]


def parse_keys(text: str) -> tuple[KeyGroup, ...]:
    """Every bracket of `text` that holds citation keys and nothing else, in order; each key once per bracket."""
    groups = []
    for match in _GROUP.finditer(text):
        body = match[0]
        numbers = re.findall(r"\d{1,3}", re.sub(r"†.*", "", body))
        for low, high in _RANGE.findall(body):
            if int(low) < int(high) <= int(low) + MAX_RANGE:
                numbers += [str(n) for n in range(int(low) + 1, int(high))]
        keys = sorted({str(int(number)) for number in numbers}, key=int)
        groups.append(KeyGroup(match.start(), match.end(), tuple(keys)))
    return tuple(groups)


def strip_keys(text: str) -> tuple[str, tuple[tuple[int, tuple[str, ...]], ...]]:
    """`text` without its key brackets and the space before them, and (offset in that text, keys) of each bracket."""
    parts: list[str] = []
    places: list[tuple[int, tuple[str, ...]]] = []
    position = length = 0
    for group in parse_keys(text):
        piece = text[position : group.start]
        if not text[group.end : group.end + 1].isalnum():
            piece = piece.rstrip(" \t")
        parts.append(piece)
        length += len(piece)
        places.append((length, group.keys))
        position = group.end
    parts.append(text[position:])
    return "".join(parts), tuple(places)


def cite(sentence: str, evidence: Evidence, *, aligned: bool = False) -> Citation | None:
    """The citation of `evidence` for `sentence`, with the quote that comes closest; None where nothing does."""
    hit = evidence.hit
    quote = find_quote(sentence, hit.text)
    if quote is None:
        return None
    start, end = quote
    return Citation(
        key=evidence.key,
        title=hit.title,
        pages=hit.pages,
        section=hit.section,
        quote=hit.text[start:end],
        chunk_id=hit.chunk_id,
        document_id=hit.document_id,
        start=start,
        end=end,
        origin="aligned" if aligned else "cited",
    )


def without_repeats(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """`citations` in order, each place quoted once; "cited" wins over "aligned" where both name a place."""
    kept: dict[tuple[str, int, int], Citation] = {}
    for citation in citations:
        place = (citation.chunk_id, citation.start, citation.end)
        if place not in kept or (kept[place].origin == "aligned" and citation.origin == "cited"):
            kept[place] = citation
    return tuple(kept.values())
