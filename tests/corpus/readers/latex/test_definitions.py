r"""Macros and environments of the document's own, in every form that defines them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.readers.latex.latex_pages import read


@pytest.mark.parametrize(
    ("definition", "use", "seen"),
    [
        (r"\NewDocumentCommand{\v}{m}{#1 km}", r"\v{45}", "45 km"),
        (r"\NewDocumentCommand\v{}{GateBench}", r"\v{} 45", "GateBench 45"),
        (r"\DeclareDocumentCommand{\v}{ O{km} +m }{#2 #1}", r"\v{45}, \v[miles]{46}", "45 km, 46 miles"),
        (r"\NewDocumentCommand{\v}{O{\unit{km}} m}{#2 #1}", r"\v[{a]b}]{45}", "45 a]b"),
        (r"\NewDocumentCommand{\v}{s m}{#2\IfBooleanTF{#1}{ new}{ old}}", r"\v{45}, \v*{46}", "45 old, 46 new"),
        (r"\NewDocumentCommand{\v}{m o}{#1\IfNoValueF{#2}{ of #2}}", r"\v{45}, \v{46}[50]", "45, 46 of 50"),
        (r"\NewDocumentCommand{\v}{o m}{\IfValueTF{#1}{#1 of #2}{all #2}}", r"\v{45}, \v[4]{46}", "all 45, 4 of 46"),
        (r"\NewDocumentCommand{\v}{m o}{#1#2 km}", r"\v{45}", "45 km"),
        (r"\NewDocumentCommand{\v}{m d()}{#1\IfValueT{#2}{ (#2)}}", r"\v{45}(km)", "45 (km)"),
        (r"\NewExpandableDocumentCommand{\v}{m g}{#1\IfNoValueTF{#2}{}{ or #2}}", r"\v{45}{46}", "45 or 46"),
        (r"\NewDocumentCommand{\v}{>{\TrimSpaces} m}{#1 km}", r"\v{45}", "45 km"),
        (r"\NewDocumentCommand{\v}{m}{5 km}\RenewDocumentCommand{\v}{m}{#1 km}", r"\v{45}", "45 km"),
        (r"\newrobustcmd{\v}[1]{#1 km}", r"\v{45}", "45 km"),
        (r"\newcommandx{\v}[2][2=km]{#1 #2}", r"\v{45}, \v{46}[miles]", "45 km, 46 miles"),
        (r"\newcommand{\v}[2][km]{#2 #1}", r"\v{45}, \v[{[a]}]{46}", "45 km, 46 [a]"),
    ],
)
def test_a_macro_takes_what_its_definition_states(definition: str, use: str, seen: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"It is {use} wide.", definition) == [f"It is {seen} wide."]


ENVIRONMENTS = [
    (r"\newenvironment{box}{\textbf{Result 7:} }{ (end)}", "", "Result 7: 45 (end)"),
    (r"\newenvironment{box}[1][Note]{\begin{quote}#1: }{\end{quote}}", "", "Note: 45"),
    (r"\newenvironment{box}[1][Note]{\begin{quote}#1: }{\end{quote}}", "[Task]", "Task: 45"),
    (r"\newenvironment{box}[2]{\quote #1 of #2: }{\endquote}", "{3}{4}", "3 of 4: 45"),
    (r"\newenvironment{box}{\begin{lrbox}{\b}Seen: }{\end{lrbox}\fbox{\usebox{\b}}}", "", "Seen: 45"),
    (r"\newenvironment{box}[1]{\def\t{#1}\begin{center}}{\end{center}}", "{Title}", "Title 45"),
    (r"\NewEnviron{box}[1]{\fbox{\parbox{5cm}{#1: \BODY}} (end)}", "{Task}", "Task: 45 (end)"),
    (r"\NewDocumentEnvironment{box}{O{Note} m}{#1 #2: }{ (#2)}", "{8}", "Note 8: 45 (8)"),
    (r"\NewDocumentEnvironment{box}{m +b}{#1: #2 (end)}{}", "{Task}", "Task: 45 (end)"),
    (r"\newenvironment{box}{Seen: }{ (end)}", "At ", "Seen: At 45 (end)"),
    (r"\newenvironment{box}{Old: }{}\renewenvironment{box}{New: }{}", "", "New: 45"),
]


@pytest.mark.parametrize(("definition", "takes", "seen"), ENVIRONMENTS)
def test_an_environment_prints_what_it_adds(definition: str, takes: str, seen: str, tmp_path: Path) -> None:
    body = rf"\begin{{box}}{takes}45\end{{box}}"
    assert " ".join(read(tmp_path, body, definition)) == seen
    assert " ".join(read(tmp_path, definition + body)) == seen, "also where the text defines it"


def test_environments_inside_each_other_keep_their_arguments(tmp_path: Path) -> None:
    preamble = r"\NewDocumentEnvironment{box}{m}{#1: }{ (end of #1)}"
    assert read(tmp_path, r"\begin{box}{A}\begin{box}{B}45\end{box}\end{box}", preamble) == [
        "A: B: 45 (end of B) (end of A)"
    ]


@pytest.mark.parametrize("kind", ["abstract", "comment", "tabular"])
def test_a_known_environment_keeps_its_meaning(kind: str, tmp_path: Path) -> None:
    preamble = rf"\renewenvironment{{{kind}}}{{\section*{{Odd}}}}{{}}"
    assert "Odd" not in read(tmp_path, rf"Text. \begin{{{kind}}}{{rr}}45 & 46\end{{{kind}}}", preamble)
