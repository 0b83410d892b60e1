"""LaTeX: the text as it would be set; parts from the folder alone; macros, formulas, tables, notes, numbers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ragft.corpus.base import Document
from ragft.corpus.readers import find_files, read_document, read_here
from ragft.corpus.readers.base import LARGEST_TEXT
from ragft.corpus.readers.latex.source import without_comments
from ragft.corpus.readers.registry import parts_of
from ragft.errors import DocumentError
from tests.corpus.readers.latex.latex_pages import read_latex, texts

FIRST = "The gate is open."


def read(folder: Path, body: str, preamble: str = "", **parts: str) -> Document:
    for name, text in parts.items():
        path = folder / f"{name.replace('__', '/')}.tex"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return read_latex(folder, body, preamble)


def line(folder: Path, body: str, preamble: str = "") -> str:
    [text] = texts(read(folder, body, preamble))
    return text


# ------------------------------------------------------------------------------------------------ metadata
def test_title_authors_and_year(tmp_path: Path) -> None:
    preamble = (
        r"\title[Short]{Tides\\ of the \emph{North}\thanks{Funded.}}\date{May 2021}"
        r"\author{Ann Other\thanks{Equal.} \and Bo Tw\"o$^{1}$ \\ University of Nowhere \\ \texttt{bo@x.org}}"
    )
    document = read(tmp_path, FIRST, preamble)
    assert document.title == "Tides of the North"
    assert document.authors == ("Ann Other", "Bo Twö")
    assert document.year == 2021


@pytest.mark.parametrize(
    "authors",
    [
        r"\author{Ann Other, Bo Two and Cy Three}",
        r"\author{Ann Other}\affil{Hull}\author{Bo Two}\affil{Kiel}\author{Cy Three}",
        r"\author{\IEEEauthorblockN{Ann Other}\IEEEauthorblockA{Hull \\ UK}\and"
        r"\IEEEauthorblockN{Bo Two, Cy Three}\IEEEauthorblockA{Kiel}}",
        r"\author{Ann Other$^1$ \and Bo Two$^{2}$ \\ Cy Three$^*$ \\ $^1$MIT \quad $^2$ETH \\ \texttt{a@x.org}}",
        r"\author{Ann Other \quad Bo Two \quad Cy Three \\ MIT \quad ETH}",
        r"\author{Ann~Other,~\IEEEmembership{Member,~IEEE,} Bo~Two, and Cy~Three\IEEEauthorrefmark{1}}",
        r"\author{Ann Other\textsuperscript{1,2} \quad Bo Two\footnotemark[2] \\ \AND Cy Three \\ Research Laboratory}",
    ],
)
def test_the_ways_of_naming_authors(authors: str, tmp_path: Path) -> None:
    assert read(tmp_path, FIRST, authors).authors == ("Ann Other", "Bo Two", "Cy Three")


def test_the_abstract_comes_first_and_is_known(tmp_path: Path) -> None:
    document = read(tmp_path, f"{FIRST}\n\\begin{{abstract}}We look at it.\\end{{abstract}}")
    assert [(block.kind, block.text) for block in document.blocks][1:] == [
        ("abstract", "We look at it."),
        ("paragraph", FIRST),
    ]


# ------------------------------------------------------------------------------------------------ structure
def test_sections_have_their_levels(tmp_path: Path) -> None:
    document = read(tmp_path, r"\section{A}x\subsection*{B}y\paragraph{C.} z")
    found = [(block.kind, block.level, block.section, block.text) for block in document.blocks]
    assert found == [
        ("heading", 1, "1 A", "1 A"),
        ("paragraph", 0, "1 A", "x"),
        ("heading", 2, "B", "B"),
        ("paragraph", 0, "B", "y"),
        ("heading", 4, "C", "C"),
        ("paragraph", 0, "C", "z"),
    ]


def test_with_chapters_sections_are_one_level_lower(tmp_path: Path) -> None:
    document = read(tmp_path, r"\chapter{A}\section{B} x")
    assert [block.level for block in document.blocks] == [1, 2, 0]


def test_comments_and_what_is_switched_off_are_not_read(tmp_path: Path) -> None:
    body = "It is 5\\% of\n% hidden\nall.%\n  Joined. \\iffalse no \\fi\\begin{comment}no\\end{comment}\n%\n\nNext."
    assert texts(read(tmp_path, body)) == ["It is 5% of all.Joined.", "Next."]


def test_preamble_and_what_follows_the_end_are_not_read(tmp_path: Path) -> None:
    assert line(tmp_path, FIRST, r"\usepackage{x}\newcommand{\a}{no} stray") == FIRST


def test_code_keeps_its_lines_and_signs(tmp_path: Path) -> None:
    for start, end in ((r"\begin{verbatim}", "verbatim"), (r"\begin{lstlisting}[language=C]", "lstlisting"),
                       (r"\begin{minted}[x=1]{python}", "minted")):  # fmt: skip
        document = read(tmp_path, f"{start}\na = 5 % 3\n  $b & c\n\\end{{{end}}}")
        assert [(block.kind, block.text) for block in document.blocks] == [("code", "a = 5 % 3\n  $b & c")]


def test_lists_theorems_and_inline_code(tmp_path: Path) -> None:
    body = (
        r"\begin{itemize}\item one\item[B] two\begin{enumerate}\item in\end{enumerate}\end{itemize}"
        r"\begin{thm}[Main] It holds.\end{thm} Use \verb|a_b & c|."
    )
    document = read(tmp_path, body, r"\newtheorem{thm}{Satz}")
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("list", "one"),
        ("list", "B two"),
        ("list", "1. in"),
        ("paragraph", "Satz 1 (Main). It holds."),
        ("paragraph", "Use a_b & c."),
    ]


def test_notes_follow_their_paragraph(tmp_path: Path) -> None:
    document = read(tmp_path, r"It costs \$320\footnote{Of \emph{2020}.} a year. It leaks.")
    assert texts(document) == ["It costs $320 a year. It leaks.", "Of 2020."]


def test_bibliographies_and_drawings_are_not_read(tmp_path: Path) -> None:
    body = (
        rf"{FIRST}\begin{{tikzpicture}}\node{{no}};\end{{tikzpicture}}\bibliography{{refs}}"
        r"\begin{thebibliography}{9}\bibitem{a} A. Other. Tides.\end{thebibliography}"
        r"\section*{References} B. Two. Ports. 1999."
    )
    assert line(tmp_path, body) == FIRST


def test_unseen_and_struck_text_is_not_read(tmp_path: Path) -> None:
    document = read(tmp_path, rf"{FIRST}\textcolor{{white}}{{ignore}} \textcolor{{red}}{{Red.}}\sout{{old}}")
    assert texts(document) == [f"{FIRST} Red."]
    assert document.warnings == ("struck text is left out (3 characters)",)


# ------------------------------------------------------------------------------------------------ text
@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"``quoted''---or not", "“quoted”—or not"),
        (r"Caf\'e, na\"{\i}ve, \v{C}apek, \o{}re, stra\ss e, \AA", "Café, naïve, Čapek, øre, straße, Å"),
        (r"a~b\,c \& \textbf{d}e", "a b c & de"),
        (r"see \href{http://x.org/a%20b}{here}, \url{http://x.org/a%20b}", "see here, http://x.org/a%20b"),
        (r"10\textsuperscript{-4} and H\textsubscript{2}O", "10^-4 and H2O"),
        (r"It did~\cite{lewis2020, gao23}.", "It did (lewis2020; gao23)."),
        (r"As \citet[p.~3]{kim} and \citep[see][ch. 2]{lee} say", "As kim, p. 3 and (see lee, ch. 2) say"),
        (r"\unknown{It} \Foo is \mbox{kept}", "It is kept"),
        (r"\SI{5}{\kilo\metre\per\second} at \qty{3}{\degreeCelsius}", "5 km/s at 3 °C"),
        (r"\LaTeX{} and \BibTeX{}", "LaTeX and BibTeX"),
        (r"\S\,5, \P~3, \copyright{} 2019\ddag", "§ 5, ¶ 3, © 2019‡"),
        (r"\textless 5, 3 \textbar{} x\_y, \textbraceleft a\textbraceright", "<5, 3 | x_y, {a}"),
        (r"\og oui\fg{} and \glqq ja\grqq{}", "«oui» and „ja“"),
        (r"as of \today.", "as of ."),  # the day on which it was set is not known
        (r"$x \wedge y \Leftrightarrow \lnot z$", "x ∧ y ⇔ ¬ z"),
    ],
)
def test_text_reads_as_it_is_set(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex) == seen


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"$94.5 \pm 0.3$", "94.5 ± 0.3"),
        (r"$3\times10^{-4}$", "3 × 10^-4"),
        (r"\(x_{i}^{2} \le \frac{a+b}{2}\)", "x_i^2 ≤ (a+b)/2"),
        (r"$\alpha = \sqrt{n+1}$", "α = √(n+1)"),
        (r"$n = 1{,}000$, $\text{F1} > 5\%$", "n = 1,000, F1 > 5%"),
        (r"$\mathcal{L}(\theta)$", r"\mathcal{L}(\theta)"),
        (r"\begin{equation}\label{e} E = mc^2 \nonumber\end{equation}", "E = mc^2"),
        (r"\[ \int_0^1 \hat{f} \, dx \]", r"\int_0^1 \hat{f} \, dx"),
        (r"$\argmax_x f$", "arg max_x f"),
    ],
)
def test_simple_formulas_are_lines_and_others_stay_tex(tex: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, tex, r"\DeclareMathOperator*{\argmax}{arg\,max}") == seen


# ------------------------------------------------------------------------------------------------ macros
@pytest.mark.parametrize(
    ("definition", "use", "seen"),
    [
        (r"\newcommand{\ours}{TideNet\xspace}", r"\ours reads.", "TideNet reads."),
        (r"\newcommand\ours{TideNet}", r"\ours{} reads \ours.", "TideNet reads TideNet."),
        (r"\newcommand{\two}[2]{#2 and #1}", r"\two{a}b", "b and a"),
        (r"\newcommand{\opt}[2][nine]{#1-#2}", r"\opt{ten} \opt[two]{one}", "nine-ten two-one"),
        (r"\def\pair#1#2{(#1, #2)}", r"\pair{a}{\pair bc}", "(a, (b, c))"),
        (r"\newcommand{\R}{\mathbb{R}}", r"$x \in \R^d$", r"x \in \mathbb{R}^d"),
        (r"\renewcommand{\section}[1]{no}", r"\emph{kept}", "kept"),
    ],
)
def test_macros_of_the_document_are_put_in_place(definition: str, use: str, seen: str, tmp_path: Path) -> None:
    assert line(tmp_path, use, definition) == seen


@pytest.mark.timeout(60)
def test_macros_without_end_are_given_up(tmp_path: Path) -> None:
    doubling = "".join(f"\\newcommand{{\\{chr(98 + i)}x}}{{\\{chr(97 + i)}x\\{chr(97 + i)}x}}" for i in range(25))
    document = read(tmp_path, rf"\zx \loop {FIRST}", rf"\newcommand{{\ax}}{{ha}}{doubling}\def\loop{{\loop\loop}}")
    assert texts(document)[-1].endswith(FIRST)
    assert "macros that never end are left out" in document.warnings


# ------------------------------------------------------------------------------------------------ tables
TABLE = r"""As Table~\ref{tab:e} and Section~\ref{sec:b} show. \section{A}\section{B}\label{sec:b}
\begin{table}[t]\centering
\caption{Errors in cm.}\label{tab:e}
\begin{tabular}{l|cc} \toprule
Port & \multicolumn{2}{c}{Error} \\ \cmidrule(lr){2-3}
 & spring & neap \\ \midrule
