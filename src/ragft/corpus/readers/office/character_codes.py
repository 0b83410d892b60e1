"""Characters that Office files write as codes: `_x000D_` in the text of a cell or a slide."""

from __future__ import annotations

import re

_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_FIRST_SEEN = 0x20


def decoded(text: str) -> str:
    """`text` with characters in the place of their codes; blanks in that of control characters."""
    return _CODE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return " " if code < _FIRST_SEEN or 0xD800 <= code < 0xE000 else chr(code)
