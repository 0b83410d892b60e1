"""Word documents (DOCX): headings by style, tables, notes, text boxes and formulas; nothing deleted or hidden."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.archives import check_archive, parse_xml
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.office.colours import related_theme
from ragft.corpus.readers.office.docx_related import RelatedParts
from ragft.corpus.readers.office.docx_text import Reader, read_styles
from ragft.corpus.readers.office.docx_xml import value
from ragft.corpus.readers.office.namespaces import W
from ragft.corpus.readers.office.related_parts import related_parts
from ragft.corpus.readers.office.strict_ooxml import open_office
from ragft.corpus.readers.reference_lists import without_references
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError

_OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_FORMULAS = ("Equation", "MathType")
"""Programs whose formulas are pictures in the document: Equation Editor and MathType."""


@dataclass(frozen=True)
class _DocxBody:
    """What the body of a document holds. `contents`: how many entries of a table of contents are left out."""

    blocks: list[Block]
    titles: list[str]
    contents: int
    notes: tuple[str, ...]


def read(source: SourceFile) -> Document:
    """Read a DOCX file.

    Raises:
        DocumentError: it is empty, damaged, encrypted, an old .doc, unpacks to too much, or holds no text.
    """
    check_archive(source, "word/", "DOCX", old=".doc")
    import docx

    with damaged(source.path, "DOCX", fix="save it again"):
        document = docx.Document(open_office(source.path))
        body = _read_body(document)
        if body.contents > len(body.blocks):  # a table of contents alone is the text
            body = _read_body(document, with_contents=True)
        core = document.core_properties
    blocks, listed = without_references(body.blocks)
    if not blocks:
        raise DocumentError(f"{source.path} holds no text")
    title, named = " ".join(body.titles), sanitise(core.title or "").strip()
    opening = blocks[0]
    if not title and opening.kind == "heading" and sum(b.level == 1 for b in blocks) == 1 and opening.level == 1:
        title = opening.text
    if not title and not named and len(opening.text) < 200 and not opening.text.endswith("."):
        title = opening.text
    authors = tuple(name.strip() for name in re.split(r"[;,]", core.author or "") if name.strip())
    return Document(
        source.id,
        str(source.path),
        title or named or name_as_title(source.path),
        tuple(blocks),
        authors=() if authors == ("python-docx",) else authors,
        warnings=(*body.notes, *listed),
    )


def _read_body(document: Any, *, with_contents: bool = False) -> _DocxBody:
    builder, titles, before_title = BlockBuilder([]), list[str](), 0
    styles = read_styles(document.styles.element, related_theme(document.part))
    related = RelatedParts(document.part)
    reader = Reader(
        styles,
        _notes(document),
        related,
        _separator(document),
        _numbering(document),
        with_contents=with_contents,
    )
    for kind, level, text in reader.parts(document.element.body):
        if level or kind != "heading":
            builder.add(Block(text, 0, kind, level=level))
        elif not titles or len(builder.blocks) == before_title:  # a title may take several paragraphs
            titles.append(text)
            before_title = len(builder.blocks)
        else:
            builder.add(Block(text, 0, kind, level=1))
    notes = (*_left_out(document, related), *_notes_of(reader), *dict.fromkeys(related.notes))
    return _DocxBody(builder.blocks, titles, reader.contents, notes)


def _notes(document: Any) -> dict[tuple[str, str], Any]:
    """Footnotes and endnotes by the name of their part and their identifier; separators are not among them."""
    found: dict[tuple[str, str], Any] = {}
    for name in ("footnotes", "endnotes"):
        for part in related_parts(document.part, name):
            for note in parse_xml(part.blob):
                if note.get(f"{W}type", "normal") == "normal":
                    found[name, note.get(f"{W}id", "")] = note
    return found


def _numbering(document: Any) -> Any:
    """The `w:numbering` element, which holds the forms of all numbers; None where the document has none."""
    part = next(related_parts(document.part, "numbering"), None)
    return None if part is None else parse_xml(part.blob)


def _separator(document: Any) -> str:
    """The separator of the arguments of formulas, from the settings of the document; by default a comma."""
    return value(document.settings.element, "listSeparator") or ","


def _notes_of(reader: Reader) -> Iterator[str]:
    """Notes on what the body holds and was not read, or not for certain."""
    if reader.contents:
        yield f"left out: table of contents ({reader.contents} lines)"
    if reader.struck:
        yield f"struck text is left out ({reader.struck} characters)"
    if unknown := reader.unknown + reader.fields.unknown:
        yield f"characters of symbol fonts are not known ({unknown}), a blank stands for each"
    if reader.fields.uncounted:
        yield f"numbers of LISTNUM and AUTONUM fields are not read ({reader.fields.uncounted})"
    if reader.fields.left_out:
        yield f"formulas of EQ fields could not be read ({reader.fields.left_out}), a blank stands for each"


def _left_out(document: Any, related: RelatedParts) -> tuple[str, ...]:
    """A note on what holds text which is not read."""
    unread = related.unread + Counter(charts=sum(1 for _ in related_parts(document.part, "chartEx")))
    counted = [f"{count} {name}" for name, count in sorted(unread.items())]
    programs = [one.get("ProgID", "") for one in document.element.body.iter(_OBJECT)]
    if drawn := sum(program.startswith(_FORMULAS) for program in programs):
        counted.append(f"{drawn} formulas drawn by another program")
    if others := len(programs) - drawn:
        counted.append(f"{others} embedded objects")
    return (f"not read: {', '.join(counted)}",) if counted else ()
