"""Finds questions that are too similar to each other, or to a question of the benchmark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ragft.answer.checking.terms import content_terms, quantities

NEAR = 0.93
"""Cosine above which two questions are the same question in other words (MiniLM)."""
OVERLAP = 0.85
"""The stricter limit towards evaluation questions: a doubt costs a row, a leak costs the comparison."""


class Questions:
    """A growing set of questions that can be asked whether it holds one like another."""

    def __init__(self, embed: Callable[[Sequence[str]], Any], limit: float, questions: Sequence[str] = ()) -> None:
        self._embed = embed
        self._limit = limit
        self._vectors: list[Any] = list(embed(list(questions))) if questions else []
        self._terms = [_terms(question) for question in questions]

    def holds_like(self, question: str) -> bool:
        """Whether a question here has the same words, or nearly the same meaning."""
        terms = _terms(question)
        if any(_jaccard(terms, other) >= 0.8 for other in self._terms):
            return True
        if not self._vectors:
            return False
        (vector,) = self._embed([question])
        return any(float(vector @ other) >= self._limit for other in self._vectors)

    def add(self, question: str) -> None:
        """Add `question`, so that later questions are compared with it."""
        self._vectors.extend(self._embed([question]))
        self._terms.append(_terms(question))


def _terms(question: str) -> frozenset[object]:
    return frozenset([*content_terms(question), *quantities(question)])


def _jaccard(first: frozenset[object], second: frozenset[object]) -> float:
    return len(first & second) / len(first | second) if first or second else 0.0
