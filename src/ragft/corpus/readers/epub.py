"""Electronic books (EPUB 2 and 3): the chapters in the order of the spine, each read as a web page."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ragft.corpus.base import Block, Document
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.readers.archives import check_archive
from ragft.corpus.readers.base import LARGEST_TEXT, BlockBuilder, SourceFile, name_as_title
from ragft.corpus.readers.damage import damaged
from ragft.corpus.readers.epub_package import CONTAINER, Package, locked_members, member_beside, read_package
from ragft.corpus.readers.html.reader import fragment_blocks, label_of, xhtml_as_html
from ragft.corpus.readers.html.sheets import LARGEST, LINK, StyleSheets
from ragft.corpus.readers.reference_lists import without_references
from ragft.errors import DocumentError

# No tag or style reaches over the beginning of another: those without end are looked through once.
_HEAD = re.compile(r"\A.*?<body\b[^<>]*>", re.DOTALL | re.IGNORECASE)
_HTML, _BODY = (re.compile(rf"<{tag}\b[^<>]*>", re.IGNORECASE) for tag in ("html", "body"))
_STYLE = re.compile(r"<style\b[^<>]*>(?:(?!<style\b).)*?</style\s*>", re.DOTALL | re.IGNORECASE)
_LONGEST_NAME = 200
"""Characters of an entry of the table of contents that can stand for a heading."""


def read(source: SourceFile) -> Document:
    """Read an EPUB; a chapter without a heading gets its name from the table of contents. There are no pages.

    Raises:
        DocumentError: it is empty, damaged, no EPUB, protected against copying, unpacks to too much, or has no text.
    """
    check_archive(source, CONTAINER, "EPUB")
    with damaged(source.path, "EPUB", fix="fetch it again"), zipfile.ZipFile(source.path) as archive:
        book = _Book(source, archive, read_package(archive))
        book.refuse_locked()
        blocks = [block for chapter in book.package.spine for block in book.chapter(chapter)]
    package = book.package
    if not blocks:
        raise DocumentError(
            f"{source.path} holds no text", fix="a book of pictures alone has to be read by OCR, as PDF"
        )
    return Document(
        source.id,
        str(source.path),
        package.title or name_as_title(source.path),
        tuple(blocks),
        authors=package.authors,
        year=package.year,
        doi=package.doi,
        warnings=tuple(dict.fromkeys(book.notes)),
    )


class _Book:
    """The members of a book that are read; `notes` are remarks for the user."""

    def __init__(self, source: SourceFile, archive: zipfile.ZipFile, package: Package) -> None:
        self.package = package
        self.notes: list[str] = []
        self._path = source.path
        self._archive = archive
        self._sizes = {member.filename: member.file_size for member in archive.infolist()}

    def refuse_locked(self) -> None:
        """Raises DocumentError where chapters are encrypted; fonts often are, which does no harm."""
        if locked_members(self._archive) & set(self.package.spine):
            raise DocumentError(
                f"{self._path} is protected against copying (DRM)",
                fix="ask the publisher for a copy without protection, or for the PDF",
            )

    def chapter(self, name: str) -> Iterator[Block]:
        """The blocks of a member of the spine."""
        size = self._sizes.get(name)
        if size is None:
            self.notes.append(f"{name} is missing in the file")
            return
        if size > LARGEST_TEXT:
            self.notes.append(f"{name} is too large ({size >> 20} MiB) and left out")
            return
        data = self._archive.read(name)
        try:
            text, notes = decode(data, label_of(data))
        except UnknownEncodingError as error:
            self.notes.append(f"{name} is {error}, and left out")
            return
        text = xhtml_as_html(text)
        head = _HEAD.match(text)
        opening = head.group() if head else ""
        tags = "".join(tag.group() for tag in (_HTML.search(opening), _BODY.search(opening)) if tag)
        blocks, more = fragment_blocks(tags + text[len(opening) :], head=self._styles(name, opening))
        self.notes += [*notes, *more]
        blocks, listed = without_references(_named(blocks, self.package.contents.get(name, "")), is_part=True)
        self.notes += listed
        yield from blocks

    def _styles(self, chapter: str, head: str) -> str:
        """The style sheets of a chapter, those in files of their own too: they say what is hidden."""
        sheets = StyleSheets(chapter, self._sheet)
        linked = "".join(sheets.of(link) for link in LINK.findall(head))
        return linked + sheets.with_imports("".join(_STYLE.findall(head)))

    def _sheet(self, member: str, address: str) -> tuple[str, bytes] | None:
        name = member_beside(member, address)
        return (name, self._archive.read(name)) if 0 < self._sizes.get(name, 0) <= LARGEST else None


def _named(blocks: Sequence[Block], name: str) -> Sequence[Block]:
    """The blocks of a chapter, under its name in the table of contents where it begins with no heading of its own."""
    if not blocks or not name or len(name) > _LONGEST_NAME or any(b.kind == "heading" for b in blocks[:2]):
        return blocks
    builder = BlockBuilder([])
    builder.add(Block(name, 0, "heading", level=1))
    for block in blocks:
        builder.add(replace(block, kind="paragraph" if block.kind == "abstract" else block.kind))
    return builder.blocks
