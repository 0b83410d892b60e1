r"""Numbers as siunitx prints them: rounded, and with another exponent, where the document asks for it.

    Printing().given("round-mode=places").printed("3.14159")            ->  "3.14"
    Printing().given("exponent-mode=scientific").printed("12345")       ->  "1.2345e4"

The decimal marker is a full stop here, whatever `output-decimal-marker` says: 3,142 could be thousands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation

_OPTION = re.compile(r"([a-z][a-z-]{1,40})\s*(?:=\s*(\{[^{}]*\}|[^,{}]*))?")
_NUMBER = re.compile(
    r"\s*(?P<sign>[-+−]?)\s*(?P<digits>\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})\s*"
    r"(?:\((?P<short>\d{1,15})\)|(?:\\pm|\+-|±)\s*(?P<error>\d{1,30}(?:[.,]\d{1,30})?))?"
    r"\s*(?:[eEdD]\s*(?P<exponent>[-+−]?\d{1,4}))?\s*"
)
_LEAST = re.compile(r"\d{1,30}(?:[.,]\d{1,30})?")
_PLACES = re.compile(r"\.(\d{1,2})")
_SCIENTIFIC = {"true": "scientific", "false": "input"}
"""Values of `scientific-notation`, the name of version 2, as those of `exponent-mode`."""


@dataclass(frozen=True)
class Printing:
    """Options of siunitx that change digits or exponents. `mode`: none, places, figures or uncertainty."""

    mode: str = "none"
    precision: int = 2
    to_even: bool = False
    least: str = ""
    exponent: str = "input"
    fixed: int = 0
    drops_exponent: bool = False
    parses: bool = True

    def given(self, options: str) -> Printing:
        """These with what `options` changes, given as TeX: `round-mode=places, round-precision=3`."""
        printing = self
        for option in _OPTION.finditer(options):
            printing = printing._with(option[1], (option[2] or "true").strip("{} \t\n"))
        return printing

    def _with(self, name: str, value: str) -> Printing:
        if name == "round-mode":
            return replace(self, mode=value)
        if name == "round-half":
            return replace(self, to_even=value == "even")
        if name == "round-minimum" and _LEAST.fullmatch(value):
            return replace(self, least=value)
        if name in {"exponent-mode", "scientific-notation"}:
            return replace(self, exponent=_SCIENTIFIC.get(value, value))
        if name == "drop-exponent":
            return replace(self, drops_exponent=value == "true")
        if name == "parse-numbers":
            return replace(self, parses=value != "false")
        if name == "table-auto-round":
            return replace(self, mode="places" if value == "true" else self.mode)
        if name == "table-format" and (places := _PLACES.search(value)):
            return replace(self, precision=int(places[1])) if self.mode == "none" else self
        if name in {"round-precision", "fixed-exponent"} and re.fullmatch(r"[-+]?\d{1,3}", value):
            number = int(value)
            return replace(self, precision=number) if name == "round-precision" else replace(self, fixed=number)
        return self

    def printed(self, tex: str) -> str:
        """`tex`, a number as siunitx takes it, as it prints it; other TeX as it is."""
        match = _NUMBER.fullmatch(tex)
        if match is None or not self.parses:
            return tex
        digits = match["digits"].replace(",", ".").rstrip(".")
        value = Decimal(digits)
        error = _error(match, digits)
        power = int((match["exponent"] or "0").replace("−", "-"))
        shift = self._shift(value, power)
        if shift and error is None:
            value, power = value.scaleb(-shift), power + shift
        value, error = self._rounded(value, error)
        shown = f"{value:f}"
        if self.least and value < (least := _number(self.least)) and error is None and self.mode != "none":
            shown = f"<{least:f}"
        if error is not None:
            short = match["short"] is not None
            shown += f"({error.scaleb(-int(error.as_tuple().exponent)):f})" if short else f" ± {error:f}"
        as_given = match["exponent"] if not shift and match["exponent"] else str(power) if power else ""
        exponent = f"e{as_given}" if as_given and not self.drops_exponent else ""
        return f"{match['sign']}{shown}{exponent}"

    def _shift(self, value: Decimal, power: int) -> int:
        """By how much the exponent grows."""
        if not value or self.exponent == "input":
            return 0
        size = value.adjusted()
        if self.exponent == "scientific":
            return size
        if self.exponent == "engineering":
            return (size + power) // 3 * 3 - power
        return self.fixed - power if self.exponent == "fixed" else 0

    def _rounded(self, value: Decimal, error: Decimal | None) -> tuple[Decimal, Decimal | None]:
        """Only `uncertainty` rounds a number that has an error."""
        if self.mode == "uncertainty" and error:
            error = self._to_figures(error)
            return self._to(value, int(error.as_tuple().exponent)), error
        if self.mode not in {"places", "figures"} or error is not None:
            return value, error
        return self._to(value, -self.precision) if self.mode == "places" else self._to_figures(value), None

    def _to_figures(self, value: Decimal) -> Decimal:
        for _ in range(2):  # 9.99 of two figures is 10, not 10.0
            value = self._to(value, value.adjusted() - max(1, self.precision) + 1)
        return value

    def _to(self, value: Decimal, place: int) -> Decimal:
        step = Decimal(1).scaleb(place)
        try:
            return value.quantize(step, rounding=ROUND_HALF_EVEN if self.to_even else ROUND_HALF_UP)
        except InvalidOperation:  # more digits than decimals hold
            return value


def _error(match: re.Match[str], digits: str) -> Decimal | None:
    """The error of a number; `(4)` is in units of its last digit."""
    if match["short"]:
        return Decimal(match["short"]).scaleb(-len(digits.partition(".")[2]))
    return _number(match["error"]) if match["error"] else None


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
