"""Dates and times of workbooks: as much of them as their number format shows, in the form of ISO 8601.

A month in `mmm-yy` is `2020-05` and no day; a time in `h:mm` has no seconds, and no date that it was never given.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache

Moment = datetime.datetime | datetime.date | datetime.time | datetime.timedelta

_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[\$[^\]]*\]|\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]|am/pm|a/p'
    r"|\[(?P<elapsed>h+|m+|s+)\]|(?P<part>y+|m+|d+|h+|s+|a{3,4})|(?P<fraction>\.0+)|(?P<end>;)"
    r'|[^a-z\[\]"\\_*]',
    re.IGNORECASE | re.DOTALL,
)
_NAMES = {"y": "year", "d": "day", "h": "hour", "s": "second", "a": "weekday"}
_ELAPSED = {"h": "hour", "m": "minute", "s": "second"}
_SECONDS = {"hour": 3600, "minute": 60, "second": 1}
_OF_DATES = frozenset({"year", "month", "day", "weekday"})
_MIDNIGHT = datetime.time()
_ZEROTH = "1900-01-00"
"""What programs show as the date of a number below one."""


@dataclass(frozen=True)
class _ShownParts:
    """What a format shows: the parts, digits behind the seconds, and the part that counts on past its usual end."""

    parts: frozenset[str]
    digits: int = 0
    elapsed: str = ""


_ALL_OF_A_DURATION = _ShownParts(frozenset(_SECONDS), elapsed="hour")


def shown_date(value: Moment, code: str) -> str:
    """A date, time or duration in the number format `code`; whole where the format is not one of dates."""
    shown = _shown_parts(code)
    if shown is None or (isinstance(value, datetime.timedelta) and not shown.elapsed):
        return _whole(value)
    if isinstance(value, datetime.timedelta):
        return _clock(value, shown)
    date, time = _date(value, shown.parts & _OF_DATES), _time(value, shown)
    return date if date and _is_midnight(value) else "T".join(filter(None, [date, time]))


@lru_cache(maxsize=1024)
def _shown_parts(code: str) -> _ShownParts | None:
    """What the first case of a format shows; None where it is not part of a date or time, or is not understood."""
    parts: list[str] = []
    digits, elapsed, end = 0, "", 0
    for match in _TOKEN.finditer(code):
        if match.start() != end:
            return None
        end, kind = match.end(), match.lastgroup
        if kind == "end":
            break
        if kind == "elapsed":
            elapsed = _ELAPSED[match[kind][0].casefold()]
            parts.append(elapsed)
        elif kind == "part":
            parts.append(_part(match[kind].casefold(), parts))
            if parts[-2:] == ["month", "second"]:
                parts[-2] = "minute"
        elif kind == "fraction":
            digits = min(len(match[kind]) - 1, 3)
    if not parts or (end < len(code) and code[end - 1] != ";"):
        return None
    return _ShownParts(frozenset(parts), digits if "second" in parts else 0, elapsed)


def _part(letters: str, before: list[str]) -> str:
    if letters[0] == "m":
        return "minute" if before[-1:] == ["hour"] else "month"
    return "weekday" if letters in {"ddd", "dddd"} else _NAMES[letters[0]]


def _date(value: Moment, parts: frozenset[str]) -> str:
    if not parts:
        return ""
    if not isinstance(value, datetime.date):
        return _ZEROTH
    if "year" in parts:
        length = len("2020-05-01") if "day" in parts else len("2020-05") if "month" in parts else len("2020")
        return f"{value:%Y-%m-%d}"[:length]
    named = [f"{value.day}" if "day" in parts else "", f"{value:%B}" if "month" in parts else ""]
    return " ".join(filter(None, named)) or f"{value:%A}"


def _time(value: Moment, shown: _ShownParts) -> str:
    if not shown.parts - _OF_DATES:
        return ""
    time = value.time() if isinstance(value, datetime.datetime) else value
    if not isinstance(time, datetime.time):
        time = _MIDNIGHT
    return _clock(datetime.datetime.combine(datetime.date.min, time) - datetime.datetime.min, shown)


def _is_midnight(value: Moment) -> bool:
    """Whether a date has no time of the day: programs write midnight behind it."""
    if isinstance(value, datetime.datetime):
        return value.time() == _MIDNIGHT
    return isinstance(value, datetime.date)


def _clock(value: datetime.timedelta, shown: _ShownParts) -> str:
    """Hours, minutes and seconds as far as they are shown; seconds are rounded, what is not shown is cut."""
    unit = 10**shown.digits
    exact = abs(value).total_seconds()
    seconds, rest = divmod(round(exact * unit) if "second" in shown.parts else int(exact) * unit, unit)
    fields = {"hour": seconds // 3600 % 24, "minute": seconds // 60 % 60, "second": seconds % 60}
    if shown.elapsed:
        fields[shown.elapsed] = seconds // _SECONDS[shown.elapsed]
    names = [name for name in fields if name in shown.parts]
    if names == ["hour"] and not shown.elapsed:
        names = ["hour", "minute"]  # as `13:00`: a number alone would be no time
    text = ":".join(f"{fields[name]:02}" for name in names) + (f".{rest:0{shown.digits}}" if shown.digits else "")
    return f"-{text}" if value < datetime.timedelta() else text


def _whole(value: Moment) -> str:
    """All of a value: a date, a time of the day, both, or a duration as `36:00:00`."""
    if isinstance(value, datetime.timedelta):
        return _clock(value, _ALL_OF_A_DURATION)
    if isinstance(value, datetime.datetime) and _is_midnight(value):
        return value.date().isoformat()
    return value.isoformat()
