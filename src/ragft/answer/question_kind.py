"""What a question asks for, by its words: the names it is about and the kind of thing that would answer it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from ragft.answer.checking.terms import content_terms, digits_only, missing_quantities, quantities
from ragft.answer.checking.units import SIZES, TIMES, unit_of
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH
from ragft.corpus.words import words

AnswerType = Literal["time", "share", "number", "person", "place", "any"]

_NOUN = (
    "number|size|rate|score|accuracy|rank|amount|speed|temperature|ratio|population|price|age|length|bleu|f1|mmlu|"
    r"rouge\S*|perplexity|auroc"
)
_TYPES: tuple[tuple[AnswerType, str], ...] = (
    # A bare "when" also begins conditions ("when does it retrieve?"): only the past and "when is the" ask for a time.
    (
        "time",
        r"(?:^|, ?|\b(?:and|in|on|at|since|until|from|by) )when (?:did|was|were|is the|has|had|will)\b|\band when\b",
    ),
    ("time", r"\b(?:what|which) (?:\w+ )?(?:year|date|century|decade|month|era)\b|\bhow long ago\b"),
    ("share", r"\b(?:what|which) (?:\w+ ){0,2}(?:percentage|percent|fraction|share|proportion)\b"),
    ("number", r"\bhow (?:many|much|large|big|long|far|fast|old|high|tall|deep|wide|heavy)\b"),
    ("number", rf"\b(?:what|which) (?:is the |was the )?(?:\w+ ){{0,2}}(?:{_NOUN})\b"),
    ("person", r"\b(?:who|whom|whose)\b"),
    (
        "place",
        r"\bwhere\b|\b(?:what|which) (?:country|countries|city|cities|state|place|region|continent|nation|town)\b",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _TYPES)
_HOW_LONG = re.compile(
    r"\bhow long\b.*\b(?:take|takes|took|taken|last|lasts|lasted|train|trained|training|run|runs|ran|need|needs|needed|"
    r"wait|waits|waited|spend|spent)\b"
)
_HOW_MUCH_MEMORY = re.compile(r"\bhow much (?:\w+ ){0,2}(?:memory|ram|vram|storage|disk)\b")
_HOW_MANY = re.compile(r"\bhow many (\w+)\b")
_ROUNDS = re.compile(
    r"\d[\d.,k^]*\s*(?:\w+\s+)?(?:iterations?|epochs?|steps?|updates?|rounds?|passes)\b", re.IGNORECASE
)
_BEFORE_UNIT = 3
"""Words before a unit that are searched for its number."""
_YEAR = re.compile(r"1\d{3}|20\d{2}")
_LOOSE_TIME = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|\w*centur\w*|"
    r"decades?|\d{3,4}s)\b",
    re.IGNORECASE,
)
_LOOSE_SHARE = re.compile(r"\b(?:half|third|quarter|fifth|tenth|majority|most)\b", re.IGNORECASE)
_LOOSE_NUMBER = re.compile(r"\b(?:half|third|quarter|dozen|once|twice|single|hundreds?|thousands?)\b", re.IGNORECASE)
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]+")
_NAME = re.compile(r"[A-Z]\w*[A-Z0-9]\w*|\b[A-Z][\w’'-]*|\w*\d\w*")
_WHY = re.compile(r"^\W*(?:why|how come)\b|\breasons?\b", re.IGNORECASE)
_REASON = re.compile(
    r"\b(?:because|since|due to|as a result|therefore|thus|hence|so that|in order to|lead(?:s|ing)? to|cause[sd]?|"
    r"reasons?|consequence|allow(?:s|ing)?|avoid\w*|prevent\w*|enabl\w+|suffer\w*|limit\w*)\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"^\s*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not|no|never|neither|nor|cannot|without|none|except|least|fewest|fails?|failed|unable|refused?|"
    r"un(?!i|der|til|less)\w{4,})\b|n['’]t\b",
    re.IGNORECASE,
)


def answer_type(question: str) -> AnswerType:
    """The kind of answer `question` expects; "any" where its words do not say."""
    lowered = question.lower()
    return next((kind for kind, pattern in _PATTERNS if pattern.search(lowered)), "any")


def holds_type(kind: AnswerType, passage: str, question: str) -> bool:
    """Whether `passage` states something of that kind which the question did not already name."""
    asked = {quantity.value for quantity in quantities(question)}
    new = [quantity for quantity in quantities(passage) if quantity.value not in asked]
    if kind == "number":
        counts = any(quantity.unit or not _YEAR.fullmatch(quantity.value) for quantity in new)
        return counts or bool(_LOOSE_NUMBER.search(passage))
    if kind == "share":
        return any(quantity.unit == "%" for quantity in new) or bool(_LOOSE_SHARE.search(passage))
    if kind == "time":
        return any(_YEAR.fullmatch(quantity.value) for quantity in new) or bool(_LOOSE_TIME.search(passage))
    if kind in ("person", "place"):
        return bool(_new_names(passage, question))
    return True


def asked_units(question: str) -> frozenset[str]:
    """The units one of which a number that answers `question` has: of time for "how long did it take", dollars for "how
    many dollars". None where any number may answer."""
    lowered = question.lower()
    if _HOW_LONG.search(lowered):
        return TIMES
    if _HOW_MUCH_MEMORY.search(lowered):
        return SIZES
    match = _HOW_MANY.search(lowered)
    unit = unit_of(match[1]) if match else ""
    return frozenset({"%", "point"} if unit == "point" else filter(None, [unit]))


