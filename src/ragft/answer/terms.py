"""What a sentence claims, as sets that can be compared: content words by stem, and numbers with their unit.

content_terms("QLoRA needs 48 GB of memory")  ->  ["qlora", "memor"]
quantities("QLoRA needs 48 GB of memory")     ->  {Quantity("48", "gb")}
quantities("56 m^2 at 3 × 10^-4")             ->  {Quantity("56", "m^2"), Quantity("3e-4")}
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
_LENGTHS = {
    **{unit: unit for unit in "m nm mm cm dm km ft in yd mi s".split()},
    **dict(zip("м нм мм см дм км".split(), "m nm mm cm dm km".split(), strict=True)),
}
_EXPONENT = r"\^(?:[-+]?\d+(?:[.,]\d+)*|\([^()\s]*\)|\{[^{}\s]*\})"
# A minus stands at the beginning or behind a blank, a bracket or a sign: `3-5` and `gpt-4` hold none. What is raised
# behind something is part of it, so `57^2` holds no 2; `^14C` holds a 14.
_NUMBER = re.compile(
    rf"(?:(?<![^\s(\[=<>~≈×:;,{PAIRED}])(?P<sign>-)(?=[$€£¥]?\d)[$€£¥]?)?(?<![^\W{PAIRED}])(?<!\.)(?<![a-z]-)"
    rf"(?<![^\s(\[]\^)(?<!\^[-+({{])(?<!\^[({{][-+])"
    rf"(?P<digits>\d+(?:,\d+)*(?:\.\d+)?(?:e[-+]?\d+)?)(?P<exponent>{_EXPONENT})?"
    rf"(?:\s?(?:[×x*·⋅]|\\times|\\cdot)\s?10(?P<tens>{_EXPONENT}))?"
    rf"(?:[\s-]?(?P<unit>[a-z%]+|[^\W\d_{PAIRED}]+)(?P<power>{_EXPONENT})?)?"
)
_MINUS = re.compile(r"\bminus (?=\d)")
_TENS = {"k": 3, "m": 6, "b": 9, "t": 12}
_MARK = re.compile(r"\d{1,3}")
_HAN_DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_HAN_NUMBER = re.compile("[零〇一二两兩三四五六七八九十百千万萬亿億]{2,}")


@dataclass(frozen=True)
class Quantity:
    """A number in its shortest form and its unit, empty where there is none.

    The sign and the exponent are part of the number: "5048", "-0.37", "2e-4" (also for 2 × 10^−4), "57^2". The
    unit is that of a table ("gb", "%"), or a length or time with its exponent ("m^2").
    """

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
    folded = _MINUS.sub("-", fold(text.replace("—", " — ")).replace("**", "^"))
    found = {_quantity(match, folded) for match in _NUMBER.finditer(folded)}
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
    """Quantities of `claim` that `source` does not state; where both give a unit it has to be the same.

    The 2 of "57^2" may be the mark of a note, so a source that holds it states 57, and never 2.
    """
    stated = quantities(source)
    missing = set()
    for wanted in quantities(claim):
        units = {q.unit for q in stated if _states(q.value, wanted)}
        if not units or (wanted.unit and wanted.unit not in units and "" not in units):
            missing.add(wanted)
    return missing


def _states(value: str, wanted: Quantity) -> bool:
    base, _, mark = value.partition("^")
    if base == wanted.value and (not mark or _MARK.fullmatch(mark)):
        return True
    return value in {wanted.value, f"{wanted.value}e{_TENS.get(wanted.unit, 0)}"}


def digits_only(text: str) -> str:
    """`text` without number words: "the two rankings" presupposes a two more often than it asserts one."""
    return " ".join(word for word in text.split() if word.lower().strip("?,.;:") not in _NUMBER_WORDS)


def _quantity(match: re.Match[str], text: str) -> Quantity:
    # `3 -5` is a range or a list: no sign stands between two numbers.
    sign = "-" if match["sign"] and not text[max(0, match.start() - 3) : match.start()].rstrip()[-1:].isdigit() else ""
    number, exponent = _shortest(match["digits"]), _bare(match["exponent"])
    if tens := _bare(match["tens"]):
        number += f"e{tens}"
    elif number == "10" and exponent:
        number = f"1e{exponent}"
    elif exponent:
        number += f"^{exponent}"
    unit, power = match["unit"] or "", _bare(match["power"])
    known = f"{_LENGTHS[unit]}^{power}" if power and unit in _LENGTHS else _UNITS.get(unit, "")
    return Quantity(sign + number, known)


def _bare(exponent: str | None) -> str:
    """An exponent without its sign `^` and brackets."""
    return (exponent or "").strip("^(){}").removeprefix("+")


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
