"""The subject of a number: its sentence, or the label of its row and the head of its column.

overlaps("The Mira lock has 48 bolts.", places)   ->  [Overlap(own=1.0, rival=3.0)]

A wrong number is rarely made up: the same table or paragraph has it, of another subject. So each number of a
claim is looked up in the passages, and what it is said of there is compared with what the other numbers of its kind are
said of. Where one of those has more of the claim's words, the claim has taken the number of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ragft.answer.checking.claim_names import is_named_in, names_in
from ragft.answer.checking.numbered import numbered_in
from ragft.answer.checking.support import coverage
from ragft.answer.checking.table_cells import may_be_heads, read_row
from ragft.answer.checking.terms import NUMBER_WORDS, Quantity, content_terms, is_few, is_stated, quantities, readings
from ragft.answer.checking.units import MAGNITUDE, agree, measure_the_same, unit_of
from ragft.corpus.fold import fold
from ragft.corpus.stems import stem
from ragft.corpus.stopwords import FUNCTION_WORDS
from ragft.corpus.tables import headers, is_row
from ragft.corpus.text import split_sentences
from ragft.corpus.words import words

_AROUND = 0.4
"""What a word counts that is only around a number: in the sentence before, the caption, the section, the title."""
_BESIDE = 0.8
"""What a word counts in another clause of the sentence."""
_UNLIKE = 0.8
"""What the overlap of a rival loses that counts other things."""
_NAME = 1.0
"""What a name counts in addition to its words."""
_CLAUSE = re.compile(r"[;:,]\s+|\s+(?=(?:and|but|while|whereas|against|compared with|than)\s)")
_PARTS = re.compile(r"(?<=[;:,])\s+|\s+(?=(?:and|but|while|whereas|against|than|instead of|rather than)\s)")
_SETTING = re.compile(
    r"\s*(?:with|without|in|on|for|at|from|under|by|when|after|before|compared|against|relative)\b",
    re.IGNORECASE,
)
"""What begins a part that says where or when the next one holds."""
_AGAINST = re.compile(r"\s*(?:compared|against|relative)\b", re.IGNORECASE)
"""What begins a part that says with what all behind it is compared."""
_OWN_SUBJECT = re.compile(r"\s*(?:(?:and|but|while|whereas)\s+)?(?:(?:the|an?|it|they|we)\s|[A-Z])")
"""Begins a part that is said of something else than the part before."""
_FOR = re.compile(
    r"\W*(?:for|on|with|without|in)\s+([^,;:]{3,60}?)(?:,|\s(?=(?:the|they|we|it|he|she)\s))", re.IGNORECASE
)
"""A beginning that limits what the sentence is true of: "For answer relevance, they …"."""
_ASKED = 0.25
"""Least share of the words of a question in a row, its heads and its caption that answer it."""
LEAD = 0.3
"""How much larger the overlap of a clause with one number must be than with another, for that to be the one meant."""
_OTHER_SETTING = 2.0
"""What a place loses if its sentence has another such beginning."""
_THAN = re.compile(r"\bthan\s+(?:(?:the|that of|those of)\s+)?[^\W\d][\w.-]*")
"""What something is compared with: no number before it is said of that."""
_CITED = re.compile(r"\s*\([^()]{2,80}?,\s*(?:19|20)\d\d[a-z]?\)")
"""A work in brackets, whose comma and year belong to nothing else."""
_CONTINUED = re.compile(r"and\s+[^\s\d]{0,2}\d")
"""Begins a part about the names of the part before: "JFT with 18k classes and 303M images"."""
_CAPTION = re.compile(r"^\s*(?:table|tab\.|figure|fig\.)\s*\d", re.IGNORECASE)
"""A table or a figure has its number, which counts nothing."""
_AFTER = re.compile(
    rf"(?:\d(?:[kmbt]\b)?|\b(?:{'|'.join(NUMBER_WORDS)})\b)[\s-]?((?:[^\W\d]+|×)(?:[\s-][^\W\d]+){{0,2}})"
)
"""The words behind a number: what it may be the count of."""
_VALUE, _ITEM = r"[^\s,;]*\d[^\s,;]*", r"[^\W\d][\w-]*"
_VALUES = re.compile(rf"{_VALUE}(?:,\s+{_VALUE})*,?\s+(?:and|vs\.?)\s+{_VALUE}")
_ITEMS = re.compile(rf"{_ITEM}(?:,\s+{_ITEM})*,?\s+and\s+{_ITEM}")
_AND = re.compile(r",?\s+(?:and|vs\.?)\s+|,\s+")
"""Lists of values and of words, and what parts them."""
_BETWEEN = 8
"""Most words between such lists that go together."""
_ENDS = re.compile(r"\d[.!]?\s*$")
"""Ends a clause that leaves out what it counts: "Haro has 48 bolts, Mira has 36."."""
_COMPOUND = re.compile(r"\b(?:twen|thir|for|fif|six|seven|eigh|nine)ty-[a-z]+\b", re.IGNORECASE)
"""Number words of two parts, which `quantities` reads as two numbers."""
_NUMBERED = re.compile(r"\b[A-Za-z]+-\d+\b")
_BROKEN = re.compile(r"(\b(?:the|an?|of|on|in|to|for|with|by|and|or|at|from|as|is|are|than))\n(?=[^|\n]+(?:\n|$))")
"""A sentence that goes on behind the end of a column or page: "3.57% error on the" and "ImageNet test set"."""
_ABBREVIATED = re.compile(r"\b([A-Za-z]{3,})\.")
"""A word of the head of a column that is cut short: Cont. for context."""
_REPORTING = (
    "reach reaches get gets score scores achieve achieves obtain obtains report reports show shows give gives value "
    "number amount result results average paper authors table according about around exact roughly"
)
"""Words that lead to a number and say nothing of what it is the number of."""


@dataclass(frozen=True)
class Place:
    """Numbers and their subjects.

    `near` is their clause, or the label of their row and the head of their column; `whole` the rest of their sentence,
    where another clause of it has numbers; `around` what belongs to all: the sentence before, the caption, heads that
    could not be distinguished, the section, the title. `table`: they are in a table, and only the other numbers of
    that `passage` compete with them.
    """

    numbers: frozenset[Quantity]
    near: str
    around: str
    table: bool = False
    whole: str = ""
    passage: str = ""


@dataclass(frozen=True)
class Overlap:
    """How much of a clause is said of its number (`own`), and of the best other number of that kind (`rival`).

    In words: a word close to the number counts 1, one further away less, a name 1 more.
    """

    own: float
    rival: float


@lru_cache(maxsize=512)
def places_of(text: str, title: str, section: str) -> tuple[Place, ...]:
    """The places of `text` that have numbers."""
    lines = _BROKEN.sub(r"\1 ", text).split("\n")
    heads = headers(lines)
    found: list[Place] = []
    before = caption = group = ""
    above: list[str] = []  # lines without bars since the last sentence: heads of columns, or of groups of rows
    for number, line in enumerate(lines):
        if _CAPTION.match(line):
            caption, above = line, []
        elif not is_row(line):
            group = line if len(line.split()) < 8 else ""
            above = [*above, line] if may_be_heads(line) else []
            for start, end in split_sentences(line):
                found += _said(line[start:end], f"{title}. {section}. {before}")
                before = line[start:end]
        elif not heads[number] and not quantities(line) and not any(map(is_row, lines[number + 1 : number + 2])):
            above.append(line)  # heads of columns, apart from the table
        elif number not in heads[number]:
            over = [*above, *(lines[place] for place in heads[number])]
            found += _row_places(line, over, f"{title}. {section}. {caption} {group}")
    return tuple(replace(place, passage=text) for place in found if place.numbers)


def _said(sentence: str, around: str) -> list[Place]:
    """A place for each part of `sentence`, if several parts have numbers. A continued part has the names of the one
    before it."""
    sentence = _CITED.sub("", sentence)
    if paired := _paired(sentence, around):
        return paired
    parts = _joined_comparisons([part for part in _PARTS.split(sentence) if part])
    if sum(bool(quantities(part)) for part in parts) < 2:
        return [Place(quantities(sentence), sentence, around)]
    places = []
    names = ""
    for part in parts:
        own = " ".join(names_in(f"… {part}"))
        continued = names if not own and _CONTINUED.match(part) else ""
        names = own or continued
        near = f"{_THAN.sub(' ', part)} {continued}".strip()
        places.append(Place(quantities(part), near, around, whole=sentence))
    return places


def _paired(sentence: str, around: str) -> list[Place]:
    """The places of "A and B have 1 and 2, respectively": each value is said of its own item; none without pairs."""
    pairs, rest = _pairs(sentence)
    places = [Place(quantities(number), thing, around, whole=rest) for thing, number in pairs]
    return [*places, Place(quantities(rest), rest, around)] if pairs else []


def _pairs(sentence: str) -> tuple[list[tuple[str, str]], str]:
    """The items and values that "respectively" joins, as many of each, and the sentence without them."""
    values = _last(_VALUES, sentence) if "respectively" in sentence else None
    items = _last(_ITEMS, sentence[: values.start()]) if values else None
    if values is None or items is None:
        return [], sentence
    numbers, things = _AND.split(values[0]), _AND.split(items[0])
    between = sentence[items.end() : values.start()]
    if len(things) < len(numbers) or len(between.split()) > _BETWEEN:
        return [], sentence
    rest = f"{sentence[: items.start()]} {between} {sentence[values.end() :]}"
    return list(zip(things[-len(numbers) :], numbers, strict=True)), rest


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed([*pattern.finditer(text)]), None)


def _joined_comparisons(parts: Sequence[str]) -> list[str]:
    """`parts` with "than …" in one with what is compared, if that has no number of its own: "BART was more factual than
    RAG in 7.1% of cases"."""
    joined: list[str] = []
    for part in parts:
        if joined and part.startswith("than ") and not quantities(joined[-1]):
            joined[-1] = f"{joined[-1]} {part}"
        else:
            joined.append(part)
    return joined


