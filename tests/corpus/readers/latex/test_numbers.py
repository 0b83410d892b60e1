r"""Numbers in LaTeX: note marks, quantities, fractions and powers never join digits that are not one number."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers import read_here
from ragft.corpus.readers.html.reader import parse_page
from ragft.corpus.readers.latex.rounding import Printing
from tests.corpus.readers.latex.latex_pages import read


def line(folder: Path, body: str, preamble: str = "") -> str:
    [text] = read(folder, f"It {body} z", preamble)
    return text.removeprefix("It ").removesuffix(" z")


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\$45\tnote{1}", "$45"),
        (r"45\tnotex{tn:a}", "45"),
        (r"45\fnref{2}", "45"),
        (r"45\tmark[1]", "45"),
        (r"45\tablenotemark{2}", "45"),
        (r"45\up{2}", "45^2"),
    ],
)
def test_marks_of_notes_are_no_digits(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\SIrange[mode=text]{1}{5}{\metre}", "1 to 5 m"),
        (r"\qtyrange{1}{5}{\metre}", "1 to 5 m"),
        (r"\numrange[a=3]{1}{5}", "1 to 5"),
        (r"\SIlist{1;2;3}{\metre}", "1, 2 and 3 m"),
        (r"\qtylist{1;2}{\metre}", "1 and 2 m"),
        (r"\numlist{7}", "7"),
        (r"\numproduct{3 x 4}", "3 × 4"),
        (r"\SI{10}{\square\metre}", "10 m^2"),
        (r"\SI{10}{\kilogram\per\cubic\metre}", "10 kg/m^3"),
        (r"\SI{10}{\metre\per\square\second}", "10 m/s^2"),
        (r"\qty{10}{\metre\squared}", "10 m^2"),
        (r"\qty{10}{\metre\tothe{4}}", "10 m^4"),
        (r"\qty{10}{\raiseto{4}\metre}", "10 m^4"),
        (r"\qty{4}{\joule\per\kilogram\per\kelvin}", "4 J/(kg K)"),
        (r"\qty{5}{\per\second}", "5 s^-1"),
        (r"\qty{4}{m.s^{-1}}", "4 m s^-1"),
        (r"\qty{7}{\GHz} and \qty{3}{\um}", "7 GHz and 3 µm"),
        (r"\SI{5}[\$]{}", "$5"),
        (r"\num{1e3} and \num{3.5e-4}", "1 × 10^3 and 3.5 × 10^-4"),
        (r"\num{1.2+-0.3} and \num{1.2 \pm 0.3}", "1.2 ± 0.3 and 1.2 ± 0.3"),
        (r"\ang{45} and \ang{1;2;3}", "45° and 1°2′3″"),
        (r"\num{}\SI{}{}\ang{}x", "x"),
    ],
)
def test_quantities_read_as_they_are_set(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\num[round-precision=2]{3.14159}", "3.14159"),  # rounds only where a mode is set
        (r"\num[round-mode=places]{3.14159}", "3.14"),
        (r"\num[round-mode = places, round-precision = 1]{2.25}", "2.3"),
        (r"\num[round-mode=places,round-precision=1,round-half=even]{2.25}", "2.2"),
        (r"\num[round-mode=places,round-precision=0]{3.7}", "4"),
        (r"\num[round-mode=figures,round-precision=3]{123456}", "123000"),
        (r"\num[round-mode=figures]{9.99}", "10"),
        (r"\num[round-mode=places,round-precision=1]{1.25(3)}", "1.25(3)"),
        (r"\num[round-mode=uncertainty,round-precision=1]{1.2345(678)}", "1.23(7)"),
        (r"\num[round-mode=uncertainty,round-precision=1]{1.2345 +- 0.0678}", "1.23 ± 0.07"),
        (r"\num[round-mode=places,round-minimum=0.01]{0.0012}", "<0.01"),
        (r"\num[round-mode=places,round-precision=1]{-1.25e-5}", "-1.3 × 10^-5"),
        (r"\num[exponent-mode=scientific]{12345}", "1.2345 × 10^4"),
        (r"\num[scientific-notation=true,round-mode=figures]{0.0012345}", "1.2 × 10^-3"),
        (r"\num[exponent-mode=engineering]{12345}", "12.345 × 10^3"),
        (r"\num[exponent-mode=fixed,fixed-exponent=3,drop-exponent]{12000}", "12.000"),
        (r"\num[parse-numbers=false,round-mode=places]{3.14159}", "3.14159"),
        (r"\num{1,5} and \num{.5}", "1.5 and 0.5"),
        (r"\SI[round-mode=places]{2.345}{\metre}", "2.35 m"),
        (r"\qtyrange[round-mode=places,round-precision=0]{1.2}{4.8}{\metre}", "1 to 5 m"),
        (r"\numlist[round-mode=places,round-precision=0]{1.2;2.3;3.4}", "1, 2 and 3"),
        (r"\ang[round-mode=places,round-precision=1]{10.55}", "10.6°"),
        (r"\sisetup{round-mode=places}\num{3.14159}", "3.14"),
        (r"{\sisetup{round-mode=places}\num{3.14159}} \num{3.14159}", "3.14 3.14159"),
    ],
)
def test_numbers_are_rounded_as_siunitx_is_configured(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"$x=\num{3}$", "x=3"),
        (r"$v = \SI{10}{\metre\per\second}$", "v = 10 m/s"),
        (r"$\qty[round-mode=places]{3.14159}{\metre}$", "3.14 m"),
        (r"\sisetup{round-mode=places}$\num{3.14159}$", "3.14"),
        (r"$\frac{\num{1}}{2}$ and $10^{\num{3}}$", "1/2 and 10^3"),
        (r"$5\num{3}2$", "5 3 2"),
        (r"$\num{3.5e-4}$", "3.5 × 10^-4"),
        (r"$\mathbb{R} \ni \num{1,5}$", r"\mathbb{R} \ni 1.5"),
    ],
)
def test_quantities_in_formulas_read_as_in_text(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\formatdate{4}{3}{2019}", "4 3 2019"),
        (r"\ours{12}{34} and {12}{34}", "12 34 and 1234"),
        (r"\makebox[2em][r]{12} and \framebox[2em]{3}", "12 and 3"),
        (r"\hbox to 2em{12} and \vbox spread 2pt{3}", "12 and 3"),
        (r"\pdftooltip{12}{34}", "12"),
        (r"$1\hspace{1em}2$ and $1\mspace{2mu}2$", "1 2 and 1 2"),
    ],
)
def test_arguments_join_no_digits(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


def test_a_set_up_before_the_document_holds_in_all_of_it(tmp_path: Path) -> None:
    assert line(tmp_path, r"\num{3.14159}", r"\sisetup{group-separator={,}, round-mode=places}") == "3.14"


@pytest.mark.parametrize("options", ["[round-mode=places,round-precision=1]", "[table-format=2.1,table-auto-round]"])
def test_a_column_of_numbers_is_rounded_as_configured(options: str, tmp_path: Path) -> None:
    main = tmp_path / "main.tex"
    rows = r"a & 3.14159 \\ b & {not 2.55} \\ c & 1.25(3)"
    main.write_text(rf"\begin{{document}}\begin{{tabular}}{{lS{options}}} {rows} \end{{tabular}}\end{{document}}")
    [block] = read_here(main).blocks
    assert block.text == "a | 3.1\nb | not 2.55\nc | 1.25(3)"


@given(st.decimals(-(10**9), 10**9, places=4), st.integers(0, 6))
def test_a_rounded_number_is_half_a_step_away_at_most(number: Decimal, places: int) -> None:
    shown = Printing().given(f"round-mode=places,round-precision={places}").printed(f"{number:f}")
    assert abs(Decimal(shown) - number) <= Decimal(1).scaleb(-places) / 2


@given(
    st.decimals(-(10**9), 10**9, places=4), st.sampled_from(["scientific", "engineering", "fixed, fixed-exponent=4"])
)
def test_another_exponent_keeps_the_value(number: Decimal, mode: str) -> None:
    assert Decimal(Printing().given(f"exponent-mode={mode}").printed(f"{number:f}")) == number


NAMES = (
    "round-mode round-half round-minimum round-precision exponent-mode scientific-notation fixed-exponent "
    "drop-exponent parse-numbers table-auto-round table-format"
).split()
VALUES = (
    "places figures uncertainty even scientific engineering fixed true false nan -nan sNaN inf -inf 1e999999999 "
    "1e-999999999 0 -1 12 999 -999 9999 0,5 0.001 ٣ 3.9 {5}"
).split()
NUMBERS = ["0", "0.0001", "12.5", "12.5(4)e7", "9" * 30 + "." + "9" * 30, "1e9999", "1e-9999", "3 +- 0.1"]


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=9)), max_size=8),
    st.sampled_from(NUMBERS),
)
def test_options_of_any_value_print_a_number_of_bounded_length(options: list[tuple[str, str]], tex: str) -> None:
    given_options = ", ".join(f"{name}={value}" for name, value in options)
    assert len(Printing().given(f"round-mode=places, {given_options}").printed(tex)) <= 12_000


@pytest.mark.parametrize("least", ["nan", "sNaN", "inf", "1e99999", "-1", "", "9" * 31])
def test_a_least_number_that_is_none_changes_nothing(least: str) -> None:
    assert Printing().given(f"round-mode=places, round-minimum={least}").printed("0.001") == "0.00"
    assert Printing().given(f"round-mode=places, round-minimum={{0,01}}, round-minimum={least}").printed("0") == "<0.01"


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_options_and_any_number_are_taken(options: str, tex: str) -> None:
    Printing().given(options).printed(tex)
    Printing().given(f"round-mode={options}, round-precision={tex}").printed("12.5(4)e7")


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"3\nicefrac{1}{2}", "3 1/2"),
        (r"3\sfrac{1}{2}", "3 1/2"),
        (r"\sfrac{1}{2}", "1/2"),
        (r"3$\frac{1}{2}$", "3 1/2"),
        (r"$3\frac{1}{2}$", "3 1/2"),
        (r"$3\tfrac12$", "3 1/2"),
        (r"$2\nicefrac{1}{2}$", "2 1/2"),
        (r"$\frac{1}{2}$5", "1/2 5"),
        (r"$x^\frac{1}{2}$", "x^(1/2)"),
        (r"$10^{3}5$", "10^3 5"),
        (r"$10^35$", "10^3 5"),
        (r"$10^{35}$", "10^35"),
        (r"$10^{3}$5", "10^3 5"),
        (r"$\frac{1}{2}5$", "1/2 5"),
        (r"$x_{1}2$", "x_1 2"),
        (r"$\sqrt{4}5$", "√4 5"),
        (r"$\sqrt[\alpha]{4}$", "√[α]4"),
        (r"$(\frac{2}{3})^2$", "(2/3)^2"),
        (r"${\frac{2}{3}}^2$", "(2/3)^2"),
        (r"$\frac{2}{3}^2$", "(2/3)^2"),
        (r"\textbf{9}4.5 and 1$0$", "94.5 and 10"),
        (r"$\frac12\frac34$", "1/2 3/4"),
        (r"$\frac ab\frac\alpha2$", "a/b α/2"),
        (r"$\frac1{12}$ and $\frac{1}2$", "1/12 and 1/2"),
        (r"$2^{n}3$ and $2^n3$ and 2$^{n}$3", "2^n 3 and 2^n 3 and 2^n 3"),
        (r"$e^xdx$", "e^x dx"),
        # What has no form of its own on a line stays TeX, in which no digits join either.
        (r"$\mathbb{R}\frac12\frac34$", r"\mathbb{R}\frac{1}{2}\frac{3}{4}"),
        (r"$\mathbb{R}\frac{\frac12}3$", r"\mathbb{R}\frac{\frac{1}{2}}{3}"),
        (r"$\mathbb{R}2^34$", r"\mathbb{R}2^{3}4"),
        (r"$\binom52$", r"\binom{5}{2}"),
    ],
)
def test_fractions_and_powers_join_no_digits(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [(r"\pounds5", "£5"), (r"\euro5", "€5"), (r"\EUR{5}", "€5"), (r"$\pounds5$", "£5"), (r"\yen 5", "¥5")],
)
def test_currencies_are_kept(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"$a\phantom{99}b$ and c\phantom{99}d", "a b and c d"),
        (r"1\phantom{0}2 and $1\hphantom{0}2$", "1 2 and 1 2"),
        (r"\phantom{0}5 and $12\hphantom{0}$", "5 and 12"),
        (r"1\vphantom{9}2 and $1\vphantom{9}2$", "12 and 12"),
        (r"$\phantom{}^{14}C$", "^14C"),
        (r"$3\smash{4}5$ and $\underline{12}$ and $\boxed{5}$", "345 and 12 and 5"),
    ],
)
def test_phantoms_are_gaps(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


HALF = "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        (f"It is 7{HALF} m.", "It is 7 1/2 m."),
        (f"It is <b>7</b>{HALF} m.", "It is 7 1/2 m."),
        (f"It is {HALF}7 m.", "It is 1/2 7 m."),
        ("It is 1<math><mn>0</mn></math> m.", "It is 10 m."),
    ],
)
def test_a_formula_of_a_page_joins_no_digits_beside_it(page: str, seen: str) -> None:
    assert parse_page(f"<p>{page}").blocks[0].text == seen
