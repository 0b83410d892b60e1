"""Abbreviations of LaTeX (glossaries, acronym, acro): the first use is written out, later ones are short.

`\\gls{llm}` prints "large language model (LLM)" at first and "LLM" afterwards; the source holds the key alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ragft.corpus.readers.latex.groups import CODE, Groups

_OPTION = r"(?:\s{0,9}\[(?P<option>[^\]]{0,999})\])?\s{0,9}"
_DEFINITION = re.compile(
    rf"\\(?P<how>newacronym|newabbreviation|acrodef|acro|DeclareAcronym|(?:long)?newglossaryentry)(?![A-Za-z]){_OPTION}"
    r"\{(?P<key>[^{}]{1,99})\}\s{0,9}(?:\[(?P<short>[^\]]{0,999})\]\s{0,9})?(?=\{)"
)
_FIELD = re.compile(
    r"(?:\A|,)\s{0,9}(?P<name>[a-z-]+)\s{0,9}=\s{0,9}(?:\{(?P<braced>(?:[^{}]|\{[^{}]*\})*)\}|(?P<bare>[^,{}]*))"
)
_USE = re.compile(
    rf"(?P<code>{CODE})|\\(?P<macro>[gG]ls(?:xtr|entry)?(?P<named>short|long|full|text|name)?|[aA]cr(?P<form>short|long|full)"
    r"|[aA]c(?P<letter>[slf]?))(?P<plural>pl?)?(?![A-Za-z])\*?\s{0,9}(?:\[[^\]]{0,999}\]\s{0,9})?\{(?P<key>[^{}]{1,99})\}"
    r"|\\(?P<anew>acresetall|glsresetall)(?![A-Za-z])",
    re.DOTALL,
)
_FORMS = {"s": "short", "l": "long", "f": "full", "text": "short", "name": "short"}
_LONGEST, _MOST = 500, 1_000_000
"""Characters of a long form, and of all that are written."""


@dataclass(frozen=True)
class _Abbreviation:
    """`long` is empty where an entry has a name and no long form."""

    short: str
    long: str = ""
    shorts: str = ""
    longs: str = ""

    def shown(self, form: str, *, many: bool) -> str:
        """Its short, long or full form, in the plural if there are `many`."""
        short = (self.shorts or f"{self.short}s") if many else self.short
        if not self.long:
            return short
        long = (self.longs or f"{self.long}s") if many else self.long
        return {"short": short, "long": long}.get(form, f"{long} ({short})")


class Abbreviations:
    """Those that a document defines; `source` is the document, with its preamble."""

    def __init__(self, source: str) -> None:
        self._known = dict(_definitions(source))
        self._used: set[str] = set()
        self._left = _MOST

    def written_out(self, text: str) -> str:
        """`text` with what its abbreviations print in their places."""
        return _USE.sub(self._written, text) if self._known else text

    def _written(self, match: re.Match[str]) -> str:
        if match["anew"]:
            self._used.clear()
        if not match["key"] or (key := match["key"].strip()) not in self._known or self._left < 0:
            return match[0]
        form = match["form"] or match["named"] or match["letter"]
        if not form:
            form = "short" if key in self._used else "full"
            self._used.add(key)
        text = self._known[key].shown(_FORMS.get(form, form), many=bool(match["plural"]))
        self._left -= len(text)
        return text[:1].upper() + text[1:] if match["macro"][0].isupper() else text


def _definitions(source: str) -> Iterator[tuple[str, _Abbreviation]]:
    groups = Groups(source)
    for match in _DEFINITION.finditer(source):
        group = groups.at(match.end())
        if group is None:
            continue
        key, (first, end) = match["key"].strip(), group
        if len(first) > _LONGEST:
            continue
        if match["how"] in {"newacronym", "newabbreviation"}:
            second = groups.at(end)
            more = _fields(match["option"] or "")
            if second is not None:
                yield key, _Abbreviation(first, second[0], more.get("shortplural", ""), more.get("longplural", ""))
        elif match["how"] in {"acrodef", "acro"}:
            yield key, _Abbreviation(match["short"] or key, first)
        else:
            fields = _fields(first)
            short = fields.get("short") or fields.get("text") or fields.get("name", "")
            yield key, _Abbreviation(short or key, fields.get("long", ""), fields.get("plural", ""))


def _fields(options: str) -> dict[str, str]:
    return {match["name"]: (match["braced"] or match["bare"] or "").strip() for match in _FIELD.finditer(options)}
