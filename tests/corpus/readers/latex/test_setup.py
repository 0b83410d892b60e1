r"""Macros of LaTeX packages: what sets something up is not read; what prints signs or words is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.readers.latex.latex_pages import read


@pytest.mark.parametrize(
    "tex",
    [
        r"\setstretch{1.5}", r"\lstset{language=C,tabsize=4}", r"\titlespacing*{\section}{0pt}{5pt}{6pt}",
        r"\crefname{equation}{eq.}{eqs.}", r"\numberwithin{equation}{section}", r"\newcolumntype{C}[1]{p{#1}}",
        r"\addcontentsline{toc}{section}{Extra 5}", r"\markboth{a5}{b6}", r"\allowdisplaybreaks[4]", r"\penalty10000",
        r"\catcode`\@=11", r"\hangindent=5pt", r"\newacronym{x}{X5}{five}", r"\usefont{T1}{ptm}{m}{n}",
        r"\fancyhead[L]{Head 5}", r"\printbibliography[title=5]", r"\pdfoutput=1", r"\lstinputlisting{x5.c}",
        r"\acresetall", r"\SetKwInOut{In5}{Input 5}", r"\creflabelformat{equation}{5}", r"\fancypagestyle{a}{b5}",
        r"\lstnewenvironment{a}[1][]{b5}{c6}", r"\newtcolorbox[auto]{a}[1][]{title=5}",
        r"\setbeamercolor{x}{fg=red!5}", r"\epsfig{file=x5,width=6cm}",
        r"\tikz[baseline=-0.5ex]{\draw (0,0) circle (5);}", r"\tikz \draw[red] (0,0) -- (5,5) node {6};",
        r"\psfrag{x}{5}",
        r"\epsfxsize=5cm", r"\newgeometry{left=5cm}", r"\icmlaffiliation{a}{b5}", r"\modulolinenumbers[5]",
        r"\hhline{|=|}", r"\setcounter{section}{5}", r"\Roman{page}",
    ],
)  # fmt: skip
def test_what_sets_something_up_is_not_read(tex: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"Five {tex} gates.") == ["Five gates."]


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\ding{51} and \ding{55}, \ding{172}", "✓ and ✗, ①"),
        (r'\symbol{65}, \char66, \char"43, \char7', "A, B, C,"),
        (r"\column{0.5\textwidth}e 10\column[t]{.5\textwidth} f 11", "e 10 f 11"),
        (r"\begin{overlayarea}{\textwidth}{5cm}y\end{overlayarea}\begin{overprint}[5cm]z\end{overprint}", "y z"),
        (r"\begin{textblock*}{5cm}(1cm,2cm)y\end{textblock*}\begin{textblock}{5} (1,2)z\end{textblock}", "y z"),
        (r"\mintinline{py}{x + 7}", "x + 7"),
        (r"\begin{CJK}{UTF8}{gbsn}x\end{CJK}", "x"),
        (r"\begin{tabbing}a \= b \\ c \> d\end{tabbing}", "a b c d"),
        (r"\setcounter{a}{4}Rule \Roman{a}.", "Rule IV."),
        (r"\begin{tcolorbox}[colback=red, title={Rule 5}]x\end{tcolorbox}", "Rule 5 x"),
        (r"\While{a}\tcc{b}\Procedure{Go}{c}\EndProcedure", "while a do /* b */ procedure Go(c) end procedure"),
        (r"\begin{longtable}{ll}Port&1\endhead Hull&2\end{longtable}", "Port | 1\nHull | 2"),
    ],
)
def test_signs_boxes_and_stops(tex: str, seen: str, tmp_path: Path) -> None:
    assert " ".join(read(tmp_path, tex)) == seen


def test_an_algorithm_has_its_words_and_joins_no_numbers(tmp_path: Path) -> None:
    tex = r"""\begin{algorithmic}[1]\Require $n = 5$\Ensure $m$\For{$i=1$ \To $5$}\State $x \gets 3$\EndFor
        \If{$x>3$}\State\Return $x$\Comment{done}\EndIf\State\Call{Go}{$x, 2$}\STATE 7\end{algorithmic}"""
    assert read(tmp_path, tex) == [
        "Require: n = 5 Ensure: m for i=1 to 5 do x ← 3 end for if x>3 then return x ▷ done end if Go(x, 2) 7"
    ]
