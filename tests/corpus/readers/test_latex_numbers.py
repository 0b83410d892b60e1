r"""Numbers in LaTeX: note marks, quantities, fractions and powers never join digits that are not one number."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.html import parse_page


def line(folder: Path, body: str, preamble: str = "") -> str:
    main = folder / "main.tex"
    main.write_text(f"\\documentclass{{article}}\n{preamble}\n\\begin{{document}}\nIt {body} z\n\\end{{document}}")
    [block] = read_here(main).blocks
    return block.text.removeprefix("It ").removesuffix(" z")


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
