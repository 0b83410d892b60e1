"""Documents for reading: their text by pages, their files, and files that a client sends."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, TYPE_CHECKING

from ragft.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.corpus.base import Chunk
    from ragft.workspace import Workspace

MOST_OVERLAP = 1000
"""Characters in which a chunk is looked for that repeats the end of the one before."""
LEAST_OVERLAP = 10
"""Characters that two chunks share by chance."""
_UNUSUAL = re.compile(r"[^\w.() +,&-]")


@dataclass(frozen=True)
class DocumentPage:
    """The text of one page, counted from 1 (0: the format has no pages), and what is printed on it if that differs."""

    page: int
    label: str
    text: str


def pages(resources: Resources, document: str, first: int, last: int | None) -> list[DocumentPage]:
    """The text of pages `first` to `last`; see `Documents.pages`."""
    index = resources.index
    record = index.document(document)
    found: dict[int, DocumentPage] = {}
    for page, label, text in _pieces(index.chunks(record.id)):
        before = found.get(page)
        found[page] = DocumentPage(page, label, f"{before.text}\n{text}" if before else text)
    wanted = [page for number, page in sorted(found.items()) if not number or _is_between(number, first, last)]
    if not wanted:
        raise NotFoundError(
            f"{record.title} has no page {first} with text", fix=f"ask for pages from 1 to {record.pages}"
        )
    return wanted


def file_of(resources: Resources, document: str) -> Path:
    """The file that a document was read from; see `Documents.file`."""
    from ragft.corpus.readers.registry import file_id

    record = resources.index.document(document)
    path = Path(record.path)
    if not path.is_file() or file_id(path) != record.id:
        raise NotFoundError(f"the file of {record.title} has changed or is gone", fix=f"ragft ingest {path.name}")
    return path


def uploads(workspace: Workspace) -> Path:
    """The folder of the files that clients have sent."""
    return workspace.root / "uploads"


def receive(workspace: Workspace, name: str, data: IO[bytes]) -> Path:
    """Keep a file that a client has sent; see `Documents.receive`."""
    from ragft.corpus.readers import SUFFIXES
    from ragft.machine import replace
    from ragft.workspace import atomic_writer, digest_file

    plain = safe_name(name)
    if PurePosixPath(plain).suffix.lower() not in SUFFIXES:
        raise InputError(f"{plain} is not a paper", fix=f"send one of {', '.join(sorted(SUFFIXES))}")
    folder = uploads(workspace)
    incoming = folder / f"incoming-{secrets.token_hex(4)}-{plain}"
    with atomic_writer(incoming, "wb") as file:
        shutil.copyfileobj(data, file)
    path = folder / plain
    digest = digest_file(incoming)
    if path.exists() and digest_file(path) != digest:
        path = path.with_name(f"{path.stem}-{digest[-8:]}{path.suffix}")
    replace(incoming, path)
    return path


def discard(workspace: Workspace, path: str) -> None:
    """Delete the file at `path` if a client has sent it; any other is left alone."""
    from ragft.machine import remove

    if Path(path).parent == uploads(workspace):
        remove(Path(path))


def safe_name(name: str) -> str:
    """The last part of a client's name of a file, of letters, digits and a few signs: it cannot leave a folder."""
    from ragft.machine import LONGEST_NAME, is_portable

    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    plain = _UNUSUAL.sub("_", last).strip(". ")
    suffix = PurePosixPath(plain).suffix[:10]
    plain = plain.removesuffix(suffix)[: LONGEST_NAME - 30].rstrip(". ") + suffix
    return plain if plain.removesuffix(suffix) and is_portable(plain) else f"paper{suffix}"


def _is_between(page: int, first: int, last: int | None) -> bool:
    return page >= first and (last is None or page <= last)


def _pieces(chunks: Sequence[Chunk]) -> Iterator[tuple[int, str, str]]:
    """The text of chunks in order as (page, label, text), without what a chunk repeats of the one before it."""
    before = ""
    for chunk in chunks:
        skip = _overlap(before, chunk.text)
        before = chunk.text
        starts = [(offset, page, label) for offset, page, label in chunk.page_starts] or [(0, chunk.pages[0], "")]
        ends = [offset for offset, _, _ in starts[1:]] + [len(chunk.text)]
        for (begin, page, label), end in zip(starts, ends, strict=True):
            if text := chunk.text[max(begin, skip) : end].strip():
                yield page, label, text


def _overlap(before: str, text: str) -> int:
    longest = min(len(before), len(text), MOST_OVERLAP)
    return next((n for n in range(longest, LEAST_OVERLAP, -1) if before.endswith(text[:n])), 0)
