"""A question to the collection in any language known here, also with typos."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice, product

from ragft.answer.library.grammar import LONGEST, Grammar, parse, plain_question
from ragft.answer.library.intent import Intent
from ragft.answer.library.typos import is_close, is_typo

_CUES = (
    r"who|whom|authors?|papers?|documents?|docs?|articles?|pdfs?|publications?|preprints?|files?|when|years?|old|date|"
    r"pages|long|doi|title|library|collection|workspace|everything|anything|something|surveys?|overviews?|reviews?|"
    r"have|wer|wem|wann|wie|welche[mrs]?|habe|gibt|meine[nr]?|liste|zeige?|nenne?|autor(?:en|in)?|erstautor|titel|"
    r"qui|quand|combien|quels?|quelles?|quelle|lesquels|auteurs?|titre|liste|mes|ai-je|j'ai|quién|quien|quiénes|cuándo|"
    r"cuando|cuántos|cuantos|cuántas|cuáles|qué|que|autor|autores|título|mis|tengo|año"
)
_CUE = re.compile(rf"\b(?:{_CUES})\b|[^\u0000-\u1fff\u2000-\u20ff]")
"""A word that some form of some language has, or a letter of East Asia: most questions have neither."""
_KEYWORDS = (
    "about author authors collection discuss does first have how library list longest many mention newest number "
    "oldest pages paper papers published shortest survey surveys the title what when which who written wrote year"
).split()
"""Words of English questions that are known with a typo, too."""
_MOST_CORRECTIONS = 8


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
    corrections = _corrections(text)
    if not any(map(_CUE.search, (text, *corrections))):
        return []
    found = [intent for grammar in grammars() for intent in parse(text, grammar)]
    for corrected in corrections:
        found += parse(corrected, grammars()[0])
    return list(dict.fromkeys(found))


def _corrections(text: str) -> list[str]:
    """What `text` may have been meant to say, with other words that English questions to the catalogue have."""
    meant = map(" ".join, product(*map(_keywords, text.split())))
    return [corrected for corrected in islice(meant, _MOST_CORRECTIONS) if corrected != text]


def _keywords(word: str) -> list[str]:
    """The keywords that `word` may be a typo of, else `word` itself: "hwo" is "how" or "who"."""
    if word in _KEYWORDS or len(word) < 3 or not word.isalpha():
        return [word]
    return [keyword for keyword in _KEYWORDS if _is_keyword(word, keyword)] or [word]


def _is_keyword(word: str, keyword: str) -> bool:
    swapped = word[1::-1] + word[2:] == keyword
    alike = word[0] == keyword[0] and (len(keyword) > 3 or len(word) == len(keyword))
    return swapped or (alike and (is_typo(word, keyword) or is_close(word, keyword)))