def _row_places(line: str, heads: Sequence[str], around: str) -> list[Place]:
    """A place a cell where the columns can be distinguished, else one for the row."""
    row = read_row(line, heads)
    loose = f"{around} {row.loose}"
    whole = " ".join(line.replace("|", " ").split())  # a name may be in two cells: ResNet | 110
    if not row.cells:
        return [Place(quantities(line), whole, " ".join([loose, *heads]), table=True)]
    places = [
        Place(quantities(cell.value), f"{row.label} {cell.heads}", loose, table=True, whole=whole) for cell in row.cells
    ]
    own = quantities(row.label)
    return [*places, Place(own, row.label, loose, table=True)] if own else places


def overlaps(claim: str, places: Iterable[Place]) -> list[Overlap | None]:
    """For each number of `claim` its overlap with `places`; None for one that no place has.

    "The three steps" has no number to look up.
    """
    known = tuple(places)
    return [
        _overlap(clause, number, known)
        for clause in clauses(claim)
        for number in _counts(clause)
        if not is_few(number, clause)
    ]


def is_stated_by_cell(claim: str, question: str, places: Sequence[Place]) -> bool:
    """Whether the row, the heads and the caption of a number of a table have all of `claim`, and a part of `question`
    where there is one; and no other number has as many of its words."""
    numbers = [number for number in _counts(claim) if not is_few(number, claim)]
    terms, names = _terms(claim) - _terms(_REPORTING), names_in(claim)
    cells = [place for place in places if place.table and any(is_stated(one, place.numbers) for one in numbers)]
    texts = [f"{place.near} {place.whole} {place.around}" for place in cells]
    if not any(
        terms <= _terms(text)
        and all(is_named_in(name, text) for name in names)
        and all(is_stated(number, quantities(text)) for number in numbers)
        and (not question or coverage(question, text) >= _ASKED)
        for text in texts
    ):
        return False
    return all(one is not None and one.own >= one.rival + LEAD for one in overlaps(claim, places))


