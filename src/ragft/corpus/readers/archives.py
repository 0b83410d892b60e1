"""Checks of zip archives (office files, books) before they are unpacked."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from ragft.corpus.readers.base import SourceFile
from ragft.errors import DocumentError

_LARGEST_TEXT = 512 * 1024 * 1024
_LARGEST_WHOLE = 2 * 1024**3
"""Bytes, unpacked: of what is parsed, and with pictures, films and fonts."""
_TEXTS = frozenset(".xml .rels .vml .xhtml .html .htm .opf .ncx .css .svg".split())
_OLE = b"\xd0\xcf\x11\xe0"
_LOCKED = 0x1
"""The flag of a member that is locked with a password."""


def check_archive(source: SourceFile, part: str, kind: str, *, old: str = "") -> None:
    """Make sure that a file is a sound archive which holds `part`, as every file of its `kind` does.

    Args:
        source: the file.
        part: the name of a member that it must have, or of a folder (`word/`): programs number the files in it.
        kind: what the file should be: "DOCX", "EPUB".
        old: the ending of the format before, which an encrypted file looks like.

    Raises:
        DocumentError: it is empty, encrypted, of the old format, cut short, of another kind, or unpacks to too much.
    """
    path = source.path
    if path.stat().st_size == 0:
        raise DocumentError(f"{path} is empty (0 bytes)", fix="replace the file")
    with path.open("rb") as handle:
        if handle.read(len(_OLE)) == _OLE:
            raise DocumentError(
                f"{path} is encrypted or an old {old or 'office file'}",
                fix=f"open it in the program it was made with and save it as .{kind.lower()}, without a password",
            )
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DocumentError(f"{path} is cut short or no {kind} file", fix="fetch it again") from error
    if not any(_is_in(part, member.filename) for member in members):
        raise DocumentError(f"{path} is a zip archive but no {kind} file", fix="unpack it, and give the files in it")
    if any(member.flag_bits & _LOCKED for member in members):
        raise DocumentError(f"{path} is locked with a password", fix="save a copy without one")
    for most, size in ((_LARGEST_TEXT, _size(members, texts=True)), (_LARGEST_WHOLE, _size(members))):
        if size > most:
            raise DocumentError(f"{path} unpacks to more than {most >> 20} MiB", fix="split it into smaller files")


def parse_xml(data: bytes, *, forgiving: bool = False) -> Any:
    """The root element of a member: no entity is resolved, nothing is loaded from elsewhere.

    `forgiving` reads past errors, and returns None where nothing can be read.

    Raises:
        lxml.etree.XMLSyntaxError: it is not XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=forgiving)
    return etree.fromstring(data, parser)


def _is_in(part: str, name: str) -> bool:
    return name.startswith(part) if part.endswith("/") else name == part


def _size(members: Sequence[zipfile.ZipInfo], *, texts: bool = False) -> int:
    return sum(
        member.file_size
        for member in members
        if not texts or PurePosixPath(member.filename).suffix.casefold() in _TEXTS
    )
