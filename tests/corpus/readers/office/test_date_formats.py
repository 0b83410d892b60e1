"""What a date or time looks like in a number format."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers.office.date_formats import Moment, shown_date

MOMENT = datetime.datetime(2020, 5, 1, 13, 5, 9, 750_000)
LONG = datetime.timedelta(hours=36, minutes=5, seconds=9, milliseconds=750)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("mm-dd-yy", "2020-05-01"),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2020-05-01"),
        ('yyyy"年"m"月"d"日";@', "2020-05-01"),
        ("mmm-yy", "2020-05"),
        ("yyyy", "2020"),
        ("d-mmm", "1 May"),
        ("mmmm", "May"),
        ("dddd", "Friday"),
        ("aaaa", "Friday"),
        ("m/d/yy h:mm", "2020-05-01T13:05"),
        ("yyyy-mm-dd hh:mm:ss", "2020-05-01T13:05:10"),
        ("hh:mm:ss.00", "13:05:09.75"),
        ("[$-F400]h:mm:ss AM/PM", "13:05:10"),
        ("h AM/PM", "13:05"),
        ("mm:ss", "05:10"),
        ("General", "2020-05-01T13:05:09.750000"),
        ("yyyy [unknown] d", "2020-05-01T13:05:09.750000"),
        ('"d" 0', "2020-05-01T13:05:09.750000"),
    ],
)
def test_no_more_of_a_date_is_read_than_its_format_shows(code: str, shown: str) -> None:
    assert shown_date(MOMENT, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (LONG, "[h]:mm:ss", "36:05:10"),
        (LONG, "[hh]:mm", "36:05"),
        (LONG, "[m]:ss.0", "2165:09.8"),
        (LONG, "[s]", "129910"),
        (-LONG, "[h]:mm", "-36:05"),
        (LONG, "General", "36:05:10"),
        (datetime.time(6, 15), "h:mm", "06:15"),
        (datetime.time(6, 15), "yyyy-mm-dd", "1900-01-00"),
        (datetime.time(6, 15), "General", "06:15:00"),
        (datetime.datetime(1900, 1, 1, 12), "h:mm", "12:00"),
        (datetime.date(2020, 5, 1), "d/m/yyyy h:mm", "2020-05-01"),
        (datetime.datetime(2020, 5, 1), "General", "2020-05-01"),
        (datetime.time(23, 59, 59, 900_000), "h:mm:ss", "00:00:00"),
        (datetime.time(23, 59, 59, 900_000), "h:mm", "23:59"),
    ],
)
def test_durations_count_on_and_times_have_no_date(value: Moment, code: str, shown: str) -> None:
    assert shown_date(value, code) == shown


@given(st.datetimes(datetime.datetime(1900, 1, 1)), st.text('ymdhsa[]:/-. ;"\\$@0AMP', max_size=14))
def test_any_format_gives_something(value: datetime.datetime, code: str) -> None:
    assert shown_date(value, code)
