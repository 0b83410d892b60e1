"""Text for the FTS5 index, and safe FTS5 queries from the same words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ragft.corpus.stems import stem
from ragft.corpus.stopwords import FUNCTION_WORDS, is_stop_word, language_of
from ragft.corpus.words import words

MAX_TERMS = 64
"""Most terms of a query; without a limit, a pasted page would touch every chunk many times."""
NEAR_WORDS = 6
"""Most words between those of a phrase: "agents trained with human feedback" matches "human agents"."""
TOKENISER = "ascii"
"""FTS5's own: it splits at the spaces that `indexed_text` puts, and takes what is beyond ASCII as it is."""


def indexed_text(text: str) -> str:
    """`text` as it goes into the index: the stems of its words with spaces between."""
    return " ".join(map(stem, words(text)))


@lru_cache(maxsize=1024)
def indexed_heading(text: str) -> str:
    """`indexed_text` of a title, which many chunks share."""
    return indexed_text(text)


def query_terms(text: str) -> list[str]:
    """The distinct stems of a query, stop words dropped (unless there are no others), in order."""
    return list(dict.fromkeys(map(stem, _query_words(text))))[:MAX_TERMS]


def ranking_terms(text: str) -> list[str]:
    """The same, but each form of a stem counts: "replication" and "replicating" give their stem twice."""
    return list(map(stem, _query_words(text)))[:MAX_TERMS]


def _query_words(text: str) -> list[str]:
    """The distinct words of a query that are searched for, in order."""
    found = words(text)
    language = language_of(found)
    kept = [word for word in found if not _is_left_out(word, language)] or found
    return list(dict.fromkeys(kept))


def match_expression(terms: list[str]) -> str:
    """An FTS5 expression matching any of `terms`; each is a quoted string, so no operator can be smuggled in."""
    return " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)


def near_expression(phrases: Sequence[Sequence[str]]) -> str:
    """An FTS5 expression matching the terms of any of `phrases` within `NEAR_WORDS` of each other, in one column."""
    quoted = [" ".join('"' + term.replace('"', '""') + '"' for term in phrase) for phrase in phrases if phrase]
    return " OR ".join(f"NEAR({terms}, {NEAR_WORDS})" for terms in quoted)


def _is_left_out(word: str, language: str) -> bool:
    if language == "en" and word.isascii():
        return word in FUNCTION_WORDS
    return is_stop_word(word, language)
