"""What a sentence claims, as sets that can be compared: content words by stem, and numbers with their unit.

content_terms("QLoRA needs 48 GB of memory")  ->  ["qlora", "memor"]
quantities("QLoRA needs 48 GB of memory")     ->  {Quantity("48", "gb")}
quantities("56 m^2 at 3 × 10^-4")             ->  {Quantity("56", "m^2"), Quantity("3e-4")}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache

from ragft.answer.checking.dates import as_words, dates_in, versions_in
from ragft.answer.checking.magnitudes import SMALL_NUMBERS, in_digits, times
from ragft.answer.checking.units import AFTER, CURRENCY, MAGNITUDE, SHORT_MAGNITUDES, agree, unit_of
from ragft.answer.checking.versions import MARK, marked, other_versions
from ragft.answer.checking.whole_numbers import (
    WORDS_OF_PARTS,
    percentages,
    same_value,
    whole_numbers,
    with_fractions,
)
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.words import meaningful, words
from ragft.corpus.writing_systems import PAIRED

NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100",
}  # fmt: skip
_FEW = frozenset("2345")
_LENGTHS = frozenset("m nm mm cm dm km foot inch yard mile second".split())
"""Units whose exponent makes another unit."""
_EXPONENT = r"\^(?:[-+]?\d+(?:[.,]\d+)*|\([^()\s]*\)|\{[^{}\s]*\})"
# A minus stands at the beginning or behind a blank, a bracket or a sign: `3-5` and `gpt-4` hold none. What is raised
# behind something is part of it, so `57^2` holds no 2; `^14C` holds a 14.
_NUMBER = re.compile(
    rf"(?:(?<![^\s(\[=<>~≈×:;,{PAIRED}])(?P<sign>-)(?=[{CURRENCY}]?\d))?(?P<currency>[{CURRENCY}]\s?)?"
    rf"(?<![^\W{PAIRED}])(?<!\.)(?<![a-z]-)(?<![^\s(\[]\^)(?<!\^[-+({{])(?<!\^[({{][-+])"
    rf"(?P<digits>\d+⁄\d+|\d+(?:,\d+)*(?:\.\d+)?(?:e[-+]?\d+)?)(?P<exponent>{_EXPONENT})?"
    rf"(?:\s?(?:[×x*·⋅]|\\times|\\cdot)\s?10(?P<tens>{_EXPONENT}))?"
    rf"(?:[\s-]?(?P<unit>{AFTER}|[^\W\d_{PAIRED}]+)(?P<power>{_EXPONENT})?)?"
)
_FRACTION = re.compile(r"(?<![\w/.,^])\d{1,3}/\d{1,3}(?![\w/]|[.,]\d)")
_COUNTED = re.compile(r"(?<![\w.,])(\d+(?:\.\d+)?)\s([a-z]{3,})")
_FORMULA = re.compile(r"\$[^$\n]{1,60}\$(?!\d)")
_REFERENCE = re.compile(
    r"(?<=[^\W\d_])[.,)”’]?\s?\[[1-9]\d{0,2}\]"
    r"|(?<=[^\W\d_])(?<!\bin)(?<!\bof)(?<!\bis)(?<!\bfrom)(?<!\brange)(?<!\binterval)(?<!\bbetween)(?<!\bover)"
    r"[.,)”’]?\s?\[[1-9]\d{0,2}(?:\s?[,–-]\s?[1-9]\d{0,2})+\]"
)
"""The marks of works that a paper refers to, "as in [12]", "shown before [3, 7]": they count nothing."""
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile("[a-z]+")
_COUNTING = frozenset(NUMBER_WORDS) | frozenset(SMALL_NUMBERS) | WORDS_OF_PARTS
"""Without one of these, a text in ASCII that has no digit states no number."""
_PLAIN = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?(?:e-?\d{1,4})?")
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

    Sign, exponent and word of magnitude are part of the number: "5048", "-0.37", "2e-4" (also for 2 × 10^−4),
    "57^2", "1200000" for 1.2 million, "3/4", "3.5" for 3 1/2. The unit is that of a table ("gb", "%"), or a
    length or time with its exponent ("m^2").

    The day of a date is "--03-04", with both readings of 03/04/2019 as "--04-03|--03-04"; its year is a number of its
    own. A version is written with all its parts ("2.5.1"); that of a name has the unit "v".
    """

    value: str
    unit: str = ""
    written: str = field(default="", compare=False)
    """The digits with the zeros at their end; empty where there are none."""
    is_name: bool = field(default=False, compare=False)
    """Whether it is part of a name, as in PyTorch 2.10: then the zeros count."""

    @cached_property
    def number(self) -> Decimal | None:
        """What it is worth; None for a date, a fraction, a power such as 57^2 and a version of several parts."""
        return Decimal(self.value) if _PLAIN.fullmatch(self.value) else None


