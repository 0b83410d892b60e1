"""Layers (optional content) that a PDF switches off by default: pdfium leaves them out of the picture, not the text."""

from __future__ import annotations

import logging
import mmap
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def has_hidden_layers(path: Path, password: str | None) -> bool:
    """Whether some layer of a PDF may be switched off as it is opened; true, too, where the file does not tell."""
    with path.open("rb") as handle:
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data.find(b"/OCProperties") < 0 and data.find(b"/ObjStm") < 0:
                return False
        return _switches_off(handle, password)


def _switches_off(handle: Any, password: str | None) -> bool:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
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
