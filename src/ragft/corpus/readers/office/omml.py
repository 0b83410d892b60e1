"""Formulas of Office documents (OMML) as a line of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ragft.corpus import formulas
from ragft.corpus.readers.office.namespaces import M, W
from ragft.corpus.readers.office.switches import turned_on

_LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{W}rPr", f"{M}ctrlPr", f"{M}rPr"}


def omml_line(node: Any) -> str:
    """An `m:oMath` or a part of one."""
    return " ".join(_write(node).split())


def _write(node: Any) -> str:
    if not isinstance(node.tag, str) or node.tag in _LEFT_OUT or node.tag.endswith("Pr"):
        return ""
    if node.tag in {f"{M}t", f"{W}t"}:
        return node.text or ""
    tag = node.tag.removeprefix(M)
    if tag == "r" and _is_unseen(node):
        return ""
    if tag in _WRITERS:
        return _WRITERS[tag](node)
    if tag == "phant" and _property(node, "show", "1") in {"0", "off", "false"}:
        return ""
    return formulas.row(_write(child) for child in node)


def _is_unseen(run: Any) -> bool:
    """Whether a run is hidden or struck out."""
    switches = (run.find(f"{W}rPr/{W}{name}") for name in ("vanish", "strike", "dstrike"))
    return any(switch is not None and turned_on(switch.get(f"{W}val"), usual=True) for switch in switches)


def _nary(node: Any) -> str:
    sign = formulas.scripts(_property(node, "chr", "∫"), _part(node, "sub"), _part(node, "sup"))
    return f"{sign} {_part(node, 'e')}"


def _fraction(kind: str) -> Callable[[str, str], str]:
    return formulas.stack if kind == "noBar" else formulas.fraction


def _delimited(node: Any) -> str:
    inner = _property(node, "sepChr", ", ").join(_write(part) for part in node.findall(f"{M}e"))
    return _property(node, "begChr", "(") + inner + _property(node, "endChr", ")")


def _matrix(node: Any) -> str:
    rows = ([_write(cell) for cell in row.findall(f"{M}e")] for row in node.findall(f"{M}mr"))
    return f"[{formulas.matrix(rows)}]"


def _part(node: Any, name: str) -> str:
    part = node.find(f"{M}{name}")
    return _write(part) if part is not None else ""


def _property(node: Any, name: str, default: str) -> str:
    """A value such as the sign of a sum; given without a value, it means no sign at all."""
    found = node.find(f"{node.tag}Pr/{M}{name}")
    return str(found.get(f"{M}val", "")) if found is not None else default


_WRITERS: dict[str, Callable[[Any], str]] = {
    "f": lambda node: _fraction(_property(node, "type", "bar"))(_part(node, "num"), _part(node, "den")),
    "rad": lambda node: formulas.root(_part(node, "e"), _part(node, "deg")),
    "sSub": lambda node: formulas.scripts(_part(node, "e"), _part(node, "sub")),
    "sSup": lambda node: formulas.scripts(_part(node, "e"), "", _part(node, "sup")),
    "sSubSup": lambda node: formulas.scripts(_part(node, "e"), _part(node, "sub"), _part(node, "sup")),
    "sPre": lambda node: formulas.scripts("", _part(node, "sub"), _part(node, "sup")) + _part(node, "e"),
    "limLow": lambda node: formulas.scripts(_part(node, "e"), _part(node, "lim")),
    "limUpp": lambda node: formulas.scripts(_part(node, "e"), "", _part(node, "lim")),
    "acc": lambda node: formulas.accent(_part(node, "e"), _property(node, "chr", "^")),
    "bar": lambda node: formulas.accent(_part(node, "e"), "¯"),
    "nary": _nary,
    "d": _delimited,
    "m": _matrix,
    "eqArr": lambda node: formulas.matrix([_write(part)] for part in node.findall(f"{M}e")),
}
