"""Dates and versions, written as words, so that no part of them is treated as a number.

as_words("on 12.03.2019")        ->  "on m03d12 2019"
as_words("on 4 march, 3 gates")  ->  "on m03d04, 3 gates"
as_words("since 2.5.1")          ->  "since  v2v5v1"

The year stays a number, since much is said of a year alone. `03/04/2019` may be in March or in April.
"""

from __future__ import annotations

import re

_NAMES = (
    "january januar janvier enero gennaio janeiro januari января",
    "february februar février febrero febbraio fevereiro februari февраля",
    "march märz mars marzo março maart марта",
    "april avril abril aprile апреля",
    "may mai mayo maggio maio mei мая",
    "june juni juin junio giugno junho июня",
    "july juli juillet julio luglio julho июля",
    "august août agosto augustus августа",
    "september septembre septiembre settembre setembro сентября",
    "october oktober octobre octubre ottobre outubro октября",
    "november novembre noviembre novembro ноября",
    "december dezember décembre diciembre dicembre dezembro december декабря",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names.split()}
_CERTAIN = "|".join(sorted(set(_MONTHS) - {"may", "mars", "mai", "mei"}, key=len, reverse=True))
"""Names that are neither a verb nor a planet, so that they need no year behind them."""
_SHORT = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTHS |= {name: number for number, name in enumerate(_SHORT, start=1)} | {"sept": 9, "mär": 3, "okt": 10, "dez": 12}
_ALL = "|".join(sorted(_MONTHS, key=len, reverse=True))

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1\d{3}|20\d\d|21\d\d)"
_BEFORE, _AFTER = r"(?<![\w./,])(?<![^\W\d]-)", r"(?![\w/]|[.,]\d)"
_NTH = r"(?:st|nd|rd|th|er|\.|º|ª)?"
_YEAR_FIRST = re.compile(rf"{_BEFORE}({_YEAR})([-/.])(0?[1-9]|1[0-2])\2({_DAY})(?:(?=t\d\d:)|{_AFTER})")
_YEAR_LAST = re.compile(rf"{_BEFORE}({_DAY})([-/.])({_DAY})\2({_YEAR}){_AFTER}")
_EAST = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(?<!\d)(1[0-2]|0?[1-9])\s?[月월]\s?(3[01]|[12]\d|0?[1-9])\s?[日일号號]")
_DAY_FIRST = re.compile(
    rf"{_BEFORE}(?:({_DAY}){_NTH}\s?(?:-|to|and|&|und|et|y|e|bis)\s?)?({_DAY}){_NTH}[\s-](?:of\s|de\s|d')?"
    rf"(?:({_ALL})\.?,?[\s-](?:de\s|del\s)?(?={_YEAR}(?!\w))|({_CERTAIN})\b)"
)
_MONTH_FIRST = re.compile(
    rf"(?<!\w)(?:({_ALL})\.?\s({_DAY})(?:st|nd|rd|th)?(?=,?\s{_YEAR}(?!\w))"
    rf"|({_CERTAIN})\s({_DAY})(?:st|nd|rd|th)?{_AFTER})"
)
_WHEN = "|".join(f"(?<=\\b{word} )" for word in ("on", "since", "until", "till"))
_MAY = re.compile(
    rf"(?:{_WHEN})(?:({_DAY})(?:st|nd|rd|th)?\s(?:of\s)?may\b(?!\s(?:be|have|not|also)\b)|may\s({_DAY})(?:st|nd|rd|th)?{_AFTER})"
)
EARLY = r"[-.]?(?:rc|alpha|beta|dev|post|pre|preview)[-. ]?\d{1,4}|[ab]\d{1,2}"
"""What marks a version that comes before or behind the one of that number."""
_VERSION = re.compile(
    rf"(?<![\w.,])(?<!\w-)v?(\d+(?:\.\d+)+(?:{EARLY}))(?!\w|\.\d)|"
    r"(?<![\w.,])(?<!\w-)v?(?![1-9]\d{0,2}(?:\.\d{3})+(?!\w|\.\d))(\d+(?:\.\d+){2,})(?!\w|\.\d)"
    r"|(?<!\w)(?:(?<=version\s)|(?<=release\s)|v)(\d+\.\d+)(?!\w|\.\d)|(?<=[a-z])v(\d+(?:\.\d+)+)(?!\w|\.\d)"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_PARTED = re.compile(r"\d[-/.]\d")
_DATE_WORD = re.compile(r"(?<!\w)m(\d\d)d(\d\d)(?:m(\d\d)d(\d\d))?(?!\w)")
_VERSION_WORD = re.compile(r"(?<!\w)[vw]\d+(?:v\d+)+(?:[a-z]+\d+)?(?!\w)")


def as_words(text: str) -> str:
    """A folded text with one word for the day and month of each date, and one for each version of several parts.

    The year of a date stays as a number. A pattern is tried only where what it needs is there: most texts have no date.
    """
    if not text.isascii():
        text = _EAST.sub(lambda found: f" {_word(int(found[2]), int(found[3]))} {found[1] or ''} ", text)
    parted = _PARTED.search(text) is not None
    if parted:
        text = _YEAR_FIRST.sub(lambda found: f"{_word(int(found[3]), int(found[4]))} {found[1]}", text)
        text = _YEAR_LAST.sub(_from_numbers, text)
    if not _MONTHS.keys().isdisjoint(_LETTERS.findall(text)):
        text = _MONTH_FIRST.sub(lambda found: _word(_MONTHS[found[1] or found[3]], int(found[2] or found[4])), text)
        text = _DAY_FIRST.sub(_from_days, text)
        text = _MAY.sub(lambda found: _word(5, int(found[1] or found[2])), text)
    return _VERSION.sub(_from_version, text) if parted else text


def dates_in(text: str) -> list[tuple[str, ...]]:
    """The days of a text that `as_words` has written, such as `--03-04`; both where the order is not known."""
    found = _DATE_WORD.finditer(text)
    return [(f"--{day[1]}-{day[2]}", *([f"--{day[3]}-{day[4]}"] if day[3] else [])) for day in found]


def versions_in(text: str) -> list[tuple[str, bool]]:
    """The versions of a text that `as_words` has written, such as `2.5.1`, and whether each is part of a name."""
    return [(re.sub(r"v(?=\d)", ".", word[1:]), word[0] == "w") for word in _VERSION_WORD.findall(text)]


def _word(month: int, day: int) -> str:
    return f"m{month:02}d{day:02}"


def _from_numbers(match: re.Match[str]) -> str:
    """Behind full stops the day comes first; elsewhere either may."""
    first, second = int(match[1]), int(match[3])
    days = [_word(second, first)] if second <= 12 else []
    if first <= 12 and first != second and (match[2] != "." or not days):
        days.append(_word(first, second))
    return f"{''.join(days)} {match[4]}" if days else match.group()


def _from_version(match: re.Match[str]) -> str:
    """`v1.1` belongs to the name before it, `SQuAD v1.1`, which may be elsewhere without it."""
    version = match[1] or match[2] or match[3] or match[4]
    named = not (match[1] or match[2]) and (match[4] or match.group().startswith("v"))
    parts = re.sub(r"[-. ]+(?=[a-z])|(?<=[a-z])[-. ]+", "", version)  # 2.1-rc1 is 2.1rc1
    return f" {'w' if named else 'v'}{parts.replace('.', 'v')}"


def _from_days(match: re.Match[str]) -> str:
    month = _MONTHS[match[3] or match[4]]
    return " ".join(_word(month, int(day)) for day in match.group(1, 2) if day) + " "
