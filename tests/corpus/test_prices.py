"""Prices whose cents or currency are raised."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.raised import Position, on_one_line
from ragft.corpus.readers.html.reader import parse_page
from ragft.corpus.text import sanitise


def paragraphs(html: str) -> list[str]:
    return [block.text for block in parse_page(f"<p>The gate is open in most winters.</p>{html}").blocks][1:]


def raised(before: str, mark: str, after: str = "") -> str:
    return on_one_line([(before, "line"), (mark, "raised"), (after, "line")])


@pytest.mark.parametrize(
    ("before", "mark", "after", "written"),
    [
        ("costs 12", "99", " € each", "costs 12.99 € each"),
        ("costs 12", "99", "€/kg", "costs 12.99€/kg"),
        ("costs 12", "42", " €", "costs 12.42 €"),
        ("costs 12", "99", " EUR", "costs 12.99 EUR"),
        ("costs 12", "90", " kr", "costs 12.90 kr"),
        ("costs 12", "37", " zł", "costs 12.37 zł"),
        ("цена 12", "90", " руб.", "цена 12.90 руб."),
        ("costs 12", "95", " dollars", "costs 12.95 dollars"),
        ("约 12", "80", "元/斤", "约 12.80元/斤"),
        ("costs 1,299", "00", " $", "costs 1,299.00 $"),
        ("costs 1.299", "00", " €", "costs 1.299,00 €"),
        ("costs 1 299", "00", " €", "costs 1 299.00 €"),
        ("costs 12", "99 €", " each", "costs 12.99 € each"),
        ("costs 12", "€99", " each", "costs 12.99 € each"),
        ("costs 12", ",99 €", " each", "costs 12,99 € each"),
        ("costs 10", "99", " €", "costs 10.99 €"),
        ("costs 10", "05", " €", "costs 10.05 €"),
        ("costs $5", "00", " in all", "costs $5.00 in all"),
        ("costs $5.", "99", " in all", "costs $5.99 in all"),
        ("costs 3,", "99", " € in all", "costs 3,99 € in all"),
        ("costs 3.", "99", " euro", "costs 3.99 euro"),
        ("costs 5", ".99", " euro", "costs 5.99 euro"),
        ("costs 2000", ".99", " euro", "costs 2000.99 euro"),
        ("costs $5", ".99", " in all", "costs $5.99 in all"),
        ("costs CHF 5", ".95", " in all", "costs CHF 5.95 in all"),
        ("costs €1,234", ",50", "", "costs €1,234,50"),
    ],
)
def test_cents_between_the_number_and_its_currency(before: str, mark: str, after: str, written: str) -> None:
    assert raised(before, mark, after) == written


@pytest.mark.parametrize(
    ("before", "mark", "after", "written"),
    [
        ("costs $5", "99", " in all", "costs $5 99 in all"),  # never $5
        ("costs CHF 12", "95", "", "costs CHF 12 95"),
        ("costs 5€", "99", " in all", "costs 5€ 99 in all"),
        ("costs 5 €", "90", " in all", "costs 5 € 90 in all"),
        ("costs $320", "12", " in all", "costs $320^12 in all"),
    ],
)
def test_what_may_be_cents_or_the_mark_of_a_note_is_set_apart(before: str, mark: str, after: str, written: str) -> None:
    assert raised(before, mark, after) == written


@pytest.mark.parametrize(
    ("before", "mark", "after", "written"),
    [
        ("costs 320 €", "12", " in all", "costs 320 € in all"),
        ("costs 12.99 €", "15", " in all", "costs 12.99 € in all"),
        ("costs $320.50", "12", " in all", "costs $320.50 in all"),
        ("costs $5.50", ".99", " in all", "costs $5.50^(.99) in all"),
        ("costs $5.", ".99", " in all", "costs $5.^(.99) in all"),
        ("costs 10", "12", " €", "costs 10^12 €"),
        ("costs $10", "15", " in all", "costs $10^15 in all"),
        ("in 2019", "15", " euro area banks", "in 2019^15 euro area banks"),
        ("in 2019", "15", " EUR bonds", "in 2019^15 EUR bonds"),
        ("weighs 57", "12", " pounds", "weighs 57^12 pounds"),
        ("all 12", "99", " eurozone", "all 12^99 eurozone"),
        ("all 12", "99", " of them", "all 12^99 of them"),
        ("costs 12", "999", " €", "costs 12^999 €"),
    ],
)
def test_exponents_and_marks_are_no_cents(before: str, mark: str, after: str, written: str) -> None:
    assert raised(before, mark, after) == written


@pytest.mark.parametrize(
    ("runs", "line"),
    [
        ([("$", "raised"), ("12", "line"), ("00", "raised")], "$12.00"),
        ([("12", "line"), ("€", "raised"), ("99", "line")], "12€99"),
        ([("12", "line"), ("99", "raised"), (" ", "line"), ("€", "raised"), ("/kg", "line")], "12.99 €/kg"),
        ([("45", "line"), ("$", "raised"), (" of them", "line")], "45^($) of them"),  # the mark of a note
    ],
)
def test_a_raised_sign_of_a_currency_stands_on_the_line(runs: list[tuple[str, Position]], line: str) -> None:
    assert on_one_line(runs) == line


def test_cents_in_raised_characters() -> None:
    assert sanitise("Oil 12⁹⁹ €, bread 2⁴⁹€, 1.299⁰⁰ €") == "Oil 12.99 €, bread 2.49€, 1.299,00 €"


@pytest.mark.parametrize(
    "price",
    [
        "12<sup>99</sup> €",
        "12<sup>99 €</sup>",
        '<span>12</span><span style="vertical-align:top;font-size:50%">99</span> €',
        '<span class="price-whole">12</span><span class="price-fraction">99</span> €',
        '<b class=euros>12</b><b class="price__cents small">99</b> €',
    ],
)
def test_cents_in_a_web_page(price: str) -> None:
    assert paragraphs(f"<p>Olive oil costs {price} a bottle.</p>") == ["Olive oil costs 12.99 € a bottle."]


def test_a_class_of_another_name_raises_nothing() -> None:
    assert paragraphs("<p>In <b>20</b><span class=text-center>19</span> it rained.</p>") == ["In 2019 it rained."]


@given(st.integers(0, 99_999), st.integers(0, 99), st.sampled_from(["€", "$", "zł", "CHF", "円", "tonnes", ""]))
def test_a_number_is_never_joined_with_what_is_raised_behind_it(whole: int, small: int, unit: str) -> None:
    line = raised(f"costs {whole}", f"{small:02}", f" {unit}")
    assert re.findall(r"\d+", line) in ([str(whole), f"{small:02}"], [str(whole)])
