"""Citation keys in a model's text: found in all the forms that models write, removed, and put back where they hold.

    parse_keys("Paged [1, 3]. Frozen 【2】[doc_4].")  ->  groups with keys ("1", "3"), ("2",), ("4",)
    strip_keys("Paged [1, 3].")                      ->  ("Paged.", ((5, ("1", "3")),))

`(1)` is not a citation, papers number equations and lists that way; `(source 1)` is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ragft.answer.base import Citation, Evidence
from ragft.answer.checking.quotes import find_quote, find_quotes
from ragft.corpus.base import pages_of

# Brackets and marks of other scripts and superscript digits, one character for one: offsets stay.
_PLAIN = str.maketrans("［］【】〔〕〖〗⟦⟧（）、，；：‚｜—…⁰¹²³⁴⁵⁶⁷⁸⁹", "[][][][][](),,;:,|–-0123456789")
LABEL = r"(?:sources?|keys?|documents?|docs?|passages?|citations?|evidence)"
_LOOSE_LABEL = rf"(?:{LABEL}|refs?|references?|excerpts?|chunks?|papers?|nos?|number|id|n)"
_SEE = r"(?:(?:see|cf\.?)\s+)?"
_NUMBER = r"[#^]?S?\d{1,6}"
_BETWEEN = r"\s*(?:,|;|/|&|\||and|to|through|\+|–|-|\.{2,3})\s*"
_MORE = rf"(?:{_BETWEEN}(?:{_LOOSE_LABEL}[\s.:#_-]*)?{_NUMBER})*"
_TAIL = (
    r"(?:\s*[†:][^\[\]\n]{0,80}|[\s,]*(?:pp?|pages?|secs?|sections?|§|figs?|figures?|tables?|lines?)\b[^\[\]\n]{0,40})?"
)
_GROUP = re.compile(
    rf"\\?\[[\s*`]*{_SEE}(?P<square>(?:{_LOOSE_LABEL}[\s.:#_-]*)?{_NUMBER}{_MORE})[\s,;.]*{_TAIL}[\s*`]*\\?\]"
    rf"|\({_SEE}(?P<round>{LABEL}[\s.:#_-]*{_NUMBER}{_MORE})\s*\)",
    re.IGNORECASE,
)
_TORN = re.compile(
    rf"[ \t]*\[[\s*`]*{_SEE}(?:{_LOOSE_LABEL}[\s.:#_-]*)?(?:{_NUMBER}{_MORE}[\s,;.&-]*)?$", re.IGNORECASE
)
_RANGE = re.compile(r"(\d+)\s*(?:–|-|\.{2,3}|to|through)\s*(?:\D{0,3})?(\d+)", re.IGNORECASE)
MAX_RANGE = 10
"""A range wider than this is not a list of sources but a model counting."""
_HUSK = re.compile(r"\[[\s,;&]*\]")
"""What is left of keys in a bracket of their own: "[[1], [2]]"."""


@dataclass(frozen=True)
class KeyGroup:
    """One bracket with citation keys, by offsets into the text it was found in."""

    start: int
    end: int
    keys: tuple[str, ...]


def parse_keys(text: str) -> tuple[KeyGroup, ...]:
    """Every bracket of `text` that holds citation keys, or keys and a place in them, in order; each key once per
    bracket."""
    groups = []
    for match in _GROUP.finditer(text.translate(_PLAIN)):
        body = match["square"] or match["round"]
        numbers = {int(number) for number in re.findall(r"\d+", body)}
        for low, high in ((int(low), int(high)) for low, high in _RANGE.findall(body)):
            if low < high <= low + MAX_RANGE:
                numbers |= set(range(low + 1, high))
        groups.append(KeyGroup(match.start(), match.end(), tuple(map(str, sorted(numbers)))))
    return tuple(groups)


Places = tuple[tuple[int, tuple[str, ...]], ...]
"""Where keys stood: an offset into the text without them, and the keys."""


def strip_keys(text: str) -> tuple[str, Places]:
    """`text` without its key brackets and the space before them, and (offset in that text, keys) of each bracket.

    No key is left, neither one that only comes about by taking another out of its middle ("[[9]1]").
    """
    places: list[tuple[int, tuple[str, ...]]] = []
    groups = parse_keys(text)
    while groups:
        text, gone = _without(text, groups)
        before = [(_moved(position, gone), keys) for position, keys in places]
        after = [(_moved(group.start, gone), group.keys) for group in groups if group.keys]
        places = sorted(before + after, key=lambda place: place[0])
        husks = [
            KeyGroup(match.start(), match.end(), ())
            for match in _HUSK.finditer(text)
            if any(match.start() < position < match.end() for position, _ in places)
        ]
        groups = tuple(husks) or parse_keys(text)
    return text, tuple(places)


def plain_line(text: str) -> str:
    """Text of a document within a sentence of ours: on one line, without brackets that could pass for keys."""
    return " ".join(strip_keys(text)[0].split())


def without_torn_key(text: str) -> str:
    """`text` without a key at its end that was cut off before its bracket closed."""
    match = _TORN.search(text.translate(_PLAIN))
    return text[: match.start()] if match else text


def put_keys(plain: str, places: Iterable[tuple[int, Collection[str]]]) -> str:
    """`plain` with keys at these offsets (in order), each in a bracket of its own behind one space."""
    parts: list[str] = []
    position = 0
    for offset, group in groupby(places, key=lambda place: place[0]):
        keys = dict.fromkeys(key for _, found in group for key in found)
        parts.append(plain[position:offset])
        if keys:
            apart = not plain[offset : offset + 1].isalnum() and not plain[offset - 1 : offset].isspace()
            space = offset > 0 and apart
            parts.append(" " * space + "".join(f"[{key}]" for key in keys))
        position = offset
    return "".join((*parts, plain[position:]))


def keep_keys(text: str, known: Collection[str]) -> str:
    """`text` with the `known` keys only, in the plain form."""
    plain, places = strip_keys(text)
    return put_keys(plain, [(offset, [key for key in keys if key in known]) for offset, keys in places])


def _without(text: str, groups: Sequence[KeyGroup]) -> tuple[str, list[tuple[int, int]]]:
    """`text` without `groups`, and the spans that went: the brackets, and the space before where none is needed."""
    gone: list[tuple[int, int]] = []
    kept: list[str] = []
    position = 0
    for group in groups:
        begin = group.start
        if not text[group.end : group.end + 1].isalnum():
            while begin > position and text[begin - 1] in " \t":
                begin -= 1
        kept.append(text[position:begin])
        gone.append((begin, group.end))
        position = group.end
    return "".join((*kept, text[position:])), gone


def _moved(offset: int, gone: Sequence[tuple[int, int]]) -> int:
    return offset - sum(min(offset, end) - begin for begin, end in gone if begin < offset)


Resolve = Callable[[str, str], Citation | None]
"""From (key, sentence) to the citation that the key means there; None if it means nothing."""


def cite(sentence: str, evidence: Evidence, *, aligned: bool = False) -> Citation | None:
    """The citation of `evidence` for `sentence`, with the quote that comes closest; None where nothing does."""
    quote = find_quote(sentence, evidence.hit.text, evidence.hit.section)
    return None if quote is None else _citation(evidence, quote, aligned=aligned)


def cite_all(sentence: str, evidence: Evidence, *, aligned: bool = False) -> list[Citation]:
    """The citations of `evidence` for `sentence`: one for each place that is quoted, the best first."""
    found = find_quotes(sentence, evidence.hit.text, evidence.hit.section)
    return [_citation(evidence, quote, aligned=aligned) for quote in found]


def _citation(evidence: Evidence, quote: tuple[int, int], *, aligned: bool) -> Citation:
    hit = evidence.hit
    start, end = quote
    pages = pages_of(hit.page_starts, start, end)
    return Citation(
        key=evidence.key,
        title=hit.title,
        pages=(pages[0][1], pages[-1][1]) if pages else hit.pages,
        section=hit.section,
        quote=hit.text[start:end],
        chunk_id=hit.chunk_id,
        document_id=hit.document_id,
        start=start,
        end=end,
        origin="aligned" if aligned else "cited",
        page_labels=(pages[0][2], pages[-1][2]) if pages else ("", ""),
    )


def without_repeats(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """`citations` in order, each place quoted once; "cited" wins over "aligned" where both name a place."""
    kept: dict[tuple[str, int, int], Citation] = {}
    for citation in citations:
        place = (citation.chunk_id, citation.start, citation.end)
        if place not in kept or (kept[place].origin == "aligned" and citation.origin == "cited"):
            kept[place] = citation
    return tuple(kept.values())
