"""Words that a style sheet adds, and a direction that it forces: a page is read as it is seen."""

from __future__ import annotations

import pytest

from ragft.corpus.readers.html.reader import HtmlContent, parse_page


def page(sheet: str, body: str) -> HtmlContent:
    return parse_page(f"<title>T</title><style>{sheet}</style><body>{body}")


def texts(sheet: str, body: str) -> list[str]:
    return [block.text for block in page(sheet, body).blocks]


PRICE = "<p>It costs <span class=e data-unit='euros'>320</span>.</p>"


@pytest.mark.parametrize(
    ("sheet", "seen"),
    [
        ('.e::after{content:" EUR"}', "It costs 320 EUR."),
        (".e:after{content:' EUR'}", "It costs 320 EUR."),
        (".e::before { color: red; content: '\\20ac  57; ' }", "It costs € 57; 320."),
        ("b.x::after, .e::after{content:' ' attr(data-unit)}", "It costs 320 euros."),
        ('.e::after{content:" EUR"} .e::after{content:none}', "It costs 320."),
        ('.e::after{content:" EUR";display:none}', "It costs 320."),
        ('.e::after{content:""} p::after{content:"/"}', "It costs 320."),
        ('.e:hover::after{content:" EUR"}', "It costs 320."),
        ('@media print{.e::after{content:" EUR"}}', "It costs 320."),
        ('.e{display:none} .e::after{content:" EUR"}', "It costs ."),
        (".e::before{content:'\\2212'} .e::after{content:' %'}", "It costs −320 %."),
        (".e::after{content:'»'} p::before{content:'-'}", "It costs 320."),
        ("p::after{content:' And it leaks.'}", "It costs 320. And it leaks."),
    ],
)
def test_words_that_a_style_sheet_adds_are_read(sheet: str, seen: str) -> None:
    assert texts(sheet, PRICE) == [seen]


def test_numbers_that_a_style_sheet_counts_are_noted() -> None:
    found = page('p::before{content:counter(p) ". "}', PRICE + "<p>The gate is open.</p>")
    assert [block.text for block in found.blocks] == ["It costs 320.", "The gate is open."]
    assert found.notes == ("numbers that the style sheet counts are not read (2 elements)",)


@pytest.mark.parametrize(
    ("sheet", "body"),
    [
        ("", "<p>It costs <bdo dir=rtl>023</bdo> euros.</p>"),
        ("", "<p>It costs <BDO DIR='RTL'>0<b>2</b>3</BDO> euros.</p>"),
        (".r{unicode-bidi:bidi-override;direction:rtl}", "<p>It costs <span class=r>023</span> euros.</p>"),
        (".r{unicode-bidi:isolate-override}", "<p>It costs <span class=r dir=rtl>023</span> euros.</p>"),
        ("", "<p>It costs <i style='direction: rtl; unicode-bidi: bidi-override'>023</i> euros.</p>"),
        ("p{unicode-bidi:bidi-override;direction:rtl}", "<p>.sorue 023 stsoc tI</p>"),
        ("", "<p>It costs <bdi>320</bdi> <bdo dir=ltr>euros</bdo>.</p>"),
        (".r{direction:rtl}", "<p>It costs <span class=r>320</span> euros.</p>"),
    ],
)
def test_a_direction_that_is_forced_shows_other_numbers(sheet: str, body: str) -> None:
    assert texts(sheet, body) == ["It costs 320 euros."]


@pytest.mark.parametrize(
    ("content", "body", "seen"),
    [
        ("before{content:'\\a3'}", "<p class=n>8.40 a day</p>", "£8.40 a day"),
        ("before{content:'$ '}", "<div class=n><b>8</b>.40</div>", "$ 8.40"),
        ("after{content:' %'}", "<div class=n>about 12</div>", "about 12 %"),
        ("before{content:'-'}", "<div class=n>8.40</div>", "-8.40"),
        ("before{content:'-'}", "<p class=n>8 gates are open.</p>", "8 gates are open."),
        ("before{content:'- '}", "<p class=n>8</p>", "8"),
        ("after{content:','}", "<p class=n>8</p>", "8"),
        ("before{content:'$ '}", "<p class=n>make install 8</p>", "make install 8"),
    ],
)
def test_a_sign_before_the_number_of_a_block_is_read(content: str, body: str, seen: str) -> None:
    assert texts(f".n::{content}", body) == [seen]


@pytest.mark.parametrize(("sign", "seen"), [("€", "€8"), ("-", "8"), ("–", "8")])
def test_a_dash_before_an_item_of_a_list_is_no_minus(sign: str, seen: str) -> None:
    assert texts(f"li::before{{content:'{sign}'}} li{{list-style:none}}", "<ul><li>8</ul>") == [seen]
    assert texts(f"dd::before{{content:'{sign} '}}", "<dl><dt>Fee<dd>8</dl>")[-1].endswith(seen.replace("€", "€ "))
