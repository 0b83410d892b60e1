"""Groups in braces, and the arguments of macros, found in the text of a LaTeX document."""

from __future__ import annotations

import re
from functools import cached_property

CODE = (  # code ends before other code begins, so that beginnings without end are looked through once
    r"\\begin\{verbatim\}(?:(?!\\begin\{verbatim\}).)*?\\end\{verbatim\}"
    r"|\\(?:verb|lstinline)\*?(?P<bar>[^\w\s*{])[^\n]*?(?P=bar)"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_MACRO = re.compile(r"\\[A-Za-z@]+")
_BLANKS = re.compile(r"[ \t]*\n?[ \t]*")
_LONGEST = 20_000


class Groups:
    """The groups in braces of a text, whose ends are all found at once: many that never end take no longer."""

    def __init__(self, text: str) -> None:
        self.text = text

    def at(self, start: int) -> tuple[str, int] | None:
        """The content of the braces that open at `start`, and where they end; None if they do not end."""
        if self.text[start : start + 1] != "{":
            return None
        end = self._ends.get(start, 0)
        return (self.text[start + 1 : end - 1], end) if 0 < end - start <= _LONGEST else None

    @cached_property
    def _ends(self) -> dict[int, int]:
        ends: dict[int, int] = {}
        opened: list[int] = []
        for match in _BRACE.finditer(self.text):
            if match.group() == "{":
                opened.append(match.start())
            elif opened and match.group() == "}":
                ends[opened.pop()] = match.end()
        return ends

    def argument(self, position: int) -> tuple[str, int]:
        """What a macro that ends at `position` takes: a group, or a macro or character alone; and where it ends."""
        start = skip_blanks(self.text, position)
        if group := self.at(start):
            return group
        if match := _MACRO.match(self.text, start):
            return match.group(), match.end()
        return self.text[start : start + 1], min(start + 1, len(self.text))

    def between(self, position: int, marks: str) -> tuple[str, int] | None:
        """What stands between two `marks` behind `position`, and where it ends; braces may hold the second."""
        start = skip_blanks(self.text, position)
        if self.text[start : start + 1] != marks[0]:
            return None
        at = start + 1
        while (end := self.text.find(marks[1], at, start + _LONGEST)) >= 0:
            brace = self.text.find("{", at, end)
            if brace < 0:
                return self.text[start + 1 : end], end + 1
            group = self.at(brace)
            at = group[1] if group else brace + 1
        return None


def skip_blanks(text: str, position: int) -> int:
    """The end of the blanks at `position`, which are at most one line end: an empty line is a paragraph."""
    match = _BLANKS.match(text, position)
    end = match.end() if match else position
    return position if text[end : end + 1] == "\n" else end
