"""Which characters belong to a word in which script, as classes for regular expressions."""

from __future__ import annotations

import re
import unicodedata

UNSPACED = (
    "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e4e\u0e81-\u0ede\u1000-\u103f\u1050-\u109f\u1780-\u17d3\u17dc\u17dd"
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
"""Han, kana, Thai, Lao, Khmer, Burmese: written without spaces between words."""
PAIRED = f"{UNSPACED}\uac00-\ud7a3"
"""These and Hangul, whose words take many endings: searched best by pairs of characters."""


def _marks() -> str:
    ranges: list[list[int]] = []
    for code in (*range(0x300, 0x1DFF), *range(0x20D0, 0x20F1), *range(0xA66F, 0xABEE), *range(0x10A01, 0x11F43)):
        if not unicodedata.category(chr(code)).startswith("M"):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


MARKS = _marks()
"""Combining marks: accents, vowel signs, tones. To Python's `\\w` they are not part of a word."""
_UNIT = re.compile(f"[^{MARKS}][{MARKS}]*")


def pairs(run: str) -> list[str]:
    """The overlapping pairs of characters of `run`, each with its marks; `run` itself where it is a single one."""
    units = _UNIT.findall(run)
    return ["".join(units[i : i + 2]) for i in range(len(units) - 1)] or [run]
