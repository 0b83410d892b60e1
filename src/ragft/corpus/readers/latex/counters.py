"""The counters of a LaTeX document: sections, floats, formulas, theorems, and how its preamble changes them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ragft.corpus.readers.numerals import LATEX

LEVELS = {"part": -1, "chapter": 0, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4}
"""Headings that may be numbered, by their level for `secnumdepth`."""
_UNNUMBERED = frozenset(
    "beamer moderncv letter scrlttr2 resume altacv europecv a0poster tikzposter beamerposter standalone".split()
)
"""Classes whose headings have no numbers."""
_IEEE_FORMS = {
    "section": r"\Roman{section}",
    "subsection": r"\thesection-\Alph{subsection}",
    "subsubsection": r"\thesubsection\arabic{subsubsection}",
}
_REVTEX_FORMS = {
    "section": r"\Roman{section}",
    "subsection": r"\thesection{} \Alph{subsection}",
    "subsubsection": r"\thesubsection{} \arabic{subsubsection}",
}
_REVTEX_HEADINGS = {
    "section": r"\Roman{section}.",
    "subsection": r"\Alph{subsection}.",
    "subsubsection": r"\arabic{subsubsection}.",
}
_REVTEX = ("revtex4", "revtex4-1", "revtex4-2")
_FORMS_OF_CLASS = {"IEEEtran": _IEEE_FORMS, **dict.fromkeys(_REVTEX, _REVTEX_FORMS)}
"""What shows the counters of headings, in classes that number I, A, 1."""
_HEADINGS_OF_CLASS = {
    "IEEEtran": {**_REVTEX_HEADINGS, "subsubsection": r"\arabic{subsubsection})"},
    **dict.fromkeys(_REVTEX, _REVTEX_HEADINGS),
}
"""The numbers before the headings themselves, in these classes."""
_BLANKS = r"\s{0,9}"
_CLASS = re.compile(rf"\\documentclass{_BLANKS}(?:\[[^\]]{{0,999}}\])?{_BLANKS}\{{([^{{}}]{{1,99}})\}}")
_DEPTH = re.compile(r"\\setcounter\s{0,9}\{secnumdepth\}\s{0,9}\{(-?\d)\}")
_WITHIN = re.compile(r"\\(?:numberwithin|counterwithin)\*?\s{0,9}\{(\w+)\}\s{0,9}\{(\w+)\}")
_NEW = re.compile(r"\\newcounter\s{0,9}\{(\w+)\}\s{0,9}(?:\[(\w+)\])?")
_SHOWN_BY_NAME = frozenset("chapter section subsection subsubsection equation figure table".split())
_THE = re.compile(
    r"\\renewcommand\*?\s{0,9}\{?\s{0,9}\\(the|label)(\w+)\s{0,9}\}?\s{0,9}\{((?:[^{}]|\{[^{}]{0,99}\}){0,200})\}"
)
_THEOREM = re.compile(
    r"\\newtheorem(?P<star>\*?)\s{0,9}\{(?P<name>[A-Za-z]{1,99}\*?)\}\s{0,9}(?:\[(?P<sibling>[^\]]{0,99})\])?\s{0,9}"
    r"\{(?P<called>[^{}]{0,999})\}(?:\s{0,9}\[(?P<parent>[^\]]{0,99})\])?"
)
_DECLARED = re.compile(r"\\declaretheorem\s{0,9}(?:\[([^\]]{0,999})\])?\s{0,9}\{([A-Za-z]{1,99}\*?)\}")
_SHOWN = re.compile(
    r"\\(?P<macro>arabic|alph|Alph|roman|Roman)\s{0,9}\{(?P<name>[^{}]{1,99})\}|\\the(?P<form>[A-Za-z]+)(?:\{\})?"
    r"|\\csname the(?P<any_form>[^{}\\]{1,99})\\endcsname"
)
_MOST_NESTED = 9
_LONGEST_NUMBER = 1_000
"""Characters of a number; a document can ask for one that doubles without end."""


@dataclass(frozen=True)
class CounterRules:
    """How a document counts.

    Attributes:
        kind: the class of the document.
        depth: the deepest level of numbered headings.
        shown: whether the class prints the numbers of headings.
        within: by the name of a counter, the one whose steps begin it anew.
        forms: the LaTeX that shows a counter, where the document changes it.
        labels: the LaTeX before the items of numbered lists, by the name of their counter.
        theorems: the counter of each kind of theorem that is numbered.
        own: the counters that the document makes.
    """

    kind: str = ""
    depth: int = 3
    shown: bool = False
    within: Mapping[str, str] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    theorems: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    @cached_property
    def shown_by_name(self) -> frozenset[str]:
        """The counters of which `\\the` and the name show the number."""
        return _SHOWN_BY_NAME | self.own | frozenset(self.theorems.values())


def names_of_theorems(source: str) -> dict[str, str]:
    """The name in the text of each kind of theorem that a document declares."""
    declared = {name: _stated(options).get("name", name.capitalize()) for options, name in _DECLARED.findall(source)}
    return {**declared, **{found["name"]: found["called"] for found in _THEOREM.finditer(source)}}


def _stated(options: str) -> dict[str, str]:
    parts = (part.partition("=") for part in options.split(",") if "=" in part)
    return {key.strip(): value.strip().strip("{}") for key, _, value in parts}


def rules_of(source: str, *, chapters: bool = False) -> CounterRules:
    """The rules in the source of a document, in which macros have not been replaced."""
    named = _CLASS.search(source)
    kind = named[1].strip() if named else ""
    depths = _DEPTH.findall(source)
    within = {"subsection": "section", "subsubsection": "subsection", "paragraph": "subsubsection"}
    if chapters:
        within.update(dict.fromkeys(("section", "figure", "table", "equation"), "chapter"))
    within.update(_WITHIN.findall(source))
    theorems = dict(_theorems(source, within))
    own = {made: parent for made, parent in _NEW.findall(source) if made not in LEVELS}
    within.update({made: parent for made, parent in own.items() if parent})
    found = _THE.findall(source)
    return CounterRules(
        kind,
        int(depths[-1]) if depths else 2 if chapters else 3,
        bool(kind) and kind not in _UNNUMBERED,
        within,
        {**{made: rf"\arabic{{{made}}}" for made in own}, **{name: form for how, name, form in found if how == "the"}},
        {name: form for how, name, form in found if how == "label"},
        theorems,
        frozenset(own),
    )


def _theorems(source: str, within: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each kind of theorem and its counter; what begins the counter anew is added to `within`."""
    for found in _THEOREM.finditer(source):
        if not found["star"]:
            yield found["name"], found["sibling"] or found["name"]
            if found["parent"]:
                within[found["name"]] = found["parent"]
    for options, name in _DECLARED.findall(source):
        stated = _stated(options)
        if stated.get("numbered", "yes") not in {"no", "false"}:
            yield name, stated.get("sibling") or stated.get("numberlike") or stated.get("sharenumber") or name
        if parent := stated.get("numberwithin") or stated.get("within") or stated.get("parent"):
            within[name] = parent


