"""A question to the collection in any language known here, also with typos."""

from __future__ import annotations

import re
from functools import cache

from ragft.answer.library.grammar import LONGEST, Grammar, parse, plain_question
from ragft.answer.library.intent import Intent
from ragft.answer.library.typos import is_typo

_CUES = (
    r"who|whom|authors?|papers?|documents?|docs?|articles?|pdfs?|publications?|preprints?|files?|when|years?|old|date|"
    r"pages|long|doi|title|library|collection|workspace|everything|anything|something|surveys?|overviews?|reviews?|"
    r"have|wer|wem|wann|wie|welche[mrs]?|habe|gibt|meine[nr]?|liste|zeige?|nenne?|autor(?:en|in)?|erstautor|titel|"
    r"qui|quand|combien|quels?|quelles?|quelle|lesquels|auteurs?|titre|liste|mes|ai-je|j'ai|quién|quien|quiénes|cuándo|"
    r"cuando|cuántos|cuantos|cuántas|cuáles|qué|que|autor|autores|título|mis|tengo|año"
)
_CUE = re.compile(rf"\b(?:{_CUES})\b|[^\u0000-\u1fff\u2000-\u20ff]")
"""A word that some form of some language has, or a letter of East Asia: most questions have neither."""


@cache
def grammars() -> tuple[Grammar, ...]:
    """The grammars of all languages in which questions about the library are understood."""
    # Compiling all forms takes a tenth of a second.
    from ragft.answer.library.east_asian import CHINESE, JAPANESE, KOREAN
    from ragft.answer.library.english import ENGLISH
    from ragft.answer.library.french import FRENCH
    from ragft.answer.library.german import GERMAN
    from ragft.answer.library.spanish import SPANISH

    return (ENGLISH, GERMAN, FRENCH, SPANISH, KOREAN, CHINESE, JAPANESE)


def readings(question: str) -> list[Intent]:
    """What `question` may ask of the catalogue, likeliest first; nothing where it is about something else."""
    if len(question) > LONGEST:
        return []
    text = plain_question(question)
    if _CUE.search(text) is None:
        return []
    english = grammars()[0]
    found = [intent for grammar in grammars() for intent in parse(text, grammar)]
    if (corrected := _corrected(text, english.keywords)) != text:
        found += parse(corrected, english)
    return list(dict.fromkeys(found))


def _corrected(text: str, keywords: frozenset[str]) -> str:
    return " ".join(_keyword(word, keywords) for word in text.split())


def _keyword(word: str, keywords: frozenset[str]) -> str:
    """The keyword that `word` is a typo of, else `word` itself."""
    if word in keywords or len(word) < 3 or not word.isalpha():
        return word
    long_enough = (keyword for keyword in sorted(keywords) if len(keyword) > 3 or len(word) == len(keyword))
    return next((keyword for keyword in long_enough if keyword[0] == word[0] and is_typo(word, keyword)), word)
