"""Formulas in TeX on one line: simple ones as in every other format (`10^-4`, `(a+b)/2`), all others as TeX."""

from __future__ import annotations

import re

from ragft.corpus import formulas
from ragft.corpus.readers.latex_symbols import symbol

_SYMBOLS = {
    "epsilon": "ε", "phi": "φ", "ne": "≠", "cdots": "…", "degree": "°", "prime": "′", "gets": "←", "pounds": "£",
    "euro": "€", "arg": "arg", "det": "det", "dim": "dim", "Pr": "Pr",
}  # fmt: skip
"""Names that mean something else in formulas, or that no other table has."""
_BINARY = frozenset("×±∓·÷≤≥≠≈∼≃≡∝≪≫→←⇒↔∈∉⊂⊆∪∩∧∨⊕⊗⊥∥≅≲≳⩽⩾≜⟶⟹⟵⇔⇌↦⊃⊇⊈≺≻≼≽∖∣≍≐")
_DELIMITERS = re.compile(
    r"\A(?:\$\$?|\\\(|\\\[|\\begin\{[^{}]*\}(?:\{[^{}]*\})?)|(?:\$\$?|\\\)|\\\]|\\end\{[^{}]*\})\Z"
)
_UNSEEN = re.compile(
    r"\\(?:label|tag\*?)\s*\{[^{}]*\}"
    r"|\\(?:nonumber|notag|displaystyle|(?:text|script|scriptscript)style|limits|left|right|[bB]ig+[lr]?)(?![A-Za-z])"
)
_BALANCED = r"\{(?:[^{}]|\{[^{}]*\}){0,999}\}"
_GAP = re.compile(rf"\\(?P<height>v)?h?phantom(?![A-Za-z])\s*(?P<seen>{_BALANCED}|\\[A-Za-z]+|\S)?")
_SPACES = re.compile(r"\\[hm]space\*?\s*\{[^{}]{0,99}\}|\\(?:[,;:> ]|q?quad(?![A-Za-z]))|~")
_PLAIN = re.compile(
    r"\\(?:math(?:rm|it|sf|bf|tt|normal|[rlc]lap)|boldsymbol|bm|text(?:rm|bf|it|sf|tt|sc|normal)?|mbox|operatorname\*?"
    r"|smash(?:\[[tb]\])?|boxed|fbox|underline)\s*\{([^{}\\]*)\}"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])")
_ESCAPED = re.compile(r"\\([%$&#_])")
_ARGUMENT = r"\s*(?:\{([^{}\\]*)\}|([^\s{}\\\[]))"
_SCRIPT = re.compile(r"([_^])\s*\{([^{}\\]*)\}")
_SCRIPT_OF_ONE = re.compile(r"(?<!\\)([_^])\s*([^\s{}\\(])")
_FRACTION = re.compile(rf"\\(?:[dtc]?frac|nicefrac|[sx]frac)(?![A-Za-z]){_ARGUMENT}{_ARGUMENT}")
_BARE = r"(\\[A-Za-z]+|[^\s{}\\\[])"
_OF_TWO = r"\\(?:[dtc]?frac|nicefrac|[sx]frac|[dt]?binom)(?![A-Za-z])\s*"
_BARE_FIRST = re.compile(rf"((?:{_OF_TWO}|\\sqrt(?![A-Za-z])\s*(?:\[[^\]{{}}]*\]\s*)?)){_BARE}")
_BARE_SECOND = re.compile(rf"({_OF_TWO}{_BALANCED}\s*){_BARE}")
_BARE_SCRIPT = re.compile(r"(?<!\\)([_^]\s*)(\d)(?=\s*\d)")
_ROOT = re.compile(rf"\\sqrt(?![A-Za-z])\s*(?:\[([^\]{{}}\\]*)\])?{_ARGUMENT}")
_GROUP = re.compile(r"(?<![A-Za-z\]}_^])\s*\{([^{}\\]*/[^{}\\]*)\}")
_NO_BREAK = re.compile(r"\{([,.:=])\}|\\!")
_DEEPEST = 8


def one_line_of(tex: str) -> str:
    """A formula, its delimiters included, on one line."""
    tex = _UNSEEN.sub("", _DELIMITERS.sub("", _DELIMITERS.sub("", tex.strip()).strip()))
    tex = _GAP.sub(lambda m: "" if m["height"] or m["seen"] in {None, "{}"} else "~", tex)
    line = _braced(" ".join(tex.split()))
    plain = _simple(line)
    return line if plain is None else plain


def _braced(tex: str) -> str:
    """TeX in which what is given without braces has them: `\\frac12` would hold the number 12, `2^34` the power 34."""
    tex = _BARE_SCRIPT.sub(r"\1{\2}", _BARE_FIRST.sub(r"\1{\2}", tex))
    for _ in range(_DEEPEST):
        before, tex = tex, _BARE_SECOND.sub(r"\1{\2}", tex)
        if tex == before:
            break
    return tex


def _simple(tex: str) -> str | None:
    """The formula without TeX; None where something stays that has no form of its own on a line."""
    tex = tex.replace("{}^", "^").replace(r"\{", "⦃").replace(r"\}", "⦄")
    text = _SPACES.sub(" ", _NO_BREAK.sub(r"\1", tex))
    text = _SCRIPT_OF_ONE.sub(r"\1{\2}", text)
    for _ in range(_DEEPEST):
        before = text
        text = _PLAIN.sub(r"\1", text)
        text = _FRACTION.sub(lambda m: _fraction(m, formulas.fraction(m[1] or m[2] or "", m[3] or m[4] or "")), text)
        text = _ROOT.sub(lambda m: _beside(m, formulas.root(m[2] or m[3] or "", m[1] or "")), text)
        text = _COMMAND.sub(_symbol, text)
        text = _SCRIPT.sub(lambda m: _beside(m, m[1] + formulas.part(m[2])), text)
        text = _GROUP.sub(lambda m: _fraction(m, m[1]), text)
        if text == before:
            break
    text = _ESCAPED.sub(r"\1", text)
    if "\\" in text or "{" in text or "}" in text or "&" in text:
        return None
    return formulas.degrees(" ".join(text.replace("⦃", "{").replace("⦄", "}").replace("^′", "′").split()))


def _fraction(match: re.Match[str], text: str) -> str:
    """A fraction in its place: one that is raised, or raised to a power, needs brackets."""
    if match.string[match.end() :].lstrip()[:1] in {"^", "_"}:
        return f"({text})"
    if match.string[: match.start()].rstrip()[-1:] in {"^", "_"}:
        return f"({text})"
    return _beside(match, text) + (" " if match.string[match.end() :][:1] == "\\" else "")


def _beside(match: re.Match[str], text: str) -> str:
    """What is written for a match; digits that stand beside it are not joined to it, nor are letters to letters."""
    left, right = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    joined = (left.isdigit() and text[:1].isdigit()) or (left == "}" and text[:1].isalnum())  # it is taken away later
    before = " " if joined else ""
    joins = right.isdigit() if text[-1:].isdigit() else right.isalnum() and text[-1:].isalpha()
    return f"{before}{text}{' ' if joins else ''}"


def _symbol(match: re.Match[str]) -> str:
    sign = _SYMBOLS.get(match[1]) or symbol(match[1])
    if sign is None:
        return match.group()
    return f" {sign} " if (sign.isascii() and sign[0].isalpha()) or sign in _BINARY else sign