def clauses(claim: str) -> list[str]:
    """The clauses of `claim` that have numbers; all of it where only one has. What says where or when stays with the
    clause behind it: "With four heads, it gets 24.9"."""
    claim = _COMPOUND.sub(" ", claim)
    if pairs := _pairs(claim)[0]:
        return [f"{thing} {number}" for thing, number in pairs]
    parts = [part for part in _CLAUSE.split(claim) if part and part.strip()]
    against = names_in(parts[0]) if len(parts) > 1 and _AGAINST.match(parts[0]) else ()
    if len(parts) > 1 and _SETTING.match(parts[0]):
        parts = [f"{parts[0]} {parts[1]}", *parts[2:]]
    with_numbers = [number for number, part in enumerate(parts) if _counts(part)]
    if len(with_numbers) < 2:
        return [claim] if with_numbers else []
    found: list[str] = []
    for number in with_numbers:
        counted = _AFTER.search(fold(found[-1])) if found and _ENDS.search(parts[number]) else None
        added = [counted[1]] if counted else []
        if number and not _OWN_SUBJECT.match(parts[number]):
            added += [name for name in against if name not in parts[number]]
        found.append(" ".join([parts[number], *added]))
    return found


@lru_cache(maxsize=8192)
def _counts(text: str) -> frozenset[Quantity]:
    """The numbers of `text` that are not part of a name, such as the 7 of Llama2-7b-chat."""
    for name in names_in(text):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)(?:/\d+)?", lambda _: "—", text)
    return quantities(text)


