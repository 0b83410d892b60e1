"""Page numbers as they are printed: `12`, `- 3 -`, `Page 3 of 9`, `Seite 3`, `第 3 页`, `Gates and Locks | 12`."""

from __future__ import annotations

import re

_NUMBER = r"(?:\d{1,4}|[ivxlc]{1,6})"
_WORD = (
    r"(?:pages?|pp?\.?|pg\.?|seite|blatt|s\.|p[áa]gina|p[áa]g\.|pagina|feuillet|folio|sida|side|sivu|str(?:ana|ona|ánka)?\.?"
    r"|oldal|lk\.?|sayfa|trang|halaman|hal\.|страница|сторінка|стр\.|с\.|σελίδα|σελ\.|صفحة|صفحه|עמוד|पृष्ठ|หน้า|第|頁|页|쪽)"
)
_BEHIND = r"(?:頁|页|ページ|쪽|페이지|\.?\s?oldal|\.?\s?sayfa|\.?\s?lk\.?)"
_OF = r"(?:/|of|von|de|di|sur|van|av|af|z|ze|od|iz|din|dari|из|з|από|من|מתוך|共)"
_COUNT = rf"{_NUMBER}(?:\s*{_OF}\s*\d{{1,4}})?"
_RULE = r"[-–—|·•‧∙]"

_ALONE = re.compile(rf"[\[(]?\s*{_RULE}?\s*(?:{_WORD}\s*)?({_COUNT})\s*{_BEHIND}?\s*{_RULE}?\s*[\])]?", re.IGNORECASE)
_MARKED = rf"(?:{_WORD}\s*{_COUNT}\s*{_BEHIND}?|{_NUMBER}\s*{_BEHIND}|\d{{1,4}}\s*(?:/|of)\s*\d{{1,4}})"
_LAST = re.compile(
    rf"(?:^|[\s,;(]+)(?:{_RULE}\s*)?({_MARKED})[\s)]*$|\s{_RULE}\s*({_NUMBER})\s*{_RULE}?$", re.IGNORECASE
)
_FIRST = re.compile(rf"^({_MARKED})(?:\s*{_RULE})?(?:$|[\s,;:]+)|^({_NUMBER})\s*{_RULE}\s", re.IGNORECASE)
_OF_ARTICLE = re.compile(r"(\d{1,4}):(\d{1,4})")
_VALUE = re.compile(_NUMBER, re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def is_page_number(text: str) -> bool:
    """Whether a line says nothing but which page it is on."""
    return _ALONE.fullmatch(text.strip()) is not None


def split_page_number(text: str) -> tuple[str, int | None]:
    """A line without the page number at its beginning or end, and that number.

    A number that is not separated from the words beside it belongs to them: `Unit price 320`.
    """
    text = text.strip()
    if alone := _ALONE.fullmatch(text):
        return "", _value(alone[1])
    if article := _OF_ARTICLE.fullmatch(text):  # `111:3`, page 3 of article 111
        return article[1], int(article[2])
    for end in (_LAST, _FIRST):
        if found := end.search(text):
            title = text[: found.start()] if end is _LAST else text[found.end() :]
            return title.strip(), _value(found[1] or found[2])
    return text, None


def _value(text: str) -> int:
    """The first number of a text: arabic, or small roman."""
    digits = re.search(r"\d+", text)
    if digits:
        return int(digits.group())
    letters = [_ROMAN[letter] for letter in _VALUE.findall(text.casefold())[-1]]
    return sum(-one if one < other else one for one, other in zip(letters, [*letters[1:], 0], strict=True))
