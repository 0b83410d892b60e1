"""Writes parts of a formula on one line: `(a+b)/2`, `x_i^2`, `√(x+1)`. Used for MathML and Office formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SIMPLE = re.compile(r"[+\-−–±]?(?:\d+(?:[.,]\d+)*|[^\W\d_]+|[*∗†′⊤∞])?[+\-−]?|\([^()]*\)|\[[^\[\]]*\]")
_RELATION = re.compile(r"\s*([=<>≤≥≈∼≡≠≪≫∝→⇒⇔↦∈∉⊂⊆:]+)\s*")
_NAME_OR_SCRIPT = re.compile(r"[^\W\d_]{2}$|[_^][^\W_]+$")
_FRACTION_FIRST = re.compile(r"\d+/\d")
_JOINS_AFTER = re.compile(r"[/_^√][-−+]?[^\W_]+\Z")
_PRIMES = set("′″‴'")
_UNSEEN_SIGNS = "\u2061\u2062\u2063\u2064"
"""The invisible characters for function application, times, comma and plus."""
_DEGREE = re.compile(r"(?:(?<=\d)|(?<![^\s(]))\^\(?[∘°◦]\)?")
_ACCENTS = {
    **dict.fromkeys("^ˆ\u0302", "\u0302"),
    **dict.fromkeys("~˜\u0303", "\u0303"),
    **dict.fromkeys("¯‾_―ˉ\u0304\u0305", "\u0304"),
    **dict.fromkeys("˙.\u0307", "\u0307"),
    **dict.fromkeys("¨\u0308", "\u0308"),
    **dict.fromkeys("→⃗\u20d7", "\u20d7"),
    **dict.fromkeys("ˇ\u030c", "\u030c"),
}


def part(text: str) -> str:
    """`text` in brackets, unless it is a number, a name or in brackets already."""
    text = text.strip()
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def fraction(above: str, below: str) -> str:
    """A fraction on one line, such as `a/b`; a part of several terms is put in brackets."""
    return f"{part(above)}/{part(below)}"


def root(text: str, degree: str = "") -> str:
    """The square root, or that of `degree`."""
    degree = degree.strip()
    return f"√[{degree}]{part(text)}" if degree and degree != "2" else f"√{part(text)}"


def scripts(base: str, below: str = "", above: str = "") -> str:
    """A base with subscript and superscript."""
    below, above = below.strip(), above.strip()
    line = base.rstrip()
    line = f"({line})" if _is_fraction(line) and (below or above) else line
    if above and set(above) <= _PRIMES:
        line, above = line + above, ""
    return degrees(line + (f"_{part(below)}" if below else "") + (f"^{part(above)}" if above else ""))


def degrees(text: str) -> str:
    """`text` with the raised circle behind a number, or behind nothing, as a degree sign: `25^(∘)` is `25°`."""
    return _DEGREE.sub("°", text)


def stack(above: str, below: str) -> str:
    """Two parts one above the other without a bar, such as a binomial."""
    return f"{above.strip()}; {below.strip()}"


def beside(left: str, text: str, right: str) -> str:
    """A formula between the text before and after it; digits of a fraction or script are not joined to others."""
    before = " " if left[-1:].isdigit() and _FRACTION_FIRST.match(text) else ""
    after = " " if right[:1].isdigit() and _JOINS_AFTER.search(text) else ""
    return f"{before}{text}{after}"


def _is_fraction(text: str) -> bool:
    """Whether a line of division stands outside of all brackets."""
    depth = 0
    for sign in text:
        depth += (sign in "([") - (sign in ")]")
        if sign == "/" and depth == 0:
            return True
    return False


def accent(base: str, mark: str) -> str:
    """A base with a hat, bar or arrow over it; other marks are written as raised."""
    combining = _ACCENTS.get(mark.strip())
    base = base.strip()
    return base + combining if combining and len(base) == 1 else base if combining else scripts(base, above=mark)


def row(parts: Iterable[str]) -> str:
    """Parts side by side, with spaces between names and numbers and around relations."""
    line = ""
    for text in parts:
        if not text.strip(_UNSEEN_SIGNS):  # what stands on both sides of one is then kept apart as neighbours are
            continue
        apart = (
            _NAME_OR_SCRIPT.search(line)
            or re.match(r"[^\W\d_]{2}", text)
            or (line[-1:].isdigit() and text[0].isdigit())
        )
        line += (" " if apart and line[-1:].isalnum() and text[0].isalnum() else "") + text
    return _RELATION.sub(r" \1 ", line)


def matrix(rows: Iterable[Iterable[str]]) -> str:
    """Rows divided by semicolons, cells by commas."""
    lines = (", ".join(cell.strip() for cell in cells if cell.strip()) for cells in rows)
    return "; ".join(line for line in lines if line)
