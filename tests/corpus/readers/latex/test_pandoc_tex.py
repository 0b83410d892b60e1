r"""LaTeX as Pandoc writes it: code as `\NormalTok{…}`, labels of lists by `\def`, struck text, slides with blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.corpus.readers import read_here
from ragft.corpus.readers.latex.pandoc_tex import as_by_hand


def read(folder: Path, body: str, preamble: str = r"\documentclass{article}") -> list[tuple[str, str]]:
    (folder / "a.tex").write_text(f"{preamble}\n\\begin{{document}}\n{body}\n\\end{{document}}\n", encoding="utf-8")
    return [(block.kind, block.text) for block in read_here(folder / "a.tex").blocks]


def test_the_label_of_a_list_is_that_which_it_sets(tmp_path: Path) -> None:
    body = r"""\begin{enumerate}
\def\labelenumi{\roman{enumi}.}
\tightlist
\item first
\item second\label{b}
  \begin{enumerate}
  \renewcommand{\labelenumii}{\alph{enumii})}
  \item inner
  \end{enumerate}
\end{enumerate}
\begin{enumerate}
\item other
\end{enumerate}
See \ref{b}."""
    assert read(tmp_path, body) == [
        ("list", "i. first"),
        ("list", "ii. second"),
        ("list", "a) inner"),
        ("list", "1. other"),
        ("paragraph", "See 2."),
    ]


def test_highlighted_code_keeps_its_lines_and_signs(tmp_path: Path) -> None:
    body = r"""\begin{Shaded}
\begin{Highlighting}[]
\NormalTok{x }\OperatorTok{=}\NormalTok{ \{}\DecValTok{1\_000}\NormalTok{\}}
\ControlFlowTok{if}\NormalTok{ x: }\CommentTok{\# \textbackslash{}n {[}71{]}}
\NormalTok{    y}\OperatorTok{{-}\textgreater{}}\StringTok{\textquotesingle{}a{-}\textasciigrave{}\textquotesingle{}}
\ControlFlowTok{if}\NormalTok{ y }\OperatorTok{\textless{}}\NormalTok{ x\^{}}\DecValTok{2}
\end{Highlighting}
\end{Shaded}
They do."""
    code = "x = {1_000}\nif x: # \\n [71]\n    y->'a-`'\nif y < x^2"
    assert read(tmp_path, body) == [("code", code), ("paragraph", "They do.")]


def test_highlighted_code_within_a_line_is_words_of_it(tmp_path: Path) -> None:
    preamble = r"""\documentclass{article}
\newcommand{\VerbBar}{|}
\newcommand{\VERB}{\Verb[commandchars=\\\{\}]}
\newcommand{\NormalTok}[1]{#1}
\newcommand{\OperatorTok}[1]{\textcolor[rgb]{0.40,0.40,0.40}{#1}}"""
    body = r"It is \VERB|\NormalTok{x }\OperatorTok{{-}\VerbBar{}}\NormalTok{ 1}| here."
    assert read(tmp_path, body, preamble) == [("paragraph", "It is x -| 1 here.")]


def test_what_is_meant_for_bookmarks_alone_changes_no_macro(tmp_path: Path) -> None:
    preamble = r"\documentclass{article}\usepackage{ulem}\pdfstringdefDisableCommands{\renewcommand{\sout}{}}"
    assert read(tmp_path, r"It costs \sout{57} 58.", preamble) == [("paragraph", "It costs 58.")]


def test_a_note_of_several_paragraphs_follows_its_own(tmp_path: Path) -> None:
    body = "Gates leak.\\footnote{Dry weight.\n\n77 kg.} They do.\n\nThey rust."
    assert [text for _, text in read(tmp_path, body)] == ["Gates leak. They do.", "Dry weight. 77 kg.", "They rust."]


@pytest.mark.parametrize("name", ["block", "alertblock", "exampleblock"])
def test_the_titles_of_blocks_on_slides_are_read(name: str, tmp_path: Path) -> None:
    body = rf"\begin{{frame}}{{Gates}}\begin{{{name}}}{{Costs 5}}Text 6.\end{{{name}}}\end{{frame}}"
    assert [text for _, text in read(tmp_path, body, r"\documentclass{beamer}")] == ["Gates", "Costs 5", "Text 6."]


@pytest.mark.parametrize(
    "text",
    [
        r"\begin{verbatim}\begin{enumerate}\def\labelenumi{x}\end{verbatim}",
        r"\begin{Highlighting} a",
        r"\begin{enumerate} \item",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert as_by_hand(text) == text
