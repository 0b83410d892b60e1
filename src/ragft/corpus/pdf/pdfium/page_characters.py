"""The characters of a page as pdfium counts them."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium_c

from ragft.corpus.pdf.pdfium.binding import address, bind, pointer

_code_at = bind(pdfium_c.FPDFText_GetUnicode, ctypes.c_uint)


def characters_of(textpage: Any) -> str:
    """The text such that its i-th character is pdfium's i-th character."""
    count = textpage.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(textpage.raw, 0, count, buffer)
    if written - 1 == count:
        text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
        # Beyond the basic plane pdfium counts two halves where Python counts one character.
        return text if len(text) == count else "".join(map(chr, buffer[:count]))
    raw = pointer(address(textpage.raw))
    return "".join([_character(_code_at(raw, i)) for i in range(count)])


def _character(code: int) -> str:
    return chr(code) if 0 < code <= 0x10FFFF else "\ufffd"


def recombine(word: str) -> str:
    """Surrogate halves, which pdfium counts as two characters, made one again."""
    return word.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
