"""Which documents a question names: "What is LoRA?", "the DPO paper", "the survey on hallucination by Tonmoy".

routes("how does FLARE compare with DeepRAG", catalogue)
    ->  [Route("4f…", frozenset({"flare"})), Route("a0…", frozenset({"deeprag"}))]
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH, FUNCTION_WORDS
from ragft.corpus.words import words
from ragft.index.catalogue.document_names import NamedDocument, NamesReader
from ragft.index.catalogue.naming import Kind, first_part
from ragft.index.search.question import compares

MOST = 3
"""Most documents that a question can name."""
_BEARERS = 2
"""Most documents that a name or a description may fit; more of them are ambiguous."""
_LONGEST_NAME = 6
"""Most words of a name; for whole titles."""
_LEAST_SHARE = 0.15
_LEAST_OF_USE = 0.25
"""Share of all chunks with a coined or used name that must be in the document."""
_DOMINANT = 1.9
"""A name without an owner means the document that uses it so many times as often as the next one."""
_LEAST_COMMON = 4
"""Least words of a name that begins with a common word."""
_LEAST_BEGINNING = 8
"""Least letters of a shortened name, such as "batch norm"."""
_LEAST_MATCH = 0.5
"""Share of the words of "the … paper", by weight, that the title must have."""
_MARGIN = 0.05
_ORIGINAL = frozenset(("original", "first"))
_SIDES = re.compile(r"\b(?:and|or|vs\.?|versus|than|with)\b", re.IGNORECASE)
"""Words between the sides of a comparison."""
_PAPER = re.compile(
    r"(?P<before>(?:[\w’'-]+\s+){0,4})(?P<noun>paper|survey|article|review|study)\b"
    r"(?P<after>(?:\s+(?:on|of|about|by|from|for|titled)(?:\s+[\w’'-]+){1,8})?)",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"\b(?:the|to|in|this|that|original|does|do|is|of|by)\b", re.IGNORECASE)
_NOUNS = frozenset(map(stem, ("paper", "article", "study")))
_SURVEY = stem("survey")
_AUTHOR = re.compile(r"(?:\b(?:by|according to|from)\s+([\w’'-]+)|\b(\w+)['’]s\b|(?<=\w )([A-Z]\w+))")


@dataclass(frozen=True)
class Route:
    """A document that is named, and the words that name it; none where it is described ("the graph survey").

    `sure` is False if the document does not introduce the name but uses it by far most often, and the question does not
    call it a paper.
    """

    document_id: str
    words: frozenset[str] = frozenset()
    sure: bool = True


@dataclass(frozen=True)
class _Mention:
    """A name in a question, and the documents it may stand for.

    "own": it is their name. "coined": it is, but others write it as often. "used": they use it by far most often.
    """

    words: Sequence[str]
    documents: Sequence[str]
    kind: Literal["own", "coined", "used"]


def routes(question: str, catalogue: NamesReader) -> list[Route]:
    """The documents that `question` names, at most `MOST`; none if it names more, or none with certainty.

    In a comparison, weaker evidence suffices for the other side.
    """
    mentions = _mentions(question, catalogue)
    own = _by_document(mentions, "own")
    used = _by_document(mentions, "used")
    surely = {route.document_id: set(route.words) for route in described(question, catalogue)}
    authors = _by_author(question, catalogue)
    for found in (surely | own, own, surely, authors, used, _presented(question, mentions)):
        if 0 < len(found) <= MOST:
            if len(found) == 1 and compares(question, _names(mentions, authors).union(*found.values())):
                named = found | _beside(question, found, mentions, authors, catalogue)
                return [Route(i, frozenset(typed)) for i, typed in named.items()]
            return [
                Route(i, frozenset(typed), sure=found is not used or _as_paper(question, typed))
                for i, typed in found.items()
            ]
    return []


def _by_document(mentions: Sequence[_Mention], kind: str) -> dict[str, set[str]]:
    """The words that name each document, by mentions of `kind` that tell documents apart."""
    found: dict[str, set[str]] = {}
    for mention in mentions:
        for document_id in mention.documents if mention.kind == kind and len(mention.documents) <= _BEARERS else ():
            found.setdefault(document_id, set()).update(mention.words)
    return found


def _as_paper(question: str, name: Collection[str]) -> bool:
    """Whether `question` says of `name` that it is a paper's: "the ResNet paper"."""
    return any(words(match["before"])[-1:] == [word] for match in _PAPER.finditer(question) for word in name)


def _presented(question: str, mentions: Sequence[_Mention]) -> dict[str, set[str]]:
    """The document that introduces what `question` writes as the name of one thing, "the Transformer", where others
    write that name as often."""
    found: dict[str, set[str]] = {}
    for mention in mentions:
        name = r"\W*".join(map(re.escape, mention.words))
        if (
            mention.kind == "coined"
            and len(mention.documents) == 1
            and re.search(rf"\bthe (?=[A-Z][a-z])(?i:{name})\b", question)
        ):
            found[mention.documents[0]] = set(mention.words)
    return found


