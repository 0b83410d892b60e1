"""Reads a whole PDF page by page, with OCR for bad pages, and builds the document."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.pdf import ocr
from ragft.corpus.pdf.annotations.annotations import open_page
from ragft.corpus.pdf.annotations.redactions import redacted_boxes
from ragft.corpus.pdf.base import PageSpans
from ragft.corpus.pdf.front.front import read_front
from ragft.corpus.pdf.front.titles import usable_metadata_title
from ragft.corpus.pdf.pages.contents import contents_lines
from ragft.corpus.pdf.pages.furniture import remove_furniture
from ragft.corpus.pdf.pages.layout import body_size, page_lines
from ragft.corpus.pdf.pages.left_out import LeftOut, page_ranges
from ragft.corpus.pdf.pdfium.layers import has_hidden_layers
from ragft.corpus.pdf.quality import Fault, page_fault
from ragft.corpus.pdf.structure.hyphens import vocabulary
from ragft.corpus.pdf.structure.paragraphs import paragraphs
from ragft.corpus.pdf.structure.structure import blocks
from ragft.corpus.pdf.text.spans import read_spans
from ragft.corpus.readers.base import SourceFile, name_as_title
from ragft.corpus.text import one_line
from ragft.errors import DocumentError

_MANY = 20
"""Words."""
_MORE = 3
"""Times the letters that a page has of its own, so that those recognised in its picture take their place: a letter that
is given is surer than one recognised."""


def read_pdf(pdf: Any, source: SourceFile, *, repaired: bool) -> Document:
    """The document in an opened `pypdfium2.PdfDocument`; `repaired`: the file was cut short, or repaired to be opened.

    Raises:
        DocumentError: no page has text, or a truncated file has lost pages.
    """
    pages: list[PageSpans] = []
    bad: dict[int, str] = {}
    recognised: list[int] = []
    unread = _unread_parts(pdf)
    layers = has_hidden_layers(source.path, source.password)
    for number in range(1, len(pdf) + 1):
        spans, fault = _read_page(pdf, number, source, layers=layers)
        if fault and fault != "lost" and ocr.is_available() and source.seconds_left > 5:
            read = ocr.recognise(pdf[number - 1])
            if read and (fault != "text beside a picture of a page" or _letters(read) > _MORE * _letters(spans)):
                # The few words beside a picture in which there is no text are kept.
                spans = read if read.spans else spans
                recognised.append(number)
            fault = None if read else f"{fault}, and OCR failed"
        if fault:
            bad[number] = fault
        pages.append(spans)
    whole = sum(1 for number in range(1, len(pages) + 1) if number not in bad)
    if repaired and any(fault == "lost" for fault in bad.values()):
        raise DocumentError(
            f"{source.path} is cut short: {whole} of {len(pages)} pages are left", fix="fetch the file again"
        )
    metadata = pdf.get_metadata_dict()
    document = _assemble(pages, metadata, source)
    if not document.blocks:  # page numbers, running heads or labels of an axis are all there is
        document = _assemble(pages, metadata, source, whole=True)
    if not document.blocks:
        raise _nothing_read(source, bad, pages, unread)
    warnings = (*_warnings(bad, recognised, repaired), *_remarks(pages), *document.warnings, *unread)
    return replace(document, bad_pages=tuple(sorted(bad)), warnings=warnings, page_labels=_page_labels(pdf))


def _letters(page: PageSpans) -> int:
    return sum(len(span.text) for span in page.spans)


def _unread_parts(pdf: Any) -> list[str]:
    """Load the form fields, and return notes on content besides the pages."""
    import pypdfium2
    import pypdfium2.raw as pdfium_c

    notes = []
    with contextlib.suppress(pypdfium2.PdfiumError):
        pdf.init_forms()
    if pdf.get_formtype() in {pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND}:
        notes.append("an XFA form: only the pages that it brings with it are read")
    if count := pdf.count_attachments():
        notes.append(
            f"{count} embedded file{'s are' if count > 1 else ' is'} not read: save {'them' if count > 1 else 'it'}"
        )
    return notes


def _page_labels(pdf: Any) -> tuple[str, ...]:
    """The page labels that the file declares; empty if it declares none."""
    labels = tuple(one_line(pdf.get_page_label(index))[:20] for index in range(len(pdf)))
    return labels if any(labels) else ()


def _assemble(
    pages: Sequence[PageSpans], metadata: Mapping[str, str], source: SourceFile, *, whole: bool = False
) -> Document:
    """The document that `pages` hold, with a warning that names what was left out.

    `whole`: with the page numbers, running heads and numbers along axes, which are left out else.
    """
    left_out = LeftOut()
    kept, stamps = ([list(page.spans) for page in pages], []) if whole else remove_furniture(pages, left_out)
    lines = [line for number, spans in enumerate(kept, start=1) for line in page_lines(spans, number)]
    known = vocabulary(lines)
    front = read_front(lines, stamps, metadata, pages[0].height if pages else 0.0, known)
    body = body_size(kept)
    contents = contents_lines([line for line in lines if id(line) not in front.used], len(pages))
    left_out.add("table of contents", sorted({line.page for line in lines if id(line) in contents}))
    # Where the title is all there is, it is the text, too.
    found = blocks(paragraphs([line for line in lines if id(line) not in front.used], body, contents), known, left_out)
    found = found or blocks(paragraphs(lines, body, contents, axes=whole), known, left_out)
    title = front.title or usable_metadata_title(metadata) or _opening_heading(found) or name_as_title(source.path)
    return Document(
        source.id,
        str(source.path),
        title,
        tuple(found),
        front.authors,
        front.year,
        front.doi,
        pages=len(pages),
        warnings=tuple(left_out.notes()),
    )


def _read_page(pdf: Any, number: int, source: SourceFile, *, layers: bool) -> tuple[PageSpans, str | None]:
    """The spans of a page (none if they are garbage) and its problems."""
    import pypdfium2

    empty = PageSpans(612.0, 792.0, [])
    try:
        page, annotations = open_page(pdf, number)
        if annotations.redacted:
            boxes = redacted_boxes(source.path, source.password, number)
            annotations = annotations._replace(redacted=boxes or annotations.redacted)
        try:
            spans = read_spans(page, annotations, detail=number == 1, layers=layers)
            fault: Fault | None = page_fault(page, spans)
        finally:
            page.close()
    except pypdfium2.PdfiumError:
        return empty, "lost"
    if fault == "unreadable text layer":
        return PageSpans(spans.width, spans.height, [], unmapped=spans.unmapped), fault
    return spans, fault


def _nothing_read(
    source: SourceFile, bad: Mapping[int, str], pages: Sequence[PageSpans], unread: Sequence[str]
) -> DocumentError:
    count = len(pages)
    if bad and set(bad.values()) == {"lost"}:
        others = " and the others hold no text" if len(bad) < count else ""
        return DocumentError(
            f"{source.path} is damaged: {page_ranges(list(bad))} cannot be opened{others}", fix="fetch the file again"
        )
    if not bad and any(page.hidden for page in pages):
        return DocumentError(
            f"{source.path} holds only text that nobody can see: off the page, covered, or in no ink",
            fix="open it in a viewer, and save it anew if it shows text there",
        )
    if unmapped := [number for number, page in enumerate(pages, start=1) if page.unmapped]:
        recognised = ", and no text could be recognised" if ocr.is_available() else ""
        return DocumentError(
            f"{source.path}: the fonts of {page_ranges(unmapped)} do not tell what their characters mean{recognised}",
            fix="find another copy of it" if ocr.is_available() else "pip install 'ragft[ocr]'",
        )
    if not bad and _is_damaged(source):
        return DocumentError(
            f"{source.path} is damaged: no text can be found on its {count} pages", fix="fetch the file again"
        )
    if not bad:
        return DocumentError("; ".join((f"{source.path} holds no text on its {count} pages", *unread)))
    if ocr.is_available():
        return DocumentError(f"{source.path}: no text could be recognised on its {count} pages")
    return DocumentError(
        f"{source.path} has no usable text layer on any of its {count} pages", fix="pip install 'ragft[ocr]'"
    )


def _is_damaged(source: SourceFile) -> bool:
    """Whether a second library cannot read a file in which pdfium finds pages but no text."""
    import pypdf

    try:
        with source.path.open("rb") as handle:
            for page in pypdf.PdfReader(handle, strict=False, password=source.password).pages:
                page.get_contents()
    except Exception:  # whatever a broken file makes the library stumble over
        return True
    return False


def _warnings(bad: Mapping[int, str], recognised: Sequence[int], repaired: bool) -> tuple[str, ...]:
    found: list[str] = []
    for fault in dict.fromkeys(bad.values()):
        where = page_ranges([number for number, other in bad.items() if other == fault])
        remedy = "" if ocr.is_available() else "; to read them: pip install 'ragft[ocr]'"
        found.append(f"{where}: page cannot be opened" if fault == "lost" else f"{where}: {fault}{remedy}")
    if recognised:
        found.append(f"{page_ranges(recognised)}: read by OCR")
    if repaired:
        found.append("the file is damaged and was repaired in reading; some of it may be missing")
    return tuple(found)


def _remarks(pages: Sequence[PageSpans]) -> list[str]:
    """Notes on covered text that was read, and on pages of which little was read."""
    remarks = []
    if covered := [number for number, page in enumerate(pages, start=1) if page.covered]:
        remarks.append(f"{page_ranges(covered)}: read as a scan, whose text lies under its picture")
    if hidden := [number for number, page in enumerate(pages, start=1) if _is_mostly_hidden(page)]:
        remarks.append(f"{page_ranges(hidden)}: nearly all text cannot be seen and was left out")
    if nameless := [number for number, page in enumerate(pages, start=1) if page.nameless]:
        count = sum(page.nameless for page in pages)
        remarks.append(f"{page_ranges(nameless)}: {count} characters whose fonts do not tell what they mean")
    if disordered := [number for number, page in enumerate(pages, start=1) if page.disordered]:
        remarks.append(f"{page_ranges(disordered)}: vertical text, not all of which is read in order")
    if struck := sum(page.struck for page in pages):
        remarks.append(f"struck text is left out ({struck} characters)")
    return remarks


def _is_mostly_hidden(page: PageSpans) -> bool:
    return page.hidden >= _MANY and page.hidden > 4 * sum(len(span.text.split()) for span in page.spans)


def _opening_heading(found: Sequence[Block]) -> str:
    return found[0].text if found and found[0].kind == "heading" else ""
