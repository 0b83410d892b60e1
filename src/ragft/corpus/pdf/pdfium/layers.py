"""Layers (optional content) that a PDF hides by default: pdfium hides them in pictures, but not in text."""

from __future__ import annotations

import ctypes
import mmap
import re
import zlib
from collections.abc import Iterable
from ctypes import c_char, c_int, c_ulong, c_void_p
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import bind, count_of_marks, mark_of

_name_of_mark = bind(pdfium_c.FPDFPageObjMark_GetName, c_int, c_void_p, c_void_p, c_ulong, c_void_p)
_OBJECT_STREAM, _OPENING = re.compile(rb"/ObjStm\b"), re.compile(rb"\bstream\r?\n")
_HEAD = 1024
_LARGEST = 64 * 1024**2
_name, _length = (c_char * 32)(), c_ulong()
_LAYER = "OC\0".encode("utf-16-le")


def has_hidden_layers(path: Path, password: str | None) -> bool:
    """Whether some layer of a PDF may be switched off as it is opened; true, too, where the file does not tell."""
    with path.open("rb") as handle:
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if not _may_have_layers(data):
                return False
        return _switches_off(handle, password)


def _may_have_layers(data: mmap.mmap) -> bool:
    """Whether layers are mentioned, or may be; for most files this answers without a second PDF library."""
    if data.find(b"/OCProperties") >= 0 or (data.find(b"/ObjStm") >= 0 and data.find(b"/Encrypt") >= 0):
        return True
    return any(_may_mention(data, match.start()) for match in _OBJECT_STREAM.finditer(data))


def _may_mention(data: mmap.mmap, place: int) -> bool:
    """Whether a compressed stream of objects mentions layers, or cannot be looked into here.

    `place`: that of its type.
    """
    start = data.rfind(b"obj", max(0, place - _HEAD), place)
    opening = _OPENING.search(data, place, place + _HEAD)
    if start < 0 or opening is None or b"/DecodeParms" in data[start : opening.end()]:
        return True
    inflating = zlib.decompressobj()
    try:
        plain = inflating.decompress(data[opening.end() : data.find(b"endstream", opening.end())], _LARGEST)
    except zlib.error:
        return True
    return not inflating.eof or b"/OCProperties" in plain


def _switches_off(handle: Any, password: str | None) -> bool:
    import pypdf

    try:
        reader = pypdf.PdfReader(handle, strict=False, password=password)
        root: Any = reader.trailer["/Root"].get_object()
        layers = root.get("/OCProperties")
        if layers is None:
            return False
        usual = layers.get_object()["/D"].get_object()
        return usual.get("/BaseState", "/ON") != "/ON" or bool(_entries(usual, "/OFF")) or bool(_entries(usual, "/AS"))
    except Exception:  # whatever a broken file makes the library stumble over
        return True


def _entries(config: Any, key: str) -> Iterable[Any]:
    found: Iterable[Any] = config.get(key, ())
    return list(getattr(found, "get_object", lambda: found)())


def is_in_layer(item: int) -> bool:
    """Whether the content marks around an object of a page, given by its address, name a layer."""
    for index in range(count_of_marks(item)):
        known = _name_of_mark(
            mark_of(item, index), ctypes.addressof(_name), ctypes.sizeof(_name), ctypes.addressof(_length)
        )
        if known and _name.raw[: _length.value] == _LAYER:
            return True
    return False
