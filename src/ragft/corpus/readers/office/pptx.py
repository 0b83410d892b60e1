"""Slide decks (PPTX): what the slides show, in the order of the show, and their speaker notes. A slide is a page."""

from __future__ import annotations

import re
from typing import Any

from ragft.corpus.base import Block, Document
from ragft.corpus.readers.archives import check_archive
from ragft.corpus.readers.base import BlockBuilder, SourceFile, name_as_title
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.office.namespaces import P
from ragft.corpus.readers.office.pptx_text import SlideReader
from ragft.corpus.readers.office.strict_ooxml import open_office
from ragft.corpus.readers.reference_lists import without_references
from ragft.corpus.text import one_line
from ragft.errors import DocumentError

NOTES = "Speaker notes: "
"""The heading of the notes to a slide, which the audience does not see."""
_NO_TITLE = re.compile(r".*\bpower ?point\b.*|(?:presentation|präsentation|slide|folie) ?\d*", re.IGNORECASE)
"""Titles that programs write by themselves."""
_NO_AUTHORS = frozenset({"steve canny", "python-pptx", "microsoft office user", "user", "admin"})


def read(source: SourceFile) -> Document:
    """Read a PPTX file. Hidden slides are left out and noted; their numbers count.

    Raises:
        DocumentError: it is empty, damaged, encrypted, an old .ppt, unpacks to too much, or holds no text.
    """
    check_archive(source, "ppt/", "PPTX", old=".ppt")
    import pptx

    with damaged(source.path, "PPTX", fix="save it again"):
        deck = pptx.Presentation(open_office(source.path))
        reader = SlideReader(deck.slide_width, deck.slide_height)
        shown: list[tuple[int, Any]] = []
        hidden: list[int] = []
        for number, slide in enumerate(deck.slides, start=1):
            if slide.element.get("show") in {"0", "false"}:
                hidden.append(number)
            else:
                shown.append((number, slide))
        noted = [_blocks(reader, slide, number) for number, slide in shown]
        slides = [found for found, _ in noted]
        pictures = [
            number for (number, slide), read in zip(shown, slides, strict=True) if not read and _has_picture(slide)
        ]
        core = deck.core_properties
        named, wrote = one_line(core.title or ""), core.author or ""
    opening = slides[0][0] if slides and slides[0] and slides[0][0].kind == "heading" else None
    blocks = tuple(block for slide in slides for block in slide if block is not opening)
    if not blocks and opening is None:
        raise DocumentError(f"{source.path} holds no text", fix="slides of pictures alone: export them as PDF, for OCR")
    named = "" if _NO_TITLE.fullmatch(named) else named
    authors = tuple(name.strip() for name in re.split(r"[;,]", wrote) if name.strip())
    return Document(
        source.id,
        str(source.path),
        (opening.text if opening else "") or named or name_as_title(source.path),
        blocks or (opening,) if opening else blocks,
        authors=tuple(name for name in authors if name.casefold() not in _NO_AUTHORS),
        pages=len(shown) + len(hidden),
        warnings=(
            *_numbered("hidden slides are left out", hidden),
            *_numbered("slides of pictures alone, whose text is not read", pictures),
            *reader.notes(),
            *(note for _, notes in noted for note in notes),
        ),
    )


def _blocks(reader: SlideReader, slide: Any, number: int) -> tuple[list[Block], tuple[str, ...]]:
    """The blocks of a slide and of its speaker notes, and notes on reference lists, which are left out."""
    builder = BlockBuilder([])
    for kind, level, text in reader.parts(slide.part, slide.element):
        builder.add(Block(text, number, kind, level=level))
    shown = len(builder.blocks)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_placeholder) is not None:
        body = notes.element.find(f"{P}txBody")
        said = " ".join(text for _, _, text in reader.paragraphs(body, "paragraph"))
        if said:
            builder.add(Block(NOTES + said, number))
    blocks, listed = without_references(builder.blocks[:shown], is_part=True, place=f"slide {number}")
    return [*blocks, *builder.blocks[shown:]], listed


def _has_picture(slide: Any) -> bool:
    return next(slide.element.iter(f"{P}pic"), None) is not None


def _numbered(note: str, numbers: list[int]) -> tuple[str, ...]:
    if not numbers:
        return ()
    listed = ", ".join(map(str, numbers[:10])) + (" …" if len(numbers) > 10 else "")
    return (f"{note}: {listed}",)
