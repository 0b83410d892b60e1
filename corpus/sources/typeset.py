"""Set the sample papers: one Markdown file in, one two-column PDF out.

    python corpus/sources/typeset.py            write corpus/papers/*.pdf
    python corpus/sources/typeset.py --check    say which PDFs differ from their sources; exit 1 if any does

The output is a function of the source alone (no dates, no random identifiers, no compression whose bytes depend
on the zlib at hand), so a changed PDF always means a changed source. Some papers carry a wrong or empty title in
their metadata, as real ones do; the true title is the largest type on page one.
"""

from __future__ import annotations

import argparse
import io
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pyphen  # type: ignore[import-untyped]
import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    FrameBreak,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

SOURCES = Path(__file__).resolve().parent
PAPERS = SOURCES.parent / "papers"

# Lengths are PostScript points, 72 to the inch.
PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 52.0, 62.0, 58.0
GUTTER = 20.0
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN_X
TEXT_TOP = PAGE_HEIGHT - MARGIN_TOP
TEXT_HEIGHT = TEXT_TOP - MARGIN_BOTTOM
COLUMN_WIDTH = (TEXT_WIDTH - GUTTER) / 2
COLUMNS_X = (MARGIN_X, MARGIN_X + COLUMN_WIDTH + GUTTER)

ROMAN, BOLD, ITALIC, MONO, SYMBOL = "Times-Roman", "Times-Bold", "Times-Italic", "Courier", "Symbol"
MAX_PAGES = 4
LEAST_COLUMN = 40.0  # the last page is balanced no further than this
NOTICE = "Part of the ragft sample corpus. Text licensed under Apache-2.0."


def _style(name: str, size: float, leading: float, **settings: Any) -> ParagraphStyle:
    settings = {"fontName": ROMAN, "alignment": TA_LEFT, **settings}
    return ParagraphStyle(name, fontSize=size, leading=leading, **settings)


_PROSE: dict[str, Any] = {"alignment": TA_JUSTIFY, "allowWidows": 0, "allowOrphans": 0}
TITLE = _style("title", 17, 20.5, fontName=BOLD, alignment=TA_CENTER, spaceAfter=7)
AUTHORS = _style("authors", 11, 14, alignment=TA_CENTER)
ABSTRACT_HEADING = _style("abstract-heading", 11.2, 14, fontName=BOLD, alignment=TA_CENTER, spaceAfter=3)
ABSTRACT = _style("abstract", 10, 12, leftIndent=10, rightIndent=10, spaceAfter=8, **_PROSE)
SECTION = _style("section", 12, 14.5, fontName=BOLD, spaceBefore=10, spaceAfter=4, keepWithNext=1)
SUBSECTION = _style("subsection", 11, 13.1, fontName=BOLD, spaceBefore=6, spaceAfter=3, keepWithNext=1)
FIRST = _style("first", 11, 13.1, **_PROSE)
BODY = _style("body", 11, 13.1, firstLineIndent=11, **_PROSE)
FORMULA = _style("formula", 11, 13.1, alignment=TA_CENTER, spaceBefore=4, spaceAfter=4)
BULLET = _style("bullet", 11, 13.1, leftIndent=12, bulletIndent=3, spaceBefore=2, **_PROSE)
REFERENCE = _style(
    "reference", 9.4, 11.2, leftIndent=18, bulletIndent=0, spaceAfter=2.4, bulletFontName=ROMAN, bulletFontSize=9.4
)
CAPTION = _style("caption", 9.6, 11.4, spaceBefore=7, spaceAfter=4, **_PROSE)
CELL = _style("cell", 9.4, 11.2)
HEAD_CELL = _style("head-cell", 9.4, 11.2, fontName=BOLD)


