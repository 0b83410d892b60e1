"""A question to the collection in any language known here, also with slips of the keyboard."""

from __future__ import annotations

from functools import cache

from ragft.answer.library.english import ENGLISH
from ragft.answer.library.grammar import LONGEST, Grammar, parse, plain
from ragft.answer.library.intent import Intent
from ragft.answer.library.slips import is_slip


@cache
def grammars() -> tuple[Grammar, ...]:
    """The languages known here."""
    from ragft.answer.library.east_asian import CHINESE, JAPANESE, KOREAN
    from ragft.answer.library.french import FRENCH
    from ragft.answer.library.german import GERMAN
    from ragft.answer.library.spanish import SPANISH

    return (ENGLISH, GERMAN, FRENCH, SPANISH, KOREAN, CHINESE, JAPANESE)


def readings(question: str) -> list[Intent]:
    """What `question` may ask of the catalogue, likeliest first; nothing where it is about something else."""
    if len(question) > LONGEST:
        return []
    text = plain(question)
    found = [intent for grammar in grammars() for intent in parse(text, grammar)]
    if (corrected := _corrected(text, ENGLISH.keywords)) != text:
        found += parse(corrected, ENGLISH)
    return list(dict.fromkeys(found))


def _corrected(text: str, keywords: frozenset[str]) -> str:
    return " ".join(_keyword(word, keywords) for word in text.split())


def _keyword(word: str, keywords: frozenset[str]) -> str:
    """The keyword that `word` is a slip of, else `word` itself."""
    if word in keywords or len(word) < 3 or not word.isalpha():
        return word
    long_enough = (keyword for keyword in sorted(keywords) if len(keyword) > 3 or len(word) == len(keyword))
    return next((keyword for keyword in long_enough if keyword[0] == word[0] and is_slip(word, keyword)), word)