def _names(mentions: Sequence[_Mention], authors: Mapping[str, set[str]]) -> set[str]:
    return set[str]().union(*(mention.words for mention in mentions), *authors.values())


def _beside(
    question: str,
    found: Mapping[str, set[str]],
    mentions: Sequence[_Mention],
    authors: Mapping[str, set[str]],
    catalogue: NamesReader,
) -> dict[str, set[str]]:
    """The document that `found` is compared with: a paper that is described, a name that is much used, an author, or a
    name that others write as often. Of many papers with one name it is the earliest.
    """
    described_too: dict[str, set[str]] = {}
    for part in _SIDES.split(question):
        described_too |= {route.document_id: set(route.words) for route in described(part, catalogue)}
    taken = next(iter(found.values()))
    others = [mention for mention in mentions if taken.isdisjoint(mention.words)]
    shared: dict[str, set[str]] = {}
    for mention in others:
        if mention.kind == "own" and len(mention.documents) > _BEARERS:
            shared |= {i: set(mention.words) for i in _first(mention.documents, catalogue)}
    by_author = {i: typed for i, typed in authors.items() if not typed & taken}
    for side in (described_too, _by_document(others, "used"), by_author, _by_document(others, "coined"), shared):
        rest = {i: typed for i, typed in side.items() if i not in found}
        if len(rest) == 1:
            return rest
    return {}


def _first(documents: Sequence[str], catalogue: NamesReader) -> list[str]:
    """The earliest of `documents`; none if no year is known."""
    years = catalogue.years(documents)
    return sorted(years, key=lambda document_id: years[document_id])[:1]


def described(question: str, catalogue: NamesReader, *, whole: bool = False) -> list[Route]:
    """The documents whose titles fit "the … paper" in `question` clearly best, or all of it if `whole`."""
    match = _PAPER.search(question)
    if match is None and not whole:
        return []
    text = question
    if match is not None:
        text = f"{_SHOWN.split(match['before'])[-1]} {match['noun']} {match['after']}"
    wanted = _described_words(text, catalogue)
    if not wanted.keys() - {_SURVEY}:
        return []
    has = defaultdict[str, set[str]](set)
    for named in catalogue.named(wanted, ("title", "author")):
        has[named.document_id].add(named.key)
    counts = Counter(key for keys in has.values() for key in keys)
    weights = {key: 1 / (1 + math.log(max(counts[key], 1))) for key in wanted}
    shares = {i: sum(weights[key] for key in keys) / sum(weights.values()) for i, keys in has.items()}
    best = max(shares.values(), default=0.0)
    fitting = [i for i, share in shares.items() if share >= max(_LEAST_MATCH, best - _MARGIN)]
    return [
        Route(i, frozenset(wanted[key] for key in has[i]))
        for i in _first_of_kind(fitting, text, set(wanted), catalogue)
    ]


def _first_of_kind(documents: list[str], text: str, wanted: set[str], catalogue: NamesReader) -> list[str]:
    """Of several that fit: surveys only if one is asked for, and those whose titles begin so."""
    titles = {i: [stem(word) for word in words(title)] for i, title in catalogue.titles(documents).items()}
    survey = _SURVEY in map(stem, words(text))
    wanted = wanted - {_SURVEY}
    if len(documents) > 1:
        documents = [i for i in documents if (_SURVEY in titles[i]) == survey] or documents
    if len(documents) > 1:
        documents = [i for i in documents if set(titles[i][: len(wanted)]) == wanted] or documents
    return documents if len(documents) <= _BEARERS else []


def _described_words(text: str, catalogue: NamesReader) -> dict[str, str]:
    """The words of `text` by their stems; by those of its long form an acronym."""
    found = [word for word in words(text) if word not in FUNCTION_WORDS]
    long_forms = catalogue.long_forms([word for word in found if word not in ENGLISH])
    wanted: dict[str, str] = {}
    for word in found:
        parts = long_forms[word][0].split() if word in long_forms else [word]
        wanted |= {stem(part): word for part in parts if part not in FUNCTION_WORDS}
    return {key: word for key, word in wanted.items() if key not in _NOUNS}


def _by_author(question: str, catalogue: NamesReader) -> dict[str, set[str]]:
    """The documents of a surname that is said to be one: "by Zhai", "Zhai's", a capital within the question."""
    typed = {key for match in _AUTHOR.finditer(question) for key in words(next(filter(None, match.groups())))}
    kinds: tuple[Kind] = ("author",)
    found: dict[str, set[str]] = {}
    for named in catalogue.named(typed - ENGLISH, kinds):
        found.setdefault(named.document_id, set()).add(named.key)
    if len(found) > 1:
        first = catalogue.first_authors(found)
        found = {i: typed for i, typed in found.items() if words(first.get(i, ""))[-1:] == list(typed)} or found
    return found if len(found) <= _BEARERS else {}


