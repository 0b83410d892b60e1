"""Which rules of a style sheet count: conditions, layers, nesting, selectors, specificity and importance."""

from __future__ import annotations

from itertools import pairwise

import pytest
from selectolax.lexbor import LexborHTMLParser

from ragft.corpus.readers.html.cascade import cascade_of
from ragft.corpus.readers.html.css_conditions import media_hold, supports_hold
from ragft.corpus.readers.html.css_rules import rules_of
from ragft.corpus.readers.html.reader import parse_page

NONE, BLOCK = "{display:none}", "{display:block}"
HIDING = [
    f"@media screen{{.a{NONE}}}",
    f"@media print, screen{{.a{NONE}}}",
    f"@media screen{{@media (min-width:1px){{@supports (display:grid){{.a{NONE}}}}}}}",
    f"@media print{{.q{{color:red}}}} .a{NONE}",
    f"@layer x{{.a{NONE}}}",
    f"@scope (.page){{.a{NONE}}}",
    f"p:not(.z){NONE}",
    f":is(.a,.q){NONE}",
    f":where(.a){NONE}",
    f".a:not(:visited){NONE}",
    f"p:nth-child(3){NONE}",
    f"body > p:last-child{NONE}",
    f".w\\:1{NONE}",
    f".page{{ .a{NONE} }}",
    f".b{{ &.a{NONE} }}",
    f"p{{ .page &{NONE} }}",
    f".a{{@media screen{NONE}}}",
    f"#k{NONE} .a{BLOCK}",
    f"#k{NONE} p.a.b{BLOCK}",
    f".a.b{NONE} .a{BLOCK}",
    f"p:not(#z){NONE} .a.b{BLOCK}",
    f":where(#k){BLOCK} .a{NONE}",
    f"@layer x,y; @layer y{{.a{NONE}}} @layer x{{#k{BLOCK}}}",
    f"@layer x{{.a{BLOCK}}} .a{NONE}",
    f"@layer x{{.a{BLOCK} @layer y{{#k{NONE}}}}} .a{NONE}",
    ".a{display:none!important} #k{display:block}",
    "@layer x{.a{display:none!important}} .a{display:block!important}",
    ":root{--d:none} .a{display:var(--d)}",
    ".a{display:var(--e, none)}",
    ".a{display:none;display:-ms-grid}",
    ".a{font:0/0 a}",
    ".a{background:#fff;color:#fff}",
    ":root{--w:#fff} .a{color:var(--w)}",
    ":root{--Ink:#FFF} .a{color:var(--Ink)}",
    ".a{background:Window;color:#fff}",
    ".a{background:#000;color:WindowText}",
    ":root{--D:none} .a{DISPLAY:VAR(--D)}",
    ":root{--d:NONE} .a{display:Var( --d , block )}",
    ".a{display:var(--e , NONE )}",
]
SHOWING = [
    f"@media print{{.a{NONE}}}",
    f"@media (max-width:767px){{.a{NONE}}}",
    f".a{NONE} @media (min-width:768px){{.a{BLOCK}}}",
    f"@supports not (display:grid){{.a{NONE}}}",
    f"@container (width<1px){{.a{NONE}}}",
    f"@keyframes k{{from{NONE}}}",
    f"@layer y{{#k{NONE}}} .a{BLOCK}",
    f"@layer x,y; @layer x{{#k{NONE}}} @layer y{{.a{BLOCK}}}",
    f"@layer x{{@layer y{{#k{NONE}}} .a{BLOCK}}}",
    f"p:not(.a){NONE}",
    f":is(.z,.q){NONE}",
    f".a:hover{NONE}",
    f".a::first-line{NONE}",
    f".x{{ .a{NONE} }}",
    f".a{NONE} #k{BLOCK}",
    f".a{NONE} p.a{BLOCK}",
    f".a{NONE} [class~=b]:is(.a,p){BLOCK}",
    f":where(#k){NONE} p{BLOCK}",
    ".a{display:block!important} #k{display:none}",
    "@layer x{.a{display:block!important}} .a{display:none!important}",
    ":root{--d:none} .b{--d:block} .a{display:var(--d)}",
    ".a{display:none\\9}",
    ".a{font:0/0 a;font-size:16px}",
    ".a{font-size:0;font:16px/1 serif}",
    ".a{background:#fff;color:#fff;background:#000}",
    ".a{color:transparent} .b{color:#111}",
    ":root{--w:#fff;--k:#000} .a{background:var(--k);color:var(--w)}",
    ":root{--Ink:#fff;--ink:#000} .a{color:var(--ink)}",
    f"@scope (&){{.a{NONE}}}",
    f"@scope (.x){{.a{NONE}}}",
    f"@scope (#k, body){{.a{NONE}}} .a{BLOCK}",
]


