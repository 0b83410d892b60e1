"""Names of a question that nothing in the collection has: "What is GaLore?" over papers that never speak of it.

find_unknown("How does GaLore differ from LoRA?", hits, known)   ->  UnknownNames(("GaLore",), decide=True)
find_unknown("Tell me about LoRA and GaLore", hits, known)       ->  UnknownNames(("GaLore",), decide=False)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

from ragft.answer.checking.claim_names import is_written_out, names_in, spelled_out
from ragft.answer.library.typos import is_typo
from ragft.answer.prompts.question_parts import parts_of
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH, language_of
from ragft.corpus.words import is_english, words
from ragft.index.base import Hit
from ragft.index.search.foreign_question import foreign_compares

_COMMON = frozenset(
    """AI API CPU EU FAQ GPU ID LLM ML NLP OK PDF RAM SOTA UK US USA
    BTW ELI5 FYI URL IMO TLDR TL DR CEO CTO BSC MSC PHD
    BIBTEX CSV HTML JSON LATEX MARKDOWN TEX XML YAML PYTHON
    ARABIC CHINESE DUTCH ENGLISH FRENCH GERMAN HINDI ITALIAN JAPANESE KOREAN POLISH PORTUGUESE RUSSIAN SPANISH TURKISH
    JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER
    MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY
    ALGORITHM APPENDIX CHAPTER EQ EQUATION FIG FIGURE LEMMA PAGE SECTION TABLE THEOREM""".split()
)
"""What a question may say of things that a paper calls otherwise, or of how, when, where and for whom to answer."""
_LEAST_LETTERS = 6
"""Of a name that may be a typing error: QLoRA is none of LoRA."""
_SUBJECT = re.compile(
    r"\b(?:is|are|was|were|do|does|did|about|explain|define|describe)\s+(?:the\s+|an?\s+)?([\w-]+)", re.IGNORECASE
)
"""The word behind the verb that a question in English begins with, or that follows its question word."""
_TERM = r"((?=\d*[^\W\d_])[^\W_]{3,})"
"""One word with a letter in it."""
_LONE = re.compile(
    r"\W*(?:so |and |please )*(?:(?:what(?:'s| is| are| was)|who is|define|explain|describe|(?:tell me|know) about)\s+"
    rf"(?:the\s+|an?\s+)?{_TERM}|what (?:does|do|is) {_TERM} (?:mean|stand for|do)|how (?:does|do) {_TERM} work)\W*",
    re.IGNORECASE,
)
"""A question for one word and nothing else."""
_PHRASE = re.compile(
    r"\W*(?i:so |and |please )*(?:(?i:what(?:'s| is| are| was)|define|explain|describe|(?:tell me|know) about)\s+"
    r"(?:an?\s+)?(?P<defined>PHRASE)|(?i:what does|what do|what is) (?P<meant>PHRASE) (?:mean|stand for|do)"
    r"|(?i:how does|how do) (?P<working>PHRASE) work)\W*".replace("PHRASE", r"[a-z0-9]+(?:[ -][a-z0-9]+){1,3}")
)
"""A question for a term of two to four words in small letters, and nothing else."""
_GENERAL = frozenset(
    """advantages applications approaches authors benefits challenges conclusions contributions differences directions
    disadvantages documents drawbacks examples experiments findings goals ideas issues limitations limits methods
    metrics models modes papers points problems questions reasons results steps strategies techniques topics trends
    types ways work""".split()
)
"""Last words of what is asked of papers in general: "main findings", "open problems". No paper has to say so."""
_NAMED = re.compile(rf"\b(?:is|was|does|did)\s+{_TERM}\b", re.IGNORECASE)
"""A word in the place of a name: no plural, and no article before it."""
_FORMED = re.compile(
    r".{2,}(?:ing|ed|[ts]ion|ity|[ai]ble|ment|ness|[eo]r|al|ive|ous|is[mt]|ics?|ogy|ure|[ae]nce|out|ly)s?"
)
"""A word that English forms from others: tokenization, dropout. A paper may say the same in other words."""
_COMPARES = re.compile(r"\b(?:compar\w+|contrast\w*|differ\w*|versus|vs)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"(?:\b(?:on|in|for|by|at|under|per|according to|auf|für|laut|nach|bei|sur|dans|pour|selon|chez|en|para|según)"
    r"\s+(?:\w+\s+){0,2}|\([^()]*)$",
    re.IGNORECASE,
)
"""What stands before a name that tells where, for whom or after whom two things are compared: "on a MacBook"."""
_LATIN = re.compile(r"[^\W\d_]*[A-Z][^\W_]*")
_COMPOUND = re.compile(r"(?<=\w)-[^\W\d_][^\W\d_A-Z]+$")
"""What German and other languages join to a name: DPR-Arbeit."""
_SIZE = re.compile(r"\d+(?:\.\d+)?[kmbt]", re.IGNORECASE)
"""How many weights a model has: 65B."""
_PART = re.compile(r"[^\W_]+")
_LEAST_PART = 3
"""Letters of each of two words that may be written as one."""
_ENDING = 2
"""Letters by which the stems of two forms may differ: tidal, tide."""
_PIECE = re.compile(r"[^\W\d_]+|\d+")


class Lacks(Protocol):
    """What tells whether a collection lacks a word."""

    def __call__(self, word: str, /, *, rare: bool) -> bool:
        """Whether no passage has `word` in any of its forms; with `rare`, and it is no ordinary word either."""
        ...


def _lacks_nothing(_word: str, *, rare: bool) -> bool:  # noqa: ARG001
    return False


@dataclass(frozen=True)
class Known:
    """What a collection knows: whether anything in it, a title or an author too, `holds` a name, and which words it
    `lacks`."""

    holds: Callable[[str], bool] = lambda _: True
    lacks: Lacks = _lacks_nothing


ALL_KNOWN = Known()
"""Of a collection that is not looked into."""


@dataclass(frozen=True)
class UnknownNames:
    """The names of a question that nothing here has, and whether they `decide` that it cannot be answered."""

    names: tuple[str, ...] = ()
    decide: bool = False


NO_NAMES = UnknownNames()


def find_unknown(question: str, hits: Sequence[Hit], known: Known) -> UnknownNames:
    """The names of `question` that neither `hits` nor the rest of the collection have.

    They decide where one is the subject ("How does ReLoRA differ from LoRA?") or one side of a comparison, or where
    nothing has any of the names; of several questions in one, in each. Else one name that is known is enough to ask:
    "Does QLoRA run on a MacBook?". Nothing is a name in a question of several words that are all in capital letters.
    """
    if question.isupper() and len(_LATIN.findall(question)) > 1:
        return NO_NAMES
    found = [_unknown_in(part, hits, known) for part in parts_of(question) or [question]]
    names = dict.fromkeys(name for one in found for name in one.names)
    return UnknownNames(tuple(names), all(one.decide for one in found))


def _unknown_in(question: str, hits: Sequence[Hit], known: Known) -> UnknownNames:
    plain = _plain_subject(question, hits, known) or _plain_phrase(question, hits, known)
    names = tuple(dict.fromkeys([*filter(None, [plain]), *unknown_names(question, hits, known.holds)]))
    subjects = {match[1] for match in _SUBJECT.finditer(question)}
    if not names:
        return NO_NAMES
    if (_COMPARES.search(question) or foreign_compares(question)) and any(_is_side(question, name) for name in names):
        return UnknownNames(names, decide=True)
    decide = len(names) == len({plain, *_names(question)} - {""}) or any(
        name in subjects and not _goes_on(question, name, names) for name in names
    )
    return UnknownNames(names, decide)


def _is_side(question: str, name: str) -> bool:
    """Whether `name` is one of the things that `question` compares, and not where or for whom it compares them."""
    return _ASIDE.search(question[: question.find(name)]) is None


def _goes_on(question: str, name: str, unknown: Collection[str]) -> bool:
    """Whether something else is asked about beside `name`: "about GaLore and Adam"."""
    beside = re.search(rf"\b{re.escape(name)}(?:,|,?\s+and)\s+(?:the\s+|an?\s+)?([\w-]+)", question)
    return beside is not None and beside[1] not in unknown


def _plain_subject(question: str, hits: Sequence[Hit], known: Known) -> str:
    """The name in small letters that a question in English turns on, if nothing here has it: "what is bitnet".

    It is no name where it is an ordinary word, unless it is all that is asked about.
    """
    if not (is_english(question) and any(is_english(hit.text) for hit in hits)):
        return ""
    lone = _LONE.fullmatch(question)
    asked = [(match[1], True) for match in _NAMED.finditer(question)]
    if lone is not None:
        asked.append((next(filter(None, lone.groups())), False))
    texts = [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits]
    return next((word for word, rare in asked if _is_strange(word, texts, known, rare=rare)), "")


def _plain_phrase(question: str, hits: Sequence[Hit], known: Known) -> str:
    """The term of several words that a question in English asks for, if nothing here has it: "rotary embedding".

    Not where one of the hits has all of its words, in any form or order, or one of them is a typing error: then the
    term may go by another name there.
    """
    asked = _PHRASE.fullmatch(question)
    if asked is None or not any(is_english(hit.text) for hit in hits):
        return ""
    phrase = next(filter(None, asked.groups()))
    telling = [word for word in words(phrase) if word != "of"]
    if not ENGLISH.isdisjoint(telling) or telling[-1] in _GENERAL or not is_english(question) or known.holds(phrase):
        return ""
    texts = [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits]
    if any(_has_all(text, telling) for text in texts):
        return ""
    absent = [word for word in telling if not any(_has_all(text, [word]) for text in texts)]
    return "" if _misspelt(absent, texts) else phrase


def _has_all(text: str, terms: Sequence[str]) -> bool:
    """Whether `text` has words that begin as all of `terms` do (tidal, tides), or these written as one."""
    found = _PART.findall(fold(text))
    begin = tuple(stem(term)[: max(_LEAST_PART, len(stem(term)) - _ENDING)] for term in terms)
    joined = "".join(terms)
    return all(any(word.startswith(one) for word in found) for one in begin) or any(joined in word for word in found)


def _is_strange(word: str, texts: Sequence[str], known: Known, *, rare: bool) -> bool:
    """Whether nothing has a word in small letters, in any form or spelling or written out."""
    if not word.islower() or word in ENGLISH or _FORMED.fullmatch(word):
        return False
    if not known.lacks(word, rare=rare) or _misspelt([word], texts):
        return False
    here = any(_has_form(text, stem(word)) or is_written_out(word.upper(), text) for text in texts)
    return not (here or known.holds(word))


def _has_form(text: str, root: str) -> bool:
    """Whether a word of `text`, or two that may be written as one, begin with `root`: finetuning, fine-tuned."""
    found = _PART.findall(fold(text))
    return any(word.startswith(root) for word in found) or any(
        (one + other).startswith(root) and _LEAST_PART <= len(one) <= len(root) - _LEAST_PART
        for one, other in pairwise(found)
    )


def unknown_names(question: str, hits: Sequence[Hit], holds: Callable[[str], bool]) -> tuple[str, ...]:
    """The names of `question` that neither `hits` nor the rest of the collection have in any spelling."""
    texts = [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits]
    meant = spelled_out(question, *texts) | _misspelt(names_in(question), texts)
    return tuple(
        name
        for name in _names(question)
        if name not in meant
        and not any(has_name(text, name) or is_written_out(name, text) for text in texts)
        and not holds(name)
    )


def _names(question: str) -> list[str]:
    found = names_in(question)
    if language_of(words(question)) not in ("en", ""):
        found = tuple(_COMPOUND.sub("", name) for name in found)
    return [name for name in found if _COMMON.isdisjoint({name.upper(), name.upper().removesuffix("S")})]


def _misspelt(names: Sequence[str], texts: Sequence[str]) -> set[str]:
    """Those of `names` that are typing errors of words of `texts`."""
    long = [name for name in names if name.isalpha() and len(name) >= _LEAST_LETTERS]
    there = {word for text in texts for word in words(fold(text))} if long else set()
    return {name for name in long if any(is_typo(fold(name).lower(), word) for word in there)}


def has_name(text: str, name: str) -> bool:
    """Whether `text` has `name` as words of their own, whatever joins its pieces: GPT-3, GPT3, GPT 3.

    The pieces of a name with a size may stand apart, as in LLaMA-65B; words in small letters behind it do not count, as
    in RAG-based. Another number makes another name: GPT-5 is not GPT-3. The s of a plural does not count: ViTs.
    """
    if len(name) > 2 and name.endswith("s") and name[-2].isupper():
        return has_name(text, name[:-1])
    folded = fold(text).replace("×", "x")
    if _whole(name).search(folded):
        return True
    parts = [part for part in re.split(r"\W+", name) if part]
    loose = len(parts) > 1 and not name.islower() and all(part.islower() or _SIZE.fullmatch(part) for part in parts[1:])
    return loose and all(_whole(part).search(folded) for part in parts if not part.islower())


@lru_cache(maxsize=1024)
def _whole(name: str) -> re.Pattern[str]:
    pieces = r"[\W_]{0,2}".join(map(re.escape, _PIECE.findall(fold(name))))
    return re.compile(rf"(?<![^\W_]){pieces}(?:e?s|['’]s)?(?![^\W_])")
