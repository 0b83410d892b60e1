"""MathML and what TeX renderers make of formulas in a page: each formula once, as a line of text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ragft.corpus import formulas
from ragft.corpus.readers.tex_math import one_line_of

_RENDERED = (
    ".mwe-math-element,.katex-display,.katex,mjx-container,.MathJax_CHTML,.MathJax_SVG,.MathJax_Display,.MathJax,math"
)
_LEFT_OUT = {"annotation", "annotation-xml", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"}
_DEEPEST = 100
"""Levels of a formula that are distinguished; what lies deeper is read as its text."""
_WRAPPERS = 12
"""Elements between a formula's outermost and innermost form."""
_STACKED = ".vlist,.msubsup,.mfrac,.munderover,.mroot"
"""Parts of a formula that stand above or below others by its style alone: its text would join them, `105` for 10^5."""
_NO_LINE = re.compile(r"\s*0+(?:\.0*)?\s*[a-z%]*\s*")
_TEX_STYLE = re.compile(r"^\s*\{?\\(?:displaystyle|textstyle)\s*(.*?)\}?\s*$", re.DOTALL)


def write_formulas(tree: Any) -> int:
    """Put text in the place of every rendered formula of a `LexborHTMLParser`; the number of those without text."""
    for node in tree.css(".MathJax_Preview,.MathJax_preview"):
        node.decompose()
    lost = 0
    rendered = tree.css(_RENDERED)
    known = {node.mem_id for node in rendered}
    for node in rendered:
        if _is_within(node, known):
            continue
        text = _text_of(node)
        lost += not text
        node.replace_with(formulas.beside(_seen(node.prev), text, _seen(node.next)) or " ")
    for node in tree.css("script[type^='math/tex']"):
        # Beside a rendered formula it is the source of that formula.
        node.replace_with("" if node.attributes.get("data-rendered") else one_line_of(node.text() or ""))
    return lost


def _seen(node: Any) -> str:
    return (node.text() or "") if node is not None else ""


def _is_within(node: Any, known: set[int]) -> bool:
    parent = node.parent
    for _ in range(_WRAPPERS):
        if parent is None:
            return False
        if parent.mem_id in known:
            return True
        parent = parent.parent
    return False


def _text_of(node: Any) -> str:
    """A rendered formula: by its MathML, else by the TeX it was made from, else by the text that is seen."""
    script = node.next
    while script is not None and script.tag == "-text" and not (script.text(deep=False) or "").strip():
        script = script.next
    source = ""
    if script is not None and script.tag == "script" and (script.attributes.get("type") or "").startswith("math/tex"):
        script.attrs["data-rendered"] = "1"
        source = script.text() or ""
    math = node if node.tag == "math" else node.css_first("math")
    if math is None and (held := node.attributes.get("data-mathml")):
        math = type(node.parser)(held).css_first("math")
    text = _mathml_line(math) if math is not None else ""
    image = node.css_first("img[alt]") if not text else None
    tex = source or (image.attributes.get("alt") if image else "") or node.attributes.get("data-latex") or ""
    seen = node.text() if math is None and not tex and node.css_first(_STACKED) is None else ""
    return text or _plain_tex(tex) or " ".join((seen or "").split())


def _plain_tex(tex: str) -> str:
    return one_line_of(_TEX_STYLE.sub(r"\1", tex))


def _mathml_line(math: Any, depth: int = 0) -> str:
    """A node of MathML as text; where it holds no presentation, the TeX it is annotated with."""
    text = " ".join(_write(math, depth).split())
    if text:
        return text
    annotation = math.css_first("annotation[encoding='application/x-tex']")
    return _plain_tex((annotation.text() if annotation else "") or math.attributes.get("alttext") or "")


def _write(node: Any, depth: int) -> str:
    tag = node.tag
    if tag in _LEFT_OUT:
        return ""
    if tag in {"mi", "mn", "mo", "mtext", "ms", "ci", "cn"} or depth > _DEEPEST:
        text = " ".join((node.text() or "").split())
        return f" {text} " if tag == "mtext" and text else text
    if tag == "mspace":
        return " "
    parts = [child for child in _children(node) if child.tag not in _LEFT_OUT - {"none", "mprescripts"}]
    if tag == "mmultiscripts":
        return _multiscripts(parts, depth)
    if tag == "mtable":
        return f"[{formulas.matrix([_write(cell, depth + 2) for cell in _children(row)] for row in parts)}]"
    if tag in {"semantics", "maction"}:
        return _write(parts[0], depth + 1) if parts else ""
    texts = [_write(child, depth + 1) for child in parts]
    if tag == "mfrac" and _NO_LINE.fullmatch(node.attributes.get("linethickness") or ""):
        return formulas.stack(*[*texts, "", ""][:2])
    if tag in _WRITERS:
        return _WRITERS[tag](*[*texts, "", "", ""][:3])
    inner = formulas.row(texts)
    if tag == "msqrt":
        return formulas.root(inner)
    if tag == "mfenced":
        attributes = node.attributes
        return (attributes.get("open") or "(") + ", ".join(filter(None, texts)) + (attributes.get("close") or ")")
    return inner or ("" if parts else node.text(deep=False) or "")


def _children(node: Any) -> list[Any]:
    return [child for child in node.iter() if child.tag is not None and child.tag != "-comment"]


def _multiscripts(parts: list[Any], depth: int) -> str:
    if not parts:
        return ""
    tags = [part.tag for part in parts]
    split = tags.index("mprescripts") if "mprescripts" in tags else len(parts)
    after = [_write(part, depth + 1) for part in parts[1:split]]
    before = [_write(part, depth + 1) for part in parts[split + 1 :]]
    lead = formulas.scripts("", "".join(before[0::2]), "".join(before[1::2]))
    return lead + formulas.scripts(_write(parts[0], depth + 1), "".join(after[0::2]), "".join(after[1::2]))


_WRITERS: dict[str, Callable[[str, str, str], str]] = {
    "mfrac": lambda above, below, _: formulas.fraction(above, below),
    "mroot": lambda inner, degree, _: formulas.root(inner, degree),
    "msub": lambda base, below, _: formulas.scripts(base, below),
    "msup": lambda base, above, _: formulas.scripts(base, "", above),
    "msubsup": formulas.scripts,
    "munder": lambda base, below, _: formulas.scripts(base, below),
    "mover": lambda base, above, _: formulas.accent(base, above),
    "munderover": formulas.scripts,
}
