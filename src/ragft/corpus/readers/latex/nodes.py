"""Nodes of pylatexenc: what was given to a macro, and whether two pieces would join."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ragft.corpus import formulas
from ragft.corpus.readers.latex import specs
from ragft.corpus.readers.latex.siunitx_nodes import inner

_PAREN = re.compile(r"(\\c(?:mid)?rule(?:\s*\[[^\]]*\])?)\s*\([^()]*\)")
_BRACKET = re.compile(r"\\.|[{}\[\]]", re.DOTALL)
_ARGUMENT_BEFORE = re.compile(r"(?:\\(?P<name>[A-Za-z]+)|\\\\|\]|\\begin\s{0,9}\{[^{}]{1,40}\})\*?\s{0,9}\Z")
_MOST_UNCLOSED, _LONGEST_MACRO = 6, 80
_COLUMNS = re.compile(r"colspec\s*=\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")


def nodes_of(text: str) -> Sequence[Any]:
    """The nodes of a text, without errors in it."""
    from pylatexenc.latexwalker import LatexWalker

    text = _without_unclosed(_PAREN.sub(r"\1", text))
    walker = LatexWalker(text, latex_context=specs.context(), tolerant_parsing=True)
    nodes: Sequence[Any] = walker.get_latex_nodes()[0]
    return nodes


def _without_unclosed(text: str) -> str:
    """`text` without many brackets of arguments that never close: the parser reads what follows each of them twice."""
    found = [place for place in _unclosed(text) if _begins_argument(text[max(0, place - _LONGEST_MACRO) : place])]
    if len(found) <= _MOST_UNCLOSED:
        return text
    bounds = [0, *sorted(found), len(text)]
    return "{[}".join(text[start:end].removeprefix("[" * (start > 0)) for start, end in pairwise(bounds))


def _unclosed(text: str) -> list[int]:
    """Where brackets open that do not close within their braces."""
    found: list[int] = []
    opened: list[tuple[str, int]] = []
    for match in _BRACKET.finditer(text):
        char = match.group()
        if char in "{[":
            opened.append((char, match.start()))
        elif char == "]":
            if opened and opened[-1][0] == "[":
                opened.pop()
        elif char == "}":
            while opened and opened[-1][0] == "[":
                found.append(opened.pop()[1])
            if opened:
                opened.pop()
    return found + [place for char, place in opened if char == "["]


def _begins_argument(before: str) -> bool:
    """Whether a bracket behind this text begins an argument: behind most macros it is text, as in `\\in[0,1)`."""
    match = _ARGUMENT_BEFORE.search(before)
    if match is None or not match["name"]:
        return match is not None
    spec = specs.context().get_macro_spec(match["name"])
    return spec is not None and "[" in (getattr(spec.args_parser, "argspec", None) or "")


def preamble_of(node: Any) -> str:
    """What a table says of its columns; tabularray says it among other things, or not at all."""
    stated = next((inner(given) for given in reversed(arguments_of(node)) if given.latex_verbatim()[:1] != "["), "")
    if node.environmentname not in specs.TABULARRAY or "=" not in stated:
        return stated
    found = _COLUMNS.search(stated)
    return found[1] if found else ""


def arguments_of(node: Any) -> list[Any]:
    """The arguments that were given, stars left out."""
    found = node.nodeargd.argnlist if node.nodeargd is not None else ()
    return [argument for argument in found or () if argument is not None and not _is_star(argument)]


def joins_digits(before: str, after: str) -> bool:
    """Whether two numbers would be one."""
    return before[-1].isdigit() and after[0].isdigit()


def would_join(before: str, left: Any, after: str, right: Any) -> bool:
    """Whether two pieces would be one word or number that nobody wrote."""
    if not before[-1].isalnum() or not after[0].isalnum():
        return False
    digits = joins_digits(before, after)
    apart = (_stands_apart(left), _stands_apart(right))
    if all(apart) or (digits and any(apart)):
        return True
    return (_is_formula(right) and formulas.beside(before, after, "") != after) or (
        _is_formula(left) and formulas.beside("", before, after) != before
    )


def _stands_apart(node: Any) -> bool:
    return getattr(node, "macroname", None) in specs.APART


def _is_formula(node: Any) -> bool:
    return type(node).__name__ == "LatexMathNode"


def _is_star(node: Any) -> bool:
    return type(node).__name__ == "LatexCharsNode" and node.chars == "*"


def space_after(node: Any) -> str:
    """The blank behind a macro, which TeX takes for its end; where nothing was read of it, two words would be one."""
    return "<p>" if PARAGRAPH.search(node.macro_post_space or "") else ""
