"""The characters of LaTeX's names of symbols: a table of our own, and the hundreds that pylatexenc knows."""

from __future__ import annotations

from functools import cache, lru_cache
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
    **dict.fromkeys("cmark Checkmark CheckmarkBold faCheck faCheckCircle tick yes".split(), "✓"),
    **dict.fromkeys("xmark XSolidBrush XSolid faTimes faTimesCircle".split(), "✗"),
    "CheckedBox": "☑", "XBox": "☒", "CIRCLE": "●", "Circle": "○", "LEFTcircle": "◐", "RIGHTcircle": "◑",
    "clubsuit": "♣", "heartsuit": "♡", "spadesuit": "♠", "diamondsuit": "♢", "triangle": "△", "owns": "∋",
}  # fmt: skip
CUSTOMARY = {
    "eg": "e.g.", "Eg": "E.g.", "ie": "i.e.", "Ie": "I.e.", "etal": "et al.", "cf": "cf.", "Cf": "Cf.", "etc": "etc.",
    "wrt": "w.r.t.", "vs": "vs.", "aka": "a.k.a.", "iid": "i.i.d.",
}  # fmt: skip
"""Abbreviations that the styles of conferences define, whose files are not read."""
_TODAY = "today"
"""The day on which a document is set; pylatexenc gives the one on which it is read."""

_DINGBATS = {37: "☎", 42: "☛", 43: "☞", 72: "★", 108: "●", 110: "■", 115: "▲", 116: "▼", 117: "◆", 119: "◗"}
_DINGBAT_RANGES = ((33, 126, 0x2701), (161, 167, 0x2761), (172, 181, 0x2460), (182, 191, 0x2776), (192, 211, 0x2780),
                   (212, 212, 0x2794), (213, 213, 0x2192), (214, 215, 0x2194), (216, 254, 0x2798))  # fmt: skip
"""The encoding of the font Zapf Dingbats: first and last code, and the character of the first."""


def numbered_sign(macro: str, code: int) -> str:
    """The character that `\\ding{51}` or `\\symbol{65}` prints; a blank where it is not known."""
    if macro == "symbol":
        return chr(code) if 0x20 < code < 0x7F else " "
    found = next((start + code - first for first, last, start in _DINGBAT_RANGES if first <= code <= last), None)
    return _DINGBATS.get(code) or (chr(found) if found is not None else " ")


@lru_cache(4096)
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
