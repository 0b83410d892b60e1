"""Number formats of workbooks."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers.office.number_formats import shown_number, shown_text

ACCOUNTING = '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)'
numbers = st.floats(-1e12, 1e12, allow_nan=False) | st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12345678, "#,##0,", "12,346"),
        (12345678, '0.0,,"M"', "12.3M"),
        (3.14159, "0.00", "3.14"),
        (2.675, "0.00", "2.68"),
        (2.7, "0", "3"),
        (999999.5, "#,##0", "1,000,000"),
        (1234, "00000", "01234"),
        (1234567, "000,000,000", "001,234,567"),
        (5551234567, "(000) 000-0000", "(555) 123-4567"),
        (1234567, "# ##0", "1234 567"),
        (0.5, "#.##", ".5"),
        (1, "0.0#", "1.0"),
        (5, ".00", "5.00"),
        (0, "#", ""),
    ],
)
def test_digits_are_placed_rounded_and_scaled(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (-5.5, "0.0", "-5.5"),
        (-5.5, "0.0;(0.0)", "(5.5)"),
        (-5.5, "0.0;[Red]0.0", "5.5"),
        (0, '0.0;-0.0;"-"', "-"),
        (5, "+0;-0;0", "+5"),
        (99, ";;;", ""),
        (50, '[>=100]"high";[<100]"low"', "low"),
        (100, '[>=100]"high";[<100]"low"', "high"),
        (0, '0;-0;;"none"', ""),
        (-1234.5, ACCOUNTING, "$(1,234.50)"),
        (0, ACCOUNTING, "$-"),
    ],
)
def test_sections_decide_by_the_value(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (1234.5, "#,##0.00\\ [$€-407]", "1,234.50 €"),
        (1234.5, "[$¥-411]#,##0", "¥1,235"),
        (5, '0" bolts"', "5 bolts"),
        (5, '"No. "0', "No. 5"),
        (0.005, "0.0%", "0.5%"),
        (0.01, "0.00\\%", "0.01%"),
        (-3, 'General" km"', "-3 km"),
    ],
)
def test_literals_currency_and_percent_are_shown(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.000123, "0.00E+00", "1.23E-04"),
        (9.999, "0.00E+00", "1.00E+01"),
        (0, "0.00E+00", "0.00E+00"),
        (12345, "##0.0E+0", "12.3E+3"),
        (12345, "0.0E-0", "1.2E4"),
    ],
)
def test_exponents_are_shown(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == shown


@pytest.mark.parametrize("code", ["# ?/?", "[DBNum1]0", "0x", "yyyy", '0"', "0;0;0;0;0", "00.0E+0", "[<0]0.0;0.00"])
def test_a_number_stays_as_it_is_stored_in_a_format_that_is_not_understood(code: str) -> None:
    assert shown_number(-2.375, code) == "-2.375"


def test_texts_have_a_section_of_their_own() -> None:
    codes = (";;;", '0;0;0;"<"@">"', '"="@', "0.0", "General", "0;0;0;\\n")
    assert [shown_text("a", code) for code in codes] == ["", "<a>", "=a", "a", "a", "n"]


@given(numbers, st.integers(0, 8))
def test_grouped_decimals_are_the_rounded_number(value: float, places: int) -> None:
    shown = shown_number(value, "#,##0" + ("." + "0" * places if places else ""))
    rounded = Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    assert shown.lstrip("-") == f"{abs(rounded):,f}"
    assert shown.startswith("-") == (value < 0)


@given(st.integers(0, 10**12), st.integers(1, 20))
def test_padding_adds_zeros_and_nothing_else(value: int, width: int) -> None:
    assert shown_number(value, "0" * width) == str(value).zfill(width)


@given(numbers, st.text(alphabet='0#?.,%;E+-"@[]<>=*_\\$ Gdx9', max_size=20))
def test_no_format_fails(value: float, code: str) -> None:
    for shown in (shown_text("a", code), shown_number(value, code)):
        assert isinstance(shown, str)


@given(numbers.filter(bool))
def test_an_exponent_form_is_near_the_number(value: float) -> None:
    assert float(shown_number(value, "0.000000E+00")) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5.900123456789e12, "5900123456789"),
        (float("4.999888877776666E15"), "4999888877776666"),
        (-120000000000000.0, "-120000000000000"),
        (2345678901234.25, "2345678901234.25"),
        (23456789012.35, "23456789012.35"),
        (345678901.1 + 0.2, "345678901.3"),
        (0.1 + 0.2, "0.3"),
        (sum([0.1] * 1000), "100"),
        (-0.0, "0"),
        (2.5e-7, "2.5e-07"),
        (1.5e300, "1.5E+300"),
        (12345678901234567, "12345678901234567"),
    ],
)
def test_a_number_without_a_format_keeps_its_digits(value: float, shown: str) -> None:
    assert shown_number(value, "General") == shown
    assert shown_number(value, "") == shown
    assert shown_number(value, "# ?/?") == shown


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_keeps_each_digit_however_it_is_stored(value: int) -> None:
    assert shown_number(float(value), "General") == str(value)
