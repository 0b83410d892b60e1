"""Characters of the symbol fonts of word processors: each font has an encoding of its own, often moved to U+F000.

Symbol: Adobe's Symbol encoding. Of Wingdings only the bullets, check marks, arrows and circled numbers that people use.
"""

from __future__ import annotations

import re

SYMBOL_FONTS = frozenset({"symbol", "symbol mt", "symbolmt", "standard symbols l", "standard symbols ps"})
_CHECKS = frozenset("☐☑☒✓✔✗✘✅❌")
"""Bullets that say something of their paragraph: whether it is done."""
_PRIVATE = re.compile("[\ue000-\uf8ff]")

# The two rows of 96 that the encoding defines; a blank where it has none.
_SYMBOL_LOW = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_ αβχδεφγηιϕκλµνοπθρστυϖωξψζ{|}∼ "
_SYMBOL_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭ "
_SYMBOL = dict(zip((*range(0x20, 0x80), *range(0xA0, 0x100)), _SYMBOL_LOW + _SYMBOL_HIGH, strict=True))
_WINGDINGS = {
    **dict(zip((0x45, 0x46, 0x4A, 0x4C, 0x6C, 0x6E, 0x6F, 0x71, 0x72), "☜☞☺☹●■□❑❒", strict=True)),
    **dict(zip((0x75, 0x76, 0x77, 0x9E, 0x9F, 0xA1, 0xA7, 0xA8, 0xAB), "◆❖⬥·•○▪☐★", strict=True)),
    **dict(zip((0xD8, 0xDF, 0xE0, 0xE1, 0xE2, 0xE8, 0xEF, 0xF0, 0xF1, 0xF2), "➢←→↑↓➔⇦⇨⇧⇩", strict=True)),
    **dict(zip((0xFB, 0xFC, 0xFD, 0xFE), "✗✓☒☑", strict=True)),
    **{0x81 + place: chr(0x2460 + place) for place in range(10)},
    **{0x8C + place: chr(0x2776 + place) for place in range(10)},
    0x20: " ",
}
_WINGDINGS_2 = dict(zip((0x20, 0x4F, 0x50, 0x51, 0x52, 0x53, 0xA3), " ✗✓☒☑☒□", strict=True))
_FONTS: dict[str, dict[int, str]] = {
    **dict.fromkeys(SYMBOL_FONTS, _SYMBOL),
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": {0x20: " "},
    "webdings": {0x20: " ", 0x61: "✓", 0x72: "✗"},
}


def is_symbolic(font: str) -> bool:
    """Whether a font has an encoding of its own."""
    return font.casefold() in _FONTS


def symbol(code: int, font: str) -> str:
    """The character that `w:sym` shows by its code and font; empty where it is not known."""
    table = _FONTS.get(font.casefold())
    if table is not None and (code < 0x100 or code & 0xFF00 == 0xF000):
        return table.get(code & 0xFF, "")
    is_private = 0xE000 <= code <= 0xF8FF
    return "" if is_private or code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def shown_in_font(text: str, font: str) -> tuple[str, int]:
    """What a text shows in its font, a blank for each character that is not known; and how many of these there are.

    ASCII, too, is drawn by the encoding of a symbol font. A private code in a font of unknown encoding is not known.
    """
    if not is_symbolic(font):
        return _PRIVATE.subn(" ", text)
    found = [symbol(ord(char), font) if char.isascii() or _PRIVATE.match(char) else char for char in text]
    return "".join(char or " " for char in found), found.count("")


def check_mark(bullet: str, font: str) -> str:
    """A bullet as its font shows it, if it is a mark such as `☑`; empty for all others."""
    shown = symbol(ord(bullet), font) if len(bullet) == 1 and is_symbolic(font) else bullet
    return shown if shown in _CHECKS else ""
