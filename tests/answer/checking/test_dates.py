"""Days and versions are compared as wholes; a year is a number of its own."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.checking.dates import as_words
from ragft.answer.checking.support import support_score
from ragft.answer.checking.terms import Quantity, missing_quantities, quantities

FORMS = [
    "{0.day} {0:%B} {0.year}",
    "{0:%B} {0.day}, {0.year}",
    "the {0.day}th of {0:%B}, {0.year}",
    "{0:%Y-%m-%d}",
    "{0.year}/{0.month}/{0.day}",
    "{0.day}.{0.month}.{0.year}",
    "{0:%d.%m.%Y}",
    "{0:%m/%d/%Y}",
    "{0.day} {0:%b} {0.year}",
    "{0:%b}. {0.day}, {0.year}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}년 {0.month}월 {0.day}일",
]
DAYS = st.dates(datetime.date(1000, 1, 1), datetime.date(2199, 12, 31))


@given(DAYS, st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_a_date_in_another_form_is_the_same(day: datetime.date, one: str, other: str) -> None:
    claim, source = (f"It was opened on {form.format(day)}" for form in (one, other))
    assert quantities(claim)
    assert not missing_quantities(claim, source)


@given(DAYS, st.sampled_from(FORMS))
def test_a_date_states_its_year_and_counts_nothing(day: datetime.date, form: str) -> None:
    source = f"It was opened on {form.format(day)}"
    assert not missing_quantities(f"It was opened in {day.year}", source)
    assert missing_quantities(f"It has {day.day} gates", source)
    assert missing_quantities(f"It has {day.month} gates", source)


@given(DAYS, DAYS, st.sampled_from([form for form in FORMS if form != "{0:%m/%d/%Y}"]))
def test_another_day_is_not_stated(day: datetime.date, other: datetime.date, form: str) -> None:
    missing = missing_quantities(f"It was opened on {form.format(day)}", f"It was opened on {other:%Y-%m-%d}")
    assert bool(missing) == (day != other)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("on 4 March", "on March 4, 2019"),
        ("on May 4", "on the 2nd and on 4 May 2019"),
        ("since the 4th of May 2019", "since 04/05/2019"),
        ("5 April 2019", "on 04/05/2019"),
        ("5 April 2019", "2019-04-05T12:30:00"),
        ("am 4. März 2019", "2019-03-04"),
        ("le 1er mars 2019", "2019-03-01"),
        ("el 4 de marzo de 2019", "2019-03-04"),
        ("4 апреля 2019", "2019-04-04"),
        ("4 March 2019", "4-6 March 2019"),
        ("6 March 2019", "4th and 6th March 2019"),
        ("12 January 2019", "10.1.2019-12.1.2019"),
        ("Table 2 may show it", "see table 2"),
        ("Mars 3 landed", "the probe 3"),
        ("345 people came", "On March 12 345 people came"),
        ("3 gates", "In May 3 gates were built"),
    ],
)
def test_what_is_said_of_days(claim: str, source: str) -> None:
    assert quantities(claim)
    assert not missing_quantities(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It needs version 2.5.", "It needs version 2.5.1."),
        ("It needs version 2.5.", "It needs 2.5.1."),
        ("It needs version 2.5.1.", "It needs version 2.5."),
        ("It needs version 5.1.", "It needs version 2.5.1."),
        ("It needs version 2.5.1.", "It needs version 2.5.10."),
        ("It needs version 2.1.", "It needs version 2.10."),
        ("It weighs 2.5 tonnes.", "It needs version 2.5.1."),
        ("It weighs 12.03 tonnes.", "It was opened on 12.03.2019."),
        ("It has 168 gates.", "It is at 192.168.0.1."),
        ("We use PyTorch 2.1.", "We use PyTorch 2.10."),
        ("We use PyTorch 2.10.", "We use PyTorch 2.1."),
        ("It runs on Python 3.1 and 3.9.", "It runs on Python 3.10 and 3.9."),
        ("It needs torch==2.1.", "It needs torch>=2.10."),
        ("We use the PyTorch (2.1) release.", "We use PyTorch, version 2.10."),
        ("It is shown in Section 2.1.", "It is shown in section 2.10."),
        ("We run Llama 3.1 on it.", "Llama 3.10 is run."),
        ("It needs PyTorch 2.1.", "Only version 2.10 is supported."),
        ("It needs PyTorch 2.1.", "It needs 2.10 of it."),
        ("它需要PyTorch版本2.1。", "它需要PyTorch版本2.10。"),
        ("It needs PyTorch 2.1.", "It needs PyTorch 2.1-rc1."),
        ("It needs PyTorch 2.1-rc1.", "It needs PyTorch 2.1."),
        ("It needs PyTorch 2.1rc1.", "It needs PyTorch 2.1rc2."),
        ("It needs version 2.1.0-beta.2.", "It needs version 2.1.0."),
        ("It was tried on SQuAD v1.1.", "It was tried on SQuAD v2.0."),
        ("It was tried on ResNet v2.", "It was tried on ResNet v1."),
    ],
)
def test_a_part_of_a_version_or_another_one_is_not_stated(claim: str, source: str) -> None:
    assert missing_quantities(claim, source)
    assert support_score(claim, source) <= 0.25


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("It needs version 2.5.1.", "It needs v2.5.1."),
        ("It needs version 2.5.1.", "It needs 2.5.1, they say."),
        ("It needs version 2.10.", "It needs PyTorch 2.10."),
        ("It needs version 2.5.", "It needs v2.5."),
        ("It needs version 1.1.", "It was tried on SQuADv1.1."),
        ("It was tried on SQuAD v1.1.", "It was tried on SQuAD."),
        ("It has 1,234,567 gates.", "It has 1.234.567 gates."),
        ("It needs PyTorch 2.1-rc1.", "It needs PyTorch 2.1rc1."),
        ("We use PyTorch 2.", "We use PyTorch 2.0."),
        ("It needs PyTorch 2.1.", "It needs PyTorch v2.1 or 2.10."),
        ("It was tried on SQuAD v1.1.", "SQuAD 1.1 and PyTorch 2.0 were used."),
        ("The mean loss is 1.50.", "A mean loss of 1.5 was seen."),
        ("It gets a BLEU 24.1.", "It gets a BLEU 24.10."),
        ("The odds ratio was OR 1.5.", "The odds ratio was OR 1.50."),
        ("The Transformer gets 28.4.", "Transformer | 28.40"),
    ],
)
def test_a_version_in_another_form_is_stated(claim: str, source: str) -> None:
    assert quantities(claim)
    assert not missing_quantities(claim, source)


def test_a_year_behind_a_day_has_no_unit() -> None:
    assert quantities("on 2019-03-04") == {Quantity("2019"), Quantity("--03-04")}


@pytest.mark.parametrize("text", ["2019-20", "2019-13-04", "24/7", "1:10", "gpt-3.5", "3/4 of it", "0.5,0.25", "2.5."])
def test_other_numbers_stay(text: str) -> None:
    assert as_words(text) == text
