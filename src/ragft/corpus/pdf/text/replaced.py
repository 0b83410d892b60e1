"""Words written over covered ones, as PDF editors do to replace them; they are read in place of the covered ones."""

from __future__ import annotations

from ragft.corpus.pdf.base import TextSpan, Unseen, Visibility

_MOST = 500_000
"""Pairs of words that are compared at most: text hidden all over a page was not replaced word by word."""


def in_place(words: list[tuple[TextSpan, Visibility | Unseen]]) -> list[tuple[TextSpan, Visibility | Unseen]]:
    """The words, with those that are painted over a covered one moved to its place in the order."""
    covered = [index for index, (_, visibility) in enumerate(words) if visibility == "gone"]
    if not covered or len(covered) * len(words) > _MOST:
        return words
    moved: dict[int, list[int]] = {}
    used: set[int] = set()
    for index in covered:
        below = words[index][0]
        for later in range(index + 1, len(words)):
            word, visibility = words[later]
            if visibility == "shown" and later not in used and _lies_over(word, below):
                word.spaced = word.spaced if index in moved else below.spaced
                moved.setdefault(index, []).append(later)
                used.add(later)
    order: list[int] = []
    for index in range(len(words)):
        order += [index, *moved.get(index, ())] if index not in used else []
    return [words[index] for index in order]


def _lies_over(word: TextSpan, below: TextSpan) -> bool:
    return (
        word.turn == below.turn
        and below.left < (word.left + word.right) / 2 < below.right
        and below.top < (word.top + word.bottom) / 2 < below.bottom
    )