def texts(sheet: str, body: str = "<p class='a b w:1' id=k>It weighs 4711 tonnes.</p>") -> str:
    filler = "The gate is open in most winters. " * 9
    page = parse_page(f"<!doctype html><style>{sheet}</style><body class=page><h1>Gates</h1><p>{filler}</p>{body}")
    return " ".join(block.text for block in page.blocks)


@pytest.mark.parametrize("sheet", HIDING)
def test_a_rule_that_counts_hides(sheet: str) -> None:
    assert "4711" not in texts(sheet)


@pytest.mark.parametrize("sheet", SHOWING)
def test_a_rule_that_does_not_count_hides_nothing(sheet: str) -> None:
    assert "4711" in texts(sheet)


@pytest.mark.parametrize(
    "queries",
    [
        "",
        "all",
        "only screen",
        "screen and (min-width: 48em)",
        "not print",
        "print, (min-width: 768px)",
        "(width >= 600px)",
        "(400px <= width <= 2000px)",
        "(2000px > width)",
        "not (max-width: 600px)",
        "(max-width: 600px) or (orientation: landscape)",
        "((min-width: 1px) and (hover))",
        "(prefers-color-scheme: light)",
        "(max-resolution: 96dpi)",
        "(color)",
    ],
)
def test_media_of_a_window_on_a_screen(queries: str) -> None:
    assert media_hold(queries)


@pytest.mark.parametrize(
    "queries",
    [
        "print",
        "speech, print",
        "not screen",
        "not all and (min-width: 1px)",
        "screen and (max-width: 48em)",
        "(min-width: 768px) and (max-width: 1023px)",
        "(width < 600px)",
        "(400px <= width <= 700px)",
        "(2000px < width)",
        "(orientation: portrait)",
        "(prefers-color-scheme: dark)",
        "(prefers-reduced-motion)",
        "(hover: none)",
        "(min-resolution: 2dppx)",
        "(-webkit-min-device-pixel-ratio: 1.5)",
        "(min-width: wide)",
        "(",
    ],
)
def test_media_of_paper_or_another_window(queries: str) -> None:
    assert not media_hold(queries)


@pytest.mark.parametrize(
    "feature", ["width{0}x", "400px{0}<{0}width{0}<{0}500px", "{0}", "x:{0}-ms{0}", "1{0}<{0}2{0}="]
)
def test_a_feature_of_blanks_is_looked_through_once(feature: str) -> None:
    """Each blank was a place to begin at: half a million took hours."""
    assert not media_hold(f"({feature.format(' ' * 500_000)})")
    assert not supports_hold(f"not (x:{feature.format(' ' * 500_000)})")


def test_what_a_browser_supports() -> None:
    assert supports_hold("(display: grid) and (not (-ms-ime-align: auto))")
    assert supports_hold("selector(:has(a)) or (display: -ms-grid)")
    assert not supports_hold("not (display: grid)")
    assert not supports_hold("(display: -ms-grid)")


def test_a_style_element_for_print_does_not_count() -> None:
    assert "4711" in texts("", "<style media=print>.a{display:none}</style><p class=a>It weighs 4711 tonnes.</p>")


def test_a_style_shows_what_the_attribute_hides() -> None:
    assert "4711" in texts("", "<p hidden style='display:block'>It weighs 4711 tonnes.</p>")
    assert "4711" not in texts("", "<p hidden style='color:red'>It weighs 4711 tonnes.</p>")
    assert "4711" not in texts("", "<p hidden=until-found style='display:block'>It weighs 4711 tonnes.</p>")


def test_text_in_the_colour_of_paper_beside_text_in_another() -> None:
    read = texts(".a{color:#fff} .a b{color:#000}", "<p class=a>It weighs 4711 <b>and 57</b> tonnes.</p>")
    assert "and 57" in read
    assert "4711" not in read
    assert "tonnes" not in read


