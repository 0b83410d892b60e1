"""Which documents a question names: "What is LoRA?", "the DPO paper", "the survey on hallucination by Tonmoy".

routes("how does FLARE compare with DeepRAG", catalogue)
    ->  [Route("4f…", frozenset({"flare"})), Route("a0…", frozenset({"deeprag"}))]
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ragft.corpus.stems import stem
from ragft.corpus.stopwords import ENGLISH, FUNCTION_WORDS
from ragft.corpus.words import words
from ragft.index.catalogue_names import Named, NamesReader
from ragft.index.naming import Kind, first_part

MOST = 2
"""Documents that a question is taken to be about; a name that more documents bear tells nothing."""
_LONGEST_NAME = 6
"""Words of a name; those of titles that people type whole."""
_LEAST_SHARE = 0.15
_LEAST_OF_USE = 0.25
"""Of all chunks with a coined or used name must lie in the document."""
_DOMINANT = 1.9
"""A name that is nobody's own means the document that uses it so many times as often as the next one."""
_LEAST_BEGINNING = 8
"""Letters of a shortened name, as "batch norm"."""
_LEAST_MATCH = 0.5
"""Share of the words of "the … paper", by weight, that the title must have."""
_MARGIN = 0.05
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
    """A document that is named, and the words that name it; none where it is described ("the graph survey")."""

    document_id: str
    words: frozenset[str] = frozenset()


def routes(question: str, catalogue: NamesReader) -> list[Route]:
    """The documents that `question` names, at most `MOST`; none where it names more, or none for certain."""
    own: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    for run, documents, is_own in _named(question, catalogue):
        for document_id in documents:
            (own if is_own else used).setdefault(document_id, set()).update(run)
    surely = {route.document_id: set(route.words) for route in described(question, catalogue)}
    for found in (surely | own, own, surely, _by_author(question, catalogue), used):
        if 0 < len(found) <= MOST:
            return [Route(i, frozenset(typed)) for i, typed in found.items()]
    return []


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
    """Of several that fit, surveys where one is asked for and no other; and those whose titles begin so."""
    titles = {i: [stem(word) for word in words(title)] for i, title in catalogue.titles(documents).items()}
    survey = _SURVEY in map(stem, words(text))
    wanted = wanted - {_SURVEY}
    if len(documents) > 1:
        documents = [i for i in documents if (_SURVEY in titles[i]) == survey] or documents
    if len(documents) > 1:
        documents = [i for i in documents if set(titles[i][: len(wanted)]) == wanted] or documents
    return documents if len(documents) <= MOST else []


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
    return found if len(found) <= MOST else {}


def _named(question: str, catalogue: NamesReader) -> list[tuple[list[str], list[str], bool]]:
    """(words, documents they name, whether it is their own name), the longest names first; no word counts twice."""
    typed = words(question)
    taken: set[int] = set()
    found: list[tuple[list[str], list[str], bool]] = []
    for length in range(min(_LONGEST_NAME, len(typed)), 0, -1):
        for start in range(len(typed) - length + 1):
            places = range(start, start + length)
            run = typed[start : start + length]
            if not taken.isdisjoint(places) or (run[0] in ENGLISH and length < 4):
                continue
            documents, is_own = _called(run, catalogue)
            if documents:
                taken.update(places)
            if len(documents) <= MOST:
                found.append((run, documents, is_own))
    return found


def _called(run: Sequence[str], catalogue: NamesReader) -> tuple[list[str], bool]:
    """The documents called so, and whether that is their own name."""
    key = "".join(run)
    named = catalogue.named({key, key.removesuffix("s")}, ("own", "coined", "used"))
    coined = [name for name in named if name.kind == "coined"]
    own = [name for name in named if name.kind == "own"] or _distinctive(run, coined, catalogue)
    if not own and len(key) >= _LEAST_BEGINNING:
        own = _shortened(run, catalogue)
    if len(run) == 1 and key not in ENGLISH:  # FiD: what is written Fusion-in-Decoder elsewhere
        for long in catalogue.long_forms([key]).get(key, [])[:1]:
            forms = catalogue.named({"".join(long.split())}, ("own", "coined", "used"))
            own += [name for name in forms if own and name.share >= _LEAST_SHARE]
    if own:
        least = max(_LEAST_SHARE, min(name.share for name in own))
        own += [name for name in named if name.kind != "own" and name.share >= least]
        return list(dict.fromkeys(name.document_id for name in own)), True
    return [name.document_id for name in _distinctive(run, _dominant(named), catalogue)], False


def _distinctive(run: Sequence[str], named: Sequence[Named], catalogue: NamesReader) -> list[Named]:
    """Those of `named` whose document makes up a good part of the name's use: many explain what DNA stands for."""
    least = _LEAST_OF_USE * catalogue.holders(run) if named else 0.0
    return [name for name in named if name.share * len(catalogue.sections(name.document_id)) >= least]


def _shortened(run: Sequence[str], catalogue: NamesReader) -> list[Named]:
    """The documents whose titles begin with the words of `run` cut short: "batch norm", "batchnorm"."""
    found = catalogue.named_from("".join(run))
    titles = catalogue.titles({name.document_id for name in found})
    return [name for name in found if _is_cut_short(run, words(first_part(titles[name.document_id])))]


def _is_cut_short(run: Sequence[str], whole: Sequence[str]) -> bool:
    if len(run) == len(whole):
        return all(full.startswith(cut) for cut, full in zip(run, whole, strict=True))
    return len(run) == 1 and len(whole) > 1 and len("".join(whole[:-1])) < len(run[0])


def _dominant(named: Sequence[Named]) -> list[Named]:
    """The document that uses a name by far most often."""
    ranked = sorted(named, key=lambda name: -name.share)
    if not ranked or ranked[0].share < _LEAST_SHARE:
        return []
    others = [name.share for name in ranked if name.document_id != ranked[0].document_id]
    return [] if others and ranked[0].share < _DOMINANT * others[0] else ranked[:1]
