"""The macros that a LaTeX document defines: found, and put in place where it uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

CODE = (  # code ends before other code begins, so that beginnings without end are looked through once
    r"\\begin\{verbatim\}(?:(?!\\begin\{verbatim\}).)*?\\end\{verbatim\}"
    r"|\\(?:verb|lstinline)\*?(?P<bar>[^\w\s*{])[^\n]*?(?P=bar)"
)
_DEFINITION = re.compile(
    (
        r"\\(?P<how>(?:re)?newcommand|providecommand|DeclareRobustCommand|DeclareSIUnit)(?![A-Za-z])\*?\s*"
        r"(?:\[[^\]]{0,99}\]\s*)?(?:\{\s*\\(?P<braced>[A-Za-z@]+)\s*\}|\\(?P<bare>[A-Za-z@]+))\s*"
        r"(?:\[(?P<count>\d)\])?\s*(?:\[(?P<default>[^\]]{0,999})\])?\s*(?=\{)"
        r"|(?:\\(?:long|global|protected)\s*){0,3}\\(?P<def>[gex]?def)\s*\\(?P<defined>[A-Za-z@]+)\s*(?P<marks>(?:#\d)*)\s*(?=\{)"
        r"|\\(?P<operator>DeclareMathOperator)\*?\s*\{\s*\\(?P<named>[A-Za-z@]+)\s*\}\s*(?=\{)"
        r"|\\let\s*\\(?P<copy>[A-Za-z@]+)\s*=?\s*\\(?P<of>[A-Za-z@]+)"
    ).replace(r"\s*", r"\s{0,9}")  # bounded: blanks beside blanks are tried in every way, and brackets may never close
)
_USE = re.compile(r"\\([A-Za-z@]+)")
_STEP = re.compile(
    rf"(?P<code>{CODE})|(?P<definition>{_DEFINITION.pattern})|\\(?P<scope>(?:begin|end)(?:group)?|[be]group)(?![A-Za-z@])"
    r"|\\(?P<use>[A-Za-z@]+)|\\.|(?P<open>(?<![A-Za-z\]}])\{)|(?P<argument>\{)|(?P<close>\})",
    re.DOTALL,
)
_GLOBAL = re.compile(r"\\global|\\[gx]def")
_PARAMETER = re.compile(r"#(\d)")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_KEEPS_BLANK = re.compile(r"\\xspace\s*\Z")
_BLANKS = re.compile(r"[ \t]*\n?[ \t]*")
_LONGEST_GROUP = 20_000
_LONGEST_PLAIN = 300
_NOT_PLAIN = re.compile(r"@|\\(?:begin|end|[be]group|[hv]box|def|(?:re)?newcommand|let|if)|\\(?:else|fi)(?![A-Za-z])")
_DEEPEST = 20
_MOST_SCOPES = 200
_MOST = 100_000
_MOST_GROWTH = 10_000_000
"""Characters that all macros together may write: some are made to write without end."""


@dataclass(frozen=True)
class Macro:
    """`body` with `#1`, `#2`, …; `default`: of the first argument, which is then optional; None where it is not."""

    body: str
    arguments: int = 0
    default: str | None = None


class Groups:
    """The groups in braces of a text, whose ends are all found at once: many that never end take no longer."""

    def __init__(self, text: str) -> None:
        self.text = text

    def at(self, start: int) -> tuple[str, int] | None:
        """The content of the braces that open at `start`, and where they end; None if they do not end."""
        if self.text[start : start + 1] != "{":
            return None
        end = self._ends.get(start, 0)
        return (self.text[start + 1 : end - 1], end) if 0 < end - start <= _LONGEST_GROUP else None

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


def first_definitions(text: str, protected: frozenset[str]) -> dict[str, Macro]:
    """The first definition of each macro; `protected` names keep their meaning."""
    macros: dict[str, Macro] = {}
    groups = Groups(text)
    position = 0
    for match in _DEFINITION.finditer(text):
        if match.start() < position:
            continue
        name, macro, position = _defined(match, groups, macros)
        if macro is not None and name not in protected and match["how"] != "renewcommand":
            macros.setdefault(name, macro)
    return macros


def plain_definitions(text: str) -> dict[str, Macro]:
    """The macros of a package that have one definition, which neither defines, opens nor closes anything."""
    found: dict[str, Macro | None] = {}
    groups = Groups(text)
    for match in _DEFINITION.finditer(text):
        name, macro, _ = _defined(match, groups, {})
        is_plain = macro is not None and len(macro.body) <= _LONGEST_PLAIN and not _NOT_PLAIN.search(macro.body)
        found[name] = macro if is_plain and found.get(name, macro) == macro else None
    return {name: macro for name, macro in found.items() if macro is not None}


def _defined(match: re.Match[str], groups: Groups, known: Mapping[str, Macro]) -> tuple[str, Macro | None, int]:
    """The name that a definition gives, what it gives it, and where the definition ends."""
    if match["copy"]:
        return match["copy"], known.get(match["of"]), match.end()
    name = match["braced"] or match["bare"] or match["defined"] or match["named"]
    group = groups.at(match.end())
    if group is None:
        return name, None, match.end()
    body, end = group
    if match["operator"]:
        return name, Macro(f"\\operatorname{{{body}}}"), end
    count = int(match["count"]) if match["count"] else (match["marks"] or "").count("#")
    return name, Macro(body, count, match["default"] if count else None), end


@dataclass(frozen=True)
class _Scope:
    """The macros that a group or environment redefined, with their definitions before, which hold again at its end."""

    environment: bool = False
    local: bool = True
    before: dict[str, Macro] = field(default_factory=dict)


class Expander:
    """Puts macros in place in the order of the text, so that each use has the meaning it has there.

    A use before every definition (a title that is set later) has the first. `stopped`: whether that was given up,
    since it had no end.
    """

    def __init__(self, first: Mapping[str, Macro], protected: frozenset[str]) -> None:
        self._first = first
        self._protected = protected
        self._macros: dict[str, Macro] = {}
        self._count = self._written = 0
        self.stopped = False

    def expand(self, text: str, depth: int = 0) -> str:
        """`text` without definitions, every macro that is known replaced by what it stands for."""
        done: list[str] = []
        scopes: list[_Scope] = []
        groups = Groups(text)
        position = 0
        while match := _STEP.search(text, position):
            done.append(text[position : match.start()])
            position = match.end()
            macro = self._known(match["use"]) if match["use"] else None
            if match["definition"]:
                position = self._define(match, groups, scopes)
            elif macro is not None:
                body, position = self._replaced(macro, groups, position)
                done.append(self._deeper(body, depth))
            else:
                self._enter_or_leave(match, scopes)
                done.append(match.group())
        return "".join(done) + text[position:]

    def _known(self, name: str) -> Macro | None:
        return self._macros.get(name, self._first.get(name))

    def _define(self, match: re.Match[str], groups: Groups, scopes: list[_Scope]) -> int:
        """Take a definition; where it ends."""
        name, macro, end = _defined(match, groups, self._macros)
        if macro is None or name in self._protected or (match["how"] == "providecommand" and name in self._macros):
            return end
        scope = next((one for one in reversed(scopes) if one.local), None)
        if scope and name in self._macros and not _GLOBAL.search(match.group()):
            scope.before.setdefault(name, self._macros[name])
        self._macros[name] = macro
        return end

    def _enter_or_leave(self, match: re.Match[str], scopes: list[_Scope]) -> None:
        word = match["scope"] or ""
        if len(scopes) < _MOST_SCOPES and (match["open"] or match["argument"]):
            scopes.append(_Scope(local=bool(match["open"])))
        elif len(scopes) < _MOST_SCOPES and word.startswith("b"):
            scopes.append(_Scope(environment=True))
        elif match["close"] and scopes and not scopes[-1].environment:
            self._macros |= scopes.pop().before
        elif word.startswith("e") and any(scope.environment for scope in scopes):
            while not (scope := scopes.pop()).environment:
                self._macros |= scope.before
            self._macros |= scope.before

    def _deeper(self, body: str, depth: int) -> str:
        self._count += 1
        self._written += len(body)
        if depth >= _DEEPEST or self._count > _MOST or self._written > _MOST_GROWTH:
            self.stopped = True
            return " "
        return self.expand(body, depth + 1)

    def _replaced(self, macro: Macro, groups: Groups, position: int) -> tuple[str, int]:
        """The text in place of a use of `macro` that ends at `position`, and where its arguments end."""
        values: list[str] = []
        for number in range(macro.arguments):
            if number == 0 and macro.default is not None:
                value, position = _optional(groups.text, position, macro.default)
            else:
                value, position = _argument(groups, position)
            values.append(value)
        body = _KEEPS_BLANK.sub("", macro.body)
        if not macro.arguments and body == macro.body:
            position = _skip_blanks(groups.text, position)
        return _PARAMETER.sub(lambda m: values[int(m[1]) - 1] if 0 < int(m[1]) <= len(values) else "", body), position


def _optional(text: str, position: int, default: str) -> tuple[str, int]:
    start = _skip_blanks(text, position)
    end = text.find("]", start, start + _LONGEST_GROUP) if text[start : start + 1] == "[" else -1
    return (text[start + 1 : end], end + 1) if end > 0 else (default, position)


def _argument(groups: Groups, position: int) -> tuple[str, int]:
    """A group, or a macro or character alone."""
    text = groups.text
    start = _skip_blanks(text, position)
    if group := groups.at(start):
        return group
    if match := _USE.match(text, start):
        return match.group(), match.end()
    return text[start : start + 1], min(start + 1, len(text))


def _skip_blanks(text: str, position: int) -> int:
    """The end of the blanks at `position`, which are at most one line end: an empty line is a paragraph."""
    match = _BLANKS.match(text, position)
    end = match.end() if match else position
    return position if text[end : end + 1] == "\n" else end
