"""The characters of LaTeX's names of symbols: a table of our own, and the hundreds that pylatexenc knows."""

from __future__ import annotations

from functools import cache
from typing import Any

SYMBOLS = {
    **{name: name for name in "LaTeX TeX BibTeX XeTeX LuaTeX LuaLaTeX XeLaTeX pdfTeX pdfLaTeX AmS".split()},
    "LaTeXe": "LaTeX2e", "eTeX": "eTeX",
    "S": "§", "P": "¶", "ddag": "‡", "copyright": "©", "textcopyright": "©", "textless": "<", "textgreater": ">",
    "textbar": "|", "textbardbl": "‖", "textunderscore": "_", "textbraceleft": "{", "textbraceright": "}",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "textasciicircum": "^", "textperiodcentered": "·",
    "textquotedbl": '"', "slash": "/", "checkmark": "✓", "maltese": "✠", "circledR": "®", "yen": "¥",
    "og": "«", "fg": "»", "glqq": "„", "grqq": "“", "glq": "‚", "grq": "‘", "flqq": "«", "frqq": "»", "flq": "‹",
    "frq": "›", "space": " ", "nobreakspace": " ", "nobreakdash": "", "thickspace": " ", "colon": ":",
    "iff": "⇔", "implies": "⇒", "impliedby": "⇐", "land": "∧", "lor": "∨", "neg": "¬", "bot": "⊥", "models": "⊨",
    "Re": "Re", "Im": "Im", "coloneqq": ":=", "varnothing": "∅", "lhd": "⊲", "rhd": "⊳", "bigstar": "★",
    **{name: name for name in "argmax argmin coth sec csc cot ker hom deg gcd lg mod".split()}, "bmod": "mod",
    "clubsuit": "♣", "heartsuit": "♡", "spadesuit": "♠", "diamondsuit": "♢", "triangle": "△", "owns": "∋",
}  # fmt: skip
_TODAY = "today"
"""The day on which a document is set; pylatexenc gives the one on which it is read."""


@cache
def symbol(name: str) -> str | None:
    """The text of a macro without arguments; None if it is not known."""
    found = SYMBOLS.get(name)
    if found is not None or name == _TODAY:
        return found
    spec = _known().get_macro_spec(name)
    shown = spec.simplify_repl if spec is not None and spec.macroname else None
    return shown if isinstance(shown, str) and shown and "%" not in shown else None


@cache
def _known() -> Any:
    from pylatexenc.latex2text import get_default_latex_context_db

    return get_default_latex_context_db()
