"""Number formats of workbooks (ECMA-376, part 1, 18.8.31): what a value looks like in `#,##0.0,,"M"`.

Understood are sections and their conditions, literals, currency, zero padding, decimals, thousands, scaling commas,
percent and exponents. Where a format holds anything else, such as a fraction, the value stays as it is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<filled>.)|\[\$(?P<currency>[^\]\-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<condition>(?:[<>]=?|<>|=)-?\d+(?:\.\d+)?)\]"
    r"|(?P<colour>\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\])"
    r"|(?P<general>general)|(?P<exponent>e[+-])|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<entry>@)"
    r'|(?P<end>;)|(?P<plain>[^a-z\[\]"\\_*/])',
    re.IGNORECASE | re.DOTALL,
)
_LITERALS = {"quoted", "escaped", "currency", "plain"}
_PADDING = {"0": "0", "#": "", "?": " "}
_EXACT = Context(prec=700)
"""Digits enough for the largest and the smallest float with its decimals."""
_GENERAL = frozenset({"General", ""})
"""The formats of numbers that have none; some programs write an empty one."""
_LARGE, _WHOLE = 1e8, 1e16
"""From where a float shows 15 digits, as office programs keep them; and up to where it shows no exponent."""
_MOST_DIGITS = 60
_SECTIONS = 4


class _FormatToken(NamedTuple):
    kind: str
    text: str


@dataclass(frozen=True)
class _Section:
    """One case of a format. `condition`: its comparison and limit; None where it has none."""

    tokens: tuple[_FormatToken, ...] = ()
    condition: tuple[str, float] | None = None

    def has(self, kind: str) -> bool:
        return any(token.kind == kind for token in self.tokens)


def _plain_number(value: float) -> str:
    """A number as it is stored: whole ones with all their digits, of other floats the digits that are certain.

    Small floats lose three digits more than large ones: there sums leave errors that nobody entered.
    """
    if not isinstance(value, float):
        return str(value)
    if value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    if abs(value) < _LARGE:
        return f"{value:.12g}"
    rounded = Decimal(f"{value:.15g}")
    return f"{rounded:f}" if abs(value) < _WHOLE else str(rounded)


def shown_number(value: float, code: str) -> str:
    """`value` written in the format `code`, in English; as it is stored where the format is not understood."""
    if code in _GENERAL:
        return _plain_number(value)
    sections = _parsed(code)
    found = _section_for(value, sections) if sections else None
    if found is None:
        return _plain_number(value)
    section, signed = found
    sign = "-" if signed and value < 0 else ""
    if section.has("general"):
        text = "".join(_plain_number(abs(value)) if kind == "general" else text for kind, text in section.tokens)
    else:
        text = _written(section.tokens, Decimal(f"{abs(value):.15g}"))
    return " ".join((sign + text).split())


def shown_text(text: str, code: str) -> str:
    """A text written in the format `code`: nothing in `;;;`."""
    sections = _parsed(code) or () if code not in _GENERAL else ()
    if len(sections) == _SECTIONS or (sections and sections[-1].has("entry")):
        return "".join(text if kind == "entry" else own for kind, own in sections[-1].tokens)
    return text


@lru_cache(maxsize=1024)
def _parsed(code: str) -> tuple[_Section, ...] | None:
    """The sections of a format; None where one is not understood."""
    sections: list[_Section] = []
    tokens: list[_FormatToken] = []
    condition: tuple[str, float] | None = None
    end = 0
    for match in _TOKEN.finditer(code + ";"):
        if match.start() != end:
            return None
        end, kind = match.end(), match.lastgroup or ""
        text = match[kind]
        if kind == "end":
            sections.append(_Section(tuple(tokens), condition))
            tokens, condition = [], None
        elif kind == "condition":
            sign = text.rstrip("0123456789.-")
            condition = sign, float(text[len(sign) :])
        elif kind == "blank":
            tokens.append(_FormatToken("literal", " "))
        elif kind not in {"filled", "colour"}:
            tokens.append(_FormatToken("literal" if kind in _LITERALS else kind, text))
    known = end == len(code) + 1 and len(sections) <= _SECTIONS and all(map(_is_known, sections))
    return tuple(sections) if known else None


def _is_known(section: _Section) -> bool:
    """Whether a section is a literal, or a number of one mantissa and at most one exponent."""
    kinds = [token.kind for token in section.tokens]
    digits = [token.text for token in section.tokens if token.kind == "digit"]
    if len(digits) > _MOST_DIGITS or kinds.count("point") > 1 or kinds.count("exponent") > 1:
        return False
    if section.has("general") and (digits or section.has("percent")):
        return False
    if not section.has("exponent"):
        return True
    at = kinds.index("exponent")
    before, after = kinds[:at], kinds[at:]
    whole = [token.text for token in section.tokens[: before.index("point") if "point" in before else at]]
    step = [sign for sign in whole if sign in _PADDING]
    return bool(step) and set(step[:-1]) <= {"#"} and "digit" in after and "point" not in after and "comma" not in kinds


def _section_for(value: float, sections: Sequence[_Section]) -> tuple[_Section, bool] | None:
    """The section that shows a number, and whether it shows the sign of it; None where that is not certain."""
    numeric = sections[:-1] if len(sections) == _SECTIONS or sections[-1].has("entry") else sections
    if not numeric or any(section.has("entry") for section in numeric):
        return None
    if any(section.condition for section in numeric):
        if value < 0:  # programs differ in the sign
            return None
        first = next((section for section in numeric if _holds(section.condition, value)), None)
        return (first, False) if first else None
    if len(numeric) == 1:
        return numeric[0], True
    if value < 0:
        return numeric[1], False
    return numeric[2 if value == 0 and len(numeric) > 2 else 0], False


def _holds(condition: tuple[str, float] | None, value: float) -> bool:
    if condition is None:
        return True
    sign, limit = condition
    less, equal, more = "<" in sign, "=" in sign, ">" in sign
    return (less and value < limit) or (more and value > limit) or (equal and value == limit)


def _written(tokens: Sequence[_FormatToken], number: Decimal) -> str:
    """A number that is not negative, in one section."""
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    if not places:
        return "".join(token.text for token in tokens)
    percents = sum(token.kind == "percent" for token in tokens)
    scaling = sum(token.kind == "comma" for token in tokens[places[-1] :])
    number = _EXACT.scaleb(number, 2 * percents - 3 * scaling)
    for at, token in enumerate(tokens):
        if token.kind == "exponent":
            return _scientific(tokens[:at], token.text, tokens[at + 1 :], number)
    return _fixed(tokens, number)


def _scientific(mantissa: Sequence[_FormatToken], sign: str, exponent: Sequence[_FormatToken], number: Decimal) -> str:
    whole, decimals = _places(mantissa)
    step = len(whole)
    power = number.adjusted() // step * step if number else 0
    if _rounded(_EXACT.scaleb(number, -power), len(decimals)) >= 10**step:
        power += step
    shown = "-" if power < 0 else sign[1:].removeprefix("-")
    return f"{_fixed(mantissa, _EXACT.scaleb(number, -power))}E{shown}{_fixed(exponent, Decimal(abs(power)))}"


def _fixed(tokens: Sequence[_FormatToken], number: Decimal) -> str:
    """A number without an exponent: each digit in its place, literals between them."""
    whole, decimals = _places(tokens)
    integer, _, fraction = f"{_rounded(number, len(decimals)):f}".partition(".")
    integer = integer.lstrip("0")
    grouped = any(token.kind == "comma" for token in tokens[whole[0] : whole[-1]]) if whole else False
    written = dict.fromkeys((index for index, token in enumerate(tokens) if token.kind == "comma"), "")
    for place, index in enumerate(reversed(whole)):
        here = integer[: len(integer) - place] if index == whole[0] else integer[: len(integer) - place][-1:]
        if place >= len(integer):
            here = _PADDING[tokens[index].text]
        written[index] = _grouped(here, place) if grouped else here
    significant = len(fraction.rstrip("0"))
    for place, index in enumerate(decimals):
        sign = tokens[index].text
        # A zero behind the last digit that any place shows is padding.
        needed = place < significant or any(tokens[later].text == "0" for later in decimals[place:])
        written[index] = fraction[place] if needed else _PADDING[sign]
    before = "" if whole else integer
    return before + "".join(written.get(index, token.text) for index, token in enumerate(tokens))


def _grouped(digits: str, place: int) -> str:
    """Digits, the last of them at `place` from the right, with commas behind those of whole thousands."""
    text = ""
    for right, digit in zip(range(place + len(digits) - 1, -1, -1), digits, strict=False):
        text += digit + ("," if digit.isdigit() and right and right % 3 == 0 else "")
    return text


def _places(tokens: Sequence[_FormatToken]) -> tuple[list[int], list[int]]:
    """The indexes of the digits before the point, and of those behind it."""
    point = next((index for index, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    places = [index for index, token in enumerate(tokens) if token.kind == "digit"]
    return [index for index in places if index < point], [index for index in places if index > point]


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
