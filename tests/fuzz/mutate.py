"""Inputs that are nearly right: files of the right kind with a few places changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

# Lengths and counts at the edges of their types, and what structures are written with.
_NUMBERS = [
    n.to_bytes(8, "little", signed=True)[:width] for width in (1, 2, 4, 8) for n in (-1, 0, 1, 127, 1 << 31, 1 << 62)
]
_SIGNS = [
    b'"',
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"&",
    b"\r\n",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\\ud800",
]
_VALUES = [
    b"null",
    b"-1",
    b"1e999",
    b"NaN",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b"1" * 400,
    b"[" * 3000,
    b"../../x",
    b"<p>" * 500,
]
_VALUE = re.compile(rb'"[^"\n]*"|-?\d+(?:\.\d+)?|true|false|null|\[[^\[\]]{0,200}\]|\{[^{}]{0,200}\}')
"""A value of JSON, near enough; PDF, TOML and attributes of HTML have the like."""
_PIECES = st.sampled_from(_NUMBERS + _SIGNS + _VALUES) | st.binary(min_size=1, max_size=8)


@st.composite
def mutated(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """One of `seeds` with one to eight edits: a value of another kind; bytes replaced, put in, cut out or repeated."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 8))):
        edit = draw(st.sampled_from(["value", "value", "replace", "insert", "cut", "repeat", "splice", "end"]))
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(1, 16) | st.integers(1, max(1, len(data))))
        if edit == "value" and (found := list(_VALUE.finditer(data))):
            value = draw(st.sampled_from(found))
            data = data[: value.start()] + draw(st.sampled_from(_VALUES)) + data[value.end() :]
        elif edit == "replace":
            piece = draw(_PIECES)
            data = data[:at] + piece + data[at + len(piece) :]
        elif edit == "insert":
            data = data[:at] + draw(_PIECES) + data[at:]
        elif edit == "cut":
            data = data[:at] + data[at + length :]
        elif edit == "repeat":
            data = data[:at] + data[at : at + min(length, 4096)] * draw(st.integers(2, 20)) + data[at:]
        elif edit == "splice":
            other = draw(st.sampled_from(seeds))
            start = draw(st.integers(0, len(other)))
            data = data[:at] + other[start : start + length] + data[at:]
        else:
            data = data[:at]
    return data
