"""Replacements for characters that the encoding of a terminal lacks; no number and no comparison changes.

look_alike("≤")     ->  "<="
look_alike("⁻⁴")    ->  "^-4"     10⁻⁴ is not 10-4
look_alike("½")     ->  " 1/2"    5½ is not 51/2
look_alike("é")     ->  "e"
look_alike("水")    ->  "?"
"""

from __future__ import annotations

import re
import unicodedata

_TABLE = {
    **dict.fromkeys("“”„‟«»″〝〞", '"'),
    **dict.fromkeys("‘’‚‛‹›′´`", "'"),
    **dict.fromkeys("‐‑‒–—―−⸺⸻─━", "-"),
    **dict.fromkeys("•▪●◦■□○★☆∗", "*"),
    **dict.fromkeys("│┃", "|"),
    **dict.fromkeys("≤⩽≦", "<="),
    **dict.fromkeys("≥⩾≧", ">="),
    **dict.fromkeys("≈≃≅", "~="),
    **dict.fromkeys("·⋅∙", "*"),
    **dict.fromkeys("✓✔", "yes"),
    **dict.fromkeys("✗✘", "no"),
    **dict.fromkeys("µμ", "u"),
    **dict.fromkeys("█▓", "#"),
    "…": "...", "⟦": "[[", "⟧": "]]", "⟨": "<", "⟩": ">", "‖": "||", "∣": "|",
    "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "⇐": "<=", "⇔": "<=>", "↑": "up", "↓": "down", "↦": "->",
    "≠": "!=", "≡": "==", "≪": "<<", "≫": ">>", "∼": "~", "∝": "~", "∓": "-+",
    "×": "x", "÷": "/", "±": "+-", "√": "sqrt", "∞": "inf", "∑": "sum", "∏": "prod", "∫": "int", "∂": "d",
    "∈": " in ", "∉": " not in ", "∅": "{}", "∧": " and ", "∨": " or ", "¬": "not ", "∀": "all ", "∘": "o",
    "°": " deg ", "‰": " per mille", "€": "EUR ", "£": "GBP ", "¥": "yen ", "₹": "INR ", "₽": "RUB ", "₩": "KRW ",
    "¢": " cent", "§": "sect. ", "¶": "par. ", "†": "+", "‡": "++", "©": "(c)", "®": "(R)", "™": "(TM)", "№": "No.",
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "¿": "?", "¡": "!", "ª": "a", "º": "o",
}  # fmt: skip
_DIGIT_OR_SIGN = re.compile(r"[0-9+=()−-]+")
_UNKNOWN = "?"


def look_alike(lacking: str) -> str:
    """What is written for a run of characters; `?` for each of which nothing says the same."""
    written = ""
    before = ""
    for number, character in enumerate(lacking):
        beside = lacking[number + 1 : number + 2] if number == 0 else lacking[number - 1]
        text, place = _written(character, alone=not _is_greek(beside))
        written += text if place in {"", before} else f"{place}{text}"
        before = place
    return written


def _written(character: str, *, alone: bool) -> tuple[str, str]:
    """A character in ASCII, and the sign for where it stands: `^` raised, `_` lowered; of Greek only letters alone."""
    if character in _TABLE:
        return _TABLE[character], ""
    if unicodedata.combining(character):
        return "", ""
    kind, _, _ = unicodedata.decomposition(character).partition(" ")
    plain = unicodedata.normalize("NFKD", character)
    if kind == "<fraction>":
        return " " + plain.replace("\u2044", "/"), ""
    name = unicodedata.name(plain[0], "")
    if alone and name.startswith("GREEK ") and " LETTER " in name:
        letter = name.partition(" LETTER ")[2].split()[0]
        return (letter.capitalize() if " CAPITAL " in name else letter.lower()), ""
    text = "".join(_TABLE.get(part, part) for part in plain if not unicodedata.combining(part))
    if not text or not text.isascii() or text == character:
        return _UNKNOWN, ""
    if kind in {"<super>", "<sub>"} and (_DIGIT_OR_SIGN.fullmatch(text) or len(text) == 1):
        return text, "^" if kind == "<super>" else "_"
    return (f"({text})" if kind == "<circle>" else text), ""


def _is_greek(character: str) -> bool:
    return unicodedata.name(character, "").startswith("GREEK ") if character else False