class SourceError(ValueError):
    """A source that cannot be set; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Paper:
    """One source file: its front matter and the Markdown below it."""

    name: str
    title: str
    authors: str
    year: int
    running_head: str
    metadata_title: str  # what the PDF claims in /Title; not always the truth
    body: str


def read_paper(path: Path) -> Paper:
    """Parse one source. Raises SourceError where the front matter is missing or incomplete."""
    head, fence, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    if not fence:
        raise SourceError(f"{path}: no front matter between two lines of ---")
    fields = yaml.safe_load(head)
    try:
        return Paper(
            name=path.stem,
            title=fields["title"],
            authors=fields["authors"],
            year=fields["year"],
            running_head=fields["running_head"],
            metadata_title=fields.get("metadata_title", fields["title"]),
            body=body,
        )
    except KeyError as missing:
        raise SourceError(f"{path}: the front matter lacks {missing}") from missing


def read_papers(folder: Path = SOURCES) -> list[Paper]:
    """Every source in the folder, by name."""
    return [read_paper(path) for path in sorted(folder.glob("*.md"))]


# Markdown to the mark-up of reportlab's paragraphs.


_HYPHENATOR = pyphen.Pyphen(lang="en_GB", left=3, right=3)
# Not the last word before other mark-up: reportlab drops the space behind a soft-hyphenated one.
_PLAIN_WORD = re.compile(r"(?<![\w-])[a-z]{7,}(?=[^\w-]+\w)")


def _hyphenated(text: str) -> str:
    """Mark where a long word may break: a narrow justified column without hyphens shows rivers.

    Soft hyphens in plain lower-case words, not reportlab's own hyphenation: that one breaks "expert-written" as
    "exper-t-written", splits names such as InstructGPT, and at times loses the hyphen of a compound.
    """
    return _PLAIN_WORD.sub(lambda match: _HYPHENATOR.inserted(match[0], "\xad"), text)


def _in_font(text: str) -> str:
    """Escape text; what Times cannot encode (Greek, a few operators) is set in Symbol, as TeX would."""
    parts = []
    for character in text:
        try:
            character.encode("cp1252")
            parts.append(escape(character))
        except UnicodeEncodeError:
            parts.append(f'<font name="{SYMBOL}">{character}</font>')
    return "".join(parts)


_INLINE_TAGS = {"em": "i", "strong": "b"}


def _inline(node: SyntaxTreeNode) -> str:
    if node.type == "text":
        return _in_font(_hyphenated(node.content))
    if node.type == "softbreak":
        return " "
    if node.type == "code_inline":
        return f'<font name="{MONO}" size="-1">{escape(node.content)}</font>'
    inside = "".join(_inline(child) for child in node.children)
    if node.type == "inline":
        return inside
    if node.type in _INLINE_TAGS:
        tag = _INLINE_TAGS[node.type]
        return f"<{tag}>{inside}</{tag}>"
    raise SourceError(f"no rule sets the inline element {node.type!r}")


def _text_of(node: SyntaxTreeNode) -> str:
    """The mark-up of a heading, a paragraph, a cell or a list item: all hold inline content, some nested."""
    return "".join(_inline(child) if child.type == "inline" else _text_of(child) for child in node.children)


# Blocks to flowables.


def _table(node: SyntaxTreeNode, caption: Paragraph) -> KeepTogether:
    """A table as wide as its column, ruled above, below and under its head only."""
    rows = [[_text_of(cell) for cell in row.children] for part in node.children for row in part.children]
    plain = [[cell.content for cell in row.walk() if cell.type == "inline"] for row in node.walk() if row.type == "tr"]
    padding = 3.0
    natural = [
        max(stringWidth(row[column], BOLD, CELL.fontSize) for row in plain if column < len(row)) + 2 * padding + 1
        for column in range(len(rows[0]))
    ]
    table = Table(
        [[Paragraph(cell, HEAD_CELL if index == 0 else CELL) for cell in row] for index, row in enumerate(rows)],
        colWidths=_fit_widths(natural, COLUMN_WIDTH),
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), padding),
                ("RIGHTPADDING", (0, 0), (-1, -1), padding),
                ("TOPPADDING", (0, 0), (-1, -1), 1.6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
                ("LINEABOVE", (0, 0), (-1, 0), 0.9, "black"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.5, "black"),
                ("LINEBELOW", (0, -1), (-1, -1), 0.9, "black"),
            ]
        ),
    )
    return KeepTogether([caption, table, Spacer(1, 9)])


def _fit_widths(natural: Sequence[float], available: float) -> list[float]:
    """Share the width out: narrow columns get what they ask for, wide ones split what is left evenly."""
    widths = [0.0] * len(natural)
    left, open_columns = available, sorted(range(len(natural)), key=lambda column: natural[column])
    while open_columns:
        column = open_columns[0]
        widths[column] = min(natural[column], left / len(open_columns))
        left -= widths[column]
        open_columns.pop(0)
    return [width * available / sum(widths) for width in widths]


def _flowables(paper: Paper) -> Iterator[Any]:
    """The body in reading order. Raises SourceError on Markdown that no rule covers."""
    markdown = MarkdownIt("commonmark", {"typographer": True}).enable(["table", "replacements", "smartquotes"])
    caption: Paragraph | None = None
    section, after_heading = "", True
    for node in SyntaxTreeNode(markdown.parse(paper.body)).children:
        if node.type == "heading":
            section, after_heading = _text_of(node), True
            yield Paragraph(section, _heading_style(node.tag, section))
        elif node.type == "paragraph":
            text = _text_of(node)
            if text.startswith("Table "):
                caption = Paragraph(text, CAPTION)
                continue
            yield Paragraph(text, ABSTRACT if section == "Abstract" else FIRST if after_heading else BODY)
            after_heading = False
        elif node.type == "blockquote":
            yield Paragraph(_text_of(node), FORMULA)
            after_heading = True  # the sentence goes on below the formula, unindented
        elif node.type == "table":
            if caption is None:
                raise SourceError(f"{paper.name}: a table needs a caption paragraph above it ('Table 1: ...')")
            yield _table(node, caption)
            caption = None
        elif node.type == "bullet_list":
            yield from (Paragraph(_text_of(item), BULLET, bulletText="•") for item in node.children)
            yield Spacer(1, 4)
        elif node.type == "ordered_list":
            for number, item in enumerate(node.children, 1):
                yield Paragraph(_text_of(item), REFERENCE, bulletText=f"[{number}]")
        else:
            raise SourceError(f"{paper.name}: no rule sets the block {node.type!r}")


def _heading_style(tag: str, text: str) -> ParagraphStyle:
    if text == "Abstract":
        return ABSTRACT_HEADING
    return SECTION if tag == "h2" else SUBSECTION


# Pages.


def _frame(name: str, x: float, top: float, width: float, height: float) -> Frame:
    padding = dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)
    return Frame(x, top - height, width, height, id=name, **padding)


def _columns(top: float, height: float) -> list[Frame]:
    return [_frame(f"column-{index}", x, top, COLUMN_WIDTH, height) for index, x in enumerate(COLUMNS_X)]


def _page_furniture(paper: Paper, canvas: Any, page: int) -> None:
    canvas.saveState()
    canvas.setFont(ROMAN, 9)
    canvas.drawCentredString(PAGE_WIDTH / 2, 32, str(page))
    if page == 1:
        canvas.setFont(ITALIC, 7.5)
        canvas.drawString(MARGIN_X, 44, NOTICE)
    else:
        head = TEXT_TOP + 16
        canvas.setFont(ITALIC, 9)
        canvas.drawString(MARGIN_X, head, paper.running_head)
        canvas.drawRightString(PAGE_WIDTH - MARGIN_X, head, f"{paper.authors}, {paper.year}")
        canvas.setLineWidth(0.4)
        canvas.line(MARGIN_X, head - 5, PAGE_WIDTH - MARGIN_X, head - 5)
    canvas.restoreState()


def _title(paper: Paper) -> Paragraph:
    """The title, in lines of about equal length where it needs more than one."""
    natural = stringWidth(paper.title, TITLE.fontName, TITLE.fontSize)
    lines = math.ceil(natural / TEXT_WIDTH)
    indent = max(0.0, (TEXT_WIDTH - 1.15 * natural / lines) / 2) if lines > 1 else 0.0
    return Paragraph(_in_font(paper.title), ParagraphStyle("this-title", TITLE, leftIndent=indent, rightIndent=indent))


def typeset(paper: Paper) -> bytes:
    """The paper as PDF bytes: the title across the page, then two columns. The same source gives the same bytes."""
    title_block = [_title(paper), Paragraph(f"{paper.authors}<br/>{paper.year}", AUTHORS)]
    title_height = sum(flowable.wrap(TEXT_WIDTH, TEXT_HEIGHT)[1] for flowable in title_block) + TITLE.spaceAfter + 16

    def furniture(canvas: Any, document: Any) -> None:
        _page_furniture(paper, canvas, document.page)

    def build(last_page: int, last_height: float) -> tuple[bytes, int]:
        """The PDF with shortened columns on the last page, and how many pages it took."""
        buffer = io.BytesIO()
        document = BaseDocTemplate(
            buffer,
            pagesize=A4,
            title=paper.metadata_title,
            author=paper.authors,
            subject="",
            creator="corpus/sources/typeset.py",
            producer="reportlab",
            invariant=1,
            pageCompression=0,
        )
        title_frame = _frame("title", MARGIN_X, TEXT_TOP, TEXT_WIDTH, title_height)
        first = [title_frame, *_columns(TEXT_TOP - title_height, TEXT_HEIGHT - title_height)]
        templates = [PageTemplate("page-1", first, onPage=furniture)]
        for page in range(2, MAX_PAGES + 1):
            columns = _columns(TEXT_TOP, last_height if page == last_page else TEXT_HEIGHT)
            templates.append(PageTemplate(f"page-{page}", columns, onPage=furniture))
        document.addPageTemplates(templates)
        following = NextPageTemplate([template.id for template in templates[1:]])
        document.build([following, *title_block, FrameBreak(), *_flowables(paper)])
        return buffer.getvalue(), document.page

    _, pages = build(last_page=0, last_height=TEXT_HEIGHT)
    if not 2 <= pages <= MAX_PAGES:
        raise SourceError(f"{paper.name}: sets to {pages} pages; a paper of this corpus has 2 to {MAX_PAGES}")
    return _balanced(lambda height: build(pages, height), pages)


def _balanced(build: Callable[[float], tuple[bytes, int]], pages: int) -> bytes:
    """Shorten the columns of the last page, by bisection to a line's height, until no shorter ones hold its text."""
    too_short, enough = LEAST_COLUMN, TEXT_HEIGHT
    content, _ = build(enough)
    while enough - too_short > BODY.leading / 2:
        height = (too_short + enough) / 2
        attempt, attempt_pages = build(height)
        if attempt_pages == pages:
            content, enough = attempt, height
        else:
            too_short = height
    return content


