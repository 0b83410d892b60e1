r"""The macros and environments that a LaTeX document defines, also with the arguments of `\NewDocumentCommand`.

An environment is two macros, `begin{name}` and `end{name}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ragft.corpus.readers.latex.groups import Groups, skip_blanks

DEFINITION = (
    r"\\(?P<how>(?:re)?newcommandx?|providecommandx?|(?:re)?newrobustcmd|providerobustcmd|DeclareRobustCommand"
    r"|DeclareSIUnit)(?![A-Za-z])\*?\s*"
    r"(?:\[[^\]]{0,99}\]\s*)?(?:\{\s*\\(?P<braced>[A-Za-z@]+)\s*\}|\\(?P<bare>[A-Za-z@]+))\s*"
    r"(?:\[(?P<count>\d)\])?\s*(?:\[(?P<default>[^\]]{0,999})\])?\s*(?=\{)"
    r"|(?:\\(?:long|global|protected)\s*){0,3}\\(?P<def>[gex]?def)\s*\\(?P<defined>[A-Za-z@]+)\s*(?P<marks>(?:#\d)*)\s*(?=\{)"
    r"|\\(?P<operator>DeclareMathOperator)\*?\s*\{\s*\\(?P<named>[A-Za-z@]+)\s*\}\s*(?=\{)"
    r"|\\let\s*\\(?P<copy>[A-Za-z@]+)\s*=?\s*\\(?P<of>[A-Za-z@]+)"
    r"|\\(?P<stated>New|Renew|Provide|Declare)(?:Expandable)?DocumentCommand\s*"
    r"(?:\{\s*\\(?P<statedbraced>[A-Za-z@]+)\s*\}|\\(?P<statedbare>[A-Za-z@]+))\s*(?=\{)"
    r"|\\(?:(?:re)?newenvironment|(?P<collects>(?:Re)?NewEnviron))(?![A-Za-z])\*?\s*\{(?P<environment>[A-Za-z@]+\*?)\}\s*"
    r"(?:\[(?P<takes>\d)\])?\s*(?:\[(?P<first>[^\]]{0,999})\])?\s*(?=\{)"
    r"|\\(?:New|Renew|Provide|Declare)DocumentEnvironment\s*\{(?P<statedenvironment>[A-Za-z@]+\*?)\}\s*(?=\{)"
).replace(r"\s*", r"\s{0,9}")  # bounded: blanks beside blanks are tried in every way, and brackets may never close
_DEFINITION = re.compile(DEFINITION)
_KEPT = frozenset(("renewcommand", "renewcommandx", "renewrobustcmd"))
_LONGEST_PLAIN = 300
_NOT_PLAIN = re.compile(r"@|\\(?:begin|end|[be]group|[hv]box|def|(?:re)?newcommand|let|if)|\\(?:else|fi)(?![A-Za-z])")
_CODE = re.compile(
    r"\\[A-Za-z]*@|\\(?:[be]group|setbox|[hv]box|def|let|(?:re)?newcommand|if[a-z]+|else|fi|expandafter|csname|catcode)(?![A-Za-z])"
)
_INNER = re.compile(r"\\end(?!group)([a-z]{4,})(?![A-Za-z@])")
"""The end of an environment by its macro, as packages write it: `\\quote … \\endquote`."""
_BOX = re.compile(r"\\(?:begin\{lrbox\}\s{0,9}(?:\{[^{}]*\}|\\[A-Za-z@]+)|end\{lrbox\})")
_STATED = re.compile(r"\s*(?:\+|!|>\s*(?=\{)|(?P<kind>[A-Za-z])\s*)")
_MARKED = {"o": "[]", "O": "[]", "s": "*"}
NO_VALUE, TRUE, FALSE = r"\NoValue", r"\BooleanTrue", r"\BooleanFalse"
"""What stands for an argument that is not given, and for a star that is or is not."""


@dataclass(frozen=True)
class Argument:
    r"""What a macro takes. `kind`: as in `\NewDocumentCommand`, one of `m o s d t g b`.

    `default`: where it is not given; `marks`: around it, or its sign.
    """

    kind: str = "m"
    default: str = NO_VALUE
    marks: str = "[]"


@dataclass(frozen=True)
class Macro:
    """`body` with `#1`, `#2`, … in the place of its arguments."""

    body: str
    takes: tuple[Argument, ...] = ()


def first_definitions(text: str, protected: frozenset[str]) -> dict[str, Macro]:
    """The first definition of each macro; `protected` names keep their meaning."""
    macros: dict[str, Macro] = {}
    groups = Groups(text)
    position = 0
    for match in _DEFINITION.finditer(text):
        if match.start() < position:
            continue
        found, position = defined(match, groups, macros)
        for name, macro in found.items():
            if name not in protected and match["how"] not in _KEPT and match["stated"] != "Renew":
                macros.setdefault(name, macro)
    return macros


def plain_definitions(text: str) -> dict[str, Macro]:
    """The macros of a package that have one definition, which neither defines, opens nor closes anything."""
    found: dict[str, Macro | None] = {}
    groups = Groups(text)
    for match in _DEFINITION.finditer(text):
        named, _ = defined(match, groups, {})
        name = _name(match)
        macro = named.get(name)
        is_plain = macro is not None and len(macro.body) <= _LONGEST_PLAIN and not _NOT_PLAIN.search(macro.body)
        found[name] = macro if is_plain and found.get(name, macro) == macro else None
    return {name: macro for name, macro in found.items() if macro is not None}


def defined(match: re.Match[str], groups: Groups, known: Mapping[str, Macro]) -> tuple[dict[str, Macro], int]:
    """What a definition, found by `DEFINITION`, gives a meaning, and where it ends."""
    end = match.end()
    if match["copy"]:
        return ({match["copy"]: known[match["of"]]} if match["of"] in known else {}), end
    takes: tuple[Argument, ...] | None = _counted(match)
    if match["stated"] or match["statedenvironment"]:
        stated = groups.at(end)
        takes, end = (_stated(stated[0]), stated[1]) if stated else (None, end)
    if match["environment"] or match["statedenvironment"]:
        return _environment(match, groups, end, takes)
    group = groups.at(skip_blanks(groups.text, end))
    if group is None or takes is None:
        return {}, end if group is None else group[1]
    body, end = group
    return {_name(match): Macro(f"\\operatorname{{{body}}}" if match["operator"] else body, takes)}, end


def _name(match: re.Match[str]) -> str:
    names = ("braced", "bare", "defined", "named", "copy", "statedbraced", "statedbare", "environment")
    return next((match[name] for name in names if match[name]), "")


def _counted(match: re.Match[str]) -> tuple[Argument, ...]:
    """The arguments of which a definition gives the number, and maybe the text where the first is not given."""
    count = int(match["count"] or match["takes"] or (match["marks"] or "").count("#"))
    default = match["default"] if match["default"] is not None else match["first"]
    if default is None or not count:
        return (Argument(),) * count
    if not (match["how"] or "").endswith("commandx"):
        return (Argument("o", default), *(Argument(),) * (count - 1))
    given = dict(part.split("=", 1) for part in default.split(",") if "=" in part)
    texts = {int(name): value.strip("{}") for name, value in given.items() if name.strip().isdecimal()}
    return tuple(Argument("o", texts[at]) if at in texts else Argument() for at in range(1, count + 1))


def _stated(text: str) -> tuple[Argument, ...] | None:
    r"""The arguments that `\NewDocumentCommand` states; None where one of them is not known here."""
    found: list[Argument] = []
    groups = Groups(text)
    position = 0
    while match := _STATED.match(text, position):
        position, kind = match.end(), match["kind"]
        if kind is None:
            position = groups.argument(position)[1] if match.group().strip() == ">" else position
            continue
        marks = _MARKED.get(kind, "")
        for _ in range({"d": 2, "D": 2, "r": 2, "R": 2, "t": 1}.get(kind, 0)):
            mark, position = groups.argument(position)
            marks += mark
        default = NO_VALUE
        if kind in "ODRG":
            default, position = groups.argument(position)
        if kind not in "moOdDrRstgGvb" or (kind in "dDrR" and len(marks) != len("[]")):
            return None
        found.append(
            Argument({"O": "o", "D": "d", "r": "d", "R": "d", "G": "g", "v": "m"}.get(kind, kind), default, marks)
        )
    return tuple(found)


def _environment(
    match: re.Match[str], groups: Groups, end: int, takes: tuple[Argument, ...] | None
) -> tuple[dict[str, Macro], int]:
    """The macros of an environment, and where its definition ends."""
    name = match["environment"] or match["statedenvironment"]
    parts: list[str] = []
    for _ in range(1 if match["collects"] else 2):
        group = groups.at(skip_blanks(groups.text, end))
        if group is None:
            return {}, end
        parts.append(group[0])
        end = group[1]
    if takes is None:
        return {}, end
    if match["collects"]:
        parts = list(parts[0].partition(r"\BODY")[::2])
    if takes and takes[-1].kind == "b":
        before, _, after = parts[0].partition(f"#{len(takes)}")
        parts, takes = [before, after + parts[1]], takes[:-1]
    if any(map(_CODE.search, parts)):  # what it prints by itself is not known
        parts = [" ".join([r"\par", *(f"#{at + 1}" for at in range(len(takes))), r"\par "]), r"\par "]
    begin, end_of = (_BOX.sub(" ", part) for part in _named(parts))
    return {f"begin{{{name}}}": Macro(begin, takes), f"end{{{name}}}": Macro(end_of, takes)}, end


def _named(parts: list[str]) -> list[str]:
    """The two texts of an environment, in which what they begin and end by macros is written as environments."""
    names = "|".join(sorted(set(_INNER.findall(parts[1]))))
    if not names:
        return parts
    by_macro = re.compile(rf"\\(end)?({names})(?![A-Za-z@])")
    return [by_macro.sub(lambda m: rf"\{m[1] or 'begin'}{{{m[2]}}}", part) for part in parts]
