"""Reads LaTeX documents as they would be printed, without running anything. Complex formulas stay TeX."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.base import SourceFile, name_as_title, read_bytes, read_text
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.html.reader import fragment_blocks
from ragft.corpus.readers.latex import colours, conditions, specs
from ragft.corpus.readers.latex.abbreviations import Abbreviations
from ragft.corpus.readers.latex.counters import names_of_theorems, rules_of
from ragft.corpus.readers.latex.definitions import Macro, first_definitions, plain_definitions
from ragft.corpus.readers.latex.groups import Groups
from ragft.corpus.readers.latex.macros import Expander
from ragft.corpus.readers.latex.nodes import nodes_of
from ragft.corpus.readers.latex.numbers import LabelNumbers
from ragft.corpus.readers.latex.pandoc_tex import as_by_hand
from ragft.corpus.readers.latex.rounding import Printing
from ragft.corpus.readers.latex.source import Parts, encoding_of
from ragft.corpus.readers.latex.tabular import kinds_in
from ragft.corpus.readers.latex.to_html import Writer
from ragft.corpus.readers.latex.unbraced import without_bare
from ragft.corpus.readers.latex_symbols import CUSTOMARY
from ragft.corpus.readers.reference_lists import without_references
from ragft.corpus.text import one_line
from ragft.errors import DocumentError

_BEGIN = re.compile(r"\\begin\s*\{document\}")
_CHAPTER = re.compile(r"\\chapter(?![A-Za-z])")
_OPTIONAL = re.compile(r"\s{0,9}(?:\[[^\]]{0,999}\])?\s{0,9}(?=\{)")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_NEXT_AUTHOR = re.compile(r"\\(?:and|And|AND)(?![A-Za-z])")
_GAP = re.compile(r"\\q?quad(?![A-Za-z])|\\hspace\*?\{[^{}]*\}|&")
_RAISED_MARK = r"(?:\$\s*(?:\{\})?\^|\\textsuperscript\s*\{|\\(?:thanks|footnotemark|inst|orcid\w*)\b)"
_MARKED_NAME = re.compile(rf"[A-Za-z.}}]\s*{_RAISED_MARK}")
_MARK_FIRST = re.compile(rf"[\s{{}}]*{_RAISED_MARK}")
_ARGUMENT = r"(?![A-Za-z])\s*(?:\[[^\]]*\])?(?:\{(?:[^{}]|\{[^{}]*\})*\})?"
_NOTES = (
    r"\\(?:thanks|footnote|footnotemark|inst|orcid\w*|email|affil\w*|authornote\w*|IEEE(?:authorblockA|membership"
    rf"|authorrefmark)){_ARGUMENT}"
)
_NOTE = re.compile(rf"{_NOTES}|\$\s*\^[^$]*\$")
"""A note of a title, or its mark."""
_NO_NAME = re.compile(rf"{_NOTES}|\\(?:textsuperscript|textdagger){_ARGUMENT}|\$[^$]*\$")
_LINE = re.compile(r"\\\\|\n[ \t]*\n")
_BETWEEN = re.compile(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+|\s+&\s+")
_PLACE = re.compile(
    r"\b(?:univer\w+|institut\w*|department|school|college|laborator\w*|research|inc|ltd|gmbh|center|centre|academy)\b|[@\d]",
    re.IGNORECASE,
)
_CUSTOMARY = {name: Macro(rf"{text}\xspace") for name, text in CUSTOMARY.items()}
_MOST_NAMED = 10
_PROTECTED = frozenset(
    {*specs.HEADINGS, *specs.CITED, *specs.NAMED, *specs.REFERRED, *specs.CAPTIONS, *specs.NOTES, *specs.LAST, "title"}
    | {"author", "date", "item", "begin", "end", "verb", "label", "maketitle", "input", "include", "par", "url", "href"}
    | {f"{end}{{{name}}}" for name in (*specs.ENVIRONMENTS, "abstract", "document") for end in ("begin", "end")}
)
"""Macros and environments that keep their meaning here even if a document redefines them."""


def read(source: SourceFile) -> Document:
    """Read a LaTeX document with the parts it takes in from its folder; `\\title`, `\\author`, `\\date` are taken.

    Raises:
        DocumentError: it is empty, too large, binary, in an unknown encoding, nested too deeply, or holds no text.
    """
    text, warnings = read_text(source, encoding_of)
    parts = Parts(source.path, encoding_of(read_bytes(source)))
    with damaged(source.path, "LaTeX", fix="give the PDF that is made of it"):
        whole = parts.whole(text).replace("\0", "")
        page = _page(whole, plain_definitions(parts.styles.replace("\0", "")))
    if not page.blocks:
        raise DocumentError(
            f"{source.path} holds no text", fix="give the main file of the document, the one with \\documentclass"
        )
    return Document(
        source.id,
        str(source.path),
        page.title or name_as_title(source.path),
        page.blocks,
        authors=page.authors,
        year=page.year,
        warnings=tuple(dict.fromkeys((*warnings, *parts.notes, *page.notes))),
    )


@dataclass(frozen=True)
class _LatexDocument:
    title: str
    authors: tuple[str, ...]
    year: int | None
    blocks: tuple[Block, ...]
    notes: tuple[str, ...]


def _page(text: str, styles: Mapping[str, Macro]) -> _LatexDocument:
    """`styles`: the macros of packages beside the document, of which those count that nobody else defines."""
    theorems, kinds = names_of_theorems(text), kinds_in(text)
    text, undecided = conditions.decided(as_by_hand(text))
    source = text
    text = without_bare(text)  # first: a condition names macros
    is_unknown = Writer({}, {}).is_unknown
    own = {name: macro for name, macro in styles.items() if name not in _PROTECTED and is_unknown(name)}
    expander = Expander({**own, **_CUSTOMARY, **first_definitions(text, _PROTECTED)}, _PROTECTED)
    text = expander.expand(text)
    begin = _BEGIN.search(text)
    start = begin.end() if begin else 0
    body = Abbreviations(text).written_out(text[start:])
    text = text[:start] + body
    on_colour = colours.PAGE.search(text) is not None
    chapters = _CHAPTER.search(body) is not None
    printing = Printing().given(",".join(_arguments(text[:start], "sisetup")))
    numbers = LabelNumbers(body, rules_of(source, chapters=chapters), source, theorems)
    writer = Writer(numbers.labels, theorems, chapters=chapters, kinds=kinds, on_colour=on_colour, printing=printing)
    main = writer.page(nodes_of(numbers.text))
    given = (html.escape(line_of(argument), quote=False) for argument in _arguments(text, "abstract"))
    abstract = "<p>".join([*writer.abstract, *given])
    opening, notes = fragment_blocks(f"<h1>Abstract</h1><p>{abstract}") if abstract.strip() else ([], ())
    blocks, more = fragment_blocks(f"<p>{main}")
    blocks, listed = without_references([*opening, *blocks])
    stopped = ("macros that never end are left out",) if expander.stopped else ()
    unsure = [conditions.UNDECIDED] if undecided else []
    if names := sorted(writer.unknown):
        named = ", ".join(f"\\{name}" for name in names[:_MOST_NAMED]) + " …" * (len(names) > _MOST_NAMED)
        unsure.append(f"macros that the source does not define are left out: {named}")
    return _LatexDocument(
        title=next((name for argument in _arguments(text, "title") if (name := line_of(argument))), ""),
        authors=tuple(dict.fromkeys(_authors(text))),
        year=next((int(found.group()) for date in _dates(text) if (found := _YEAR.search(date))), None),
        blocks=tuple(blocks),
        notes=(*notes, *more, *stopped, *unsure, *listed),
    )


def _arguments(text: str, name: str) -> Iterator[str]:
    """What stands in the braces behind each use of a macro."""
    groups = Groups(text)
    for match in re.finditer(rf"\\{name}(?![A-Za-z])\*?", text):
        start = _OPTIONAL.match(text, match.end())
        if start and (group := groups.at(start.end())):
            yield group[0]


def line_of(tex: str) -> str:
    """A piece of LaTeX as a line of text, without its notes."""
    writer = Writer({}, {})
    blocks, _ = fragment_blocks(writer.page(nodes_of(_NOTE.sub("", _LINE.sub(" ", tex)))))
    return one_line(" ".join(block.text for block in blocks))


def _authors(text: str) -> Iterator[str]:
    """Names: the first line of each author's block, and names between commas."""
    blocks = list(_arguments(text, "IEEEauthorblockN")) or [
        *_arguments(text, "author"),
        *_arguments(text, "icmlauthor"),
    ]
    for block in blocks:
        for one in _NEXT_AUTHOR.split(block):
            for line in _lines_of_names(one):
                for part in _GAP.split(line):
                    for name in _BETWEEN.split(line_of(_NO_NAME.sub("", part))):
                        if any(map(str.isalpha, name)) and len(name) <= 60 and not _PLACE.search(name):
                            yield name.strip()


def _lines_of_names(block: str) -> Iterator[str]:
    """The first line of an author's block, and those behind it whose names have marks as well, as `Lee$^1$`.

    A line that begins with a mark names the place that the mark stands for.
    """
    lines = [line for line in _LINE.split(block) if any(map(str.isalpha, line_of(_NO_NAME.sub("", line))))]
    marked = bool(lines) and _MARKED_NAME.search(lines[0]) is not None
    for number, line in enumerate(lines):
        if number and not (marked and _MARKED_NAME.search(line)):
            return
        if _MARK_FIRST.match(line):
            return
        yield line


def _dates(text: str) -> Iterator[str]:
    for name in ("date", "copyrightyear", "acmYear"):
        yield from _arguments(text, name)