def mismatches(sources: Path = SOURCES, papers: Path = PAPERS) -> list[str]:
    """One sentence for every PDF that is missing, differs from its source, or has no source."""
    problems, wanted = [], set()
    for paper in read_papers(sources):
        target = papers / f"{paper.name}.pdf"
        wanted.add(target)
        if not target.exists():
            problems.append(f"{target.name} is missing")
        elif target.read_bytes() != typeset(paper):
            problems.append(f"{target.name} is not what {paper.name}.md sets to")
    return problems + [f"{stray.name} has no source" for stray in sorted(set(papers.glob("*.pdf")) - wanted)]


def write(sources: Path = SOURCES, papers: Path = PAPERS) -> int:
    """Set every source; return how many PDFs changed."""
    papers.mkdir(parents=True, exist_ok=True)
    changed = 0
    for paper in read_papers(sources):
        target, content = papers / f"{paper.name}.pdf", typeset(paper)
        if not target.exists() or target.read_bytes() != content:
            partial = target.with_suffix(".tmp")
            partial.write_bytes(content)
            partial.replace(target)
            changed += 1
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the return value is the exit code."""
    parser = argparse.ArgumentParser(description="Set the sample papers from their Markdown sources.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a PDF differs from its source")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            print(f"{write()} of {len(read_papers())} papers changed")
            return 0
        problems = mismatches()
    except SourceError as error:
        problems = [str(error)]
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
