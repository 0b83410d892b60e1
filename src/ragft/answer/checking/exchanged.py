"""Finds exchanged things in a sentence: an item of a list, the term of a definition, the subject, a name of a family.

item_exchanged("The steps are search, tuning and calibration.", ["The steps: search, imitation and calibration."])
->  True
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.roles import subject_of
from ragft.answer.checking.support import best_passage, sentences_in
from ragft.answer.checking.terms import content_terms
from ragft.corpus.fold import fold

_CLAUSE = re.compile(r"[.;:()?!]")
_BETWEEN = re.compile(r",\s*(?:(?:and|or)\s+)?|(?<!\s)\s+(?:and|or)\s+")
_LAST = re.compile(r"(?:,\s*|\s)(?:and|or)\s")
_NO_ITEM = frozenset(
    "both either then so thus which who that it its they their this these but not also is are was were does do did has "
    "have had can will".split()
)
"""First words of a part of a sentence that is not an item of a list."""
_YES = re.compile(r"(?:yes|no)[.,]\s+", re.IGNORECASE)
"""What answers a question before the list."""
_LEAST_ITEMS = 3
_ITEM_WORDS = 4
"""Most words of an item; a part of a sentence with more is a clause."""
_ROOT = 6
"""Letters by which two words are taken for forms of one."""
_DEFINES = re.compile(r"\b(?:means|refers to|is defined as|denotes|stands for)\b")
_DEFINED = re.compile(r"[^:]{1,60}:|.{1,60}?\b(?:means|refers to|is defined as|denotes|stands for|is)\b")
"""The beginning of a sentence that defines what it names."""
_MOST_SUBJECT = 4
"""Content words of what is defined."""
_LEAST_SAID = 2
"""Content words that a definition shares with the sentence that repeats it."""
_CLOSE = 0.5
"""Least coverage of a sentence by the one whose subject is compared."""
_CLOSER = 0.55
"""The same where the names of a sentence are compared with others of their family."""
_IS = re.compile(
    r"(?:(?:yes|no)[.,]\s+)?(?:(?:the|our)\s+)?(\w[\w.-]*)\s+(?:is|are|was)\s+(?:a|an|the|one of)\s", re.IGNORECASE
)
_APPOSITION = re.compile(
    r"(?<![\w.-])[.-]*(\w[\w.-]*+)(?:\s*\([^()]*\))?(?:,\s+|\s+(?:is|are|was)\s+)(?:a|an|the|one of)\s"
)
"""A name and what it is said to be: "AdaMax, a variant of Adam". It is looked for once a word, however long that is."""
_SAID = 0.8
"""Least share of what a sentence says its subject is, for a name in the source to be that."""
_COMPOUND = re.compile(r"(?<![\w-])([^\W\d_]{2,})-\w*\d\w*(?![\w-])")
"""A name with a number of its own: BN-x30, GPT-3."""
_WITH_SORT = re.compile(r"\b([A-Z]{2,}|(?i:base|big|large|small|tiny|huge|medium|mini)) ([a-z]{4,})\b")
"""An acronym or a size, and the thing of which it names a sort: CPU memory, base model."""


def item_exchanged(claim: str, passages: Iterable[str]) -> bool:
    """Whether `claim` lists things of which a sentence lists all but one, in a passage that does not have that one.

    Never where some passage has them all.
    """
    items = _items(claim)
    exchanged = False
    for passage in passages if items else ():
        have = _roots(passage)
        missing = [item for item in items if not item <= have]
        if not missing:
            return False
        if len(missing) == 1 and not exchanged:
            others = frozenset().union(*(item for item in items if item is not missing[0]))
            exchanged = any(
                others <= _roots(sentence) and _separators(sentence) >= len(items) - 1
                for sentence in sentences_in(passage)
            )
    return exchanged


def _items(text: str) -> list[frozenset[str]]:
    """The items of the first list of `text`, each as the roots of its words; none where there is no list.

    Where the first item begins is not known, so only its last word counts.
    """
    for clause in _CLAUSE.split(_YES.sub("", text)):
        parts = _BETWEEN.split(clause.strip())
        if len(parts) < _LEAST_ITEMS or not _LAST.search(clause):
            continue
        if any(len(part.split()) > _ITEM_WORDS or _NO_ITEM & set(part.split()[:1]) for part in parts[1:]):
            continue
        roots = [_in_order(part) for part in parts]
        items = [frozenset(one) for one in (roots[0][-1:], *roots[1:]) if one]
        if len(items) >= _LEAST_ITEMS:
            return items
    return []


def _separators(text: str) -> int:
    return len(_BETWEEN.findall(text)) + text.count(";")


def _in_order(text: str) -> list[str]:
    return [term[:_ROOT] for term in content_terms(text)]


@lru_cache(maxsize=8192)
def _roots(text: str) -> frozenset[str]:
    return frozenset(_in_order(text))


def defines_another(claim: str, passages: Iterable[str]) -> bool:
    """Whether `claim` gives one thing the definition that the passages give another, and they define its own."""
    match = _DEFINES.search(claim)
    subject = frozenset(content_terms(claim[: match.start()])) if match else frozenset()
    if match is None or not 0 < len(subject) <= _MOST_SUBJECT:
        return False
    said = frozenset(content_terms(claim[match.end() :])) - subject
    own = others = 0
    defined = False
    for passage in passages:
        for sentence in sentences_in(passage):
            terms = frozenset(content_terms(sentence))
            shared = len(said & terms)
            head = _DEFINED.match(sentence)
            if head and subject <= frozenset(content_terms(head.group())):
                defined = True
            if subject <= terms:
                own = max(own, shared)
            elif head:
                others = max(others, shared)
    return defined and others >= _LEAST_SAID and others > own


def subject_exchanged(claim: str, passages: Iterable[str]) -> bool:
    """Whether `claim` begins with a name, and the closest sentence begins with another one and has that name later.

    "ROME edits thousands of facts" where the source says "MEMIT, based on ROME, edits thousands of facts". Or it says
    of one name that it is what the source says another is.
    """
    name = subject_of(claim)
    known = tuple(passages)
    return (bool(name) and any(_is_of_another(claim, name, passage) for passage in known)) or _is_another(claim, known)


def _is_another(claim: str, passages: Iterable[str]) -> bool:
    """Whether `claim` says that its subject is what the passages say of other names alone."""
    match = _IS.match(claim)
    if match is None or match[1] not in names_in(f"… {claim}"):
        return False
    said = frozenset(content_terms(claim[match.end() :]))
    if len(said) < _LEAST_SAID:
        return False
    found = {
        name
        for passage in passages
        for sentence in sentences_in(passage)
        for name, have in _said_of(sentence, said)
        if have >= _SAID * len(said)
    }
    others = {other for other in found if not is_named_in(other, claim)}
    return bool(others) and not any(_same(one, match[1]) for one in found)


def _said_of(sentence: str, said: frozenset[str]) -> Iterator[tuple[str, int]]:
    """The names in `sentence` that are said to be something, each with how many of the terms `said` come after it."""
    names = names_in(f"… {sentence}")
    have: set[str] = set()
    end = len(sentence)
    for one in reversed(tuple(_APPOSITION.finditer(sentence))):  # so that each word is looked at once
        have |= said.intersection(content_terms(sentence[one.end() : end]))
        if one[1] in names:
            yield one[1], len(have)
        end = one.start()
        have |= said.intersection(content_terms(one[0]))


def _is_of_another(claim: str, name: str, passage: str) -> bool:
    best = best_passage(claim, passage, width=1)
    if best is None or best.coverage < _CLOSE:
        return False
    closest = passage[best.start : best.end]
    first = subject_of(closest)
    return bool(first) and not _same(first, name) and not is_named_in(first, claim) and is_named_in(name, closest)


def _same(one: str, other: str) -> bool:
    """Whether two names are one, or one the whole of a part of the other: RAG, RAG-Sequence; but not Adam, AdaMax."""
    here, there = _parts(one), _parts(other)
    return here <= there or there <= here


def _parts(name: str) -> frozenset[str]:
    return frozenset(part.removesuffix("s") for part in re.split(r"\W+", fold(name)) if part)


def sibling_exchanged(claim: str, passages: Iterable[str]) -> bool:
    """Whether `claim` has a name in whose place the closest sentences have another of its family: BN-x5 for BN-x30,
    "GPU memory" for "CPU memory", "the big model" for "the base model"."""
    closest = [(best_passage(claim, text), text) for text in passages]
    near = [text[best.start : best.end] for best, text in closest if best and best.coverage >= _CLOSER]
    here = _siblings(claim)
    return bool(near) and any(all(_has_sibling(text, family, name, claim) for text in near) for family, name in here)


def _has_sibling(text: str, family: str, name: str, claim: str) -> bool:
    """Whether a sentence of `text` has names of this family, but neither `name` nor any other of `claim`; and no other
    sentence has `name` as one of the family."""
    if (family, name) in _siblings(text):
        return False
    for sentence in sentences_in(text):
        others = [one for kind, one in _siblings(sentence) if kind == family]
        if others and name not in fold(sentence):
            return not any(one in fold(claim) for one in others)
    return False


@lru_cache(maxsize=8192)
def _siblings(text: str) -> frozenset[tuple[str, str]]:
    """Pairs of family and name in `text`: ("bn-", "bn-x30") for "BN-x30", ("memory", "cpu") for "CPU memory",
    ("model", "base") for "base models"."""
    found = {(f"{fold(match[1])}-", fold(match[0]).removesuffix("s")) for match in _COMPOUND.finditer(text)}
    found |= {(fold(match[2]).removesuffix("s"), fold(match[1])) for match in _WITH_SORT.finditer(text)}
    return frozenset(found)