def _mentions(question: str, catalogue: NamesReader) -> list[_Mention]:
    """The names in `question`, the longest first; no word counts twice."""
    typed = words(question)
    runs = list(_runs(typed))
    names = _Names.of([typed[run.start : run.stop] for run in runs], catalogue)
    taken: set[int] = set()
    found: list[_Mention] = []
    for run in runs:
        if not taken.isdisjoint(run):
            continue
        original = run.start > 0 and typed[run.start - 1] in _ORIGINAL
        mention = _called(typed[run.start : run.stop], names, catalogue, original=original)
        if mention.documents:
            taken.update(run)
            found.append(mention)
    return found


def _runs(typed: Sequence[str]) -> Iterator[range]:
    """The places of words that may be a name together, the longest first."""
    for length in range(min(_LONGEST_NAME, len(typed)), 0, -1):
        for start in range(len(typed) - length + 1):
            if typed[start] not in ENGLISH or length >= _LEAST_COMMON:
                yield range(start, start + length)


@dataclass(frozen=True)
class _Names:
    """What the catalogue knows of all runs of words of a question, which is asked for at once, as it takes long to ask.

    `exact`: the names by key. `begun`: "own" names by the key that they begin with. `long_forms`: by acronym.
    """

    exact: Mapping[str, Sequence[NamedDocument]]
    begun: Mapping[str, Sequence[NamedDocument]]
    long_forms: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, runs: Sequence[Sequence[str]], catalogue: NamesReader) -> _Names:
        keys = {"".join(run) for run in runs}
        exact = defaultdict[str, list[NamedDocument]](list)
        for named in catalogue.named(keys | {key.removesuffix("s") for key in keys}, ("own", "coined", "used")):
            exact[named.key].append(named)
        begun = catalogue.named_from({key for key in keys if len(key) >= _LEAST_BEGINNING})
        single = {run[0] for run in runs if len(run) == 1}
        return cls(exact, begun, catalogue.long_forms(single - ENGLISH))

    def called(self, key: str) -> list[NamedDocument]:
        """The names that are `key`, or `key` without the s of a plural."""
        return [name for form in sorted({key, key.removesuffix("s")}) for name in self.exact.get(form, ())]


def _called(run: Sequence[str], names: _Names, catalogue: NamesReader, *, original: bool) -> _Mention:
    """The documents with this name. With `original`, the first of several, or of those that use the name as often."""
    key = "".join(run)
    named = names.called(key)
    coined = [name for name in named if name.kind == "coined"]
    own = [name for name in named if name.kind == "own"] or _distinctive(run, coined, catalogue)
    if not own and len(key) >= _LEAST_BEGINNING:
        own = _shortened(run, names.begun.get(key, ()), catalogue)
    if len(run) == 1:  # FiD: what is written Fusion-in-Decoder elsewhere
        for long in names.long_forms.get(key, ())[:1]:
            forms = catalogue.named({"".join(long.split())}, ("own", "coined", "used"))
            own += [name for name in forms if own and name.share >= _LEAST_SHARE]
    if original and (own or coined):
        return _Mention(run, _first([name.document_id for name in own or coined], catalogue), "own")
    if own:
        least = max(_LEAST_SHARE, min(name.share for name in own))
        own += [name for name in named if name.kind != "own" and name.share >= least]
        return _Mention(run, list(dict.fromkeys(name.document_id for name in own)), "own")
    used = _distinctive(run, _dominant(named), catalogue)
    if coined and not used:
        return _Mention(run, [name.document_id for name in coined], "coined")
    return _Mention(run, [name.document_id for name in used], "used")


def _distinctive(run: Sequence[str], named: Sequence[NamedDocument], catalogue: NamesReader) -> list[NamedDocument]:
    """Those of `named` whose document has a good part of the name's uses: many documents explain "DNA"."""
    least = _LEAST_OF_USE * catalogue.holders(run) if named else 0.0
    return [name for name in named if name.share * len(catalogue.sections(name.document_id)) >= least]


def _shortened(run: Sequence[str], begun: Sequence[NamedDocument], catalogue: NamesReader) -> list[NamedDocument]:
    """Of documents whose names begin so, those whose titles have the words of `run` cut short: "batch norm"."""
    titles = catalogue.titles({name.document_id for name in begun}) if begun else {}
    return [name for name in begun if _is_cut_short(run, words(first_part(titles.get(name.document_id, ""))))]


def _is_cut_short(run: Sequence[str], whole: Sequence[str]) -> bool:
    if len(run) == len(whole):
        return all(full.startswith(cut) for cut, full in zip(run, whole, strict=True))
    return len(run) == 1 and len(whole) > 1 and len("".join(whole[:-1])) < len(run[0])


def _dominant(named: Sequence[NamedDocument]) -> list[NamedDocument]:
    """The document that uses a name by far most often."""
    ranked = sorted(named, key=lambda name: -name.share)
    if not ranked or ranked[0].share < _LEAST_SHARE:
        return []
    others = [name.share for name in ranked if name.document_id != ranked[0].document_id]
    return [] if others and ranked[0].share < _DOMINANT * others[0] else ranked[:1]
