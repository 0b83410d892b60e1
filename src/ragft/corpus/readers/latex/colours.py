"""Colours of LaTeX in which text is not seen on a white page."""

from __future__ import annotations

import re

_NAMES = re.compile(r"(?:white|transparent)(?:!100)?", re.IGNORECASE)
_MOST = {"rgb": 1.0, "RGB": 255.0, "gray": 1.0, "Gray": 15.0}
"""The greatest value of a part of a colour, by its model."""
_NEAR = 0.97
_SWITCHES = frozenset({"color", "normalcolor"})
BOXES = frozenset("tcolorbox mdframed beamercolorbox shaded snugshade".split())
"""Environments with a colour behind them."""
PAGE = re.compile(r"\\(?:pagecolor|usebackgroundtemplate|setbeamercolor\s*\{background canvas\})(?![A-Za-z])")
DARK = re.compile(r"\\(?:rowcolors?|cellcolor|columncolor|colorbox|fcolorbox|pagecolor|rowcolor)(?![A-Za-z])")
"""What puts a colour behind a text: white is seen on it."""


def is_unseen(colour: str, model: str = "") -> bool:
    """Whether a colour, by its name or the parts that its model gives it, is white or nearly so."""
    colour, model = colour.strip(), model.strip()
    if not model:
        return _NAMES.fullmatch(colour) is not None
    if model == "HTML":
        return re.fullmatch(r"(?:[fF][8-9a-fA-F]){3}", colour) is not None
    try:
        parts = [float(part) for part in colour.split(",")]
    except ValueError:
        return False
    if model == "cmyk":
        return max(parts) <= 1 - _NEAR
    return model in _MOST and min(parts) >= _NEAR * _MOST[model]


def is_switch(node: object) -> bool:
    """Whether a node changes the colour of all that follows it in its group."""
    return getattr(node, "macroname", None) in _SWITCHES


def ends_cell(node: object) -> bool:
    """Whether a cell or row of a table ends here, and a colour with it."""
    return getattr(node, "macroname", None) == "\\" or getattr(node, "specials_chars", None) == "&"
