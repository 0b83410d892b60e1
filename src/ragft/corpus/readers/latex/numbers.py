"""Writes into a LaTeX text the numbers that LaTeX would print, and finds what labels stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ragft.corpus.readers.latex import specs
from ragft.corpus.readers.latex.counters import LEVELS, CounterRules, Counters
from ragft.corpus.readers.latex.groups import CODE
from ragft.corpus.readers.latex.list_labels import ListLabels, NumberedItems, reference
from ragft.corpus.readers.numerals import LATEX, counted

_FLOATS = {
    **dict.fromkeys(("table", "table*", "sidewaystable", "sidewaystable*", "wraptable", "longtable"), "table"),
    **dict.fromkeys(("figure", "figure*", "sidewaysfigure", "sidewaysfigure*", "wrapfigure", "SCfigure"), "figure"),
    **dict.fromkeys(("algorithm", "algorithm*"), "algorithm"),
}
"""Environments with a numbered caption, and their counter."""
_PARTS = frozenset("subfigure subtable subfigure*".split())
_ROWS = frozenset("align gather eqnarray alignat flalign".split())
"""Formulas of which each row has a number."""
_WHOLE = frozenset("equation multline dmath".split())
_OPEN = frozenset("document appendices center flushleft flushright quote quotation minipage multicols".split())
"""Environments in which a label stands for what is numbered around them."""
_BRACKETS = r"\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]{0,99}\}){0,200}\}){0,500}\]"
_STEP = re.compile(
    rf"(?P<code>{CODE})|\\(?P<row>\\)|\\(?P<side>begin|end)\s{{0,9}}\{{(?P<name>[A-Za-z]+\*?)\}}(?P<options>\s{{0,9}}{_BRACKETS})?"
    r"|\\(?P<heading>part|chapter|(?:sub){0,2}section|paragraph)(?![A-Za-z*])(?P<given>\s{0,9}(?:\[[^\]]{0,999}\])?\s{0,9}\{)?"
    r"|\\(?P<caption>(?:sub)?caption)(?![A-Za-z*])(?P<short>\s{0,9}(?:\[[^\]]{0,999}\])?\s{0,9}\{)?"
    r"|\\label\s{0,9}\{(?P<label>[^{}]{0,300})\}|\\(?P<item>item)(?![A-Za-z])(?!\s{0,9}\[)|\\(?P<appendix>appendix)(?![A-Za-z])"
    r"|\\(?P<change>setcounter|addtocounter)\s{0,9}\{(?P<counter>\w+)\}\s{0,9}\{(?P<by>-?\d{1,9})\}"
    r"|\\(?P<labelled>ref)?stepcounter\s{0,9}\{(?P<stepped>\w+)\}"
    r"|\\(?P<form>arabic|alph|Alph|roman|Roman)\s{0,9}\{(?P<formed>\w+)\}|\\the(?P<shown>[A-Za-z]+)|\\(?P<stop>[=>])"
    r"|\\(?P<bare>nonumber|notag)(?![A-Za-z])|\\tag(?P<plain>\*?)\s{0,9}\{(?P<tag>[^{}]{0,99})\}|\\.",
    re.DOTALL,
)
_MOST_AROUND, _MOST_LISTS = 50, 4
"""Environments and lists inside one another that are looked at; LaTeX itself takes four lists."""
_NAMES = {
    **dict.fromkeys(("section", "subsection", "subsubsection", "paragraph"), "section"),
    **dict.fromkeys(("enumi", "enumii", "enumiii", "enumiv"), "item"),
}
"""What packages for references call what is counted; other counters by their own name."""
_WITH_NAMES = frozenset("autoref cref Cref vref Vref".split())
_CAPITAL = frozenset("autoref Cref Vref".split())
_NOT_KNOWN = frozenset({"pageref", "nameref"})
"""References that show no number of a counter."""
_BARE = frozenset("ref autoref labelcref vref Vref subref".split())
"""References that show a formula's number without its brackets."""


class Referred(NamedTuple):
    """What a label stands for: `name` is what its kind is called, empty where that is not known."""

    number: str
    name: str = ""