@lru_cache(maxsize=8192)
def _content(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(word) for word in meaningful(text) if word not in NUMBER_WORDS))


@lru_cache(maxsize=8192)
def content_set(text: str) -> frozenset[str]:
    """`content_terms`, for comparing."""
    return frozenset(_content(text))


def content_terms(text: str) -> list[str]:
    """Stems of the words that carry meaning, each once, in order; numbers are left to `quantities`."""
    return list(_content(text))


@lru_cache(maxsize=8192)
def _quantities(text: str) -> frozenset[Quantity]:
    plain = fold(text)
    if plain.isascii() and not _DIGIT.search(plain) and _COUNTING.isdisjoint(_LETTERS.findall(plain)):
        return frozenset()
    return _quantities_in(_folded(text))


def _quantities_in(folded: str) -> frozenset[Quantity]:
    found = {_quantity(match, folded) for match in _NUMBER.finditer(folded)}
    found |= {Quantity(fraction) for fraction in _FRACTION.findall(folded)}
    found |= {Quantity(str(_han_value(number))) for number in _HAN_NUMBER.findall(folded)}
    found |= {Quantity("|".join(days)) for days in dates_in(folded)}
    found |= {Quantity(version, "v" if named else "version") for version, named in versions_in(folded)}
    previous = ""
    for word in words(folded):
        if previous in NUMBER_WORDS:
            found.add(Quantity(NUMBER_WORDS[previous], unit_of(word)))
        previous = word
    if previous in NUMBER_WORDS:
        found.add(Quantity(NUMBER_WORDS[previous]))
    return frozenset(found)


def quantities(text: str) -> frozenset[Quantity]:
    """The numbers of `text` with the unit that follows them: in digits, in English words from two on, in Han."""
    return _quantities(text)


def missing_quantities(claim: str, source: str) -> set[Quantity]:
    """Quantities of `claim` that `source` does not state; where both give a unit it has to be the same.

    A number that counts something ("50 bolts") is not the same number of per cent.
    The 2 of "57^2" may be the mark of a note, so a source that holds it states 57, and never 2.
    "3 of 4" says what 3/4 says; the 3 alone does not.
    """
    versions = {Quantity(version, "v") for version in other_versions(claim, source)}
    wanted = {number for number in quantities(claim) if number.unit != "v"}
    if not wanted:
        return versions
    stated = _stated(source, as_fractions=_has_fraction(claim) or _has_fraction(source))
    counted = _counted(claim)

    def missing(those: Iterable[Quantity]) -> set[Quantity]:
        return {number for number in those if not _is_stated(number, stated, counts=number.value in counted)}

    absent = missing(wanted)
    if absent and any("/" in one.value for one in stated):
        absent = missing(_as_fractions(claim))
    return absent | versions


@lru_cache(maxsize=8192)
def _has_fraction(text: str) -> bool:
    return any("/" in number.value for number in quantities(text))


@lru_cache(maxsize=8192)
def _stated(source: str, *, as_fractions: bool) -> tuple[Quantity, ...]:
    """What the numbers of `source` may be read as; with `as_fractions` those of "3 of 4", too."""
    numbers = quantities(source) | _as_fractions(source) if as_fractions else quantities(source)
    return tuple(reading for number in numbers for reading in readings(number))


def is_stated(wanted: Quantity, numbers: Iterable[Quantity]) -> bool:
    """Whether one of `numbers` is `wanted`, in any way of writing it."""
    return _is_stated(wanted, [reading for number in numbers for reading in readings(number)], counts=False)


def _is_stated(wanted: Quantity, stated: Sequence[Quantity], *, counts: bool) -> bool:
    return any(
        _states(other, reading)
        and agree(reading.unit, other.unit)
        and not (counts and not reading.unit and other.unit == "%")
        for reading in readings(wanted)
        for other in stated
    )


