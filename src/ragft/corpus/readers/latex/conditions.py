"""Conditions of TeX: where the source itself decides them, only the branch that is set is left.

Decided are `\\iftrue` and `\\iffalse`, switches made by `\\newif` or `\\newboolean` that are only ever set one way,
numbers compared with numbers, characters with characters (`\\if0` is a way to leave out), and macros compared with
themselves. What others show depends on what runs.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ragft.corpus.readers.latex.groups import CODE

_BLANKS = r"\s{0,9}"
_SWITCH = re.compile(
    rf"\\newif{_BLANKS}\\if(?P<new>[A-Za-z@]+)|\\(?:new|provide)boolean{_BLANKS}\{{(?P<newboolean>\w+)\}}"
    rf"|\\setboolean{_BLANKS}\{{(?P<boolean>\w+)\}}{_BLANKS}\{{(?P<given>true|false)\}}"
    rf"|\\let{_BLANKS}\\if(?P<let>[A-Za-z@]+){_BLANKS}=?{_BLANKS}\\if(?P<made>true|false)(?![A-Za-z@])"
    r"|\\(?P<set>(?!if(?:true|false)(?![A-Za-z@]))[A-Za-z@]+?)(?P<value>true|false)(?![A-Za-z@])"
    r"|(?P<begin>\\if(?!f(?![A-Za-z@]))[A-Za-z@]*(?![A-Za-z@])(?!\s*\{)|\{)|(?P<end>\\fi(?![A-Za-z@])|\})|\\."
)
_STEP = re.compile(
    rf"(?P<passed>{CODE}|\\newif{_BLANKS}\\if[A-Za-z@]+|\\let{_BLANKS}\\if[A-Za-z@]+{_BLANKS}=?{_BLANKS}\\if(?:true|false))"
    rf"|\\ifnum{_BLANKS}(?P<left>[-+]?\d{{1,9}}){_BLANKS}(?P<sign>[<=>]){_BLANKS}(?P<right>[-+]?\d{{1,9}})(?!\d)[ \t]?"
    rf"|\\if(?![A-Za-z@]){_BLANKS}(?P<first>[0-9A-Za-z])(?P<second>[0-9A-Za-z]|\s+)"
    rf"|\\ifx{_BLANKS}\\(?P<one>[A-Za-z@]+){_BLANKS}\\(?P<other>[A-Za-z@]+)[ \t]*"
    r"|\\if(?P<name>(?!f(?![A-Za-z@]))[A-Za-z@]*)(?![A-Za-z@])(?P<group>\s*\{)?[ \t]*"
    r"|\\(?:(?P<otherwise>else)|(?P<also>or)|(?P<end>fi))(?![A-Za-z@])[ \t]*"
    r"|(?P<open>\{)|(?P<close>\})|\\.",
    re.DOTALL,
)
_WITH_GROUPS = re.compile(r"\\(?:ifthenelse|iftoggle|ifbool|ifdef|ifundef|ifstrequal|ifblank)(?![A-Za-z@])\s*\{")
_MACRO_BEFORE = re.compile(r"\\[A-Za-z@]+\Z")
_LONGEST_NAME = 60
_SIGNS: Mapping[str, Callable[[int, int], bool]] = {"<": operator.lt, "=": operator.eq, ">": operator.gt}
UNDECIDED = "conditions that the source does not decide: all that they may show is read"


@dataclass
class _Condition:
    """A condition in the text and the places of its parts; `holds` is None where the source does not decide it."""

    start: int
    test_end: int
    holds: bool | None
    depth: int
    otherwise: tuple[int, int] | None = None
    end: tuple[int, int] | None = None

    def cuts(self) -> list[tuple[int, int]]:
        """What is not set, from and to."""
        if self.holds is None or self.end is None:
            return []
        if self.holds:
            return [(self.start, self.test_end), (self.otherwise[0] if self.otherwise else self.end[0], self.end[1])]
        return [(self.start, self.otherwise[1]), self.end] if self.otherwise else [(self.start, self.end[1])]


def decided(text: str) -> tuple[str, bool]:
    """`text` without the branches that are not set, and whether there are conditions that it does not decide."""
    body = max(0, text.find(r"\begin{document}"))
    conditions = _conditions(text)
    unsure = (one for one in conditions if one.holds is None or one.end is None)
    undecided = any(one.start >= body or one.depth for one in unsure) or _WITH_GROUPS.search(text, body) is not None
    kept: list[str] = []
    position = 0
    for start, end in sorted(cut for one in conditions for cut in one.cuts()):
        if end <= position:
            continue
        before = text[position : max(start, position)]
        kept.append(before)
        if _MACRO_BEFORE.search(before, max(0, len(before) - _LONGEST_NAME)) and text[end : end + 1].isalpha():
            kept.append(" ")  # the end of its name
        position = end
    return "".join(kept) + text[position:], undecided


def _conditions(text: str) -> list[_Condition]:
    """The conditions of a text. Each ends at the depth of braces that it begins at, or counts as undecided."""
    switches = _switches(text)
    found: list[_Condition] = []
    opened: list[_Condition] = []
    depth = 0
    for match in _STEP.finditer(text):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
            while opened and opened[-1].depth > depth:
                opened.pop()
        elif match["otherwise"] and opened and opened[-1].depth == depth:
            opened[-1].otherwise = match.span()
        elif match["also"] and opened and opened[-1].depth == depth:
            opened[-1].holds = None
        elif match["end"] and opened and opened[-1].depth == depth:
            opened.pop().end = match.span()
        elif match["left"] or match["first"] or match["one"] or match["name"] is not None:
            depth_before, known = depth, match["name"] in switches
            depth += bool(match["group"])
            if match["group"] and not known:  # `\ifthenelse{…}` and its like, which have no end
                continue
            test_end = match.start("group") if match["group"] else match.end()
            opened.append(_Condition(match.start(), test_end, _holds(match, switches), depth_before))
            found.append(opened[-1])
    return found


def _holds(match: re.Match[str], switches: Mapping[str, bool | None]) -> bool | None:
    if match["left"]:
        return _SIGNS[match["sign"]](int(match["left"]), int(match["right"]))
    if match["first"]:
        return match["first"] == match["second"]
    if match["one"]:
        return True if match["one"] == match["other"] else None
    return switches.get(match["name"])


def _switches(text: str) -> dict[str, bool | None]:
    """The names of switches, and how each is set; None for one set both ways, or within a group or condition."""
    values: dict[str, set[bool]] = {}
    made: set[str] = set()
    depth = 0
    for match in _SWITCH.finditer(text):
        depth = max(0, depth + bool(match["begin"]) - bool(match["end"]))
        if new := match["new"] or match["newboolean"]:
            made.add(new)
        elif name := match["boolean"] or match["let"] or match["set"]:
            value = "true" in (match["given"], match["made"], match["value"])
            values.setdefault(name, set()).update({True, False} if depth else {value})
    set_so = {name: next(iter(found)) if len(found) == 1 else None for name, found in values.items()}
    return {**dict.fromkeys(made, False), **set_so, "true": True, "false": False}
