r"""What is in a LaTeX source and never set: parts switched off, white text, lengths and places."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from tests.corpus.readers.latex.latex_pages import line

SWITCHES = r"""\excludecomment{secret}\newsavebox{\bx}
\newif\ifdraft \newif\iffinal\finaltrue \newboolean{short} \newboolean{wide}\setboolean{wide}{true}
\newif\ifmoved \movedtrue\movedfalse \newif\ifgrouped \newcommand{\group}{\groupedtrue}
\newcommand{\remark}[1]{\ifdraft #1\fi}
"""


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"a\iffalse x \ifx a b\fi 8 \fi b", "a b"),
        (r"a\iffalse x \iffalse 7\fi 8 \else 9\fi b", "a 9 b"),
        (r"a\iffalse x \ifthenelse{y}{7}{8} $a \iff b$ \fi b", "a b"),
        (r"a \begin{secret}7\end{secret}b", "a b"),
        (r"a \begin{comment}7\end{comment}b", "a b"),
        (r"a \savebox{\bx}[2cm][l]{7}\sbox{\bx}{8}b", "a b"),
        (r"a \begin{lrbox}{\bx}7\end{lrbox}b", "a b"),
        (r"a \invisible<1>{7}b", "a b"),
        (r"a \hypertarget{12}{b}", "a b"),
        (r"a \newcounter{ct}[section]b", "a b"),
        (r"a\iftrue b\else 7\fi c", "abc"),
        (r"\ifdraft 7\fi a \iffinal b\else 8\fi", "a b"),
        (r"\ifdraft 7 \iffinal 8\else 9\fi \else a\fi", "a"),
        (r"\iffinal {a} \ifx\a\b c\fi\else 7\fi b", "a  c b"),
        (r"\ifshort 7\else a\fi{} \ifwide b\else 8\fi", "a b"),
        (r"\remark{a}b", "b"),
        (r"\ifnum 1=2 7\else a\fi \ifnum0<1 b\fi", "ab"),
        (r"\ifx\x\x a\else 7\fi", "a"),
        (r"a\ss\iffinal s\fi", "aßs"),
        (r"\verb|\ifdraft a\fi| b", r"\ifdraft a\fi b"),
        (r"a \if0 7\fi b \if 0 8\else c\fi", "a b c"),
        (r"a \if 0off 7\fi \if1\x 8\fi \if00b\else 9\fi", "a  8 b"),
        (r"\if01 7\fi a", "a"),
        (r"\ifmoved 5\else 6\fi \ifgrouped 7\else 8\fi", "5 6  7 8"),
        (r"\ifdraft a", "a"),
    ],
)
def test_what_is_switched_off_is_not_read(tex: str, seen: str, tmp_path: Path) -> None:
    assert " ".join(line(tmp_path, tex, SWITCHES).split()) == " ".join(seen.split())


@pytest.mark.parametrize(
    ("tex", "noted"),
    [
        (r"a \ifdraft 7\fi", False),
        (r"a \iff b", False),
        (r"a \ifmoved 5\fi", True),
        (r"a \ifx\a\b 7\fi", True),
        (r"a \ifthenelse{\equal{a}{b}}{5}{6}", True),
        (r"a \newcommand{\c}{\ifodd\value{page} 5\fi}\c", True),
        (r"a \ifdraft b", True),
    ],
)
def test_what_the_source_does_not_decide_is_noted(tex: str, noted: bool, tmp_path: Path) -> None:
    main = tmp_path / "main.tex"
    main.write_text(f"\\documentclass{{article}}\n{SWITCHES}\\ifpdf\\fi\\begin{{document}}{tex}\\end{{document}}")
    assert any("conditions" in warning for warning in read_here(main).warnings) is noted


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"a {\color{white}7}b", "a b"),
        (r"a {\color[rgb]{1,1,1}7 \textbf{8}}b", "a b"),
        (r"a {\color{white}7\color{red}8}", "a 8"),
        (r"a \textcolor[gray]{1}{7}b", "a b"),
        (r"a \textcolor[HTML]{FFFFFF}{7}b", "a b"),
        (r"a \textcolor[cmyk]{0,0,0,0}{7}b", "a b"),
        (r"\textcolor[HTML]{000000}{7}\textcolor[gray]{0.4}{8}\textcolor{red}{9}", "789"),
        (r"\colorbox{black}{\color{white}7}\fcolorbox{red}{blue}{\textcolor{white}{8}}", "78"),
        (r"a \colorbox{white}{\color{white}7}b", "a b"),
        (r"\begin{tcolorbox}\color{white}7\end{tcolorbox}", "7"),
        (r"\begin{tabular}{ll}\rowcolor{blue}\color{white}7 & 8\end{tabular}", "7 | 8"),
        (r"\begin{tabular}{ll}\color{white}7 & 8\end{tabular}", "| 8"),
        (r"\textcolor[odd]{x,y}{7}\textcolor[rgb]{}{8}", "78"),
    ],
)
def test_text_in_the_colour_of_the_page_is_not_read(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


def test_white_text_on_a_coloured_page_is_read(tmp_path: Path) -> None:
    assert line(tmp_path, r"\color{white}7", r"\pagecolor{black}") == "7"


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"4\hskip1cm5", "4 5"),
        (r"4\kern1em5", "4 5"),
        (r"4\kern-1pt5", "4 5"),
        (r"L\kern-.36emA", "LA"),
        (r"4\hspace{1cm}5", "4 5"),
        (r"4\hspace*{-1cm}\vspace{1cm}5", "4 5"),
        (r"4\hskip 1cm plus 2cm minus 3 cm 5", "4 5"),
        (r"\parskip 9pt plus 1pt b", "b"),
        (r"\tabcolsep=68pt b", "b"),
        (r"\looseness=-1 b", "b"),
        (r"\bigskip 5 cm", "5 cm"),
        (r"\put(50,51){b}", "b"),
        (r"\makebox(50,51){b}", "b"),
        (r"\begin{tabular}{ll}a & b\\\cmidrule[2pt](lr){2-3}c & d\end{tabular}", "a | b\nc | d"),
        (r"\verb|\kern1em|", r"\kern1em"),
    ],
)
def test_lengths_and_places_are_not_read(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen
