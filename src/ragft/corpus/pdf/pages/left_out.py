"""Remembers what is left out of a PDF on purpose, for a note to the user."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field

PAGE_NUMBERS = "page numbers"
_LONGEST = 40


@dataclass(slots=True)
class LeftOut:
    """What was left out of which pages (1-based)."""

    found: list[tuple[str, list[int]]] = field(default_factory=list)

    def compare(self, what: str, before: Sequence[Sized], after: Sequence[Sized]) -> None:
        """Note the pages that are shorter `after` than `before`; both have one item a page."""
        pages = [
            number for number, (one, other) in enumerate(zip(before, after, strict=True), 1) if len(one) > len(other)
        ]
        self.add(what, pages)

    def add(self, what: str, pages: Sequence[int]) -> None:
        """Note that `what` was left out of `pages`."""
        if pages:
            self.found.append((what, list(pages)))

    def notes(self) -> list[str]:
        """One line on all of it; none for page numbers alone, which no document is read for."""
        if all(what == PAGE_NUMBERS for what, _ in self.found):
            return []
        return ["left out: " + ", ".join(f"{what} ({_where(pages)})" for what, pages in self.found)]


def page_ranges(numbers: Sequence[int]) -> str:
    """`page 3` or `pages 1-4, 7` for page numbers in any order."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    text = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if len(numbers) != 1 else ''} {text}"


def _where(pages: Sequence[int]) -> str:
    ranges = page_ranges(pages)
    return ranges if len(ranges) <= _LONGEST else f"{len(pages)} pages"
