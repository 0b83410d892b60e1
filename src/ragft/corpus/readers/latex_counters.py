"""The counters of a LaTeX document: sections, floats, formulas, theorems, and how its preamble changes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ragft.corpus.readers.numerals import counted, roman, upper

FORMS: Mapping[str, Callable[[int], str]] = {
    "arabic": str,
    "alph": counted,
    "Alph": upper(counted),
    "roman": roman,
    "Roman": upper(roman),
}
"""What the macros write that show a counter."""
LEVELS = {"part": -1, "chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4}
"""Headings that may be numbered, by their level for `secnumdepth`."""
_UNNUMBERED = frozenset(
    "beamer moderncv letter scrlttr2 resume altacv europecv a0poster tikzposter beamerposter standalone".split()
)
"""Classes whose headings have no numbers."""
_ROMAN = {
    "IEEEtran": ("{}.", "{}.", "{})", "-", ""),
    "revtex4": ("{}.", "{}.", "{}.", " ", " "),
    "revtex4-1": ("{}.", "{}.", "{}.", " ", " "),
    "revtex4-2": ("{}.", "{}.", "{}.", " ", " "),
}
"""Classes that number I, A, 1: how a heading of each level shows its number, and what joins them in references."""
_BLANKS = r"\s{0,9}"
_CLASS = re.compile(rf"\\documentclass{_BLANKS}(?:\[[^\]]{{0,999}}\])?{_BLANKS}\{{([^{{}}]{{1,99}})\}}")
_DEPTH = re.compile(r"\\setcounter\s{0,9}\{secnumdepth\}\s{0,9}\{(-?\d)\}")
_WITHIN = re.compile(r"\\(?:numberwithin|counterwithin)\*?\s{0,9}\{(\w+)\}\s{0,9}\{(\w+)\}")
_THE = re.compile(
    r"\\renewcommand\*?\s{0,9}\{?\s{0,9}\\(the|label)(\w+)\s{0,9}\}?\s{0,9}\{((?:[^{}]|\{[^{}]{0,99}\}){0,200})\}"
)
_THEOREM = re.compile(
    r"\\newtheorem\s{0,9}\{([A-Za-z]{1,99}\*?)\}\s{0,9}(?:\[([^\]]{0,99})\])?\s{0,9}\{[^{}]{0,999}\}(?:\s{0,9}\[([^\]]{0,99})\])?"
)
_DECLARED = re.compile(r"\\declaretheorem\s{0,9}(?:\[([^\]]{0,999})\])?\s{0,9}\{([A-Za-z]{1,99}\*?)\}")
_CALLED = re.compile(
    r"\\newtheorem\*?\s{0,9}\{([A-Za-z]{1,99}\*?)\}\s{0,9}(?:\[[^\]]{0,99}\])?\s{0,9}\{([^{}]{0,999})\}"
)
_SHOWN = re.compile(r"\\(arabic|alph|Alph|roman|Roman)\s{0,9}\{(\w+)\}|\\the([A-Za-z]+)")
_MOST_NESTED = 8


@dataclass(frozen=True)
class CounterRules:
    """How a document counts.

    Attributes:
        depth: the deepest level of numbered headings; their numbers are not `shown` where the class has none.
        within: the counter whose steps begin another anew.
        forms: what shows a counter, where the document changes it.
        labels: what stands before the items of numbered lists, by the name of their counter.
        theorems: the counter of each kind of theorem that is numbered.
    """

    kind: str = ""
    depth: int = 3
    shown: bool = False
    within: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    theorems: Mapping[str, str] = field(default_factory=dict)


def names_of_theorems(source: str) -> dict[str, str]:
    """What each kind of theorem that a document declares is called in the text."""
    declared = {name: _stated(options).get("name", name.capitalize()) for options, name in _DECLARED.findall(source)}
    return {**declared, **dict(_CALLED.findall(source))}


def _stated(options: str) -> dict[str, str]:
    parts = (part.partition("=") for part in options.split(",") if "=" in part)
    return {key.strip(): value.strip().strip("{}") for key, _, value in parts}


def rules_of(source: str, *, chapters: bool = False) -> CounterRules:
    """What the source of a document, before macros are put in place, says of its counters."""
    named = _CLASS.search(source)
    kind = named[1].strip() if named else ""
    depths = _DEPTH.findall(source)
    within = {"subsection": "section", "subsubsection": "subsection", "paragraph": "subsubsection"}
    if chapters:
        within.update(dict.fromkeys(("section", "figure", "table", "equation"), "chapter"))
    within.update(_WITHIN.findall(source))
    theorems = dict(_theorems(source, within))
    found = _THE.findall(source)
    return CounterRules(
        kind,
        int(depths[-1]) if depths else 2 if chapters else 3,
        bool(kind) and kind not in _UNNUMBERED,
        within,
        {name: form for how, name, form in found if how == "the"},
        {name: form for how, name, form in found if how == "label"},
        theorems,
    )


def _theorems(source: str, within: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each kind of theorem and its counter; what begins the counter anew is added to `within`."""
    for name, sibling, parent in _THEOREM.findall(source):
        yield name, sibling or name
        if parent:
            within[name] = parent
    for options, name in _DECLARED.findall(source):
        stated = _stated(options)
        if stated.get("numbered", "yes") not in {"no", "false"}:
            yield name, stated.get("sibling") or stated.get("numberlike") or stated.get("sharenumber") or name
        if parent := stated.get("numberwithin") or stated.get("within") or stated.get("parent"):
            within[name] = parent


