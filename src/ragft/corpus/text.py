"""Text itself: cleaning, sentences, words. Nothing here knows of formats."""

from __future__ import annotations

import re
import unicodedata

from ragft.corpus.overrides import as_seen
from ragft.corpus.raised import spell_out

# C0 and C1 controls but tab and newline; zero-width and bidi characters; variation selectors; tags; fillers. What a
# reader cannot see must not reach the index, where it could hide instructions or split words.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_UNSEEN_TIMES = re.compile("(?<=[\\d½¼¾⁰¹²³⁴-⁹)])[\u2062-\u2064]+(?=[\\d½¼¾√(])")
"""A multiplication or addition that a formula has without a sign for it: 3·10² must not become 310²."""
_SPACES = re.compile(r"[^\S\n]+")
_UNDECODED = re.compile("[\udc80-\udcff]+")
_DOI_PREFIX = re.compile(r"\A(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)+", re.IGNORECASE)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Letters of formulas (𝑘, 𝐷) are the letters they show.
_MATHEMATICAL = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x1D400, 0x1D800)}
_LIGATURES = {
    **_MATHEMATICAL,
    0x132: "IJ",
    0x133: "ij",
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)},
}
_LIGATED = re.compile("[\u0132\u0133\ufb00-\ufb06\U0001d400-\U0001d7ff]")
# TeX writes an accent as a character of its own before or after its letter.
_ACCENTS = {
    "´": "\u0301",
    "¨": "\u0308",
    "ˆ": "\u0302",
    "˜": "\u0303",
    "ˇ": "\u030c",
    "˘": "\u0306",
    "¸": "\u0327",
    "˚": "\u030a",
}
_LOOSE_ACCENTS = re.compile(r"((?:[´¨ˆ˜ˇ˘¸˚] ?)+)([^\W\d_])")

_TERMINAL = re.compile(
    r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？｡]+[」』”’）]*|[؟۔]+(?=\s|$)|[।॥။។៕።]+|։(?=\s|$)|\n{2,}|\n(?=\s*[•●▪\-–*]\s)"
)
_ABBREVIATIONS = frozenset(
    """al fig figs eq eqs sec secs tab tabs ref refs no nos vol vols pp p ed eds cf vs etc e.g i.e eg ie resp approx
    dr mr mrs ms prof st jr sr dept univ inc ltd co corp proc conf trans int intl assoc j ch chap app thm lem def prop
    cor alg ex viz ca w.r.t wrt s.t i.i.d a.k.a aka ph.d phd m.sc b.sc u.s u.k jan feb mar apr jun jul aug sep sept
    oct nov dec arxiv suppl supp est avg max min incl excl""".split()
)
# These end sentences as often as not: only a capital after them tells.
_ALSO_FINAL = frozenset({"etc", "al", "inc", "ltd", "co", "corp"})
_LAST_TOKEN = re.compile(r"([\w.\-’']+?)\.[\"'”’»)\]]*$")
_WORDS = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")


def sanitise(text: str) -> str:
    """`text` in NFC without invisible and control characters, ligatures and loose accents; `m²` is `m^2`.

    Tabs and exotic spaces become plain spaces, all line ends `\\n`.
    """
    text = _corrected(text)
    return _SPACES.sub(" ", text) if has_blanks(text) else text


def one_line(text: str) -> str:
    """`text` sanitised, on one line, with single spaces."""
    return " ".join(_corrected(text).split())


def has_blanks(text: str) -> bool:
    """Whether `text` has blanks that are not a single space each; much faster than to look for them by a pattern."""
    return "  " in text or not text.isprintable()  # of all blanks, only the space is printable


def sanitise_lines(text: str) -> list[str]:
    """The lines of a text that is set in lines, sanitised; indentation and inner spaces are kept."""
    return [line.rstrip().replace("\xa0", " ") for line in _corrected(text.expandtabs(4)).split("\n")]


def _corrected(text: str) -> str:
    if text.isprintable():  # then it has no undecoded bytes and no line ends
        if text.isascii():
            return text
    else:
        text = as_seen(_UNDECODED.sub(_decoded, text))
        text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", _UNSEEN_TIMES.sub(" ", text))
    if not text.isascii():
        text = spell_out(text.translate(_LIGATURES) if _LIGATED.search(text) else text)
        text = _LOOSE_ACCENTS.sub(_with_accents, text)
        text = unicodedata.normalize("NFC", text)
        text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
    return text


def _with_accents(match: re.Match[str]) -> str:
    return match.group(2) + "".join(_ACCENTS[mark] for mark in match.group(1) if mark != " ")


def _decoded(match: re.Match[str]) -> str:
    """The text of a command line in the C locale, in which Python left the bytes of letters beyond ASCII undecoded."""
    return match.group().encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\ufffd", "?")


MAX_TITLE = 300
"""Characters of a title: a longer one is a mistake, and would stand before every chunk and in every list."""


def one_title(text: str) -> str:
    """`text` as a title: on one line, of at most `MAX_TITLE` characters."""
    line = one_line(text[: 100 * MAX_TITLE])
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rstrip() + "…"


def split_sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, ends exclusive, surrounding space left out; together they hold every word."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _TERMINAL.finditer(text):
        if not _ends_sentence(text, start, match):
            continue
        _add(spans, text, start, match.end())
        start = match.end()
    _add(spans, text, start, len(text))
    return spans


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] == "\n" or mark[0] not in ".!?…":
        return True
    following = text[match.end() : match.end() + 12].lstrip()[:1]
    if not following:
        return True
    if mark[0] in "!?":
        return not following[0].islower()
    # A digit, bracket or capital begins a sentence; a small letter or a comma goes on with this one.
    if following[0].islower() or following[0] in ",;:)]":
        return False
    before = _LAST_TOKEN.search(text, max(start, match.start() - 24), match.end())
    word = before.group(1) if before else ""
    plain = word.casefold()
    if plain in _ALSO_FINAL:
        return following[0].isupper()
    if plain in _ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isalpha() and word.isupper():
        return False  # an initial
    if re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return False
    # `3. Method`: the number opens a line and does not end one.
    return not (word.isdecimal() and len(word) <= 2 and text[start : match.start()].strip() == word)


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        begin = start + piece.index(stripped[0])
        spans.append((begin, begin + len(stripped)))


def tokens_for_matching(text: str) -> list[str]:
    """The words of `text` lower-cased; scripts written without spaces give one token a character."""
    tokens: list[str] = []
    for word in _WORDS.findall(text.casefold()):
        if word.isascii() or not is_unspaced(word):
            tokens.append(word)
        else:
            tokens += _UNSPACED_OR_WORD.findall(word)
    return tokens


# Han, kana, Thai, Lao, Khmer, Burmese, and the punctuation of the first two.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3001-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60"
    "\U00020000-\U0003134f"
)
_UNSPACED_OR_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")


def is_unspaced(text: str) -> bool:
    """Whether `text` holds characters of a script that is written without spaces between words."""
    return _ANY_UNSPACED.search(text) is not None


def bare_doi(text: str) -> str:
    """A DOI without the address or prefix that it may be written with: `10.1000/tides`."""
    return _DOI_PREFIX.sub("", text.strip())
