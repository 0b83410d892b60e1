"""The macros that a LaTeX document defines: found, and put in place where it uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*(?:\{\s*\\([A-Za-z@]+)\s*\}|\\([A-Za-z@]+))\s*"
    r"(?:\[(\d)\])?\s*(?:\[([^\]]*)\])?\s*(?=\{)"
    r"|\\(?:long\s*|global\s*)*[gex]?def\s*\\([A-Za-z@]+)\s*((?:#\d)*)\s*(?=\{)"
    r"|\\DeclareMathOperator\*?\s*\{\s*\\([A-Za-z@]+)\s*\}\s*(?=\{)"
)
_USE = re.compile(r"\\([A-Za-z@]+)")
_PARAMETER = re.compile(r"#(\d)")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_KEEPS_BLANK = re.compile(r"\\xspace\s*\Z")
_BLANKS = re.compile(r"[ \t]*\n?[ \t]*")
_LONGEST_GROUP = 20_000
_DEEPEST = 20
_MOST = 100_000
_MOST_GROWTH = 10_000_000
"""Characters that all macros together may write: some are made to write without end."""


@dataclass(frozen=True)
class Macro:
    """`body` with `#1`, `#2`, …; `default`: of the first argument, which is then optional; None where it is not."""

    body: str
    arguments: int = 0
    default: str | None = None


def group_at(text: str, start: int, longest: int = _LONGEST_GROUP) -> tuple[str, int] | None:
    """What stands in the braces that open at `start`, and where they end; None where they do not."""
    if text[start : start + 1] != "{":
        return None
    depth = 0
    for match in _BRACE.finditer(text, start, start + longest):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return text[start + 1 : match.start()], match.end()
    return None


def take_definitions(text: str, protected: frozenset[str]) -> tuple[dict[str, Macro], str]:
    """The macros that `text` defines, and the text without their definitions; `protected` names keep their meaning."""
    macros: dict[str, Macro] = {}
    kept: list[str] = []
    position = 0
    for match in _DEFINITION.finditer(text):
        group = group_at(text, match.end()) if match.start() >= position else None
        if group is None:
            continue
        body, end = group
        kept.append(text[position : match.start()])
        position = end
        name = next(filter(None, (match[1], match[2], match[5], match[7])))
        if name in protected:
            continue
        if match[7]:
            macros[name] = Macro(f"\\operatorname{{{body}}}")
        else:
            count = int(match[3]) if match[3] else (match[6] or "").count("#")
            macros[name] = Macro(body, count, match[4])
    return macros, "".join(kept) + text[position:]


class Expander:
    """Puts macros in place. `stopped`: whether that was given up, since it had no end."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self._macros = macros
        self._count = self._written = 0
        self.stopped = False

    def expand(self, text: str, depth: int = 0) -> str:
        """`text` with every macro that is known replaced by what it stands for."""
        if not self._macros:
            return text
        done: list[str] = []
        position = 0
        while match := _USE.search(text, position):
            macro = self._macros.get(match[1])
            if macro is None or text[match.start() - 1 : match.start()] == "\\":
                done.append(text[position : match.end()])
                position = match.end()
                continue
            done.append(text[position : match.start()])
            body, position = self._replaced(macro, text, match.end())
            done.append(self._deeper(body, depth))
        return "".join(done) + text[position:]

    def _deeper(self, body: str, depth: int) -> str:
        self._count += 1
        self._written += len(body)
        if depth >= _DEEPEST or self._count > _MOST or self._written > _MOST_GROWTH:
            self.stopped = True
            return " "
        return self.expand(body, depth + 1)

    def _replaced(self, macro: Macro, text: str, position: int) -> tuple[str, int]:
        """What stands for a use of `macro` that ends at `position`, and where its arguments end."""
        values: list[str] = []
        for number in range(macro.arguments):
            if number == 0 and macro.default is not None:
                value, position = _optional(text, position, macro.default)
            else:
                value, position = _argument(text, position)
            values.append(value)
        body = _KEEPS_BLANK.sub("", macro.body)
        if not macro.arguments and body == macro.body:
            position = _skip_blanks(text, position)
        return _PARAMETER.sub(lambda m: values[int(m[1]) - 1] if 0 < int(m[1]) <= len(values) else "", body), position


def _optional(text: str, position: int, default: str) -> tuple[str, int]:
    start = _skip_blanks(text, position)
    end = text.find("]", start, start + _LONGEST_GROUP) if text[start : start + 1] == "[" else -1
    return (text[start + 1 : end], end + 1) if end > 0 else (default, position)


def _argument(text: str, position: int) -> tuple[str, int]:
    """A group, or a macro or character alone."""
    start = _skip_blanks(text, position)
    if group := group_at(text, start):
        return group
    if match := _USE.match(text, start):
        return match.group(), match.end()
    return text[start : start + 1], min(start + 1, len(text))


def _skip_blanks(text: str, position: int) -> int:
    """The end of the blanks at `position`, which are at most one line end: an empty line is a paragraph."""
    match = _BLANKS.match(text, position)
    end = match.end() if match else position
    return position if text[end : end + 1] == "\n" else end
