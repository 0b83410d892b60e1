"""Names of a question that nothing in the collection has: "What is GaLore?" over papers that never speak of it.

unknown_names("How does GaLore differ from LoRA?", hits, holds)   ->  ("GaLore",)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from ragft.answer.checking.claim_names import is_written_out, names_in, spelled_out
from ragft.answer.library.typos import is_typo
from ragft.answer.prompts.question_parts import parts_of
from ragft.corpus.fold import fold
from ragft.corpus.stopwords import language_of
from ragft.corpus.words import words
from ragft.index.base import Hit

Holds = Callable[[str], bool]
"""Whether anything in the collection, a title or an author too, has a name."""
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
_SUBJECT = re.compile(r"\b(?:is|are|was|were|do|does|did)\s+(?:the\s+|an?\s+)?([\w-]+)", re.IGNORECASE)
"""The word behind the verb that a question in English begins with, or that follows its question word."""
_LATIN = re.compile(r"[^\W\d_]*[A-Z][^\W_]*")
_COMPOUND = re.compile(r"(?<=\w)-[^\W\d_][^\W\d_A-Z]+$")
"""What German and other languages join to a name: DPR-Arbeit."""
_SIZE = re.compile(r"\d+(?:\.\d+)?[kmbt]", re.IGNORECASE)
"""How many weights a model has: 65B."""
_PIECE = re.compile(r"[^\W\d_]+|\d+")


def asks_of_the_unknown(question: str, hits: Sequence[Hit], holds: Holds) -> bool:
    """Whether `question`, and each of the questions in it, turns on a name that nothing here has.

    It does where the name is its subject ("How does ReLoRA differ from LoRA?"), or where nothing has any of its names.
    Else one name that is known is enough to ask: "Does QLoRA run on a MacBook?". Nothing is a name in a question of
    several words that are all in capital letters.
    """
    if question.isupper() and len(_LATIN.findall(question)) > 1:
        return False
    return all(_is_unknown(part, hits, holds) for part in parts_of(question) or [question])


def _is_unknown(question: str, hits: Sequence[Hit], holds: Holds) -> bool:
    unknown = unknown_names(question, hits, holds)
    subject = _SUBJECT.search(question)
    if subject is not None and subject[1] in unknown:
        return True
    return bool(unknown) and len(unknown) == len(_names(question))


def unknown_names(question: str, hits: Sequence[Hit], holds: Holds) -> tuple[str, ...]:
    """The names of `question` that neither `hits` nor the rest of the collection have in any spelling."""
    texts = [f"{hit.title}\n{hit.section}\n{hit.text}" for hit in hits]
    meant = spelled_out(question, *texts) | _misspelt(question, texts)
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


def _misspelt(question: str, texts: Sequence[str]) -> set[str]:
    """The names of `question` that are typing errors of words of `texts`."""
    long = [name for name in names_in(question) if name.isalpha() and len(name) >= _LEAST_LETTERS]
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
    loose = all(part.islower() or _SIZE.fullmatch(part) for part in parts[1:]) and len(parts) > 1
    return loose and all(_whole(part).search(folded) for part in parts if not part.islower())


@lru_cache(maxsize=1024)
def _whole(name: str) -> re.Pattern[str]:
    pieces = r"[\W_]{0,2}".join(map(re.escape, _PIECE.findall(fold(name))))
    return re.compile(rf"(?<![^\W_]){pieces}(?:e?s|['’]s)?(?![^\W_])")
