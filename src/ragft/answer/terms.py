"""What a sentence claims, as sets that can be compared: content words by stem, and numbers with their unit.

content_terms("QLoRA needs 48 GB of memory")  ->  ["qlora", "memor"]
quantities("QLoRA needs 48 GB of memory")     ->  {Quantity("48", "gb")}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ragft.corpus.fold import fold
from ragft.corpus.scripts import PAIRED
from ragft.corpus.stems import stem
from ragft.corpus.words import meaningful, words

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
_NUMBER = re.compile(rf"(?<![^\W{PAIRED}])(?<!\.)(?<![a-z]-)(\d+(?:,\d+)*(?:\.\d+)?(?:e-?\d+)?)[\s-]?([a-z%]+)?")
_HAN_DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_HAN_NUMBER = re.compile("[零〇一二两兩三四五六七八九十百千万萬亿億]{2,}")


@dataclass(frozen=True)
class Quantity:
    """A number in its shortest form ("5048", "0.37", "2e-4") and its unit ("gb", "%"; empty where there is none)."""

    value: str
    unit: str = ""


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(word) for word in meaningful(text) if word not in _NUMBER_WORDS))


def content_terms(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once, in order; numbers are left to `quantities`."""
    return list(_content(text))


@lru_cache(maxsize=8192)
def _quantities(text: str) -> frozenset[Quantity]:
    folded = fold(text)
    found = {Quantity(_shortest(number), _UNITS.get(unit, "")) for number, unit in _NUMBER.findall(folded)}
    found |= {Quantity(str(_han_value(number))) for number in _HAN_NUMBER.findall(folded)}
    previous = ""
    for word in words(text):
        if previous in _NUMBER_WORDS:
            found.add(Quantity(_NUMBER_WORDS[previous], _UNITS.get(word, "")))
        previous = word
    if previous in _NUMBER_WORDS:
        found.add(Quantity(_NUMBER_WORDS[previous]))
    return frozenset(found)


def quantities(text: str) -> frozenset[Quantity]:
    """The numbers of `text` with the unit that follows them: in digits, in English words from two on, in Han."""
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
    whole, comma, decimals = number.partition(",")
    if comma and "," not in decimals and "." not in decimals:  # grouped numbers were written together
        number = f"{whole}.{decimals}"
    text = number.replace(",", "")
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("0") or "0" if "." not in text else text


def _han_value(text: str) -> int:
    """The value of a number in Chinese or Japanese: 二百二十三 is 223, 二〇二六 is 2026."""
    if all(character in _HAN_DIGITS for character in text):
        return int("".join(str(_HAN_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        elif character in _HAN_UNITS:
            section += max(digit, 1) * _HAN_UNITS[character]
            digit = 0
        else:
            total = (total + section + digit) * _HAN_GROUPS[character] if total + section + digit else total
            section = digit = 0
    return total + section + digit
