r"""Packages beside a LaTeX document: the macros that it takes from them."""

from __future__ import annotations

from pathlib import Path

from ragft.corpus.readers import read_here
from ragft.corpus.readers.registry import file_id

STYLE = r"""\ProvidesPackage{gates}
\newcommand{\ours}{GateNet\xspace} % \newcommand{\ours}{none}
\newcommand{\std}[1]{$\pm$#1}
\def\many{223}
\newcommand{\emph}[1]{}
\newcommand{\twice}{5}\ifdraft\renewcommand{\twice}{6}\fi
\newcommand{\opened}{\begin{center}}
\def\inner@one{7}\def\outer{\inner@one}
"""
BODY = r"""\documentclass{article}\usepackage{amsmath}\usepackage[final]{none,gates}\begin{document}
\ours has \emph{all} \many{} bolts, 7.1\std{0.2} \twice m \opened long.
\end{document}"""


def test_plain_macros_of_a_package_beside_the_document_are_known(tmp_path: Path) -> None:
    (tmp_path / "gates.sty").write_text(STYLE)
    main = tmp_path / "main.tex"
    main.write_text(BODY)
    document = read_here(main)
    assert [block.text for block in document.blocks] == ["GateNet has all 223 bolts, 7.1±0.2 m long."]
    assert document.warnings == ("macros that the source does not define are left out: \\opened, \\twice",)


def test_a_document_is_another_when_its_package_changes(tmp_path: Path) -> None:
    (tmp_path / "gates.sty").write_text(STYLE)
    main = tmp_path / "main.tex"
    main.write_text(BODY)
    before = file_id(main)
    (tmp_path / "gates.sty").write_text(STYLE.replace("223", "224"))
    assert file_id(main) != before


def test_packages_elsewhere_and_broken_ones_are_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (tmp_path / "out.sty").write_text(r"\newcommand{\ours}{Secret}")
    (folder / "gates.sty").mkdir()
    main = folder / "main.tex"
    main.write_text(r"\documentclass{article}\usepackage{../out,gates}\begin{document}It is \ours here.\end{document}")
    assert [block.text for block in read_here(main).blocks] == ["It is here."]
