"""The numbers that LaTeX would give to sections, tables and figures, and so to what refers to them."""

from __future__ import annotations

import re

FLOATS = {
    **dict.fromkeys(("table", "table*", "sidewaystable", "sidewaystable*", "wraptable", "longtable"), "Table"),
    **dict.fromkeys(("figure", "figure*", "sidewaysfigure", "sidewaysfigure*", "wrapfigure", "SCfigure"), "Figure"),
    **dict.fromkeys(("algorithm", "algorithm*"), "Algorithm"),
    **dict.fromkeys(("subfigure", "subtable", "subfigure*"), ""),
}
"""Environments with a caption; parts of a float have no number of their own."""
_SECTIONS = {"section": 0, "subsection": 1, "subsubsection": 2}
_STEP = re.compile(
    r"\\(?P<side>begin|end)\s*\{(?P<name>[A-Za-z]+\*?)\}|\\(?P<caption>caption)(?![A-Za-z*])"
    r"|\\(?P<section>chapter|section|subsection|subsubsection)(?![A-Za-z*])|\\label\s*\{(?P<label>[^{}]*)\}"
)


class LabelNumbers:
    """`labels` gives the number that a label stands for; those of formulas are not known."""

    def __init__(self, text: str) -> None:
        self.labels: dict[str, str] = {}
        self._chapter = 0
        self._sections = [0, 0, 0]
        self._counts: dict[str, int] = {}
        kinds: list[str] = []
        current, here = "", ""
        for step in _STEP.finditer(text):
            if step["name"]:
                if step["name"] == "document":
                    continue
                kind = FLOATS.get(step["name"], kinds[-1] if kinds else "")
                if step["side"] == "begin":
                    kinds.append(kind)
                elif kinds:
                    kinds.pop()
                here = "" if step["name"] in FLOATS else here
            elif step["section"]:
                current = self._section(step["section"])
            elif step["caption"] and kinds and kinds[-1]:
                here = self.next(kinds[-1])
            elif step["label"]:
                self._name(step["label"].strip(), here or ("" if kinds else current))
        self._chapter, self._counts = 0, {}

    def next(self, kind: str) -> str:
        """The number of the next float of a kind; called in the order of the text."""
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self._chapter}.{self._counts[kind]}" if self._chapter else str(self._counts[kind])

    def chapter(self) -> None:
        """A chapter begins: floats are counted anew."""
        self._chapter += 1
        self._counts = {}

    def _section(self, name: str) -> str:
        if name == "chapter":
            self.chapter()
            self._sections = [0, 0, 0]
            return str(self._chapter)
        level = _SECTIONS[name]
        self._sections[level] += 1
        self._sections[level + 1 :] = [0] * (2 - level)
        numbers = [self._chapter] if self._chapter else []
        return ".".join(map(str, [*numbers, *self._sections[: level + 1]]))

    def _name(self, label: str, number: str) -> None:
        if number:
            self.labels.setdefault(label, number)
