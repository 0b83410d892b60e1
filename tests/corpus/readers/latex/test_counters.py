r"""Numbers that LaTeX prints by itself, of headings, lists, theorems, formulas and floats, and references to them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers.latex.numbers import LabelNumbers
from tests.corpus.readers.latex.latex_pages import read

THEOREMS = r"\newtheorem{thm}{Theorem}[section]\newtheorem{lem}[thm]{Lemma}\newtheorem*{rem}{Remark}"


def items(count: int) -> str:
    return "".join(rf"\item {letter} " for letter in "uvwxyz"[:count])


# ------------------------------------------------------------------------------------------------ lists
@pytest.mark.parametrize(
    ("options", "preamble", "seen"),
    [
        ("", "", ["1. u", "2. v"]),
        ("[label=(\\alph*)]", "", ["(a) u", "(b) v"]),
        ("[label={Step \\Roman*:}, start=4, nosep]", "", ["Step IV: u", "Step V: v"]),
        ("[(i)]", "", ["(i) u", "(ii) v"]),
        ("[{Case} A]", "", ["Case A u", "Case B v"]),
        ("[noitemsep]", "", ["1. u", "2. v"]),
        ("[noitemsep]", r"\setlist[enumerate]{label=\arabic*)}", ["1) u", "2) v"]),
        ("", r"\setlist[enumerate,1]{label=\textbf{\Alph*}.}\setlist[enumerate,2]{label=x}", ["A. u", "B. v"]),
        ("", r"\renewcommand{\labelenumi}{(\roman{enumi})}", ["(i) u", "(ii) v"]),
        ("", r"\renewcommand\theenumi{\Alph{enumi}}\renewcommand\labelenumi{\theenumi)}", ["A) u", "B) v"]),
    ],
)
def test_items_have_the_numbers_of_their_list(options: str, preamble: str, seen: list[str], tmp_path: Path) -> None:
    assert read(tmp_path, rf"\begin{{enumerate}}{options}{items(2)}\end{{enumerate}}", preamble) == seen


def test_nested_lists_and_references_to_their_items(tmp_path: Path) -> None:
    body = r"""\begin{enumerate}\item u\label{a}\begin{enumerate}\item v\label{b}\begin{enumerate}\item w\label{c}
        \end{enumerate}\end{enumerate}\begin{itemize}\item x\end{itemize}\item[*] own\item y\label{d}\end{enumerate}

        See \ref{a}, \ref{b}, \ref{c}, \ref{d}."""
    assert read(tmp_path, body) == ["1. u", "(a) v", "i. w", "x", "* own", "2. y", "See 1, 1a, 1(a)i, 2."]


def test_a_list_goes_on_or_begins_where_it_is_told(tmp_path: Path) -> None:
    body = rf"\begin{{enumerate}}{items(2)}\end{{enumerate}}so\begin{{enumerate}}[resume]{items(1)}\end{{enumerate}}"
    assert read(tmp_path, body)[-1] == "3. u"
    assert read(tmp_path, rf"\begin{{enumerate}}\setcounter{{enumi}}{{6}}{items(1)}\end{{enumerate}}") == ["7. u"]


@pytest.mark.parametrize(
    "preamble",
    [
        r"\newlist{steps}{enumerate}{3}\setlist[steps]{label=Step \arabic*:}",
        r"\newenvironment{steps}{\medskip\begin{enumerate}[label=Step \arabic*:]}{\end{enumerate}}",
    ],
)
def test_lists_of_the_documents_own(preamble: str, tmp_path: Path) -> None:
    body = rf"\begin{{steps}}{items(1)}\label{{s}}\end{{steps}}"
    assert read(tmp_path, body + r"\par See \ref{s}", preamble) == ["Step 1: u", "See Step 1:"]


# --------------------------------------------------------------------------------------------- headings
SECTIONS = r"\section{A}\subsection{B}\label{b}\subsubsection{C}\label{c}\section*{D}\section{E} See \ref{b}, \ref{c}."


@pytest.mark.parametrize(
    ("kind", "preamble", "seen"),
    [
        ("article", "", ["1 A", "1.1 B", "1.1.1 C", "D", "2 E", "See 1.1, 1.1.1."]),
        ("article", r"\setcounter{secnumdepth}{1}", ["1 A", "B", "C", "D", "2 E", "See 1, 1."]),
        ("IEEEtran", "", ["I. A", "A. B", "1) C", "D", "II. E", "See I-A, I-A1."]),
        ("revtex4-2", "", ["I. A", "A. B", "1. C", "D", "II. E", "See I A, I A 1."]),
        ("article", r"\renewcommand{\thesection}{\Roman{section}}", ["I A", "I.1 B", "I.1.1 C", "D", "II E",
                                                                     "See I.1, I.1.1."]),
        ("IEEEtran", r"\renewcommand{\thesection}{\arabic{section}}", ["1 A", "A. B", "1) C", "D", "2 E",
                                                                       "See 1-A, 1-A1."]),
        ("beamer", "", ["A", "B", "C", "D", "E", "See 1.1, 1.1.1."]),
    ],
)  # fmt: skip
def test_headings_have_the_numbers_of_their_class(kind: str, preamble: str, seen: list[str], tmp_path: Path) -> None:
    assert read(tmp_path, SECTIONS, preamble, kind) == seen


def test_chapters_parts_and_appendices(tmp_path: Path) -> None:
    body = r"\part{P}\chapter{A}\section{B}\subsubsection{C}\chapter{D}\appendix\chapter{E}\section{F}"
    assert read(tmp_path, body, kind="book") == ["I P", "1 A", "1.1 B", "C", "2 D", "A E", "A.1 F"]
    assert read(tmp_path, r"\section{A}\appendix\section{B}\subsection{C}") == ["1 A", "A B", "A.1 C"]


def test_a_numbered_list_of_references_is_left_out(tmp_path: Path) -> None:
    assert read(tmp_path, r"\section{A} x \section{References} B. Two. Ports. 1999.") == ["1 A", "x"]


# ------------------------------------------------------------------------------- theorems and formulas
def test_theorems_count_as_they_are_declared(tmp_path: Path) -> None:
    body = r"""\section{S}\begin{thm}[Main] One.\label{t}\end{thm}\begin{lem} Two.\label{l}\end{lem}
        \begin{rem} Three.\end{rem}\section{T}\begin{thm} Four.\end{thm}
        See \ref{t}, \cref{l}, \Cref{t,l}, \autoref{t}."""
    assert read(tmp_path, body, THEOREMS)[1:4] == ["Theorem 1.1 (Main). One.", "Lemma 1.2. Two.", "Remark. Three."]
    assert read(tmp_path, body, THEOREMS)[5:] == [
        "Theorem 2.1. Four.", "See 1.1, lemma 1.2, 1.1, 1.2, Theorem 1.1.",
    ]  # fmt: skip


def test_theorems_of_thmtools(tmp_path: Path) -> None:
    preamble = r"\declaretheorem[name=Satz, numberwithin=section]{s}\declaretheorem[sibling=s]{folge}"
    preamble += r"\declaretheorem[numbered=no]{note}"
    body = r"\section{A}\begin{s} x.\end{s}\begin{folge} y.\end{folge}\begin{note} z.\end{note}"
    assert read(tmp_path, body, preamble) == ["1 A", "Satz 1.1. x.", "Folge 1.2. y.", "Note. z."]


def test_formulas_have_their_numbers_and_references_show_them(tmp_path: Path) -> None:
    body = r"""\begin{equation}\label{a} a = 1\end{equation}
        \begin{align}\label{b} b &= 2 \\ c &= 3 \nonumber \\ d &= \begin{cases}1\\2\end{cases}\label{d}\end{align}
        \begin{equation*}e = 4\end{equation*} \begin{equation*}f = 5\tag{F}\label{f}\end{equation*}
        \begin{gather}g = 6\notag\end{gather}
        See \eqref{a}, \ref{b}, \cref{d}, \eqref{f}, \autoref{a}."""
    text = " ".join(read(tmp_path, body))
    assert "a = 1 (1)" in text
    assert r"\end{cases} (2), (3)" in text
    assert "e = 4 f = 5 (F) g = 6 See (1), 2, equation (3), (F), Equation 1." in text


def test_formulas_count_within_sections_and_groups(tmp_path: Path) -> None:
    body = r"""\section{S}\begin{subequations}\label{all}\begin{equation}a\label{a}\end{equation}
        \begin{equation}b\label{b}\end{equation}\end{subequations}\begin{equation}c\end{equation} See \eqref{b}."""
    seen = " ".join(read(tmp_path, body, r"\numberwithin{equation}{section}"))
    assert seen == "1 S a (1.1a) b (1.1b) c (1.2) See (1.1b)."


def test_a_group_of_formulas_counts_on_behind_z(tmp_path: Path) -> None:
    many = r"\begin{equation}x\end{equation}" * 28
    seen = " ".join(read(tmp_path, rf"\begin{{subequations}}{many}\end{{subequations}}"))
    assert seen.endswith("x (1z) x (1aa) x (1ab)")


# ----------------------------------------------------------------------------------------------- floats
def test_floats_and_their_parts(tmp_path: Path) -> None:
    body = r"""\begin{figure}\begin{subfigure}{2cm}\caption{u}\label{u}\end{subfigure}
        \begin{subfigure}{2cm}\caption{v}\label{v}\end{subfigure}\caption{w}\label{w}\end{figure}
        \begin{table}\caption*{bare}\end{table}\begin{table}\caption{x}\label{x}\end{table}
        \begin{figure}no caption\label{n}\end{figure}
        See \ref{v}, \cref{w}, \ref{x}, \ref{n}, \pageref{w}."""
    seen = read(tmp_path, body)
    assert seen[:5] == ["(a) u", "(b) v", "Figure 1: w", "bare", "Table 1: x"]
    assert seen[-1] == "See 1b, figure 1, 1, n, w."


def test_a_label_in_an_environment_of_unknown_kind_keeps_its_name(tmp_path: Path) -> None:
    assert read(tmp_path, r"\section{A}\begin{claimx}\label{k} x\end{claimx} See \ref{k}.")[-1].endswith("See k.")


def test_thousands_of_nested_lists_take_no_longer_than_they_are() -> None:
    started = time.process_time()
    numbers = LabelNumbers(r"\begin{enumerate}\item " * 20_000)
    assert time.process_time() - started < 5
    assert numbers.text.count("[{") == 20_000


@pytest.mark.parametrize("form", [r"\thefigure" * 9, r"\thetable" * 9, r"{\Large\thefigure}"])
def test_a_number_that_never_ends_is_left_out(form: str, tmp_path: Path) -> None:
    preamble = rf"\renewcommand{{\thefigure}}{{{form}}}\renewcommand{{\thetable}}{{\thefigure\thefigure}}"
    assert read(tmp_path, r"\begin{figure}\caption{x}\end{figure}", preamble) == ["Figure : x"]


def test_code_has_no_numbers(tmp_path: Path) -> None:
    body = "\\begin{verbatim}\n\\section{A}\n\\item b\n\\end{verbatim}\\verb|\\section{x}|"
    assert read(tmp_path, body) == ["\\section{A}\n\\item b", "\\section{x}"]


@given(st.lists(st.sampled_from(
    r"\begin{enumerate} \end{enumerate} \item \begin{equation} \end{equation} \\ \tag{a} \nonumber \section{ }"
    r" \label{x}"
    r" \begin{figure} \caption{ \end{figure} \appendix \setcounter{section}{9} \begin{subequations} \end{subequations}"
    r" \begin{align} \end{align} [ ] text".split()
)))  # fmt: skip
def test_any_order_of_parts_is_taken_and_no_text_is_lost(parts: list[str]) -> None:
    assert LabelNumbers(" ".join(parts)).text.count("text") == parts.count("text")


def test_counters_of_the_documents_own(tmp_path: Path) -> None:
    preamble = r"\newcounter{rq}\newcounter{hyp}[section]\newcommand{\asked}{\stepcounter{rq}\textbf{RQ\therq:}}"
    body = r"""\asked{} Why? \asked{} How? $\theta$ \therefore

\section{One}H\refstepcounter{hyp}\label{first}\arabic{hyp} and H\stepcounter{hyp}\thehyp.
\section{Two}\refstepcounter{hyp}H\thehyp{} of \thesection{} is not H\ref{first}, \thetheorem."""
    assert read(tmp_path, body, preamble) == [
        "RQ1: Why? RQ2: How? θ ∴",
        "1 One",
        "H1 and H2.",
        "2 Two",
        "H1 of 2 is not H1, .",
    ]
