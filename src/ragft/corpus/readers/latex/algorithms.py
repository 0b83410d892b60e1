r"""The words that packages for algorithms print: `\If{$x>3$}` is read as "if x>3 then"."""

from __future__ import annotations

from typing import NamedTuple


class Statement(NamedTuple):
    """The words that a macro prints before, between and behind its `takes` arguments."""

    takes: int
    before: str
    after: str = ""
    between: str = " "


_PLAIN = {
    "If": Statement(1, "if", " then"),
    "ElsIf": Statement(1, "else if", " then"),
    "ElseIf": Statement(1, "else if", " then"),
    "Else": Statement(0, "else"),
    "EndIf": Statement(0, "end if"),
    "For": Statement(1, "for", " do"),
    "ForAll": Statement(1, "for all", " do"),
    "ForEach": Statement(1, "for each", " do"),
    "EndFor": Statement(0, "end for"),
    "While": Statement(1, "while", " do"),
    "EndWhile": Statement(0, "end while"),
    "Loop": Statement(0, "loop"),
    "EndLoop": Statement(0, "end loop"),
    "Repeat": Statement(0, "repeat"),
    "Until": Statement(1, "until"),
    "Return": Statement(0, "return"),
    "Require": Statement(0, "Require:"),
    "Ensure": Statement(0, "Ensure:"),
    "Input": Statement(0, "Input:"),
    "Output": Statement(0, "Output:"),
    "State": Statement(0, ""),
    "Print": Statement(0, "print"),
}
STATEMENTS = {
    **_PLAIN,
    **{name.upper(): statement for name, statement in _PLAIN.items()},
    "To": Statement(0, "to"),
    "TO": Statement(0, "to"),
    "Statex": Statement(0, ""),
    "Procedure": Statement(2, "procedure", ")", "("),
    "Function": Statement(2, "function", ")", "("),
    "EndProcedure": Statement(0, "end procedure"),
    "EndFunction": Statement(0, "end function"),
    "Call": Statement(2, "", ")", "("),
    "Comment": Statement(1, "▷"),
    "COMMENT": Statement(1, "▷"),
    "LineComment": Statement(1, "▷"),
    "KwIn": Statement(1, "Input:"),
    "KwOut": Statement(1, "Output:"),
    "KwData": Statement(1, "Data:"),
    "KwResult": Statement(1, "Result:"),
    "KwRet": Statement(1, "return"),
    "KwTo": Statement(0, "to"),
    "tcp": Statement(1, "//"),
    "tcc": Statement(1, "/*", " */"),
    "uIf": Statement(1, "if", " then"),
    "eIf": Statement(1, "if", " then"),
    "lIf": Statement(1, "if", " then"),
    "uElse": Statement(0, "else"),
}
"""Macros of algorithmic, algpseudocode and algorithm2e; of the latter, what is nested follows as text."""
