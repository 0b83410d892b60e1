"""The macros of a LaTeX document put in place where it uses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ragft.corpus.readers.latex.definitions import DEFINITION, FALSE, NO_VALUE, TRUE, Argument, Macro, defined
from ragft.corpus.readers.latex.groups import CODE, Groups, skip_blanks

_STEP = re.compile(
    rf"(?P<code>{CODE})|(?P<definition>{DEFINITION})"
    r"|\\(?P<scope>(?:begin|end)(?P<called>\{[A-Za-z@]+\*?\})|(?:begin|end|begingroup|endgroup|[be]group)(?![A-Za-z@]))"
    r"|\\(?P<use>[A-Za-z@]+)|\\.|(?P<open>(?<![A-Za-z\]}])\{)|(?P<argument>\{)|(?P<close>\})",
    re.DOTALL,
)
_GLOBAL = re.compile(r"\\global|\\[gx]def")
_PARAMETER = re.compile(r"#(\d)")
_KEEPS_BLANK = re.compile(r"\\xspace\s*\Z")
_QUESTION = re.compile(r"\\If(NoValue|Value|Boolean|Blank)(TF|T|F)(?![A-Za-z])")
_MOST_QUESTIONS = 100
_DEEPEST = 20
_MOST_SCOPES = 200
_MOST = 100_000
_MOST_GROWTH = 10_000_000
"""Characters that all macros together may write: some are made to write without end."""


@dataclass(frozen=True)
class _Scope:
    """The macros that a group or environment redefined, with their definitions before, which hold again at its end.

    `values`: the arguments of the environment.
    """

    environment: bool = False
    local: bool = True
    values: Sequence[str] = ()
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
            macro = self._known(match["use"] or (match["scope"] if match["called"] else ""))
            if match["definition"]:
                position = self._define(match, groups, scopes)
            elif macro is not None and match["use"]:
                body, position = self._replaced(macro, groups, position)
                done.append(self._deeper(body, depth))
            elif macro is not None:
                if match["scope"].startswith("end"):
                    values = self._left(scopes)
                else:
                    values, position = _values(macro, groups, position)
                    _enter(scopes, _Scope(environment=True, values=values))
                done.append(self._deeper(_filled(macro, values), depth))
            else:
                self._enter_or_leave(match, scopes)
                done.append(match.group())
        return "".join(done) + text[position:]

    def _known(self, name: str) -> Macro | None:
        return self._macros.get(name, self._first.get(name))

    def _define(self, match: re.Match[str], groups: Groups, scopes: list[_Scope]) -> int:
        """Take a definition; where it ends."""
        found, end = defined(match, groups, self._macros)
        only_new = (match["how"] or "").startswith("provide") or match["stated"] == "Provide"
        scope = next((one for one in reversed(scopes) if one.local), None)
        for name, macro in found.items():
            if name in self._protected or (only_new and name in self._macros):
                continue
            if scope and name in self._macros and not _GLOBAL.search(match.group()):
                scope.before.setdefault(name, self._macros[name])
            self._macros[name] = macro
        return end

    def _enter_or_leave(self, match: re.Match[str], scopes: list[_Scope]) -> None:
        word = match["scope"] or ""
        if match["open"] or match["argument"]:
            _enter(scopes, _Scope(local=bool(match["open"])))
        elif word.startswith("b"):
            _enter(scopes, _Scope(environment=True))
        elif match["close"] and scopes and not scopes[-1].environment:
            self._macros |= scopes.pop().before
        elif word.startswith("e"):
            self._left(scopes)

    def _left(self, scopes: list[_Scope]) -> Sequence[str]:
        """Leave the innermost environment, if there is one; its arguments."""
        if not any(scope.environment for scope in scopes):
            return ()
        while not (scope := scopes.pop()).environment:
            self._macros |= scope.before
        self._macros |= scope.before
        return scope.values

    def _deeper(self, body: str, depth: int) -> str:
        self._count += 1
        self._written += len(body)
        if depth >= _DEEPEST or self._count > _MOST or self._written > _MOST_GROWTH:
            self.stopped = True
            return " "
        return self.expand(body, depth + 1)

    def _replaced(self, macro: Macro, groups: Groups, position: int) -> tuple[str, int]:
        """The text in place of a use of `macro` that ends at `position`, and where its arguments end."""
        values, position = _values(macro, groups, position)
        body = _KEEPS_BLANK.sub("", macro.body)
        if not macro.takes and body == macro.body:
            position = skip_blanks(groups.text, position)
        return _filled(Macro(body, macro.takes), values), position


def _enter(scopes: list[_Scope], scope: _Scope) -> None:
    if len(scopes) < _MOST_SCOPES:
        scopes.append(scope)


def _values(macro: Macro, groups: Groups, position: int) -> tuple[list[str], int]:
    """The arguments of a use of `macro` that ends at `position`, and where they end."""
    values: list[str] = []
    for takes in macro.takes:
        value, position = _value(takes, groups, position)
        values.append(value)
    return values, position


def _value(takes: Argument, groups: Groups, position: int) -> tuple[str, int]:
    start = skip_blanks(groups.text, position)
    if takes.kind in "st":
        is_given = groups.text[start : start + 1] == takes.marks
        return (TRUE, start + 1) if is_given else (FALSE, position)
    if takes.kind == "m":
        return groups.argument(position)
    found = groups.at(start) if takes.kind == "g" else groups.between(position, takes.marks)
    return found or (takes.default, position)


def _filled(macro: Macro, values: Sequence[str]) -> str:
    """The text of a macro with its arguments, of its questions about them what they decide."""
    body = _PARAMETER.sub(lambda m: values[int(m[1]) - 1] if 0 < int(m[1]) <= len(values) else "", macro.body)
    if NO_VALUE not in body and r"\If" not in body:
        return body
    for match in list(_QUESTION.finditer(body))[::-1][:_MOST_QUESTIONS]:  # from the last: none holds a later one
        body = _answered(match, body)
    return body.replace(NO_VALUE, "")


def _answered(match: re.Match[str], body: str) -> str:
    """`body` with the branch that is set in the place of a question."""
    groups = Groups(body)
    asked, position = groups.argument(match.end())
    branches = {}
    for name in match[2]:
        branches[name], position = groups.argument(position)
    holds = {
        "NoValue": asked.strip() == NO_VALUE,
        "Value": asked.strip() != NO_VALUE,
        "Boolean": asked.strip() == TRUE,
        "Blank": not asked.strip(),
    }[match[1]]
    return body[: match.start()] + branches.get("T" if holds else "F", "") + body[position:]
