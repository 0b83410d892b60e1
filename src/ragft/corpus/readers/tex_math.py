"""Formulas in TeX on one line: simple ones as in every other format (`10^-4`, `(a+b)/2`), all others as TeX."""

from __future__ import annotations

import re

from ragft.corpus import formulas

_GREEK = dict(
    zip(
        """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi rho sigma tau
        upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega""".split(),
        "αβγδεεζηθϑικλμνξπρστυφφχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
_SYMBOLS = {
    **_GREEK,
    **dict(
        zip(
            """times pm mp cdot div le leq ge geq ne neq approx sim simeq equiv propto ll gg to rightarrow leftarrow
            Rightarrow infty in notin subset subseteq cup cap emptyset forall exists partial nabla ldots dots cdots
            sum prod int degree circ prime ell langle rangle mid top star ast dagger leftrightarrow gets""".split(),
            "×±∓·÷≤≤≥≥≠≠≈∼≃≡∝≪≫→→←⇒∞∈∉⊂⊆∪∩∅∀∃∂∇………∑∏∫°∘′ℓ⟨⟩|⊤⋆∗†↔←",
            strict=True,
        )
    ),
    **{name: name for name in "log ln exp sin cos tan tanh max min arg sup inf lim det dim Pr".split()},
}
_BINARY = frozenset("×±∓·÷≤≥≠≈∼≃≡∝≪≫→←⇒↔∈∉⊂⊆∪∩")
_DELIMITERS = re.compile(
    r"\A(?:\$\$?|\\\(|\\\[|\\begin\{[^{}]*\}(?:\{[^{}]*\})?)|(?:\$\$?|\\\)|\\\]|\\end\{[^{}]*\})\Z"
)
_UNSEEN = re.compile(
    r"\\(?:label|tag\*?)\s*\{[^{}]*\}"
    r"|\\(?:nonumber|notag|displaystyle|textstyle|limits|left|right|[bB]ig+[lr]?)(?![A-Za-z])"
)
_SPACES = re.compile(r"\\(?:[,;:> ]|q?quad(?![A-Za-z]))|~")
_PLAIN = re.compile(
    r"\\(?:mathrm|mathit|mathsf|mathbf|boldsymbol|bm|text(?:rm|bf|it|sf|normal)?|mbox|operatorname\*?)\s*\{([^{}\\]*)\}"
)
_COMMAND = re.compile(r"\\([A-Za-z]+)(?![A-Za-z])")
_ESCAPED = re.compile(r"\\([%$&#_])")
_SCRIPT = re.compile(r"([_^])\s*(?:\{([^{}\\]*)\}|([^\s{}\\(]))")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}\\]*)\}\s*\{([^{}\\]*)\}")
_ROOT = re.compile(r"\\sqrt\s*(?:\[([^\]{}\\]*)\])?\s*\{([^{}\\]*)\}")
_NO_BREAK = re.compile(r"\{([,.:=])\}|\\!")
_DEEPEST = 8


def one_line_of(tex: str) -> str:
    """A formula, its delimiters included, on one line."""
    tex = _UNSEEN.sub("", _DELIMITERS.sub("", _DELIMITERS.sub("", tex.strip()).strip()))
    line = " ".join(tex.split())
    plain = _simple(line)
    return line if plain is None else plain


def _simple(tex: str) -> str | None:
    """The formula without TeX; None where something stays that has no form of its own on a line."""
    text = _SPACES.sub(" ", _NO_BREAK.sub(r"\1", tex.replace(r"\{", "⦃").replace(r"\}", "⦄")))
    for _ in range(_DEEPEST):
        before = text
        text = _PLAIN.sub(r"\1", text)
        text = _FRACTION.sub(lambda m: formulas.fraction(m[1], m[2]), text)
        text = _ROOT.sub(lambda m: formulas.root(m[2], m[1] or ""), text)
        text = _COMMAND.sub(_symbol, text)
        text = _SCRIPT.sub(lambda m: m[1] + formulas.part(m[2] if m[2] is not None else m[3]), text)
        if text == before:
            break
    text = _ESCAPED.sub(r"\1", text)
    if "\\" in text or "{" in text or "}" in text or "&" in text:
        return None
    return " ".join(text.replace("⦃", "{").replace("⦄", "}").replace("^′", "′").split())


def _symbol(match: re.Match[str]) -> str:
    symbol = _SYMBOLS.get(match[1])
    if symbol is None:
        return match.group()
    return f" {symbol} " if symbol.isascii() or symbol in _BINARY else symbol