def _states(one: Quantity, other: Quantity) -> bool:
    stated, wanted = one.value, other.value
    if one.unit == other.unit == "version":
        return stated == wanted  # 2.1 is not 2.10
    if (one.is_name or other.is_name) and one.number is not None and other.number is not None:
        digits = one.written or stated, other.written or wanted
        if all("." in number for number in digits):
            return digits[0] == digits[1]
    base, _, mark = stated.partition("^")
    if stated == wanted or (base == wanted and (not mark or _MARK.fullmatch(mark))):
        return True
    if "/" in stated or "/" in wanted:
        return same_value(stated, wanted)
    return one.number is not None and one.number == other.number


def readings(quantity: Quantity) -> tuple[Quantity, ...]:
    """The quantity, and what it is where its unit stands for a magnitude; each reading of a date."""
    if quantity.unit in {"v", "version"}:
        return (Quantity(quantity.value, "version", is_name=True),)
    if "|" in quantity.value:
        return tuple(Quantity(value) for value in quantity.value.split("|"))
    if "/" in quantity.value and not quantity.unit:
        return quantity, *(Quantity(share, "%") for share in percentages(quantity.value))
    size = SHORT_MAGNITUDES.get(quantity.unit)
    if size is None or "e" in quantity.value or not _PLAIN.fullmatch(quantity.value):
        return (quantity,)
    return quantity, Quantity(times(quantity.value, size), MAGNITUDE + quantity.unit)


@lru_cache(maxsize=8192)  # of a claim, which is compared with every sentence of every passage
def _counted(text: str) -> frozenset[str]:
    """The numbers of `text` that stand before a word for a thing."""
    found = _COUNTED.findall(_folded(text))
    return frozenset(_shortest(number) for number, word in found if meaningful(word) and not unit_of(word))


def _folded(text: str) -> str:
    text = _REFERENCE.sub(" ", text) if "[" in text else text
    return in_digits(whole_numbers(as_words(fold(marked(text).replace("—", " — ")).replace("**", "^"))))


@lru_cache(maxsize=8192)
def _as_fractions(text: str) -> frozenset[Quantity]:
    """The quantities of `text`, with 3/4 in place of "3 of 4"."""
    return _quantities_in(with_fractions(_folded(text)))


def is_few(number: Quantity, text: str) -> bool:
    """Whether `number` is two to five, and a word in `text`: it belongs to the sentence more than to what it claims, as
    in "the three steps"."""
    return number.value in _FEW and not re.search(rf"(?<![\w.]){number.value}(?![\w.]*\w)", text)


def digits_only(text: str) -> str:
    """`text` without number words: "the two rankings" presupposes a two more often than it asserts one."""
    return " ".join(word for word in text.split() if word.lower().strip("?,.;:") not in NUMBER_WORDS)


def _quantity(match: re.Match[str], text: str) -> Quantity:
    # `3 -5` is a range or a list: no sign is between two numbers.
    sign = "-" if match["sign"] and not text[max(0, match.start() - 3) : match.start()].rstrip()[-1:].isdigit() else ""
    number, exponent = _shortest(match["digits"]), _bare(match["exponent"])
    if tens := _bare(match["tens"]):
        number += f"e{tens}"
    elif number == "10" and exponent:
        number = f"1e{exponent}"
    elif exponent:
        number += f"^{exponent}"
    power = _bare(match["power"])
    currency = "" if match["currency"] and _FORMULA.match(text, match.start("currency")) else match["currency"] or ""
    written = match["digits"] if re.fullmatch(r"\d+\.\d*0", match["digits"]) else ""
    is_name = text.startswith(MARK, match.end("digits"))
    unit = unit_of(currency.strip() or match["unit"] or "") or ("inch" if match["unit"] == "in" and power else "")
    return Quantity(sign + number, f"{unit}^{power}" if power and unit in _LENGTHS else unit, written, is_name)


def _bare(exponent: str | None) -> str:
    """An exponent without its sign `^` and brackets."""
    return (exponent or "").strip("^(){}").removeprefix("+")


def _shortest(number: str) -> str:
    if "⁄" in number:
        return number.replace("⁄", "/")
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