def _overlap(clause: str, number: Quantity, places: Sequence[Place]) -> Overlap | None:
    """The overlap of `clause` with the places of `number`, and with those of its rivals."""
    said = quantities(clause)
    clause = _THAN.sub(" ", clause)
    names = names_in(clause)
    terms = _terms(clause) - _terms(_REPORTING) - {fold(name) for name in names if "-" in name}
    own = [place for place in places if is_stated(number, place.numbers)]
    if not own:
        return None
    counted, setting = _counted(clause), _setting(clause)
    others = [other for other in said if other != number]
    best = max(own, key=lambda place: _weight(terms, names, others, place, setting))
    rivals = [
        place
        for place in places
        if place.table == best.table
        and (not place.table or place.passage == best.passage)
        and place not in own
        and any(_alike(other, number, table=place.table) and not is_stated(other, said) for other in place.numbers)
    ]
    weight = _weight(terms, names, others, best, setting)
    plain = number.value.isdigit() and not number.unit  # a count: of the same things?
    rival = max(
        (
            _weight(terms, names, others, place, setting)
            - _UNLIKE * (plain and not place.table and not counted & _counted(place.near))
            for place in rivals
        ),
        default=0.0,
    )
    return Overlap(weight, rival)


@lru_cache(maxsize=8192)
def _counted(text: str) -> frozenset[str]:
    """Stems of the words that follow a number: what it may be the count of."""
    found = [word for after in _AFTER.findall(fold(text)) for word in after.replace("-", " ").split()]
    named = ["times" if unit_of(word) == "times" else word for word in found]  # 3x, 3-fold
    return frozenset(stem(word) for word in named if word == "times" or content_terms(word))


def _alike(one: Quantity, other: Quantity, *, table: bool) -> bool:
    """Whether two numbers may be values of the same thing: of one unit, both whole or both not.

    In a table the unit is written elsewhere. 12.3k may stand beside 9,900.
    """
    return any(_same_kind(first, second, table=table) for first in readings(one) for second in readings(other))


def _same_kind(one: Quantity, other: Quantity, *, table: bool) -> bool:
    if one.unit and other.unit and one.unit != other.unit and measure_the_same(one.unit, other.unit):
        return True
    counts = [not number.unit or number.unit.startswith(MAGNITUDE) for number in (one, other)]
    same = agree(one.unit, other.unit) and (table or counts[0] == counts[1])
    same = same and one.value.startswith("--") == other.value.startswith("--")
    decimals = ("." in (one.written or one.value)) == ("." in (other.written or other.value))  # 46.0 is not a count
    decimals = decimals or one.unit == other.unit == "times"
    return same and decimals and ("e" in one.value) == ("e" in other.value)


@lru_cache(maxsize=8192)
def _setting(text: str) -> frozenset[str]:
    """The words at the beginning of `text` that limit what it is true of; none if it begins otherwise."""
    match = _FOR.match(text)
    return frozenset(words(match[1])) - FUNCTION_WORDS if match else frozenset()


def _weight(
    terms: frozenset[str],
    names: Sequence[str],
    others: Sequence[Quantity],
    place: Place,
    setting: frozenset[str],
) -> float:
    """How much of the words, names and other numbers of a clause `place` has; a name counts beside its words.

    `setting`: the words at the beginning of the clause that limit what it is true of.
    """
    total = before = 0.0
    texts: tuple[str, ...] = ()
    for text, counts in ((place.near, 1.0), (place.whole, _BESIDE), (place.around, _AROUND)):
        if not text:
            continue
        texts += (text,)
        have = frozenset().union(*map(_terms, texts))
        short = tuple(part.lower() for part in _ABBREVIATED.findall(text)) if place.table else ()
        shared = sum(term in have or term.startswith(short) for term in terms)
        found = shared + _NAME * sum(is_named_in(name, *texts) for name in names)
        total, before = total + counts * (found - before), found
    if setting and (there := _setting(place.whole or place.near)) and not setting <= there:
        total -= _OTHER_SETTING
    beside = quantities(f"{place.near} {place.whole}")
    return total + sum(is_stated(other, beside) for other in others)


@lru_cache(maxsize=8192)
def _terms(text: str) -> frozenset[str]:
    """Stems of the content words, and symbols and words with a number of their own, "top-5", in one way of writing."""
    own = {f"{one.kind}-{one.name}" for one in numbered_in(text) if one.is_rank or one.kind == "letter"}
    return frozenset(content_terms(text)) | own | {fold(word) for word in _NUMBERED.findall(text)}
