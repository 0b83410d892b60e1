r"""What a LaTeX text means where it stands: macros defined anew, and alternatives that stand apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.latex.definitions import first_definitions
from ragft.corpus.readers.latex.macros import Expander
from tests.corpus.readers.latex.latex_pages import line, read_latex


@pytest.mark.parametrize("define", [r"\newcommand{\acc}", r"\def\acc", r"\DeclareRobustCommand\acc"])
@pytest.mark.parametrize("again", [r"\renewcommand{\acc}", r"\def\acc", r"\gdef\acc"])
def test_a_macro_has_the_meaning_of_its_place(define: str, again: str, tmp_path: Path) -> None:
    body = rf"is \acc. {again}{{97.1}}Now \acc."
    assert line(tmp_path, body, rf"{define}{{94.5}}") == "is 94.5. Now 97.1."


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (r"\providecommand{\acc}{97}\acc", "94"),
        (r"{\renewcommand{\acc}{97}\acc} \acc", "97 94"),
        (r"{\gdef\acc{97}\acc} \acc", "97 97"),
        (r"\begingroup\def\acc{97}\acc\endgroup{} \acc", "97 94"),
        (r"\begin{center}\def\acc{97}\acc\end{center} \acc", "97 94"),
        (r"\let\old=\acc\def\acc{97}\old{} \acc", "94 97"),
        (r"\providecommand{\fresh}{5}\fresh", "5"),
        (r"\set{4} \set{5}", "4 5"),
        (r"\verb|\acc| \acc", r"\acc 94"),
        (r"\let\plain\emph\renewcommand{\emph}[1]{\plain{#1}}\emph{7}", "7"),
    ],
)
def test_definitions_last_as_long_as_their_group(body: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, body, r"\newcommand{\acc}{94}\newcommand{\set}[1]{\def\held{#1}\held}") == seen


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        r"\newenvironment{x}{",
        r"\NewDocumentCommand\x{",
        r"\b[",
        r"\long ",
        "{",
        r"\begin{x}",
        r"{\def\a{x}\end{x}",
        r"\let\a\b",
        r"\def\a{\def\a{x}}\a",
        r"\newcommand{\a}{",
    ],
)
def test_many_definitions_and_groups_take_no_more_than_their_length(piece: str) -> None:
    text = rf"\def\a{{x}}\newcommand\b[1][]{{x}}{piece * 20_000}"
    assert r"\def\a{x}" not in Expander(first_definitions(text, frozenset()), frozenset()).expand(text)


def test_a_title_may_use_what_is_defined_after_it(tmp_path: Path) -> None:
    document = read_latex(tmp_path, "It is z", r"\title{On \ours}\newcommand{\ours}{Tides}\renewcommand{\ours}{Ebbs}")
    assert document.title == "On Tides"


def test_units_that_a_document_declares(tmp_path: Path) -> None:
    assert line(tmp_path, r"\SI{5}{\unitx\per\second}", r"\DeclareSIUnit[a=b]{\unitx}{ux}") == "5 ux/s"


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\ifdraft 12\else 15\fi", "12 15"),
        (r"5\ifx\a\b 12\else 15\fi 6", "5 12 15 6"),
        (r"\ifnum\value{page}>3 12\else 15\fi", "12 15"),
        (r"\ifdim 3pt<4pt 12\fi 5", "12 5"),
        (r"\ifcase 2 7\or 8\or 9\fi", "7 8 9"),
        (r"\newif\ifdraft 7", "7"),
        (r"\def\acc{94.5}\ifx\acc\undefined 5\fi", "5"),
        (r"\def\on#1{\only<#1>{320}}\on{1}\on{2-}", "320 320"),
        (r"\ifthenelse{\equal{a}{b}}{5}{6}", "5 6"),
        (r"\replaced{5}{6} \replaced[id=x]{7}{8}", "5 7"),
        (r"\added{5}\deleted{6} \added[id=x]{7}", "5 7"),
        (r"un\added{known}", "unknown"),
        (r"\alt<1>{5}{6}", "5 6"),
        (r"\only<1>{320}\only<2->{450}", "320 450"),
        (r"\only<1>{cat}\only<2>{dog}", "cat dog"),
        (r"\onslide<1>{5}\onslide<2>{6}\pause 7", "5 6 7"),
        (r"\textbf<2>{5} \alert<alert@2>{6}", "5 6"),
        (r"\diagbox{13}{14}", "13 14"),
        (r"$x <5> y$ and \verb|\only<1>|", r"x <5> y and \only<1>"),
    ],
)
def test_alternatives_stand_apart(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


def test_what_the_source_does_not_define_joins_no_numbers_and_is_noted(tmp_path: Path) -> None:
    main = tmp_path / "main.tex"
    body = r"""\begin{tabular}{ll}7.1\std{0.2} & 8\\\end{tabular}

It is \ours{} (\ours the gate) of 5 \etal\ and \ie 6, \eg, 7 \cmark.
A line \clearpage and $\scriptstyle\sim$8.
"""
    main.write_text(rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}")
    document = read_here(main)
    assert [block.text for block in document.blocks] == [
        "7.1 0.2 | 8",
        "It is (the gate) of 5 et al. and i.e. 6, e.g., 7 ✓. A line and ∼8.",
    ]
    assert document.warnings == ("macros that the source does not define are left out: \\ours",)


def test_captions_of_parts_in_brackets(tmp_path: Path) -> None:
    main = tmp_path / "main.tex"
    parts = r"\subfloat[Gate 5]{\includegraphics{a}}\subfigure[Lock 6]{\includegraphics{b}}\subfloat{x}"
    main.write_text(
        rf"\documentclass{{article}}\begin{{document}}\begin{{figure}}{parts}\end{{figure}}\end{{document}}"
    )
    assert [block.text for block in read_here(main).blocks] == ["Gate 5", "Lock 6", "x"]
