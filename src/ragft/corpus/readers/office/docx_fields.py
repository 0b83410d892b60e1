r"""Fields of a Word document that show something which is stored in their code alone: `EQ \f(1,2)` shows ½.

Fields of old forms keep the chosen entry, or whether a box is checked, in their properties. All other fields keep what
they show as text behind their code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ragft.corpus.readers.office.docx_eq import UnreadableFormulaError, formula_line
from ragft.corpus.readers.office.docx_symbols import symbol
from ragft.corpus.readers.office.docx_xml import is_on, value
from ragft.corpus.readers.office.namespaces import W

_SYMBOL = re.compile(r"^\s*symbol\s+(0x[\da-f]{1,5}|\d{1,6})\b(?:.*?\\f\s*(?:\"([^\"]*)\"|(\w+)))?", re.IGNORECASE)
_BUTTON = re.compile(r"^\s*(?:macrobutton|gotobutton)\s+\S+\s+(.*)", re.IGNORECASE | re.DOTALL)
_COUNTED = re.compile(r"\s*(?:listnum|autonum(?:lgl|out)?)\b", re.IGNORECASE)


@dataclass
class _Field:
    """A field whose end has not come; `texts` is what came inside its code as text, as results of fields do.

    `chosen`: the entry of a list in a form, which stands in its properties alone unless the result has text.
    """

    code: str = ""
    texts: str = ""
    has_result: bool = False
    chosen: str = ""


class Fields:
    """The fields of a document, as its reader meets their marks, codes and text.

    Attributes:
        left_out: formulas that could not be read.
        unknown: characters of symbol fonts that are not known, and so blanks.
        uncounted: numbers that fields count, which are not read.
    """

    def __init__(self, separator: str = ",") -> None:
        """`separator` divides the arguments of formulas; where it is `;`, a comma is that of a decimal."""
        self._separator = separator
        self._open: list[_Field] = []
        self.left_out = 0
        self.unknown = 0
        self.uncounted = 0

    def part(self, node: Any) -> str:
        """What a `w:fldChar` or `w:instrText` shows: a box at its beginning, what has no stored result at its end."""
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            mark = self.text(_checked(node))
            self._open.append(_Field(chosen=_chosen(node)))
            return mark
        elif not self._open:
            return ""
        elif kind == "separate":
            self._open[-1].has_result = True
        elif kind == "end":
            field = self._open.pop()
            return self.text(field.chosen if field.chosen or field.has_result else self.shown(field.code))
        else:  # behind a result it is not looked at
            self._open[-1].code += node.text or ""
        return ""

    def text(self, text: str) -> str:
        """`text` where it is seen; inside the code of a field, where it belongs to that code, nothing."""
        within = next((field for field in reversed(self._open) if not field.has_result), None)
        if within is None:
            for field in self._open if text.strip() else ():
                field.chosen = ""  # the result holds it
            return text
        within.code += text
        within.texts += text
        return ""

    def end_paragraph(self) -> str:
        """The text that was taken for the code of fields which do not end: those of several paragraphs have their
        code in the first of them."""
        rest = "".join(field.texts for field in self._open if not field.has_result)
        self._open.clear()
        return rest

    def shown(self, code: str) -> str:
        """The text of a field without a stored result, computed from its code, such as ` EQ \\f(1,2) `."""
        if found := _SYMBOL.match(code):
            char = symbol(int(found[1], 16 if found[1][:2].casefold() == "0x" else 10), found[2] or found[3] or "")
            self.unknown += not char
            return char or " "
        if found := _BUTTON.match(code):
            return f" {found[1].strip()} "
        self.uncounted += _COUNTED.match(code) is not None
        if not re.match(r"\s*eq\b", code, re.IGNORECASE):
            return ""
        try:
            return formula_line(code, self._separator)
        except UnreadableFormulaError:
            self.left_out += 1
            return " "


def _checked(begin: Any) -> str:
    """The box that a field of a form begins with, checked or not; empty if it begins with none."""
    box = begin.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return ""
    checked = box.find(f"{W}checked")
    return "☒" if is_on(checked if checked is not None else box.find(f"{W}default")) else "☐"


def _chosen(begin: Any) -> str:
    """The chosen entry of the list that a field of a form begins with; empty if it has none."""
    entries = begin.find(f"{W}ffData/{W}ddList")
    if entries is None:
        return ""
    named = [entry.get(f"{W}val", "") for entry in entries.iterchildren(f"{W}listEntry")]
    place = value(entries, "result") or value(entries, "default") or "0"
    return named[int(place)] if place.isdecimal() and int(place) < len(named) else ""
