"""Prices whose cents are raised, written on one line: `12⁹⁹ €` becomes `12.99 €`.

Raised digits between a number and its currency are cents: the mark of a note would stand behind the currency. Behind
the currency, `$5⁹⁹` or `5€⁹⁹`, they may be a mark, and are set apart where prices end so.
"""

from __future__ import annotations

import re

SIGNS = "$¢£¤¥֏؋৳฿៛₠-⃀﷼＄￠￡￥￦"
"""The signs of currencies, as they stand in a set of a regular expression."""

_NO_LETTER = r"(?![^\W\d_])"
_CODES = (
    r"(?:AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|CZK|DKK|EUR|GBP|HKD|HUF|ILS|INR|ISK|JPY|KRW|MXN|MYR|NOK|NZD|PEN|PHP|PLN"
    r"|RON|RSD|RUB|SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR)"
)
_SHORT = r"(?:kr|zł|Kč|lei|TL|Fr|SFr|руб|грн|лв)\.?|р\."
_WORDS = r"[Ee]uros?|dollars?|pounds?|francs?"
_PREFIX = rf"(?:[{SIGNS}]|(?<![^\W\d_])(?:{_CODES}|(?:kr|Fr|SFr|Rs)\.?))\s?"
_BEHIND = rf"(?P<sign>[{SIGNS}元])|(?P<short>(?:{_CODES}|{_SHORT}){_NO_LETTER})|(?P<word>(?:{_WORDS}){_NO_LETTER})"
_CURRENCY = re.compile(rf"\s?(?:{_BEHIND})")
_SIGN = re.compile(rf"[{SIGNS}]")
_ENDS_PREFIX = re.compile(rf"{_PREFIX}$")
_AMOUNT = re.compile(
    rf"(?P<money>{_PREFIX})?(?<![\d.,])(?P<whole>\d{{1,3}}(?P<group>[.,'’\s])\d{{3}}(?:(?P=group)\d{{3}})*|\d+)"
    r"(?P<point>[.,]?)$"
)
_SIGNED = re.compile(rf"(?<![\d.,])\d+(?:[.,'’]\d{{3}})*\s?[{SIGNS}]$")
_CENTS = re.compile(rf"(?P<before>[{SIGNS}])?(?P<point>[.,])?(?P<cents>\d\d)(?P<behind>\s?(?:{_BEHIND}))?")
_ENDING = re.compile(r"0\d|\d[059]")
"""How prices end, and no number of a note; other numbers of two digits may be either."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_LARGEST_POWER = 24
"""No amount of money is a larger power of ten."""


def is_raised_sign(text: str) -> bool:
    """Whether this is the sign of a currency, which shops raise; the dollar's may also mark a note."""
    return text.strip() != "$" and _SIGN.fullmatch(text.strip()) is not None


def opens_price(mark: str, after: str) -> bool:
    """Whether a raised `mark` is the sign of a currency before its amount."""
    return _SIGN.fullmatch(mark) is not None and after[:1].isdecimal()


def raised_cents(base: str, mark: str, after: str) -> str:
    """The written form of a raised `mark` that is, or may be, the cents of the amount before it; else empty."""
    found = _CENTS.fullmatch(mark)
    if found is None:
        return ""
    cents = found["cents"]
    bare = not found["before"] and not found["point"] and not found["behind"]
    if bare and _SIGNED.search(base):
        return f" {cents}" if _ENDING.fullmatch(cents) else ""
    amount = _AMOUNT.search(base)
    if amount is None or (amount["point"] and found["point"]):
        return ""
    point = amount["point"] or found["point"]
    if not point and amount["whole"] == "10" and 0 < int(cents) <= _LARGEST_POWER and cents[0] != "0":
        return ""
    if _is_priced(amount["whole"], found, after, pointed=bool(point)) or (
        amount["money"] and (point or cents[0] == "0")
    ):
        separator = "" if amount["point"] else found["point"] or ("," if amount["group"] == "." else ".")
        behind = f" {found['before']}" if found["before"] else found["behind"] or ""
        return f"{separator}{cents}{behind}"
    if amount["money"] and bare:
        return f"{' ' if _ENDING.fullmatch(cents) else '^'}{cents}"
    return ""


def is_money(number: re.Match[str]) -> bool:
    """Whether a currency stands before a number that was found in a text."""
    return _ENDS_PREFIX.search(number.string[: number.start()]) is not None


def _is_priced(whole: str, found: re.Match[str], after: str, *, pointed: bool) -> bool:
    """Whether the currency of an amount stands behind its cents, raised with them or on the line."""
    if found["before"]:
        return True
    currency = found if found["behind"] else _CURRENCY.match(after)
    if currency is None:
        return False
    if pointed or currency["sign"]:
        return True
    # `in 2019` with a note 12, `euro area`; `57` with a note 12, `pounds`
    likely = currency["short"] is not None or _ENDING.fullmatch(found["cents"]) is not None
    return likely and _YEAR.fullmatch(whole) is None
