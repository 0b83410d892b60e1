"""Numbers stay apart however a page raises, sets apart or strikes out its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.html.reader import parse_page


def line(html: str, style: str = "") -> str:
    page = parse_page(f"<style>{style}</style><p>{html}</p>")
    return " ".join(block.text for block in page.blocks)


@pytest.mark.parametrize(
    "style",
    [
        "vertical-align: super",
        "vertical-align: top; font-size: 70%",
        "vertical-align:text-top",
        "vertical-align: .4em",
        "vertical-align: 30%",
        "font-variant-position: super",
        "font-variant: small-caps super",
        "font-feature-settings: 'kern', 'sups' 1",
        "position: relative; top: -0.5em; font-size: 60%",
        "position:relative;bottom:4px",
        "transform: translateY(-0.4em); display: inline",
    ],
)
def test_text_that_a_style_raises(style: str) -> None:
    inline = f'3 × 10<span style="{style}">−4</span> m and costs $320<span style="{style}">1</span>.'
    assert line(inline) == "3 × 10^−4 m and costs $320."
    assert line(inline.replace(f'style="{style}"', "class=up"), f"b{{}} .up {{{style}}}") == line(inline)


@pytest.mark.parametrize("selector", ["p > > a", "a[", "é*", "div:has(", "100%", "p,,a", "@x"])
@pytest.mark.parametrize("body", ["display: none", "vertical-align: super"])
def test_a_selector_that_cannot_be_parsed_matches_nothing(selector: str, body: str) -> None:
    """A style sheet may have hacks, or selectors that are newer than the parser."""
    assert line("Water <b>rises</b>.", f"{selector} {{ {body} }}") == "Water rises."


def test_text_that_a_style_lowers() -> None:
    style = ".low { position: relative; top: .3em } .sub { vertical-align: -20% }"
    assert line("CO<span class=low>2</span> and x<span class=sub>1</span>", style) == "CO2 and x_1"


def test_a_later_declaration_wins() -> None:
    assert line("57<span class=up>8</span>", ".up{vertical-align:super} span.up{vertical-align:baseline}") == "578"


@pytest.mark.parametrize(
    "mark",
    [
        '<a href="#fn2">2</a>',
        '<a href="#fn2">[2]</a>',
        '<a role="doc-noteref" href="notes.xhtml#n2">2</a>',
        '<a epub:type="noteref" href="notes.xhtml#n2">2</a>',
        '<a class="footnote" href="https://example.org/p#fn2">2</a>',
        "<a class=fnref href=/p#fn2>2</a>",
        "<span class=noteref>2</span>",
    ],
)
def test_marks_of_notes_that_are_not_raised(mark: str) -> None:
    assert line(f"It weighs 57{mark} tonnes{mark} in all.") == "It weighs 57 tonnes in all."


def test_a_link_in_a_sentence_is_no_mark() -> None:
    text = 'See section <a href="#s3">3</a> (<a href="#e4">4</a>), not 5.'
    assert line(text) == "See section 3 (4), not 5."
    assert line('It weighs 57 tonnes.<a href="#n2">2</a> Next.') == "It weighs 57 tonnes. 2 Next."


def test_small_digits_behind_a_number() -> None:
    assert line("57<small>2</small> tonnes and 9<small> mm</small>") == "57^2 tonnes and 9 mm"


@pytest.mark.parametrize("display", ["block", "inline-block", "flex", "grid", "table-cell", "inline-flex"])
def test_numbers_that_stand_apart_are_not_joined(display: str) -> None:
    text = f'<span style="display:{display}">57</span><span style="display: {display}">2</span>'
    assert line(text) == "57 2"
    assert line("<span class=c>57</span><span class=c>2</span>", f".c {{ display: {display} }}") == "57 2"


@pytest.mark.parametrize(
    "struck", ["<del>57</del>", "<s>57</s>", '<span style="text-decoration: line-through">57</span>']
)
def test_struck_text_is_left_out_and_noted(struck: str) -> None:
    page = parse_page(f"<p>It weighs {struck}<ins>62</ins> tonnes.</p>")
    assert [block.text for block in page.blocks] == ["It weighs 62 tonnes."]
    assert page.notes == ("struck text is left out (2 characters)",)


def test_struck_text_of_markdown_is_left_out_and_noted(tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("It weighs ~~57~~62 tonnes.", encoding="utf-8")
    document = read_here(tmp_path / "x.md")
    assert [block.text for block in document.blocks] == ["It weighs 62 tonnes."]
    assert document.warnings == ("struck text is left out (2 characters)",)


@pytest.mark.parametrize(
    "style",
    [
        "color: #fff; background: white",
        "background-color:#FFFFFF;color:rgb(255, 255, 255)",
        "height:0;overflow:hidden",
        "overflow: hidden; height: 0px",
        "max-height: 0",
        "transform: scale(0)",
        "font-size:0",
        "font: 0/0 a",
        "font: italic bold 1px serif",
        "font-size: 1px",
        "font-size: .5px",
        "opacity: .01",
        "opacity: 0.05; top: 0",
        "opacity: 0%",
        "color: white",
        "color: #fffffe00",
        "color: rgba(0, 0, 0, 0)",
        "color: rgb(0 0 0 / 0%)",
        "text-indent: -999px",
        "position: fixed; left: -100em",
        "margin: 0 0 0 -9999px",
        "margin-left: -9999px",
        "transform: translateX(-9999px)",
    ],
)
def test_text_that_a_style_hides(style: str) -> None:
    text = "The gate is open in most winters, and it leaks then."
    assert line(f'{text} <span style="{style}">Ignore 57.</span>') == text
    assert line(f"{text} <span class=gone>Ignore 57.</span>", f".gone{{{style}}}") == text


@pytest.mark.parametrize(
    "style",
    [
        "color: inherit; background: inherit",
        "color:#fff;background:#000",
        "color:#fff;background:url(dark.png)",
        "height: 0.5em; overflow: hidden",
        "font-size: 0.5em",
        "font-size: 10px",
        "font: 1em serif",
        "opacity: 0.5",
        "opacity: 0.75; fill-opacity: 0",
        "color: rgb(255, 0, 0)",
        "color: rgba(0, 0, 0, 0.5)",
        "color: rgb(0 0 0 / 80%)",
        "color: #123",
        "margin-bottom: -9999px; padding-bottom: 9999px",
        "left: -99px",
        "background: white; background-color: white",
    ],
)
def test_text_that_a_style_shows(style: str) -> None:
    assert line(f'The gate <span style="{style}">is open</span>.') == "The gate is open."


def test_text_in_the_colour_of_what_is_behind_it() -> None:
    text = "The gate is open in most winters, and it leaks then."
    sheet = "body { background: #fff } .note { color: #fff } .dark { background: navy }"
    assert line(f"{text} <span class=note>Ignore 57.</span>", sheet) == text
    assert line(f"{text} <font color=white>Ignore 57.</font>") == text
    assert line(f"{text} <i style='color:navy'>See 58.</i> <u class=dark><i style='color:navy'>7</i></u>", sheet) == (
        f"{text} See 58."
    )
    for shown in (
        "<span class=dark><span class=note>See 57.</span></span>",
        "<span class=note><b style='color:red'>See 57.</b></span>",
        "<span class=note><b class=dark>See 57.</b></span>",
    ):
        assert line(f"{text} {shown}", sheet) == f"{text} See 57."


def test_a_style_sheet_that_is_not_read_may_state_a_background() -> None:
    sheet = "<link rel=stylesheet href=x.css>"
    assert line(f"{sheet}The gate is <span style='color:white'>open.</span>") == "The gate is open."


@pytest.mark.parametrize(
    "rule",
    [
        ".top::before { background: navy }",
        ".top:not(.x) { color: red; background: navy }",
        "@media (min-width: 9em) { .a { color: red } .top { background: navy } }",
        "@supports (display: grid) { .top { background-image: url(x) } }",
        ".top { background: navy; b { color: red } }",
    ],
)
def test_white_text_stays_where_a_rule_may_paint_its_ground(rule: str) -> None:
    text = "<span class=top>The gate is <span class=note>open.</span></span>"
    assert line(text, f"{rule} .note {{ color: white }}") == "The gate is open."


def test_rules_that_change_no_background_leave_paper_white() -> None:
    sheet = "a:hover { background: navy } @media print { p { background: navy } } .note { color: white }"
    text = "The gate is open in most winters, and it leaks then."
    assert line(f"{text} <span class=note>Ignore 57.</span>", sheet) == text


def test_a_rule_inside_another_is_not_applied_everywhere() -> None:
    sheet = ".menu { color: red; b { display: none; i { display: none } } } .gone { display: none }"
    assert line("Water <b>rises</b> <i>fast</i>. <u class=gone>No.</u>", sheet) == "Water rises fast."


def test_a_sheet_of_braces_takes_linear_time() -> None:
    assert line("Water rises.", "a{" * 20_000 + "b{c}" * 20_000) == "Water rises."


@pytest.mark.parametrize(
    "between",
    [
        '5<img src="star.png">7',
        '5<span style="float:right">7</span>',
        '5<span style="margin-left:40px">7</span>',
        '<span style="padding: 0 3em">5</span>7',
        '5<span style="position:absolute;left:400px">7</span>',
        '<span style="display:flex"><i>5</i><i>7</i></span>',
        "<span class=row><b>5</b><b>7</b></span>",
        "<label>5</label><label>7</label>",
        "<my-cell>5</my-cell>7",
        "5<button>x</button>7",
        "5<input>7",
        "5<svg><path/></svg>7",
        "5<iframe src=x></iframe>7",
        "5<time>7</time>",
    ],
)
def test_digits_on_both_sides_of_a_box_are_not_joined(between: str) -> None:
    assert line(between, ".row { justify-content: center; display: inline-grid }") == "5 7"


@pytest.mark.parametrize("text", ["<b>5</b>7", "<span>5</span><span>7</span>", "5<a href=x>7</a>", "<i>5</i><u>7</u>"])
def test_formatting_does_not_part_a_number(text: str) -> None:
    assert line(text) == "57"


def test_a_large_first_letter_stays_with_its_word() -> None:
    assert line('<span style="float:left; margin-right:4px">T</span>he gate') == "The gate"


def test_many_nested_styles_take_linear_time() -> None:
    page = parse_page("<p>1" + '<span style="vertical-align:top">' * 5_000 + "2")
    assert page.blocks


@pytest.mark.parametrize("element", ["<font color=white>", "<b hidden>", "<object>", "<i style='display:flex'>"])
def test_many_nested_elements_take_linear_time(element: str) -> None:
    assert parse_page("<p>" + "Water rises. " * 10_000 + f"{element}2" * 5_000).blocks
