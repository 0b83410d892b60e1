"""Questions that a model answers with its first word: options under letters."""

from __future__ import annotations

from collections.abc import Sequence

LETTERS = "ABCDEFGHIJKLMNOPQRST"


def question_with_options(question: str, options: Sequence[str]) -> str:
    """The question with its options under letters."""
    lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False)]
    return "\n".join([question, *lines, "Answer with the letter of the right option only."])