def has_unit_asked(question: str, text: str) -> bool:
    """Whether `text` has a number with a unit that `question` asks for, if that asks for any.

    The time of a training may be given in steps. A number without any words takes its unit from the question.
    """
    units = asked_units(question)
    if not units or (units == TIMES and _ROUNDS.search(text)):
        return True
    numbers = quantities(text)
    alone = not content_terms(text) and any(not number.unit for number in numbers)
    return alone or any(number.unit in units for number in numbers) or _counts_units(text, units)


def _counts_units(text: str, units: Collection[str]) -> bool:
    """Whether a word for one of `units` follows a number, perhaps after other words: "2T tokens", "four GPU hours"."""
    found = text.lower().split()
    return any(
        unit_of(word.strip(".,;:()")) in units and quantities(" ".join(found[max(0, place - _BEFORE_UNIT) : place]))
        for place, word in enumerate(found)
    )


def asks_why(question: str) -> bool:
    """Whether `question`, in English, asks for a reason."""
    return _WHY.search(question) is not None


def gives_reason(text: str) -> bool:
    """Whether `text` says, in English, what something comes from or leads to."""
    return _REASON.search(text) is not None


def is_yes_no(question: str) -> bool:
    """Whether `question`, in English, is answered by yes or no."""
    return _YES_NO.match(question) is not None


def is_negated(text: str) -> bool:
    """Whether `text` denies or excepts something."""
    return _NEGATION.search(text) is not None


def name_stems(question: str) -> frozenset[str]:
    """Stems of what a question turns on: capitalised words (but not the first), acronyms, words with digits."""
    found: set[str] = set()
    for match in _NAME.finditer(question):
        token = match[0]
        if match.start() == 0 and not (any(c.isupper() for c in token[1:]) or any(c.isdigit() for c in token)):
            continue
        if token.lower() not in ENGLISH:
            found |= {stem(word) for word in words(token) if not word[0].isdigit()}
    return frozenset(found & set(content_terms(question)))


def share_missing_names(question: str, text: str) -> float:
    """Share of the question's names that `text` does not have; 0 for a question without names."""
    wanted, have = name_stems(question), set(content_terms(text))
    return len(wanted - have) / len(wanted) if wanted else 0.0


def share_missing_numbers(question: str, text: str) -> float:
    """Share of the numbers a question gives in digits that `text` does not state; 0 where it gives none."""
    plain = digits_only(question)
    wanted = quantities(plain)
    return len(missing_quantities(plain, text)) / len(wanted) if wanted else 0.0


def _new_names(passage: str, question: str) -> list[str]:
    """Capitalised words of `passage` that the question does not have; the first only if the next is one as well."""
    asked = set(words(question))
    found = []
    for match in _CAPITALISED.finditer(passage):
        word = match[0].lower()
        leads = match.start() == 0 and not re.match(r"\S+\s+[A-Z]", passage)
        if word not in ENGLISH and word not in asked and not leads:
            found.append(word)
    return found
