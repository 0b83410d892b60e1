"""The clipboard: of the machine where there is one, else of the terminal, which may be on another machine (OSC 52)."""

from __future__ import annotations

import base64
import os
from typing import TextIO

from ragft.errors import NotFoundError

OSC_52_BYTES = 74_000
"""The most bytes that are sent to a terminal; terminals drop longer sequences."""


def copy_text(text: str, terminal: TextIO | None) -> str:
    """Copy `text` and say where it went. `terminal` takes escape sequences; None where there is none.

    Over SSH the machine's own clipboard is not the one in front of the reader.

    Raises:
        NotFoundError: there is no clipboard, or the text is too long for the one of the terminal.
    """
    if not os.environ.get("SSH_CONNECTION") and _copied(text):
        return "copied to the clipboard"
    data = base64.b64encode(text.encode("utf-8")).decode("ascii")
    if terminal is None or os.environ.get("TERM") == "dumb" or len(data) > OSC_52_BYTES:
        raise NotFoundError("no clipboard takes this answer", fix="/save FILE")
    terminal.write(f"\x1b]52;c;{data}\x07")
    terminal.flush()
    return "sent to the clipboard of your terminal (OSC 52); if it takes none, /save FILE"


def _copied(text: str) -> bool:
    """Whether a clipboard of this machine took `text`."""
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return False
    return True