class Counters:
    """The values of the counters, from the beginning of a document to its end."""

    def __init__(self, rules: CounterRules) -> None:
        self._rules = rules
        self._values: dict[str, int] = {}
        self._forms = dict(rules.forms)
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        for child, parent in rules.within.items():
            self._children[parent].append(child)

    def value(self, name: str) -> int:
        """The value of a counter."""
        return self._values.get(name, 0)

    def step(self, name: str) -> str:
        """Add one to a counter, and set those within it to 0; returns what it shows now."""
        self.set(name, self.value(name) + 1)
        self._begin_anew(name)
        return self.shown(name)

    def set(self, name: str, value: int) -> None:
        """Set a counter, and no other."""
        self._values[name] = value

    def begin_appendix(self) -> None:
        """From now on the highest headings have letters."""
        name = "chapter" if self._rules.within.get("section") == "chapter" else "section"
        self._forms[name] = rf"\Alph{{{name}}}"
        self.set(name, 0)
        self._begin_anew(name)

    def shown(self, name: str) -> str:
        """The text of a counter where it is referred to."""
        return self._written(self._form(name))

    def shown_at(self, name: str, value: int) -> str:
        """The text of a counter as if it had another value."""
        before = self.value(name)
        self.set(name, value)
        text = self.shown(name)
        self.set(name, before)
        return text

    def at_heading(self, name: str) -> str:
        """The number before a heading; in some classes without those of the headings above."""
        own = _HEADINGS_OF_CLASS.get(self._rules.kind, {}).get(name)
        return self._written(own) if own and name not in self._forms else self.shown(name)

    def _form(self, name: str) -> str:
        """The LaTeX that shows a counter: that of the document, of its class, or the usual one."""
        form = self._forms.get(name) or _FORMS_OF_CLASS.get(self._rules.kind, {}).get(name)
        if form:
            return form
        if name == "part":
            return r"\Roman{part}"
        number, parent = rf"\arabic{{{name}}}", self._rules.within.get(name)
        if parent is None or (parent == "chapter" and not self.value(parent)):
            return number
        return rf"\csname the{parent}\endcsname.{number}"

    def _written(self, form: str) -> str:
        """A form with numbers in the place of its macros; empty for one that never ends, or is too long."""
        for _ in range(_MOST_NESTED):
            if len(form) > _LONGEST_NUMBER:
                break
            if _SHOWN.search(form) is None:
                return form
            form = _SHOWN.sub(self._part, form)
        return ""

    def _part(self, match: re.Match[str]) -> str:
        if macro := match["macro"]:
            return LATEX[macro](self.value(match["name"].strip()))
        return self._form(match["form"] or match["any_form"])

    def _begin_anew(self, name: str) -> None:
        for child in self._children.get(name, ()):
            if self._values.get(child):
                self.set(child, 0)
                self._begin_anew(child)
