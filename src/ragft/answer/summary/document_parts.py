"""The parts in which a model reads a whole document: its sections, short ones together.

parts = document_parts(index.chunks("9e81d5ce1ce709f4"), most=8)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragft.corpus.back_matter import is_back_matter
from ragft.corpus.base import Chunk
from ragft.corpus.sections import heading_number, is_appendix, is_known_name
from ragft.index.base import Hit, hit_of


@dataclass(frozen=True)
class DocumentPart:
    """A part of a document: the names of its first and last section, and its passages in order."""

    names: tuple[str, ...]
    passages: tuple[Hit, ...]

    @property
    def name(self) -> str:
        """What it is called: its section, or the first and the last of several."""
        return " – ".join(dict.fromkeys((self.names[0], self.names[-1])))

    def __add__(self, after: DocumentPart) -> DocumentPart:
        return DocumentPart((*self.names, *after.names), (*self.passages, *after.passages))


def document_parts(chunks: Sequence[Chunk], most: int) -> list[DocumentPart]:
    """The `chunks` of a document, in order, in at most `most` parts.

    Sub-sections belong to their section. While there are too many, the two neighbours with the fewest passages become
    one. A text without sections is cut into parts of the same number of passages. Appendices, thanks and the like are
    no part of a summary.
    """
    body = _body([replace(hit_of(chunk, rank), wanted="summary") for rank, chunk in enumerate(chunks, start=1)])
    parts = _by_section(body)
    if len(parts) < 2:
        size = -(-len(body) // most)
        parts = [_part("", body[start : start + size]) for start in range(0, len(body), max(1, size))]
    while len(parts) > most:
        pairs = range(len(parts) - 1)
        first = min(pairs, key=lambda place: len(parts[place].passages) + len(parts[place + 1].passages))
        parts[first : first + 2] = [parts[first] + parts[first + 1]]
    return parts


def _body(passages: Sequence[Hit]) -> list[Hit]:
    """The passages before the first appendix, without what says who did or paid the work."""
    numbers = [heading_number(hit.section)[0] for hit in passages]
    first = next((place for place, number in enumerate(numbers) if number[:1].isdigit()), len(numbers))
    ends = (
        place
        for place, hit in enumerate(passages)
        if place and (is_appendix(hit.section) or (place > first and numbers[place][:1].isalpha()))
    )
    return [hit for hit in passages[: next(ends, len(passages))] if not is_back_matter(hit.section)]


def _by_section(passages: Sequence[Hit]) -> list[DocumentPart]:
    parts: list[DocumentPart] = []
    above = ""
    for hit in passages:
        number = heading_number(hit.section)[0].split(".")[0]
        goes_on = number == above if number else not is_known_name(hit.section)
        if parts and (hit.section == parts[-1].names[-1] or (above and goes_on)):
            parts[-1] = DocumentPart(parts[-1].names, (*parts[-1].passages, hit))
        else:
            parts.append(_part(hit.section, [hit]))
            above = number
    return parts


def _part(name: str, passages: Sequence[Hit]) -> DocumentPart:
    return DocumentPart((name,), tuple(passages))
