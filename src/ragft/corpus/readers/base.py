"""The contract of a reader: its input and its result."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ragft.corpus.base import Block, Document
from ragft.corpus.encodings import UnknownEncodingError, decode
from ragft.corpus.sections import is_abstract
from ragft.corpus.text import sanitise
from ragft.errors import DocumentError
from ragft.machine import grant

LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes up to which a text, Markdown or HTML file, or a chapter of a book, is read."""

_NUMBER = re.compile(
    r"\A(?:\(?\w{1,5}\)|§\s?\d{1,3}|(?:article|artikel)\s\w{1,5}[.:]?|第\w{1,5}[条章節节])\s", re.IGNORECASE
)
"""Forms of numbers before headings which only programs count: other numbers are known wherever names are compared."""
MEMORY = 4 * 1024**3
"""Memory limit of a reading process, so that a file that unpacks to more fails alone."""


@dataclass(frozen=True)
class SourceFile:
    """A file to be read. `deadline` is on the clock of `time.monotonic()`, in seconds."""

    path: Path
    id: str
    password: str | None = None
    deadline: float = float("inf")

    @property
    def seconds_left(self) -> float:
        """How many seconds are left until the deadline; negative once it has passed."""
        return self.deadline - time.monotonic()


Reader = Callable[[SourceFile], Document]


def document_id(path: Path) -> str:
    """The first 16 hex digits of the sha256 of the file's bytes.

    Raises:
        DocumentError: it cannot be read, or is not a file.
    """
    try:
        if path.is_dir():
            next(path.iterdir(), None)
            raise DocumentError(f"{path} is a folder", fix="give the files in it, or the folder to `ragft ingest`")
        if path.exists() and not path.is_file():
            raise DocumentError(f"{path} is neither a file nor a folder")
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()[:16]
    except FileNotFoundError as error:
        raise DocumentError(f"{path} does not exist", fix="check the path") from error
    except PermissionError as error:
        raise DocumentError(f"no right to read {path}", fix=grant(path, "rX")) from error
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror or error}") from error


def read_bytes(source: SourceFile) -> bytes:
    """The bytes of a text-like file.

    Raises:
        DocumentError: it is empty or larger than `LARGEST_TEXT`.
    """
    size = source.path.stat().st_size
    if size == 0:
        raise DocumentError(f"{source.path} is empty (0 bytes)", fix="replace the file")
    if size > LARGEST_TEXT:
        raise DocumentError(f"{source.path} is too large ({size >> 20} MiB)", fix="split it into smaller files")
    return source.path.read_bytes()


def read_text(source: SourceFile, label: Callable[[bytes], str] = lambda _: "") -> tuple[str, tuple[str, ...]]:
    """The text of a file, and notes on what was guessed; `label` finds the encoding that the file itself names.

    Raises:
        DocumentError: it is empty, too large, binary, or in an encoding that cannot be recognised.
    """
    data = read_bytes(source)
    try:
        return decode(data, label(data))
    except UnknownEncodingError as error:
        raise DocumentError(f"{source.path} is {error}", fix="if it is text, save it as UTF-8") from error


@dataclass
class BlockBuilder:
    """Collects blocks of a format with marked headings, and fills in sections."""

    blocks: list[Block]
    section: str = ""

    def add(self, block: Block) -> None:
        """Append a block, its `section` set to the heading it stands under."""
        if not block.text.strip():
            return
        if block.kind == "heading":
            self.section = block.text
        is_of_abstract = block.kind == "paragraph" and is_abstract(unnumbered(self.section))
        kind = "abstract" if is_of_abstract else block.kind
        self.blocks.append(Block(block.text, block.page, kind, self.section, block.level))


def unnumbered(heading: str) -> str:
    """A heading without the forms of numbers that only programs count, and without the sign at its end."""
    return _NUMBER.sub("", heading, count=1).rstrip(": .")


def first_heading(blocks: list[Block]) -> str:
    """The title by the only heading of the top level, else by the first heading, else empty."""
    headings = [block for block in blocks if block.kind == "heading"]
    top = [block for block in headings if block.level == 1]
    if len(top) == 1 and blocks[0] is top[0]:
        return top[0].text
    return headings[0].text if headings and blocks[0] is headings[0] else ""


def name_as_title(path: Path) -> str:
    """A readable form of a file name, for documents without a title."""
    return " ".join(sanitise(path.stem).replace("_", " ").split()) or sanitise(path.name)