@dataclass
class _NumberScope:
    """An open environment. `number`: what a label inside it stands for; `rows`: of a formula, those numbered so far."""

    name: str
    number: Referred | None = None
    items: NumberedItems | None = None
    rows: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    stated: str | None = None
    parts: int = 0


class LabelNumbers:
    """Goes through a text once.

    Args:
        text: the body of a document, all macros of its own put in place.
        rules: how the document counts.
        source: the document before, for what its preamble says of lists.
        theorems: what kinds of theorems are called in the text.

    Attributes:
        labels: what each label stands for.
        text: the body with numbers before headings, captions and items, in theorems and behind formulas.
    """

    def __init__(
        self, text: str, rules: CounterRules | None = None, source: str = "", theorems: dict[str, str] | None = None
    ) -> None:
        self.labels: dict[str, Referred] = {}
        self._rules = rules or CounterRules()
        self._counters = Counters(self._rules)
        self._lists = ListLabels(source, self._rules)
        self._theorems = theorems or {}
        self._scopes = [_NumberScope("")]
        self._items: list[NumberedItems] = []
        self._formulas: int | None = None
        self.text = _STEP.sub(self._step, text)

    def _step(self, match: re.Match[str]) -> str:
        whole = match.group()
        if match["name"]:
            return self._begin(match) if match["side"] == "begin" else self._end(match["name"], whole)
        if match["heading"]:
            return whole + (self._heading(match["heading"]) if match["given"] else "")
        if match["caption"]:
            return whole + (self._caption() if match["short"] else "")
        if match["label"] is not None:
            self._label(match["label"].strip())
        elif match["item"]:
            return self._item(whole)
        elif match["row"] and self._is_formula(_ROWS):
            self._end_row()
        elif match["stop"] and any(scope.name == "tabbing" for scope in self._around()):
            return " "
        elif match["bare"]:
            self._scopes[-1].stated = ""
        elif match["tag"] is not None:
            self._scopes[-1].stated = match["tag"] if match["plain"] else f"({match['tag']})"
        else:
            return self._of_counter(match)
        return whole

    def _of_counter(self, match: re.Match[str]) -> str:
        """What changes a counter, or shows it; that of pages is not known."""
        if match["change"]:
            before = self._counters.value(match["counter"]) if match["change"] == "addtocounter" else 0
            self._counters.set(match["counter"], before + int(match["by"]))
        elif match["stepped"]:
            number = self._counters.step(match["stepped"])
            if match["labelled"]:
                self._scopes[-1].number = Referred(number)
        elif match["appendix"]:
            self._counters.begin_appendix()
        elif match["form"]:
            return LATEX[match["form"]](self._counters.value(match["formed"])) if match["formed"] != "page" else ""
        elif match["shown"] in self._rules.shown_by_name:
            return self._counters.shown(match["shown"])
        return match.group()

    def _begin(self, match: re.Match[str]) -> str:
        name, options = match["name"], (match["options"] or "").strip()[1:-1]
        scope = _NumberScope(name)
        written = match.group()
        if name == "appendices":
            self._counters.begin_appendix()
        elif name == "subequations":
            self._formulas = self._counters.value("equation") + 1
            self._counters.set("equation", 0)
        elif self._lists.is_numbered(name):
            scope.items = self._lists.open(name, options, len(self._items), self._counters)
            self._items.append(scope.items)
        elif counter := self._rules.theorems.get(name):
            number = self._counters.step(counter)
            scope.number = Referred(number, self._theorems.get(name, name))
            written += f"\\{specs.NUMBER}{{{number}}}"
        self._scopes.append(scope)
        return written

    def _end(self, name: str, written: str) -> str:
        if len(self._scopes) == 1 or self._scopes[-1].name != name:
            return written
        scope = self._scopes[-1]
        if scope.name.rstrip("*") in _ROWS | _WHOLE:
            self._end_row()
            written += f" {', '.join(scope.rows)} " if scope.rows else ""
        elif name == "subequations" and self._formulas is not None:
            self._counters.set("equation", self._formulas)
            self._formulas = None
        if self._scopes.pop().items is not None:
            self._items.pop()
        return written

    def _heading(self, name: str) -> str:
        if LEVELS[name] > self._rules.depth:
            return ""
        number = self._counters.step(name)
        self._scopes[-1].number = self._scopes[0].number = Referred(number.rstrip("."), _NAMES.get(name, name))
        return f"{self._counters.at_heading(name)} " if self._rules.shown else ""

    def _caption(self) -> str:
        around = self._around()
        place = next((at for at in range(len(around) - 1, -1, -1) if around[at].name in _FLOATS), None)
        if place is None:
            return ""
        whole, counter = around[place], _FLOATS[around[place].name]
        part = next((one for one in around[place + 1 :] if one.name in _PARTS), None)
        if part is not None:
            whole.parts += 1
            letter = counted(whole.parts)
            part.number = Referred(self._number_of(whole, counter) + letter, counter)
            return f"({letter}) "
        whole.number = Referred(self._counters.step(counter), counter)
        return f"{counter.capitalize()} {whole.number.number}: "

    def _number_of(self, scope: _NumberScope, counter: str) -> str:
        """The number of a float, also before its caption comes."""
        if scope.number is not None:
            return scope.number.number
        return self._counters.shown_at(counter, self._counters.value(counter) + 1)

    def _item(self, written: str) -> str:
        scope = next((one for one in reversed(self._around()) if one.items or one.name in specs.LISTS), None)
        if scope is None or scope.items is None:
            return written
        items = scope.items
        self._counters.set(items.counter, self._counters.value(items.counter) + 1)
        scope.number = Referred(reference(self._items[-_MOST_LISTS:], self._counters), "item")
        return f"{written}[{{{items.before_item(self._counters)}}}]"

    def _label(self, name: str) -> None:
        if self._is_formula(_ROWS | _WHOLE):
            self._scopes[-1].labels.append(name)
            return
        for scope in reversed(self._around()):
            if scope.number is not None:
                self.labels.setdefault(name, scope.number)
            if scope.number is not None or (scope.name not in _OPEN and not scope.items):
                return

    def _around(self) -> list[_NumberScope]:
        """The environments that are open, the innermost last; of a hostile text not all of them."""
        return self._scopes[-_MOST_AROUND:]

    def _is_formula(self, names: frozenset[str]) -> bool:
        return self._scopes[-1].name.rstrip("*") in names

    def _end_row(self) -> None:
        """A row of a formula ends: it has a number unless it or its environment says that it has none."""
        scope = self._scopes[-1]
        stated, scope.stated = scope.stated, None
        names, scope.labels = scope.labels, []
        if stated is None and not scope.name.endswith("*"):
            stated = f"({self._next_formula()})"
        if stated:
            scope.rows.append(stated)
            found = Referred(stated.removeprefix("(").removesuffix(")"), "equation")
            self.labels.update({name: found for name in names if name not in self.labels})

    def _next_formula(self) -> str:
        number = self._counters.step("equation")
        if self._formulas is None:
            return number
        return self._counters.shown_at("equation", self._formulas) + counted(self._counters.value("equation"))


def shown_reference(macro: str, labels: Sequence[tuple[str, Referred | None]]) -> str:
    """What a macro for references shows: the numbers of labels, or these themselves; some with the names of kinds."""
    if macro in _NOT_KNOWN:
        return ", ".join(name for name, _ in labels)
    numbers = [name if found is None else _in_brackets(macro, found) for name, found in labels]
    named = {found.name if found is not None else "" for _, found in labels}
    listed = " and ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
    kind = named.pop() if len(named) == 1 and macro in _WITH_NAMES else ""
    if not kind:
        return ", ".join(numbers)
    kind = kind.capitalize() if macro in _CAPITAL else kind.casefold()
    return f"{kind}{'s' * (len(numbers) > 1)} {listed}"


def _in_brackets(macro: str, found: Referred) -> str:
    is_formula = found.name == "equation" and macro not in _BARE
    return f"({found.number})" if is_formula else found.number
