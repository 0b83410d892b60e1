r"""Abbreviations of LaTeX: the source holds keys, the page words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.corpus.readers.latex.abbreviations import Abbreviations
from tests.corpus.readers.latex.latex_pages import read

DEFINED = r"""\newacronym[longplural={gates of locks}]{gl}{GL}{gate of a lock}\acrodef{lr}[LR]{learning rate}
\newglossaryentry{acc}{name={accuracy}, description={share, right}}\acrodef{TTL}{time to live}
\DeclareAcronym{rg}{short = RG, long = {river, guarded}, class = x}"""


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"\gls{gl}, \gls{gl}, \glspl{gl}", "gate of a lock (GL), GL, GLs"),
        (r"\Gls{gl}, \Gls*[x]{gl}", "Gate of a lock (GL), GL"),
        (r"\glspl{gl}", "gates of locks (GLs)"),
        (r"\acrshort{gl}, \acrlong{gl}, \acrfull{gl}", "GL, gate of a lock, gate of a lock (GL)"),
        (r"\acrlongpl{gl}", "gates of locks"),
        (r"\glsxtrlong{gl} \glsentryshort{gl}", "gate of a lock GL"),
        (r"\gls{acc} and \Gls{acc}", "accuracy and Accuracy"),
        (r"\ac{lr}, \ac{lr}, \acs{lr}, \acl{lr}, \acf{lr}, \acp{lr}, \Acl{lr}",
         "learning rate (LR), LR, LR, learning rate, learning rate (LR), LRs, Learning rate"),
        (r"\ac{rg} \acresetall \ac{rg} \ac{TTL}", "river, guarded (RG) river, guarded (RG) time to live (TTL)"),
        (r"\ac{lr} \verb|\ac{lr}| \ac{unknown}", r"learning rate (LR) \ac{lr} unknown"),
    ],
)  # fmt: skip
def test_what_a_use_prints(tex: str, seen: str, tmp_path: Path) -> None:
    assert " ".join(read(tmp_path, tex, DEFINED)) == seen


def test_a_list_of_abbreviations_is_read(tmp_path: Path) -> None:
    tex = r"\begin{acronym}[TTL]\acro{lr}[LR]{learning rate}\acro{TTL}{time to live}\end{acronym} \ac{lr}"
    assert read(tmp_path, tex) == ["LR learning rate", "TTL time to live", "learning rate (LR)"]


def test_what_is_written_is_bounded() -> None:
    long = "a" * 400
    text = Abbreviations(rf"\acrodef{{x}}[X]{{{long}}}\acrodef{{y}}[Y]{{{long * 2}}}").written_out(
        r"\acl{x}\acl{y}" * 10_000
    )
    assert text.startswith(long + r"\acl{y}")
    assert len(text) < 2_000_000


def test_an_abbreviation_without_a_name_changes_nothing_else() -> None:
    text = r"\verb|a| \acresetall"
    assert Abbreviations(r"\acrodef{ }{time to live}").written_out(text) == text


@given(st.text(alphabet=r"\{}[],= acroglsdfnewtyp{}", max_size=80))
def test_any_text_is_taken(text: str) -> None:
    Abbreviations(text + DEFINED).written_out(text)