Brest \& \begin{tabular}{c}Kiel\\north\end{tabular} & 6.2 & \textbf{2.8} \\[2pt]
Hull & $7.1_{\pm 0.2}$ & \multirow{2}{*}{3.0} \\ \bottomrule
\end{tabular}\end{table}
\begin{figure}\begin{subfigure}{2cm}\caption{Part.}\end{subfigure}
\caption{Whole.}\label{f}\end{figure} Figure~\ref{f}"""


def test_tables_keep_rows_and_head_and_numbers_are_those_of_latex(tmp_path: Path) -> None:
    found = [(block.kind, block.text) for block in read(tmp_path, TABLE).blocks]
    assert found[0] == ("paragraph", "As Table 1 and Section 2 show.")
    assert found[3:] == [
        ("caption", "Table 1: Errors in cm."),
        ("table", "Port | Error | Error\n | spring | neap\nBrest & Kiel north | 6.2 | 2.8\nHull | 7.1_(± 0.2) | 3.0"),
        ("caption", "(a) Part."),
        ("caption", "Figure 1: Whole."),
        ("paragraph", "Figure 1"),
    ]


# ------------------------------------------------------------------------------------------------ parts
def test_parts_stand_in_their_places(tmp_path: Path) -> None:
    body = r"\input{a}\include{sub/b}\subfile{sub/b} end"
    document = read(tmp_path, body, r"\input{macros}", a="One \\ours.", sub__b="Two.", macros=r"\newcommand{\ours}{x}")
    assert texts(document) == ["One x. Two. Two. end"]
    assert document.warnings == ()


def test_parts_outside_of_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("password")
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    body = rf"{FIRST}\input{{../secret}}\input{{{tmp_path / 'secret'}}}\input{{link}}\input{{|ls}}\include{{gone}}"
    document = read(folder, body)
    assert texts(document) == [FIRST]
    assert sum("outside of the folder" in warning for warning in document.warnings) == 2
    assert "gone is missing" in document.warnings


def test_a_part_of_itself_is_read_once(tmp_path: Path) -> None:
    document = read(tmp_path, r"\input{a}", a=r"Once. \input{b}", b=r"Twice. \input{a}")
    assert texts(document) == ["Once. Twice."]
    assert "part of itself" in document.warnings[0]


def test_parts_that_multiply_end_soon_and_are_noted(tmp_path: Path) -> None:
    levels = {f"p{level}": f"\\input{{p{level + 1}}}\n" * 10 for level in range(8)}
    began = time.monotonic()
    document = read(tmp_path, f"{FIRST} \\input{{p0}}", p8="Last.\n", **levels)
    assert len(find_files([tmp_path])) == 1
    assert time.monotonic() - began < 5
    assert texts(document)[0].startswith(f"{FIRST} Last. Last.")
    assert document.warnings == ("parts are taken in more than 1000 times: the rest is left out",)
    assert len(parts_of(tmp_path / "main.tex")) == 9


def test_a_part_is_read_once_and_set_wherever_it_stands(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "A \\input{x} B \\input{x}", x="same")) == ["A same B same"]


@pytest.mark.parametrize("opening", [r"\begin{verbatim}[", r"\begin{comment}", r"\iffalse "])
def test_beginnings_without_end_are_looked_through_in_linear_time(opening: str) -> None:
    text = opening * (400_000 // len(opening))
    began = time.monotonic()
    assert without_comments(text) == text
    assert time.monotonic() - began < 5


def test_what_is_too_large_to_be_read_is_not_searched_for_parts(tmp_path: Path) -> None:
    main = tmp_path / "main.tex"
    (tmp_path / "x.tex").write_text("x")
    main.write_text("\\input{x}")
    assert parts_of(main)
    with main.open("r+b") as handle:
        handle.truncate(LARGEST_TEXT + 1)
    assert not parts_of(main)


def test_bibliography_files_are_no_parts(tmp_path: Path) -> None:
    (tmp_path / "main.bbl").write_text("A. Other. Tides.")
    assert line(tmp_path, rf"{FIRST}\input{{main.bbl}}") == FIRST


def test_a_part_is_no_document_of_its_own_but_when_it_is_named(tmp_path: Path) -> None:
    read(tmp_path, r"\input{a}", a="One.", alone="Two.")
    assert [path.name for path in find_files([tmp_path])] == ["alone.tex", "main.tex"]
    assert find_files([tmp_path / "a.tex"]) == [tmp_path / "a.tex"]


def test_a_changed_part_changes_what_a_document_depends_on(tmp_path: Path) -> None:
    read(tmp_path, r"\input{a}", a="One.")
    before = parts_of(tmp_path / "main.tex")
    assert list(before) == [(tmp_path / "a.tex").resolve()]
    (tmp_path / "a.tex").write_text("Two.")
    assert parts_of(tmp_path / "main.tex") != before


# ------------------------------------------------------------------------------------------------ files
def test_the_encoding_that_the_document_names(tmp_path: Path) -> None:
    path = tmp_path / "x.tex"
    path.write_bytes("\\usepackage[latin9]{inputenc}\\begin{document}Zahl \xa4 caf\xe9".encode("latin-1"))
    assert texts(read_here(path)) == ["Zahl € café"]


def test_a_document_without_text(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="holds no text") as caught:
        read(tmp_path, "% nothing")
    assert "main file" in (caught.value.fix or "")


def test_nested_without_end(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nested too deeply") as caught:
        read(tmp_path, "{" * 20_000 + "x")
    assert caught.value.fix


def test_documents_are_read_by_the_pool(tmp_path: Path) -> None:
    read(tmp_path, r"\section{A} One.", r"\title{Tides}")
    assert read_document(tmp_path / "main.tex").title == "Tides"


MARKUP = (
    r"\section{ \begin{tabular}{l} \end{tabular} \\ & { } $ \[ \] % \item \begin{itemize} \end{itemize} \caption \cite["
    r" ] \verb| \newcommand{\a}{ \a #1 x \def\a"
)
WORDS = st.sampled_from([*MARKUP.split(), "\n\n"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=30))
def test_any_source_gives_a_document_or_an_error(words: list[str], tmp_path: Path) -> None:
    path = tmp_path / "x.tex"
    path.write_text(" ".join(words) or "x")
    try:
        document = read_here(path)
    except DocumentError as error:
        assert "no LaTeX" not in error.message
        return
    assert all(block.text.strip() and "\x00" not in block.text for block in document.blocks)


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        (r"An $O(n^2)$ Bound on CO\textsubscript{2}", "An O(n^2) Bound on CO2"),
        (r"Gates in 10\textsuperscript{-4} m\thanks{We thank 3.}$^{*}$", "Gates in 10^-4 m"),
        (r"$2^{n}3$ \LaTeX{} Files", "2^n 3 LaTeX Files"),
    ],
)
def test_a_title_keeps_its_formulas_and_drops_its_notes(title: str, seen: str, tmp_path: Path) -> None:
    main = tmp_path / "main.tex"
    main.write_text(rf"\title{{{title}}}\begin{{document}}\maketitle Text of it.\end{{document}}")
    assert read_here(main).title == seen


@pytest.mark.parametrize(
    "piece", [r"\cite[", r"\item[x ", r"\cite[a][", r"\begin{figure}[", r"\\[", r"\footnote[2]{\cite["]
)
def test_brackets_that_never_close_take_no_longer_than_they_are(piece: str, tmp_path: Path) -> None:
    began = time.process_time()
    assert "gate" in read(tmp_path, f"The gate {piece * 60}is open.").blocks[0].text
    assert time.process_time() - began < 5


def test_intervals_that_are_half_open_stay_as_they_are(tmp_path: Path) -> None:
    body = " ".join(rf"$x \in[0,{number})$" for number in range(9))
    assert read(tmp_path, body).blocks[0].text.startswith("x ∈ [0,0) x ∈ [0,1)")
