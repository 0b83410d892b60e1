"""What stands before the items of numbered lists in LaTeX: as the list, its package or the preamble asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ragft.corpus.readers.latex.counters import CounterRules, Counters
from ragft.corpus.readers.numerals import LATEX

_COUNTERS = ("enumi", "enumii", "enumiii", "enumiv")
_LABELS = (r"\arabic*.", r"(\alph*)", r"\roman*.", r"\Alph*.")
_FORM_OF = {"A": "Alph", "a": "alph", "I": "Roman", "i": "roman", "1": "arabic"}
_NUMBERED = frozenset("enumerate enumerate* compactenum asparaenum inparaenum".split())
_SHOWN = re.compile(r"\\(arabic|alph|Alph|roman|Roman)\s{0,9}(?:\*|\{enum[iv]+\})|\\theenum[iv]+(?![A-Za-z])")
_FORM = re.compile(r"\\(arabic|alph|Alph|roman|Roman)")
_SHORT = re.compile(r"\{[^{}]*\}|\\[A-Za-z]+|(?P<form>[AaIi1])")
_OPTION = re.compile(r"\s*([a-z*]+)\s*(?:=\s*((?:\{(?:[^{}]|\{[^{}]*\})*\}|[^,{}]){0,300}))?(?:,|\Z)")
_SET = re.compile(
    r"\\setlist\*?\s{0,9}(?:\[([^\]]{0,99})\])?\s{0,9}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]{0,99}\}){0,200}\}){0,500})\}"
)
_NEW = re.compile(r"\\newlist\s{0,9}\{(\w+)\}\s{0,9}\{enumerate\*?\}")


@dataclass(frozen=True)
class NumberedItems:
    """A numbered list that is open.

    Attributes:
        counter: of its items.
        label: what stands before an item, `\\arabic*` and the like in the place of its number.
        form: of the number.
        is_own: whether the document asks for this label; references then show it whole.
    """

    counter: str
    label: str
    form: str
    is_own: bool

    def before_item(self, counters: Counters) -> str:
        """What stands before the item that was counted last."""
        value = counters.value(self.counter)
        return _SHOWN.sub(lambda match: LATEX[match[1] or self.form](value), self.label)

    def number(self, counters: Counters) -> str:
        """The number of the item that was counted last."""
        return LATEX[self.form](counters.value(self.counter))


@dataclass(frozen=True)
class _ListOptions:
    label: str = ""
    start: int = 1
    resume: bool = False
    is_own: bool = True


class ListLabels:
    """The numbered lists of a document, as they open and close."""

    def __init__(self, source: str, rules: CounterRules) -> None:
        self._rules = rules
        self._set: dict[tuple[str, int], str] = {}
        self._names = {*_NUMBERED, *_NEW.findall(source)}
        for names, options in _SET.findall(source):
            given = [part.strip() for part in names.split(",") if part.strip()] or ["enumerate"]
            depths = [int(part) for part in given if part.isdecimal() and len(part) == 1] or [0]
            for name in given:
                for depth in depths:
                    if not name.isdecimal():
                        self._set[name, depth] = options

    def is_numbered(self, name: str) -> bool:
        """Whether an environment is a numbered list."""
        return name in self._names

    def open(self, name: str, options: str, depth: int, counters: Counters) -> NumberedItems:
        """The list that begins, inside `depth` others; its counter begins anew, unless it goes on."""
        place = min(depth, len(_COUNTERS) - 1)
        counter = _COUNTERS[place]
        stated = _ListOptions()
        for text in (self._set.get((name, 0)), self._set.get((name, place + 1)), options):
            stated = _options(text or "", stated)
        if not stated.resume:
            counters.set(counter, stated.start - 1)
        label = stated.label or self._rules.labels.get(counter) or _LABELS[place]
        is_own = bool(stated.label) and stated.is_own
        # Of other labels references show the number alone, in the form that the document gives it.
        forms = (label if is_own else "", self._rules.forms.get(counter, ""), _LABELS[place])
        found = next(filter(None, map(_FORM.search, forms)), None)
        return NumberedItems(counter, label, found[1] if found else "arabic", is_own)


def _options(text: str, before: _ListOptions) -> _ListOptions:
    """What the brackets of a list say, in the form of enumitem (`label=…`) or of the package enumerate (`(a)`)."""
    if not text.strip():
        return before
    if "=" not in text and not re.fullmatch(r"\s*(?:[a-z*]{3,}\s*,?\s*)+", text):
        return replace(before, label=_of_short(text))
    found = before
    for name, value in _pairs(text):
        if name in {"label", "label*", "labelenum"}:
            found = replace(found, label=value, is_own=name != "labelenum")
        elif name == "start" and value.lstrip("-").isdecimal():
            found = replace(found, start=int(value))
        elif name.startswith("resume"):
            found = replace(found, resume=True)
    return found


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _OPTION.finditer(text):
        value = (match[2] or "").strip()
        yield match[1], value[1:-1] if value.startswith("{") and value.endswith("}") else value


def _of_short(text: str) -> str:
    """`(a)` as `(\\alph*)`: the first letter or digit outside braces stands for the number."""
    for match in _SHORT.finditer(text):
        if form := match["form"]:
            return f"{text[: match.start()]}\\{_FORM_OF[form]}*{text[match.end() :]}"
    return text


def reference(lists: Sequence[NumberedItems], counters: Counters) -> str:
    """What a reference shows to the last item of the innermost of open `lists`: `2`, `2a`, `2(a)i`."""
    last = lists[-1]
    if last.is_own:
        return last.before_item(counters)
    first, *others = (one.number(counters) for one in lists)
    return first + "".join(f"({number})" for number in others[:-1]) + "".join(others[-1:])
