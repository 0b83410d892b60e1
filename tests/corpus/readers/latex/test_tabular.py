r"""Tables of LaTeX: cells that cover several columns or rows, and columns that are set as one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.latex.rounding import Printing
from ragft.corpus.readers.latex.tabular import columns
from tests.corpus.readers.latex.latex_pages import read


def table(folder: Path, preamble: str, body: str, more: str = "") -> str:
    main = folder / "main.tex"
    tabular = rf"\begin{{tabular}}{{{preamble}}}{body}\end{{tabular}}"
    main.write_text(f"\\documentclass{{article}}{more}\\begin{{document}}{tabular}\\end{{document}}")
    return "\n".join(block.text for block in read_here(main).blocks)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (r"P & \multicolumn{2}{c}{Error}\\ & a & b\\Hull & 7 & 8", "P | Error | Error\n | a | b\nHull | 7 | 8"),
        (r"\multicolumn{2}{c}{E} & P\\ 7 & 8 & Hull", "E | E | P\n7 | 8 | Hull"),
        (r"\multirow{2}{*}{P} & a & b\\ & 7 & 8\\Q & 1 & 2", "P | a | b\nP | 7 | 8\nQ | 1 | 2"),
        (r"\multirow[t]{2}{2cm}{P} & a & b\\\cline{2-3} & 7 & 8", "P | a | b\nP | 7 | 8"),
        (r" & 1 & 2\\\multirow{-2}{*}{P} & 3 & 4", "P | 1 | 2\nP | 3 | 4"),
        (r"\multirow{2}{*}{P} & 1 & 2\\Q & 3 & 4", "P | 1 | 2\nQ | 3 | 4"),
        (r"\multicolumn{2}{c}{\multirow{2}{*}{P}} & 1\\ & & 2", "P | 1\nP | 2"),
        (r"a & b & \multirow{3}{*}{7}\\ c & d\\ e & f &", "a | b | 7\nc | d\ne | f | "),
        (r"\multicolumn{3}{l}{All of it}\\ 1 & 2 & 3", "All of it\n1 | 2 | 3"),
        (r"\multicolumn{1}{c|}{a} & \multicolumn{1}{c}{b} & c", "a | b | c"),
        (r"a & b\\\multirow", "a | b"),
        (r"\multirow{x}{*}{P} & \multicolumn{}{c}{b} & c", "P | b | c"),
    ],
)
def test_cells_that_cover_others_are_repeated(body: str, seen: str, tmp_path: Path) -> None:
    assert table(tmp_path, "l|cc", body) == seen


@pytest.mark.parametrize(
    ("preamble", "body", "seen"),
    [
        ("lr@{.}l", r"P & 3 & 14\\Q & 12 & 5", "P | 3.14\nQ | 12.5"),
        ("lr@{.}lr@{.}l", r"P & 3 & 14 & 2 & 7", "P | 3.14 | 2.7"),
        ("l*{2}{r@{.}l}", r"P & 3 & 14 & 2 & 7", "P | 3.14 | 2.7"),
        ("l|r@{,}l|", r"P & 3 & 14", "P | 3,14"),
        (r"lr@{$\,\pm\,$}l", r"P & 3.1 & 0.2", "P | 3.1 ± 0.2"),
        (r"lr@{ -- }l", r"P & 3 & 5", "P | 3 – 5"),
        ("lr@{}l", r"P & 3 & .14\\Q & 5 &", "P | 3.14\nQ | 5"),
        ("ll@{}l", r"P & 3 & 14", "P | 3 | 14"),
        (r"lr@{\hspace{1em}}l", r"P & 3 & 14", "P | 3 | 14"),
        ("d{3}d", r"3 & 14 & 5 & 2", "3.14 | 5.2"),
        ("lr@{.}l", r"P & \multicolumn{2}{c}{Error}\\Q & 3 & 14", "P | Error\nQ | 3.14"),
        ("lr@{.}l", r"P & \multicolumn{1}{r}{3} & 14", "P | 3 | 14"),
        (r"l>{\$}rr<{\%}", r"P & 3 & 14\\ & \multicolumn{1}{r}{5} & 6", "P | $3 | 14%\n | 5 | 6%"),
        (r"@{}l@{\extracolsep{\fill}}p{2cm}S[table-format=1.2]@{}", r"P & 3 & 14", "P | 3 | 14"),
        ("!{:}l!{/}r", r"3 & 14", "3 / 14"),
    ],
)
def test_what_stands_between_columns_is_read(preamble: str, body: str, seen: str, tmp_path: Path) -> None:
    assert table(tmp_path, preamble, body, r"\newcolumntype{d}[1]{r@{.}l}") == seen


RULES = r"""\hdashline; \hdashline[1pt/1pt]; \cdashline{1-2}; \cdashline{1-2}[.4pt/1pt]; \specialrule{1pt}{0pt}{0pt};
    \hlineB{3}; \Xhline{2\arrayrulewidth}; \Xhline{1.2pt}; \Xcline{1-2}{1pt}; \hhline{|-|-|}; \arrayrulecolor{red};
    \cline{1-2}; \arrayrulecolor[gray]{0.5}; \tabucline[1pt]{1-2}; \noalign{\hrule height 1pt}; \hrule; \midrule[1pt];
    \vrule width 1pt depth 2pt; \cmidrule[0.5pt](lr){1-2}; \cmidrule(lr){1-1}\cmidrule(l){2-2}; \rowcolors{1}{}{gray};
    \rowcolor[HTML]{EFEFEF}; \addlinespace[3pt]; \heavyrulewidth=1pt; \pagebreak[3]; \nolinebreak[2]; \lower2pt;
    \RowStyle{\bfseries}; \advance\rownum by 3; \multiply\rownum 2; \count0=5; \dimen1=2pt; \cdashlinelr{1-2};
    \tikzmark{a5}; \hrule height 2pt"""


@pytest.mark.parametrize("rule", [rule.strip() for rule in RULES.split(";")])
def test_rules_and_colours_between_rows_are_no_text(rule: str, tmp_path: Path) -> None:
    assert table(tmp_path, "ll", rf"3 & 4\\ {rule} 7 & 8\\ 9 & 1\cr 2 & 5\tabularnewline[2pt] 6 & 0") == (
        "3 | 4\n7 | 8\n9 | 1\n2 | 5\n6 | 0"
    )


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\begin{NiceTabular}{cc}[hvlines]A & \Block[c]{2-1}{v}\\ 1 & \end{NiceTabular}", "A | v\n1 | v"),
        (r"\begin{NiceTabular}{cc}\Block{1-2}{both 6} & \\ 1 & 2\end{NiceTabular}", "both 6 | \n1 | 2"),
        (
            r"\begin{tblr}{colspec={lS}, row{1}={5pt}}\SetCell[r=2]{c} A & 1.5e3\\ & 2\\ \SetRow{red}b & 3\end{tblr}",
            "A | 1.5 × 10^3\nA | 2\nb | 3",
        ),
        (r"\begin{longtblr}[caption={Cap 5}, label={t}]{ll}a & 1\end{longtblr}", "Cap 5\na | 1"),
        (r"\begin{tabu} to 5cm {X[2]X}a & 1\end{tabu}", "a | 1"),
        (r"\begin{tabular}{lr}\multirowcell{2}{A\\B} & 1\\ & 2\end{tabular}", "A B | 1\nA B | 2"),
        (r"\begin{tabular}{SS}{x} & {y}\\1.5e3 & 2\end{tabular}", "x | y\n1.5 × 10^3 | 2"),
        (r"\begin{tabular}{l}\begin{turn}{90}a\end{turn} \pbox{3cm}{b}\end{tabular}", "a b"),
    ],
)
def test_tables_of_other_packages(tex: str, seen: str, tmp_path: Path) -> None:
    assert "\n".join(read(tmp_path, tex)) == seen


def test_a_long_table_has_its_first_head_and_its_last_foot(tmp_path: Path) -> None:
    repeated = r"""\caption{Long}\\ A & B\endfirsthead \caption[]{(on)}\\ A & B (on)\endhead
        \multicolumn{2}{r}{continued}\endfoot Sum & 51\endlastfoot"""
    tex = rf"\begin{{longtable}}{{ll}}{repeated} r & 25\\ s & 26\\\end{{longtable}}"
    assert read(tmp_path, tex) == ["Table 1: Long", "A | B\nr | 25\ns | 26\nSum | 51"]


def test_a_table_within_a_cell_is_text(tmp_path: Path) -> None:
    inner = r"\begin{tabular}{c}\multicolumn{1}{c}{Kiel}\\north\end{tabular}"
    assert table(tmp_path, "lr", rf"{inner} & 5") == "Kiel north | 5"


@pytest.mark.parametrize("preamble", ["*{9999}{" * 40 + "l" + "}" * 40, "x", "*{9}{x}"])
def test_preambles_that_multiply_end_soon(preamble: str) -> None:
    began = time.monotonic()
    assert len(columns(preamble, lambda tex: tex, {"x": "xx"}, Printing())) <= 1000
    assert time.monotonic() - began < 2
