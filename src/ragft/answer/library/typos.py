"""Whether one word is a typing error of another."""

from __future__ import annotations


def is_typo(word: str, meant: str) -> bool:
    """Whether `word` is `meant` with two neighbours swapped, or one letter missing, doubled or put in."""
    if len(word) == len(meant):
        return meant in {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} - {word}
    if abs(len(word) - len(meant)) != 1:
        return False
    longer, shorter = sorted((word, meant), key=len, reverse=True)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def is_close(word: str, meant: str) -> bool:
    """The same for words of five letters or more, also with one letter for another."""
    if min(len(word), len(meant)) < 5:
        return False
    other = len(word) == len(meant) and sum(a != b for a, b in zip(word, meant, strict=True)) == 1
    return other or is_typo(word, meant)