class Counters:
    """The counters while a document is gone through."""

    def __init__(self, rules: CounterRules) -> None:
        self._rules = rules
        self._values: dict[str, int] = {}
        self._forms = dict(rules.forms)

    def value(self, name: str) -> int:
        """How far a counter is."""
        return self._values.get(name, 0)

    def step(self, name: str) -> str:
        """Count one on, and begin what is counted within it anew; what the counter shows now."""
        self.set(name, self.value(name) + 1)
        self._begin_anew(name)
        return self.shown(name)

    def set(self, name: str, value: int) -> None:
        """Set a counter; nothing else begins anew."""
        self._values[name] = value

    def begin_appendix(self) -> None:
        """From now on the highest headings have letters."""
        name = "chapter" if self._rules.within.get("section") == "chapter" else "section"
        self._forms[name] = rf"\Alph{{{name}}}"
        self.set(name, 0)
        self._begin_anew(name)

    def shown(self, name: str, depth: int = 0) -> str:
        """What a counter shows where it is referred to."""
        if depth > _MOST_NESTED:
            return ""
        if form := self._forms.get(name):
            return _SHOWN.sub(lambda match: self._part(match, depth), form)
        value = self.value(name)
        if self._rules.kind in _ROMAN and name in {"section", "subsection", "subsubsection"}:
            return self._roman(name)
        if name == "part":
            return roman(value).upper()
        parent = self._rules.within.get(name)
        if parent is None or (parent == "chapter" and not self.value("chapter")):
            return str(value)
        return f"{self.shown(parent, depth + 1)}.{value}"

    def at_heading(self, name: str) -> str:
        """What stands before a heading: its number, in some classes without those of the headings above."""
        if self._rules.kind in _ROMAN and name not in self._forms:
            above = ("section", "subsection", "subsubsection")
            if name in above:
                at = above.index(name)
                own = (upper(roman), upper(counted), str)[at](self.value(name))
                return _ROMAN[self._rules.kind][at].format(own)
        return self.shown(name)

    def _roman(self, name: str) -> str:
        *_, first, second = _ROMAN[self._rules.kind]
        text = self.shown("section") if name != "section" else upper(roman)(self.value("section"))
        if name != "section":
            text += first + upper(counted)(self.value("subsection"))
        if name == "subsubsection":
            text += second + str(self.value("subsubsection"))
        return text

    def _part(self, match: re.Match[str], depth: int) -> str:
        if match[3]:
            return self.shown(match[3], depth + 1)
        return FORMS[match[1]](self.value(match[2]))

    def _begin_anew(self, name: str) -> None:
        for child, parent in self._rules.within.items():
            if parent == name and self._values.get(child):
                self.set(child, 0)
                self._begin_anew(child)
