r"""Numbers with units in LaTeX, in text and within formulas, as siunitx sets them: `\SI{10}{\metre}` is `10 m`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ragft.corpus.readers.latex import siunitx
from ragft.corpus.readers.latex.rounding import Printing
from ragft.corpus.readers.latex.specs import QUANTITIES

Text = Callable[[str], str]
"""A function that takes TeX and returns it as plain text."""


def quantity(node: Any, printing: Printing, text: Text) -> str:
    """A number, a range or list of numbers, with its unit, from a macro of siunitx."""
    name = node.macroname
    options = node.nodeargd.argnlist[0]
    printing = printing if options is None else printing.given(inner(options))
    given = [inner(one) for one in node.nodeargd.argnlist[1:] if one is not None] or [""]
    if name in {"si", "unit"}:
        return siunitx.unit(given[-1])
    if name == "ang":
        return siunitx.angle(_printed(given[-1], ";", printing))
    if name.startswith("num") or name == "tablenum":
        return _value(name, given, printing, text)
    if name == "SI" and len(given) == 3:
        return f"{text(given[1])}{siunitx.with_unit(_value(name, given[:1], printing, text), given[2])}"
    return siunitx.with_unit(_value(name, given[:-1], printing, text), given[-1])


def in_formula(node: Any, printing: Printing, text: Text) -> str:
    """The TeX of a formula with its quantities as they are set, apart from what stands beside them."""
    tex = str(node.latex_verbatim())
    position, done = 0, ""
    for found in _quantities(node):
        start = found.pos - node.pos
        done += tex[position:start]
        position = start + found.len
        before, after = (" " if beside.isalnum() else "" for beside in (done[-1:], tex[position : position + 1]))
        done += f"{before}{quantity(found, printing, text)}{after}"
    return done + tex[position:]


def inner(node: Any) -> str:
    """An argument as TeX, without its braces."""
    tex = str(node.latex_verbatim())
    return tex[1:-1] if tex[:1] in {"{", "["} and len(tex) > 1 else tex


def _quantities(node: Any) -> Iterator[Any]:
    """The macros of siunitx within a node, in their order."""
    if getattr(node, "macroname", None) in QUANTITIES and node.nodeargd is not None:
        yield node
        return
    arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None) or ()
    for part in (*arguments, *(getattr(node, "nodelist", None) or ())):
        if part is not None:
            yield from _quantities(part)


def _value(name: str, given: Sequence[str], printing: Printing, text: Text) -> str:
    if name.endswith("list"):
        return siunitx.numbers(_printed(given[0], ";", printing))
    if name.endswith("product"):
        return siunitx.number(_printed(given[0], "x", printing))
    return " to ".join(text(siunitx.number(printing.printed(one))) for one in given)


def _printed(tex: str, between: str, printing: Printing) -> str:
    """Numbers with `between` between them, each as siunitx prints it."""
    return between.join(map(printing.printed, tex.split(between)))
