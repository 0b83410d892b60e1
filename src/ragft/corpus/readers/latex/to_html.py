"""A LaTeX text written as a web page: so tables, notes, lists and raised digits are read as in every other format."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from ragft.corpus import formulas
from ragft.corpus.readers.latex import colours, siunitx, specs, tabular
from ragft.corpus.readers.latex.algorithms import STATEMENTS
from ragft.corpus.readers.latex.nodes import (
    PARAGRAPH,
    arguments_of,
    joins_digits,
    nodes_of,
    preamble_of,
    space_after,
    would_join,
)
from ragft.corpus.readers.latex.numbers import Referred, shown_reference
from ragft.corpus.readers.latex.rounding import Printing
from ragft.corpus.readers.latex.siunitx_nodes import in_formula, inner, quantity
from ragft.corpus.readers.latex_symbols import SYMBOLS, numbered_sign
from ragft.corpus.readers.tex_math import one_line_of

_SPECIALS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”", "!`": "¡", "?`": "¿", "&": " "}
_MARK = "\x00"
"""Stands between the items of a list, the rows of a table and its cells while these are written."""
_ITEM, _ROW, _CELL = f"{_MARK}i", f"{_MARK}r", f"{_MARK}c"
_TITLE = re.compile(r"(?:[^,{}=]*(?:=(?:[^,{}]|\{[^{}]*\})*)?,)*?\s*title\s*=\s*(?:\{([^{}]*)\}|([^,{}]+))")
"""The title among the options of a box."""
_CAPTION_GIVEN = re.compile(r"\bcaption\s*=\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_ROWS = re.compile(r"\br\s*=\s*(\d+)")
_CAPTION = re.compile(r"<figcaption>.*?</figcaption>")
NOTE = '<span class="ltx_role_footnote">{}</span>'


class Writer:
    """Writes nodes of pylatexenc. `abstract` collects what stands in the abstract, apart from all else; `unknown` the
    macros within sentences that nobody defines.

    Args:
        labels: what labels stand for.
        theorems: names of environments, and what they are called in the text.
        chapters: whether there are chapters, so that sections are one level lower.
        kinds: of columns, that the document makes for its tables.
        on_colour: whether pages have a colour, on which white text is seen.
        printing: how siunitx prints numbers.
    """

    def __init__(
        self,
        labels: Mapping[str, Referred],
        theorems: Mapping[str, str],
        *,
        chapters: bool = False,
        kinds: Mapping[str, str] | None = None,
        on_colour: bool = False,
        printing: Printing | None = None,
    ) -> None:
        self.abstract: list[str] = []
        self.unknown: set[str] = set()
        self._labels = labels
        self._theorems = {**specs.THEOREMS, **theorems}
        self._lower = int(chapters)
        self._kinds = kinds or {}
        self._in_table = False
        self._on_colour = on_colour
        self._printing = printing or Printing()
        self._macros: dict[str, Callable[[Any], str]] = {
            **dict.fromkeys(specs.DROPPED, lambda _: ""),
            **dict.fromkeys(specs.LAST, self._last),
            **dict.fromkeys(specs.COVERING, self._covering),
            "SetCell": self._set_cell,
            **dict.fromkeys(specs.NOTES, lambda node: NOTE.format(self._last(node).replace("<p>", " "))),
            **dict.fromkeys(specs.HEADINGS, self._heading),
            **dict.fromkeys(specs.CITED, lambda node: f" ({self._cited(node)})"),
            **dict.fromkeys(specs.NAMED, self._cited),
            **dict.fromkeys(specs.REFERRED, self._referred),
            **dict.fromkeys(specs.CAPTIONS, self._caption),
            **dict.fromkeys(specs.PICTURED, self._pictured),
            **dict.fromkeys(specs.STRUCK, lambda node: f"<s>{self._last(node)}</s>"),
            **dict.fromkeys(specs.ALTERNATIVES, self._alternatives),
            "replaced": self._replaced,
            **dict.fromkeys(specs.SPACES, lambda _: " "),
            **dict.fromkeys(("\\", *specs.ROW_ENDS), lambda _: _ROW),
            **dict.fromkeys(specs.PART_ENDS, lambda node: tabular.part(node.macroname) if self._in_table else " "),
            **dict.fromkeys(STATEMENTS, self._statement),
            **dict.fromkeys(("ding", "symbol"), self._numbered_sign),
            "acro": lambda node: _ITEM + " ".join(self.write([given]) for given in arguments_of(node)[-2:]),
            "item": lambda node: _ITEM + "".join(f"{self.write([given])} " for given in arguments_of(node)),
            **dict.fromkeys(specs.RAISED, lambda node: f"<sup>{self._last(node)}</sup>"),
            "textsubscript": lambda node: f"<sub>{self._last(node)}</sub>",
            **dict.fromkeys(("texorpdfstring", "pdftooltip"), lambda node: self.write(arguments_of(node)[:1])),
            "textcolor": self._coloured,
            **dict.fromkeys(("colorbox", "fcolorbox"), self._boxed),
            **dict.fromkeys(("phantom", "hphantom"), lambda node: " " if self._last(node) else ""),
            "sisetup": self._set_up,
            **dict.fromkeys(("hspace", "vspace"), lambda node: "" if "-" in node.latex_verbatim() else " "),
            **dict.fromkeys(siunitx.UNITS.keys() - siunitx.NOT_IN_TEXT, lambda node: siunitx.UNITS[node.macroname]),
            **dict.fromkeys(specs.CURRENCIES, lambda node: specs.CURRENCIES[node.macroname]),
            **dict.fromkeys(specs.QUANTITIES, self._quantity),
            **dict.fromkeys(specs.FRACTIONS, self._fraction),
            "par": lambda _: "<p>",
            "frametitle": lambda node: f"<h2>{self._last(node)}</h2>",
        }

    def write(self, nodes: Iterable[Any]) -> str:
        """The HTML of nodes one after the other; fractions and alternatives never join what stands beside them."""
        done: list[str] = []
        before = None
        unseen = False
        nodes = list(nodes)
        self.unknown.update(self._lost(nodes))
        for node, is_argument in self._arguments(nodes):
            if colours.is_switch(node):
                unseen = self._is_unseen(node)
            unseen = unseen and not (self._in_table and colours.ends_cell(node))
            if node is None or unseen or not (text := self._node(node)):
                continue
            if done and (would_join(done[-1], before, text, node) or (is_argument and joins_digits(done[-1], text))):
                done.append(" ")
            done.append(text)
            before = node
        return "".join(done)

    def _lost(self, nodes: Sequence[Any]) -> Iterator[str]:
        """The macros without arguments that stand within a sentence and are not known: what they print is lost."""
        nodes = [node for node in nodes if type(node).__name__ != "LatexGroupNode" or node.nodelist]  # `\\ours{}`
        for before, node, after in zip(nodes, nodes[1:], nodes[2:], strict=False):
            beside = [one.chars for one in (before, after) if type(one).__name__ == "LatexCharsNode"]
            in_line = len(beside) == 2 and beside[0].rstrip(" \t")[-1:] not in {"", "\n"} and not beside[1].isspace()
            if in_line and type(node).__name__ == "LatexMacroNode" and self.is_unknown(node.macroname):
                yield node.macroname

    def is_unknown(self, name: str) -> bool:
        """Whether nothing is known of a macro."""
        known = len(name) < 2 or name in self._macros or name in SYMBOLS or name in {"verb", "lstinline"}
        if known or name.endswith("style") or name.startswith("if"):
            return False
        parsed = specs.context().get_macro_spec(name)
        return not (parsed is not None and parsed.macroname) and not self._is_known(name)

    def _arguments(self, nodes: Iterable[Any]) -> Iterator[tuple[Any, bool]]:
        """Nodes, and whether each is an argument of a macro that is not known: `7.1\\std{0.2}` is no 7.10.2."""
        count = 0
        for node in nodes:
            kind = type(node).__name__
            is_macro = (
                kind == "LatexMacroNode" and node.macroname not in self._macros and not self._is_known(node.macroname)
            )
            count = 1 if is_macro else count + 1 if count and kind == "LatexGroupNode" else 0
            yield node, count > 1

    def _node(self, node: Any) -> str:
        kind = type(node).__name__
        if kind == "LatexCharsNode":
            return PARAGRAPH.sub("<p>", html.escape(node.chars.replace("`", "‘"), quote=False))
        if kind == "LatexGroupNode":
            printing = self._printing
            text = self.write(node.nodelist)
            self._printing = printing
            return text
        if kind == "LatexMathNode":
            return self._formula(node)
        if kind == "LatexMacroNode":
            return self._macro(node) + space_after(node)
        if kind == "LatexEnvironmentNode":
            return self._environment(node)
        if kind == "LatexSpecialsNode":
            shown = _CELL if node.specials_chars == "&" else _SPECIALS.get(node.specials_chars, node.specials_chars)
            return "<p>" if node.specials_chars.isspace() else shown
        return ""

    def _macro(self, node: Any) -> str:
        if writer := self._macros.get(node.macroname):
            return writer(node)
        if node.macroname in {"verb", "lstinline"}:
            return html.escape("".join(given.chars for given in arguments_of(node)), quote=False)
        if node.macroname in SYMBOLS:
            return html.escape(SYMBOLS[node.macroname], quote=False)
        if node.macroname.endswith("style") or node.macroname.startswith("if"):
            return ""
        return html.escape(self._plain.nodelist_to_text([node]), quote=False) if self._is_known(node.macroname) else ""

    def _is_known(self, name: str) -> bool:
        """Whether pylatexenc can write a macro as text."""
        spec = self._plain.latex_context.get_macro_spec(name)
        return spec is not None and bool(spec.macroname)

    @cached_property
    def _plain(self) -> Any:
        """Writes accents and symbols, which pylatexenc knows by the hundreds."""
        from pylatexenc.latex2text import LatexNodes2Text

        return LatexNodes2Text(math_mode="verbatim")

    def _environment(self, node: Any) -> str:
        name = node.environmentname
        printing = self._printing
        try:
            if name in specs.UNREAD:
                return ""
            if name in specs.CODE:
                code = "".join(given.chars for given in arguments_of(node))
                return f"<pre><code>{html.escape(code, quote=False)}</code></pre>"
            if name in specs.MATHS:
                return f" {self._formula(node)} "
            if name in specs.TABLES:
                return self._table(node)
            if name in colours.BOXES:
                self._on_colour, before = True, self._on_colour
                text = self._titled(node)
                self._on_colour = before
                return f"<p>{text}<p>"
            if name == "abstract":
                self.abstract.append(tabular.without_spans(self.page(node.nodelist)))
                return ""
            return f"<p>{self._titled(node)}<p>"
        finally:
            self._printing = printing

    def _titled(self, node: Any) -> str:
        """What any other environment holds: lists as such, theorems and slides under their names."""
        nodes = list(node.nodelist)
        before, *items = self._flat(nodes, _ROW, _CELL).split(_ITEM)
        if items:
            return f"{before}<ul>{''.join(f'<li>{item}</li>' for item in items if item.strip())}</ul>"
        if title := _TITLE.match(options) if (options := "".join(map(inner, arguments_of(node)))) else None:
            before = f"{self.page(nodes_of(title[1] or title[2]))}<p>{before}"
        if node.environmentname in specs.BLOCKS:
            return f"{self._last(node)}<p>{before}"
        if called := self._theorems.get(node.environmentname):
            if nodes and getattr(nodes[0], "macroname", "") == specs.NUMBER:
                called, before = f"{called} {self._last(nodes[0])}", self._flat(nodes[1:], _ROW, _CELL)
            named = "".join(f" ({self.write([given])})" for given in arguments_of(node))
            return f"{html.escape(called, quote=False)}{named}. {before}"
        if node.environmentname == "frame" and nodes and type(nodes[0]).__name__ == "LatexGroupNode":
            return f"<h2>{self.page(nodes[:1])}</h2>{self.page(nodes[1:])}"
        return before

    def page(self, nodes: Iterable[Any]) -> str:
        """The HTML of nodes that are not part of a table or list."""
        return self._flat(nodes, _ROW, _CELL, _ITEM)

    def _flat(self, nodes: Iterable[Any], *marks: str) -> str:
        """What nodes hold, blanks in the place of marks."""
        text = self.write(nodes)
        for mark in marks:
            text = text.replace(mark, " ")
        return text

    def _table(self, node: Any) -> str:
        if self._in_table:  # most often lines of a cell
            return tabular.without_spans(self.page(node.nodelist))
        self._in_table = True
        before, self._on_colour = self._on_colour, colours.DARK.search(node.latex_verbatim()) is not None
        text = tabular.on_one_page(self._flat(node.nodelist, _ITEM).replace("<p>", " "), _ROW)
        self._in_table, self._on_colour = False, before
        captions = tabular.without_spans(self._stated_caption(node) + "".join(_CAPTION.findall(text)))
        cells = [row.split(_CELL) for row in _CAPTION.sub("", text).split(_ROW)]
        look = tabular.columns(preamble_of(node), self._set_alone, self._kinds, self._printing)
        rows = tabular.rows(cells, look)
        body = "".join(f"<tr>{row}</tr>" for row in rows) if any(cell.strip() for row in cells for cell in row) else ""
        return f"{captions}<table><tr><th></th></tr>{body}</table>" if body else captions

    def _stated_caption(self, node: Any) -> str:
        """The caption among the options of a table of tabularray."""
        if node.environmentname not in specs.TABULARRAY:
            return ""
        found = _CAPTION_GIVEN.search("".join(map(inner, arguments_of(node)[:1])))
        return f"<figcaption>{self._set_alone(found[1])}</figcaption>" if found else ""

    def _set_alone(self, tex: str) -> str:
        return self.page(nodes_of(tex)) if tex.strip() else ""

    def _covering(self, node: Any) -> str:
        """The cell of `\\multicolumn` or `\\multirow`, marked in a table with how much it covers."""
        text = self._last(node)
        if not self._in_table:
            return text
        counts = (inner(given) for given in arguments_of(node) if given.latex_verbatim()[:1] != "[")
        count = next(counts, "")
        return tabular.span(text, across=count) if node.macroname == "multicolumn" else tabular.span(text, down=count)

    def _set_cell(self, node: Any) -> str:
        """What `\\SetCell` of tabularray says of its cell; the cells below that it covers are in the source, empty."""
        down = _ROWS.search("".join(map(inner, arguments_of(node)[:-1])))
        return tabular.span("", down=down[1]) if down and self._in_table else ""

    def _heading(self, node: Any) -> str:
        level = specs.HEADINGS[node.macroname] + (self._lower if node.macroname not in {"part", "chapter"} else 0)
        return f"<h{level}>{self._last(node).strip().rstrip('.')}</h{level}>"

    def _caption(self, node: Any) -> str:
        return f"<figcaption>{self._last(node).replace('<p>', ' ')}</figcaption>"

    def _pictured(self, node: Any) -> str:
        """A part of a figure or table that has its caption in brackets."""
        *options, held = arguments_of(node) or [None]
        caption = f"<figcaption>{self.page(options[-1:]).replace('<p>', ' ')}</figcaption>" if options else ""
        return (self.page([held]) if held is not None else "") + caption

    def _last(self, node: Any) -> str:
        return self.page(arguments_of(node)[-1:])

    def _cited(self, node: Any) -> str:
        """The keys of a citation with what stands before and after them: `see lewis2020; gao2023, p. 3`."""
        *more, keys = [self.write([given]).strip() for given in arguments_of(node)] or [""]
        named = "; ".join(key.strip() for key in keys.split(",") if key.strip())
        before, after = ["", "", *more][-2:]  # one alone is what stands after
        return f"{before} {named}".strip() + (f", {after}" if after else "")

    def _referred(self, node: Any) -> str:
        names = [name.strip() for name in self._last(node).split(",")]
        return html.escape(
            shown_reference(node.macroname, [(name, self._labels.get(name)) for name in names]), quote=False
        )

    def _coloured(self, node: Any) -> str:
        return "" if self._is_unseen(node) else self.write(arguments_of(node)[-1:])

    def _is_unseen(self, node: Any) -> bool:
        """Whether a macro of colours writes in one that is not seen on what lies behind it."""
        found = node.nodeargd.argnlist if node.nodeargd is not None else ()
        model, colour = ["" if one is None else inner(one) for one in [*(found or ()), None, None][:2]]
        return not self._on_colour and colours.is_unseen(colour, model)

    def _boxed(self, node: Any) -> str:
        model, colour = ["" if one is None else inner(one) for one in node.nodeargd.argnlist[-3:-1]]
        before, self._on_colour = self._on_colour, not colours.is_unseen(colour, model)
        text = self._last(node)
        self._on_colour = before
        return text

    def _alternatives(self, node: Any) -> str:
        shown = specs.ALTERNATIVES[node.macroname].count("{") - (node.macroname in specs.CONDITIONED)
        return " ".join(self.write([one]) for one in arguments_of(node)[-shown:])

    def _replaced(self, node: Any) -> str:
        new, old = [*(self.write([one]) for one in arguments_of(node)[-2:]), "", ""][:2]
        return f"{new}<s>{old}</s>"

    def _fraction(self, node: Any) -> str:
        above, below = [*(self.page([given]).strip() for given in arguments_of(node)[-2:]), "", ""][:2]
        return formulas.fraction(above, below)

    def _statement(self, node: Any) -> str:
        """A line of an algorithm, its words written out."""
        about = STATEMENTS[node.macroname]
        given = about.between.join(self.page([one]).strip() for one in arguments_of(node))
        return f"{_ROW}{about.before} {given}{about.after} "

    def _numbered_sign(self, node: Any) -> str:
        number = self._last(node).strip()
        return html.escape(numbered_sign(node.macroname, int(number) if number.isdecimal() else 0), quote=False)

    def _quantity(self, node: Any) -> str:
        return html.escape(quantity(node, self._printing, self._text), quote=False)

    def _set_up(self, node: Any) -> str:
        self._printing = self._printing.given("".join(map(inner, arguments_of(node))))
        return ""

    def _text(self, tex: str) -> str:
        return html.unescape(self.page(nodes_of(tex))) if "\\" in tex or "$" in tex else tex

    def _formula(self, node: Any) -> str:
        return html.escape(one_line_of(in_formula(node, self._printing, self._text)), quote=False)
