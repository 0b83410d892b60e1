"""Candidates for terms: names, recurring phrases and nouns, and marked topics of sentences.

phrases(["A spring tide came.", "The spring tide went."], "en")  ->  ["spring tide"]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ragft.answer.checking.claim_names import names_in
from ragft.corpus.stopwords import is_stop_word
from ragft.tasks.papers.natural.sentences import leans
from ragft.tasks.papers.recipe.verb_forms import FORMS, is_verb

LONG_NOUN = 9
"""Least letters of a single noun that is a term, in languages with compounds in one word or an article on every noun.
"""
_LATIN = re.compile(r"[A-Z][A-Za-z0-9]*(?:[-.+][A-Za-z0-9]+)*\+?")
_NAME_OF_TWO = re.compile(r"\b[A-Z][\w’-]+(?: (?:of|and|for|the))?(?: [A-Z][\w’-]+)+\b")
_ADJECTIVE = re.compile(
    r"-(?:based|like|style|centric|generated|augmented|enhanced|guided|driven|aware|specific|only)$"
)
"""The end of a name that is a part of another term: "LLM-based"."""
_TITLE_GOES_ON = r" (?:with|of|in|on|from|and|to|for|at|under) (?:the|an?) [A-Z]"
_TOKEN = re.compile(r"[^\W\d_][\w’'-]*|[^\w\s]|\d\S*")
TOPIC = {
    "ko": re.compile(r"(?P<term>[^,.()（）'\"“”]{2,24}?)(?P<mark>이란|란|은|는)(?= )"),
    "zh": re.compile(
        r"(?P<term>[^，。、：；（）《》“”]{2,16}?)(?:（[^（）]{2,40}）)?(?P<mark>是指|是一种|是一種|是|指的是)"
    ),
    "ja": re.compile(r"(?P<term>[^、。（）「」をがにでへ]{2,20}?)(?:（[^（）]{2,40}）)?(?P<mark>とは|は)"),
}


def proper_names(texts: Sequence[str]) -> Iterator[str]:
    """Names of one word, and of several with capitals ("Natural Questions", "Tree of Thoughts")."""
    for text in texts:
        for match in _NAME_OF_TWO.finditer(text):
            if match.start() and match[0].split()[0].lower() not in {"the", "in", "on", "for"}:
                yield match[0]
    names = [name for text in texts for name in _names_of_one_word(text)]
    parts = {name for name in set(names) if _ADJECTIVE.search(name) or _is_cut(name, texts)}
    yield from (name for name in names if name not in parts)


def _names_of_one_word(text: str) -> Iterator[str]:
    longer = " ".join(match[0] for match in _NAME_OF_TWO.finditer(text))
    yield from (name for name in names_in(text) if name not in longer and len(name) > 2)


def _is_cut(name: str, texts: Sequence[str]) -> bool:
    """Whether a plain word is the beginning of a title everywhere: "Gone with the Wind"."""
    if not name.istitle():
        return False
    title = re.compile(rf"\b{re.escape(name)}\b(?P<rest>{_TITLE_GOES_ON})?")
    found = [match for text in texts for match in title.finditer(text)]
    return bool(found) and all(match["rest"] for match in found)


def latin_names(texts: Sequence[str]) -> list[str]:
    """Names in Latin letters within a text of another script: LoRA, BM25."""
    counted = Counter(name for text in texts for name in set(_LATIN.findall(text)) if len(name) > 2)
    return [name for name, count in counted.items() if count > 1]


def topics(texts: Sequence[str], language: str) -> Iterator[str]:
    """The topic of a Korean, Chinese or Japanese sentence: the words before 은, 是 or は."""
    for text in texts:
        topic = TOPIC[language].match(text)
        if topic and not leans(text) and len(topic["term"].strip()) >= 2 and len(topic["term"].split()) <= 3:
            yield topic["term"].strip()


def phrases(texts: Sequence[str], language: str) -> list[str]:
    """Recurring runs of two or three content words: "gradient checkpointing", "prompt injection"."""
    counted: Counter[str] = Counter()
    for text in texts:
        here: set[str] = set()
        for run in _runs(text, language):
            parts = [run[a : a + n] for n in (2, 3) for a in range(len(run) - n + 1)]
            here |= {" ".join(part) for part in parts if language != "en" or not _is_clause(part)}
        counted.update(here)
    again = {phrase: count for phrase, count in counted.items() if count > 1}
    return [
        _as_written(phrase, texts)
        for phrase, count in again.items()
        if not any(phrase != other and f" {phrase} " in f" {other} " and again[other] >= count for other in again)
    ]


_VERBS_ONLY = frozenset(
    """
    accept achieve add adopt apply ask assume avoid become choose combine conduct consider contain construct convert
    create define demonstrate denote describe determine employ enable encode enhance ensure evaluate examine exceed
    explore facilitate find generate get give handle have identify implement improve incorporate increase indicate
    integrate introduce involve learn leverage maintain make maximise maximize minimise minimize obtain optimise
    optimize outperform perform predict prevent produce propose provide reach reduce remove represent require retain
    retrieve solve suggest take treat understand utilise utilize
    """.split()
)
"""Verbs that begin no term: "enhance reasoning" is none, but "double quantisation" is one."""


def _is_clause(part: Sequence[str]) -> bool:
    """Whether English words have a verb among them: "models struggle", "denote training error"."""
    return part[0] in _VERBS_ONLY or any(
        is_verb(word, before) and not before.endswith(("ss", "us", "is")) for before, word in pairwise(part)
    )


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """`phrase` with its capitals, from a place that is not the beginning of a sentence."""
    pattern = re.compile(rf"(?<=\S ){re.escape(phrase)}", re.IGNORECASE)
    return next((match[0] for text in texts if (match := pattern.search(text))), phrase)


def nouns(texts: Sequence[str]) -> list[str]:
    """Recurring long German nouns: Wissensgraph."""
    long = re.compile(rf"[A-ZÄÖÜ][\w-]{{{LONG_NOUN - 1},}}")
    counted = Counter(noun for text in texts for noun in set(long.findall(text, 1)))
    return [noun for noun, count in counted.items() if count > 1]


def _runs(text: str, language: str) -> Iterator[list[str]]:
    """Runs of words without function words, verbs or punctuation between them, in small letters."""
    run: list[str] = []
    for match in _TOKEN.finditer(text):
        word = match[0] if any(c.isupper() for c in match[0][1:]) else match[0].lower()
        is_term = word[0].isalpha() and len(word) > 2 and "’" not in word and not is_stop_word(word, language)
        if language == "en":
            is_term = is_term and word not in _NO_TERM and not word.endswith("ly") and not _is_action(word)
        if is_term:
            run.append(word)
            continue
        yield run
        run = []
    yield run


_NO_TERM = frozenset(
    """
    sets set knows says gives gets comes goes makes takes sees means answers asks tells shows able available best better
    better-known common different early entire far fast few full good great high higher important kind kinds large
    larger late later least less long longer low lower main more most much new next old older one only original
    other own particular possible recent right same second several short similar simple single small smaller third
    three true two typical used useful usual way ways whole years year cases case part parts percent points times
    number numbers hundred thousand million billion trillion two three four five six seven eight nine ten eleven
    twelve fifteen sixteen twenty half quarter relevant given certain bottom top upper additional distinct effective
    experimental extra final novel numerous promising significant specific various
    """.split()
)


def _is_action(word: str) -> bool:
    """A form of a verb that is not a noun: "measures" in "the check measures", but "search" may begin a term."""
    return word in FORMS and word.endswith(("ed", "s")) and not word.endswith(("ss", "ings"))