def test_a_part_is_added_by_the_rule_that_counts_most() -> None:
    body = "<p>It costs <span class=e id=e>320</span>.</p>"
    assert "320 EUR" in texts('#e::after{content:" EUR"} .e::after{content:" USD"}', body)
    assert "320 EUR" in texts('@media screen{.e:not(.f)::after{content:" EUR"}}', body)
    assert "320." in texts('.e::after{content:" EUR"} #e::after{content:none}', body)
    assert "320 EUR" in texts('#e{&::after{content:" EUR"}}', body)


def test_digits_are_raised_by_the_rule_that_counts_most() -> None:
    body = "<p>It is 12 m<span class=up id=u>2</span> wide.</p>"
    assert "m^2 wide" in texts("#u{vertical-align:super} .up{vertical-align:baseline}", body)
    assert "m^2 wide" in texts("@media screen{:is(.up){vertical-align:super}}", body)
    assert "m2 wide" in texts("@media print{.up{vertical-align:super}}", body)


def test_text_that_a_style_sheet_strikes_out_is_left_out() -> None:
    assert "4711" not in texts(".a{text-decoration:line-through}")
    assert "4711" in texts(".a{text-decoration:line-through} #k{text-decoration:none}")


def test_the_text_of_content_keeps_its_case() -> None:
    body = "<p>It costs <span class=e>320</span>.</p>"
    assert "320 EUR" in texts(':root{--Unit:" EUR"} .e::after{content:var(--Unit)}', body)


HOSTILE = {
    "open rules": "a{",
    "brackets": "((",
    "open conditions": "@media screen{",
    "open functions": ":is(",
    "rules": ".x{}",
    "a variable of itself": "--x:var(--x);",
    "square brackets": "[",
    "rules that repeat the one around": ".a{&&&&&&{color:red}",
    "rules that are the one around": ".a,.b{&&{",
}


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_sheet_of_brackets_hides_nothing(unit: str) -> None:
    assert "open in most" in texts(f"@media screen{{.a{NONE}}}" + unit * 20_000)


@pytest.mark.parametrize("sign", ["&&&&&&", "&:not(.z) & &", "&" * 5_000, "& b", "." + "a" * 5_000])
def test_a_selector_does_not_grow_with_every_rule_around_it(sign: str) -> None:
    sheet = f".around{{{sign}{{" * 4 + "color:red" + "}}" * 4
    rules = rules_of((".a{color:red}" + f".page{{{sign}{{color:red;{sign}{{color:red;{sheet}}}}}}}",))
    assert rules[0].selector == ".a"
    assert all(len(rule.selector) <= 4_000 for rule in rules)


def test_many_selectors_are_not_repeated_inside_them() -> None:
    many = ", ".join(f".a{number}" for number in range(2_000))
    rules = rules_of((f"{many}{{color:red; & & b{{color:red}} b{{color:red}}}}",))
    assert len(rules) == 2_000


def test_a_scope_that_is_too_long_holds_nothing() -> None:
    assert not rules_of((f"@scope (.{'a' * 5_000}){{.b{{color:red}}}}",))


@pytest.mark.slow
@pytest.mark.parametrize(
    "sheet", ["@layer {0}{{.a{{color:red}}}}", "@layer {0}; @layer a0{{@layer {0}{{.a{{color:red}}}}}}"]
)
def test_a_layer_is_as_deep_as_rules_can_be(sheet: str) -> None:
    [rule] = rules_of((sheet.format(".".join(f"a{number}" for number in range(100_000))),))
    assert len(rule.layer) <= 9


def test_variables_of_variables_do_not_multiply() -> None:
    doubled = "".join(f"--v{new}:{f'var(--v{old})' * 400};" for old, new in pairwise(range(6)))
    sheet = f":root{{--v0:{'x' * 3_000};--long:{'x' * 5_000};{doubled}}}"
    uses = "".join(f".u{number}{{color:var(--v{number})}}" for number in range(6)) + ".u6{color:var(--long)}"
    body = "".join(f"<p class=u{number}>x</p>" for number in range(7))
    cascade = cascade_of(LexborHTMLParser(f"<style>{sheet}{uses}</style>{body}"))
    values = [styled.values["color"] for styled in cascade.elements.values()]
    assert values[0] == "x" * 3_000
    assert values[6] == "var(--long)"
    assert max(map(len, values)) <= 4_400
