"""Numbers of several parts, written as one, so that no part is treated as a value.

whole_numbers("12 345 metres")     ->  "12345 metres"
whole_numbers("3 1/2 metres")      ->  "3.5 metres"
whole_numbers("2/3 of a metre")    ->  "2⁄3 of a metre"
whole_numbers("in 2019 345 ran")   ->  "in 2019 345 ran"

A blank between two numbers is often just that, so digits are joined only where nothing speaks for two numbers: no year
in front (it has four digits), no label ("Table 3 120"), no further number beside them as in a row of values.
"""

from __future__ import annotations

import re
from fractions import Fraction

from ragft.answer.checking.magnitudes import SMALL_NUMBERS

_SLASH = "⁄"
"""The slash of a fraction that is certain; `/` stays for 45/50 tests and 24/7."""
_LABEL = re.compile(
    r"\b(?:tables?|tab\.?|figures?|fig\.?|sections?|sec\.?|chapters?|pages?|p\.|parts?|steps?|phases?|stages?|layers?|"
    r"levels?|types?|grades?|class|groups?|versions?|equations?|eq\.?|nos?\.?|numbers?|appendix|volumes?|vol\.?|lines?|"
    r"rows?|columns?|items?|questions?|days?|weeks?|experiments?|study|model|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|tabelle|abbildung|abschnitt|tableau|tabla|tabella|top|bleu)[\s-]$"
)
_SPACED = re.compile(
    r"(?<![\w.,/:^'])(?<!\w-)(?<!\d\s)(?<!\d,\s)[1-9]\d{0,2}(?:(?: |\\,)\d{3}){1,2}"
    r"(?![\d']|[-:/]\d|[.,]\d{3}|\s*%|[ ,]+[-+]?\d|[ ]*\n)"
)
"""Three groups at most: more are more likely a list. Those without plain blanks were joined by `fold`."""
_DOTTED = re.compile(r"(?<![\w.,/-])[1-9]\d{0,2}(?:\.\d{3}){2,}(?![\d.]*\d|[\w])")
_DOTTED_DECIMAL = re.compile(r"(?<![\w.,/-])([1-9]\d{0,2}(?:\.\d{3})+),(\d+)(?![\w.,]*\d)")
"""1.234,5 of German and its like; grouped with a comma it would have none for its decimals."""
_SCORED = re.compile(r"(?<![\w.])\d{1,3}(?:_\d{3})+(?!\w)")
"""1_000 of programs."""
_NO_ZERO = re.compile(r"(?<![\w.,)\]])\.(?=\d)")
"""p < .05"""
_NOT_BEFORE = r"(?<![\w/.,^])(?<![^\W\d]-)"
_DENOMINATOR = r"(?:[2-9]|10|12|16|32|64)"
_NOT_AFTER = rf"(?:rds?|ths?)?(?![\w/{_SLASH}-]|[.,]\d)"
_MIXED = re.compile(rf"{_NOT_BEFORE}(\d{{1,5}})(?:\s(?:and\s)?|[-_])(\d{{1,2}})[/{_SLASH}]({_DENOMINATOR}){_NOT_AFTER}")
_FRACTION = re.compile(rf"{_NOT_BEFORE}(\d{{1,2}})[/{_SLASH}]({_DENOMINATOR}){_NOT_AFTER}")
_LATEX = re.compile(r"\\[dt]?frac\s?\{(\d{1,2})\}\s?\{(\d{1,2})\}")
_AND_A_HALF = re.compile(r"(?<=\d)\sand\sa\shalf\b")
_NTHS = {"quarter": 4, "third": 3, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_COUNTS = {"a": 1, "an": 1, **SMALL_NUMBERS}
_IN_WORDS = re.compile(
    rf"\b(?:(?P<part>an?|one)[\s-](?P<nth>{'|'.join(_NTHS)})(?=\sof\b)"
    rf"|(?P<parts>two|three|four|five|seven|nine)[\s-](?P<nths>{'|'.join(_NTHS)})s\b)"
)
"""Two thirds, a quarter of: "a third run" is not a fraction."""
WORDS_OF_PARTS = frozenset(_NTHS) | {f"{nth}s" for nth in _NTHS}
"""The words of fractions."""
_OF = re.compile(r"(?<![\w/.,^-])(\d{1,3})\s(?:out\s)?of\s(?:the\s)?(\d{1,3})(?![\w/]|[.,]\d)")


def whole_numbers(text: str) -> str:
    """A folded text with one number in place of grouped digits, a mixed number or a fraction."""
    text = _LATEX.sub(r" \1/\2", text) if "\\" in text else text
    text = _AND_A_HALF.sub(" 1/2", _IN_WORDS.sub(_from_words, text))
    if "/" in text or _SLASH in text:
        text = _FRACTION.sub(_from_fraction, _MIXED.sub(_from_mixed, text))
    if "." in text:
        text = _DOTTED_DECIMAL.sub(lambda found: f"{found[1].replace('.', '')}.{found[2]}", text)
        text = _DOTTED.sub(_joined, _NO_ZERO.sub("0.", text))
    text = _SCORED.sub(lambda found: found.group().replace("_", ""), text) if "_" in text else text
    return _SPACED.sub(_joined, text)


def with_fractions(text: str) -> str:
    """A folded text with a fraction for "3 of 4"."""
    return _OF.sub(rf"\1{_SLASH}\2", text)


def same_value(one: str, other: str) -> bool:
    """Whether two values, one of which is a fraction as in "1/2", are equal; False for what is no such number."""
    try:
        return Fraction(one) == Fraction(other)
    except (ValueError, ZeroDivisionError):
        return False


def percentages(value: str) -> tuple[str, ...]:
    """A fraction as in "2/3" in per cent, as it may be rounded: "67", "66.7"; none where it is not part of a whole."""
    try:
        share = Fraction(value) * 100
    except (ValueError, ZeroDivisionError):
        return ()
    return tuple(dict.fromkeys((f"{float(share):.0f}", f"{float(share):.3g}"))) if 0 < share < 100 else ()


def _from_words(match: re.Match[str]) -> str:
    count, nth = match["part"] or match["parts"], match["nth"] or match["nths"]
    return f"{_COUNTS[count]}{_SLASH}{_NTHS[nth]}"


def _is_labelled(match: re.Match[str]) -> bool:
    return bool(_LABEL.search(match.string[max(0, match.start() - 20) : match.start()]))


def _joined(match: re.Match[str]) -> str:
    return match.group() if _is_labelled(match) else re.sub(r"\D", "", match.group())


def _from_mixed(match: re.Match[str]) -> str:
    part = Fraction(int(match[2]), int(match[3]))
    if _is_labelled(match) or not 0 < part < 1:
        return match.group()
    value = int(match[1]) + part
    decimal = f"{float(value):.10f}".rstrip("0")
    return decimal if Fraction(decimal) == value else f"{value.numerator}{_SLASH}{value.denominator}"


def _from_fraction(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    counts = int(match[1]) >= int(match[2]) or before + after == "()"  # all females (12/12), 60% (6/10), open 24/7
    return match.group() if counts or _is_labelled(match) else f"{match[1]}{_SLASH}{match[2]}"
