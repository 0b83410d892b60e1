"""Whether an answer is prose, or else what: headings, lists, tables, code, markup, or a copy of the list of sources.

    not_prose("- 48 GB\\n- one GPU")   ->  "list"
    not_prose("QLoRA needs 48 GB [1].")   ->  ""

Only marks and layout are looked at, and labels in the languages that ragft speaks, so that it holds for any script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Form = Literal["", "code", "table", "heading", "list", "markup", "sources"]
FORMS: tuple[Form, ...] = ("code", "table", "heading", "list", "markup", "sources")

_KEY = r"\\?[\[【]\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\\?[\]】]"
_CODE = re.compile(r"^\s*(?:```|~~~)|`[^`\n]+`", re.MULTILINE)
_RULED = re.compile(r"^\s*\|?\s*:?-{3,}:?\s*(?:\|\s*:?-{3,}:?\s*)+\|?\s*$|^\s*\|[^\n]*\|[^\n]*\|\s*$", re.MULTILINE)
_HEADING = re.compile(
    r"^\s{0,3}#{1,6}\s*\S|^[^\n]+\n\s*(?:={3,}|-{3,})\s*$|^\s*(?:\*\*|__)[^*_\n]{1,80}(?:\*\*|__)[:：]?\s*$"
    r"|^\s*\\(?:sub)*section\*?\{",
    re.MULTILINE,
)
_BULLET = re.compile(r"^\s*(?:[-*+•·‣▪●○◦–—・]\s+|[•‣▪●○◦・]\S)", re.MULTILINE)
_NUMBERED = re.compile(
    r"^\s*(?:\(?\d{1,2}[.)）、]\s*(?=\D)|\(?[a-zA-Z][.)]\s+|\([ivx]{1,4}\)\s+|[①-⑳]|[（(]?[一二三四五六七八九十]{1,2}[）)、])",
    re.MULTILINE,
)
_INLINE_NUMBERED = re.compile(r"(?:^|[\s:;,])\(?([1-9])[).]\s+(?=[^\W\d])")
_MARKUP = re.compile(
    r"\*\*[^*\n]+\*\*|(?<!\w)__[^_\n]+__(?!\w)|!?\[[^\]\n]+\]\(\s*(?:https?:|#|/|\w+\.\w)[^)\n]*\)"
    r"|</?(?:[bipuaq]|br|hr|h[1-6]|em|strong|ul|ol|li|div|span|code|pre|table|t[rdh]|sub|sup|think\w*|source\w*)"
    r"(?:\s[^>\n]*)?/?>|\\(?:textbf|textit|emph|item|begin|end)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\s*(?:sources?|references?|citations?|bibliography|works cited|quellen?(?:angaben|verzeichnis)?|literatur"
    r"(?:verzeichnis)?|belege|références?|bibliographie|fuentes?|referencias|bibliografía|fonti|riferimenti|fontes?|"
    r"referências|источники|литература|出典|参考文献|参考资料|來源|来源|資料來源|资料来源|출처|참고 ?문헌|"
    r"المصادر|المراجع|स्रोत|संदर्भ)"
    r"\s*[:：]?\s*(?:$|" + _KEY + r"|\d)",
    re.IGNORECASE | re.MULTILINE,
)
_KEY_FIRST = re.compile(r"^\s*" + _KEY, re.MULTILINE)
KEYS_IN_A_ROW = 4
"""So many keys with nothing between them cite no sentence: they are the list of sources."""
_RUN_OF_KEYS = re.compile(r"(?:" + _KEY + r"[\s,;]*){" + str(KEYS_IN_A_ROW) + r",}")


def not_prose(text: str) -> Form:
    """What `text` is besides prose, the first of `FORMS` that it shows; "" for plain paragraphs with citations.

    A single line that begins with a number may be a sentence; two of them are a list. One that begins with the key of
    a source is a copied source line where there are two.
    """
    if _CODE.search(text):
        return "code"
    if _RULED.search(text):
        return "table"
    if _HEADING.search(text):
        return "heading"
    if _BULLET.search(text) or len(_NUMBERED.findall(text)) > 1 or _counts_up(_INLINE_NUMBERED.findall(text)):
        return "list"
    if _MARKUP.search(text):
        return "markup"
    if _LABEL.search(text) or len(_KEY_FIRST.findall(text)) > 1 or _RUN_OF_KEYS.search(text):
        return "sources"
    return ""


def _counts_up(numbers: Sequence[str]) -> bool:
    """Whether numbers inside a paragraph count its points: "1) … 2) … 3) …"."""
    return [*map(int, numbers[:3])] == [1, 2, 3]
