"""What a sentence claims, as sets that can be compared: content words by stem, and numbers with their unit.

    content_terms("QLoRA needs 48 GB of memory")  ->  ["qlora", "memor"]
    quantities("QLoRA needs 48 GB of memory")     ->  {Quantity("48", "gb")}

The stemmer only has to treat both sides of a comparison alike; it is no dictionary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

STOP_WORDS = frozenset(
    """
    a about above across after again against all almost along already also although always am among an and another any
    are as at away back be became because become been before being below between both but by came can cannot come could
    did do does doing done down during each either else enough even ever every few first for from further gave get give
    given go goes got had has have having he hence her here hers him his how however i if in instead into is it its
    itself just kind know known let like made mainly make makes many may me mean means might mine more most much must my
    need needed needs neither no nor not now of off often on once one only onto or other others our ours out over own
    per perhaps put rather really same say says see seen several shall she should since so some something still such
    take taken takes tell than that the their theirs them then there therefore these they thing things this those though
    through thus to together too toward under until up upon us use used uses using usually very via was we well were
    what when where whether which while who whom whose why will with within without would yes yet you your yours
    please explain describe answer question called
    """.split()
)

_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100",
}  # fmt: skip
_UNITS = {
    "b": "b", "bn": "b", "billion": "b", "billions": "b", "m": "m", "million": "m", "millions": "m", "k": "k",
    "thousand": "k", "trillion": "t", "t": "t", "gb": "gb", "gib": "gb", "gigabyte": "gb", "gigabytes": "gb",
    "mb": "mb", "mib": "mb", "megabyte": "mb", "megabytes": "mb", "kb": "kb", "tb": "tb", "%": "%", "percent": "%",
    "bit": "bit", "bits": "bit", "hour": "hour", "hours": "hour", "h": "hour", "day": "day", "days": "day",
    "week": "week", "weeks": "week", "month": "month", "months": "month", "year": "year", "years": "year",
    "minute": "minute", "minutes": "minute", "min": "minute", "second": "second", "seconds": "second", "s": "second",
    "ms": "ms", "token": "token", "tokens": "token", "point": "point", "points": "point",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[^\W_]+")
_NUMBER = re.compile(r"(?<![\w.])(?<![A-Za-z][-‑–])(\d[\d,]*(?:\.\d+)?(?:[eE][-−–]?\d+)?)[\s\-‑–]?([A-Za-z%]+)?")
_SUFFIXES = (
    "izations", "isations", "ization", "isation", "izing", "ising", "ized", "ised", "izes", "ises", "izer", "iser",
    "ize", "ise", "ations", "ation", "ments", "ment", "nesses", "ness", "ingly", "edly", "ing", "ed", "es", "s", "ly",
)  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """A number in its shortest form ("5048", "0.37", "2e-4") and its unit ("gb", "%"; empty where there is none)."""

    value: str
    unit: str = ""


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """`word` (lower case) without its ending: quantise, quantized and quantisation become one."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            if suffix == "s" and word.endswith(("ss", "us", "is")):
                break
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def words(text: str) -> list[str]:
    """Lower-case words and numbers of `text`, in order."""
    return _WORD.findall(text.lower().replace("’", "'"))


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[str, ...]:
    found = dict.fromkeys(
        stem(word.removesuffix("'s"))
        for word in words(text)
        if len(word) > 1 and word not in STOP_WORDS and word not in _NUMBER_WORDS and not word[0].isdigit()
    )
    return tuple(found)


def content_terms(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once, in order; numbers are left to `quantities`."""
    return list(_content(text))


@lru_cache(maxsize=8192)
def _quantities(text: str) -> frozenset[Quantity]:
    found = set()
    for number, unit in _NUMBER.findall(text):
        found.add(Quantity(_shortest(number), _UNITS.get(unit.lower(), "")))
    previous = ""
    for word in words(text):
        if previous in _NUMBER_WORDS:
            found.add(Quantity(_NUMBER_WORDS[previous], _UNITS.get(word, "")))
        previous = word
    if previous in _NUMBER_WORDS:
        found.add(Quantity(_NUMBER_WORDS[previous]))
    return frozenset(found)


def quantities(text: str) -> frozenset[Quantity]:
    """The numbers of `text`, in digits or words from two on, with the unit that follows them."""
    return _quantities(text)


def missing_quantities(claim: str, source: str) -> set[Quantity]:
    """Quantities of `claim` that `source` does not state; where both give a unit it has to be the same."""
    stated = quantities(source)
    missing = set()
    for wanted in quantities(claim):
        units = {q.unit for q in stated if q.value == wanted.value}
        if not units or (wanted.unit and wanted.unit not in units and "" not in units):
            missing.add(wanted)
    return missing


def digits_only(text: str) -> str:
    """`text` without number words: "the two rankings" presupposes a two more often than it asserts one."""
    return " ".join(word for word in text.split() if word.lower().strip("?,.;:") not in _NUMBER_WORDS)


def _shortest(number: str) -> str:
    text = number.replace(",", "").lower().replace("−", "-").replace("–", "-")
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("0") or "0" if "." not in text else text
