"""Reasons to doubt a sentence although its sources have its words: numbers, names, denials, opposites, words missing.

doubts("The Mira lock has 48 bolts.", cited, found)   ->  ("number_of_another",)

Words close together are not proof. A wrong sentence mostly has one thing changed: a number or a subject of the same
paragraph, a negation, a direction, a clause that was added. Each is looked for here, in code, and has a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from ragft.answer.checking.claim_names import is_named_in, missing_names, names_in, spelled_out
from ragft.answer.checking.comparisons import belies_its_numbers, compared_alike, compared_otherwise
from ragft.answer.checking.exchanged import defines_another, item_exchanged, sibling_exchanged, subject_exchanged
from ragft.answer.checking.negation import affirms_denied, denied, denies_near
from ragft.answer.checking.numbered import values_exchanged
from ragft.answer.checking.opposites import has_opposite_clause, reversed_words
from ragft.answer.checking.other_language import language_written_in
from ragft.answer.checking.parallel import names_crossed, values_of_names_exchanged
from ragft.answer.checking.roles import clauses_crossed, is_of_others, is_own, is_told_by_us, names_swapped
from ragft.answer.checking.same_meaning import all_meanings, meaning_of, meanings, telling_meanings
from ragft.answer.checking.slots import slots_mixed
from ragft.answer.checking.support import best_passage, clauses_of, coverage, is_opposed, sentences_in
from ragft.answer.checking.terms import Quantity, content_terms, is_stated, quantities
from ragft.answer.checking.values import LEAD, overlaps, places_of
from ragft.index.base import Hit

Doubt = Literal[
    "number_of_another", "name_of_another", "item_of_another", "denied", "reversed", "opposite_word", "words_missing"
]
"""- number_of_another: in the sources the number belongs to something else;
- name_of_another: they say it of something else than the sentence names, or two things change places;
- item_of_another: they list something else among the same things;
- denied: the sentence denies what they state, or states what they deny;
- reversed: it says the opposite of the source of the same thing, or of its own numbers;
- opposite_word: it has the opposite of a word of the source, perhaps of something else;
- words_missing: nothing that was found of the document has several of its words."""

CONTRADICTIONS: frozenset[Doubt] = frozenset({"reversed"})
"""Doubts for which a sentence is left out; the others mark it."""
ALIGNED: frozenset[Doubt] = frozenset({"number_of_another", "name_of_another", "item_of_another"})
"""Doubts about what belongs to what, which hold beside the judgement of a model."""
_MOST_NAMES = 2
"""Names of a sentence that is about them; more make a list, which passages give in parts."""
_NAME_LEAD = 2
"""How many more words of a sentence another name must share a sentence with, to be the one that is meant."""
_MOST_MISSING = 2
"""Words of a sentence that the document may lack: what a paraphrase needs."""
_CLAUSE = re.compile(r"[,;:]\s+|\s+(?:and|which|because|while|whereas|that|so|but|when|where)\s+")
_LEAST_ADDED = 2
"""Words of a clause, without light ones, that may be an addition."""
_CLOSEST = 2
"""How many sentences of a document, the closest ones, are searched for a denial."""
_NEARLY_COPIED, _MUCH_CLOSER = 0.85, 0.3
"""Coverage of a sentence by one that is not cited, and how much more than by what is cited, for its denial to count."""
_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu pi rho sigma tau phi chi psi omega".split()
)
_ROOT = 5
"""Letters by which two words are taken for forms of one: access, accessible."""


def doubts(sentence: str, cited: Sequence[Hit], found: Sequence[Hit]) -> tuple[Doubt, ...]:
    """The reasons to doubt `sentence`, whose words `cited` have; `found` is all that was retrieved.

    In languages other than English only numbers and names are checked: their words are not known well enough.
    """
    documents = {hit.document_id for hit in cited}
    known = [hit for hit in found if hit.document_id in documents]
    result: list[Doubt] = []
    texts, passages = [hit.text for hit in known], [hit.text for hit in cited]
    if (
        _number_of_another(sentence, found)
        or values_exchanged(sentence, texts)
        or values_of_names_exchanged(sentence, texts)
    ):
        result.append("number_of_another")
    if (
        _name_of_another(sentence, known)
        or subject_exchanged(sentence, passages)
        or sibling_exchanged(sentence, passages)
        or names_swapped(sentence, passages)
        or names_crossed(sentence, passages)
        or _is_of_others(sentence, cited, texts)
    ):
        result.append("name_of_another")
    if language_written_in(sentence) not in ("en", ""):
        return tuple(result)
    if "name_of_another" not in result and (defines_another(sentence, texts) or clauses_crossed(sentence, passages)):
        result.append("name_of_another")
    if mixed := slots_mixed(sentence, passages):
        result.append("number_of_another" if mixed == "number" else "name_of_another")
    if item_exchanged(sentence, [hit.text for hit in found]):
        result.append("item_of_another")
    if passages:
        result += _opposites(sentence, passages)
    if (
        _adds_denial(sentence, texts)
        or _has_opposed_clause(sentence, passages)
        or any(affirms_denied(sentence, _closest(sentence, text, width=1)) for text in passages)
        or _is_denied_elsewhere(sentence, passages, texts)
    ):
        result.append("denied")
    if _adds_words(sentence, known) or _adds_clause(sentence, cited):
        result.append("words_missing")
    return tuple(dict.fromkeys(result))


def _opposites(sentence: str, passages: Sequence[str]) -> list[Doubt]:
    """The doubt about a word or comparison of `sentence` whose opposite the passages have; none if there is none."""
    closest = [_closest(sentence, text, width=2) for text in passages]
    other_order = any(compared_alike(sentence, text) for text in closest)
    if (
        belies_its_numbers(sentence)
        or compared_otherwise(sentence, passages)
        or (not other_order and all(reversed_words(sentence, text, alike=True) for text in closest))
    ):
        return ["reversed"]
    if other_order:
        return []
    found = all(reversed_words(sentence, text) for text in closest)
    return ["opposite_word"] if found or all(has_opposite_clause(sentence, text) for text in passages) else []


def _adds_words(sentence: str, hits: Sequence[Hit]) -> bool:
    """Whether `sentence` has more words that none of `hits` has than a paraphrase needs: two of them side by side are
    a clause that was added."""
    missing = set(words_missing(sentence, hits))
    return len(missing) > _MOST_MISSING or any(missing.issuperset(pair) for pair in pairwise(meanings(sentence)))


def _adds_clause(sentence: str, cited: Sequence[Hit]) -> bool:
    """Whether a clause of `sentence` behind the first one says something of which `cited` has not a word. Its names are
    looked for elsewhere."""
    for clause in _CLAUSE.split(sentence)[1:]:
        said = set(telling_meanings(clause))
        if len(said) >= _LEAST_ADDED and not names_in(f"… {clause}") and said <= {*words_missing(clause, cited)}:
            return True
    return False


def words_missing(sentence: str, hits: Sequence[Hit]) -> list[str]:
    """The meanings of the words of `sentence` that none of `hits` has in any form, nor in short."""
    texts = [text for hit in hits for text in (hit.title, hit.section, hit.text)]
    have = {term for text in texts for term in (*content_terms(text), *all_meanings(text))}
    roots = {term[:_ROOT] for term in have if len(term) >= _ROOT}
    short = {one for word in spelled_out(sentence, *texts) for one in meanings(word)}
    return [
        term
        for term in meanings(sentence)
        if term not in have and term[:_ROOT] not in roots and term not in short and not _is_symbol(term)
    ]


def _is_symbol(term: str) -> bool:
    """Whether a term is a symbol of a formula, β1 or beta, which papers write in many ways."""
    return not term.isalpha() or term in _GREEK


def _closest(sentence: str, text: str, *, width: int) -> str:
    best = best_passage(sentence, text, width=width)
    return text[best.start : best.end] if best else ""


def _number_of_another(sentence: str, hits: Sequence[Hit]) -> bool:
    places = [place for hit in hits for place in places_of(hit.text, hit.title, hit.section)]
    return any(overlap and overlap.rival >= overlap.own + LEAD for overlap in overlaps(sentence, places))


def _name_of_another(sentence: str, hits: Sequence[Hit]) -> bool:
    """Whether the closest sentence of `hits` speaks of another name, and those with this name say much less of it."""
    names = names_in(sentence)
    if not 0 < len(names) <= _MOST_NAMES:
        return False
    terms = set(content_terms(sentence)) - {term for name in names for term in content_terms(name)}
    numbers = quantities(sentence)
    said = [(_in_common(terms, numbers, one.text), one) for hit in hits for one in _in_context(hit)]
    most, best = max(said, key=lambda pair: pair[0], default=(0, None))
    if best is None or not missing_names(best.text, sentence):
        return False
    own = [hit.text for hit in hits] if is_told_by_us(best.text) else []
    for name in missing_names(sentence, best.text, best.about):
        if is_own(name, own):
            continue
        shared = max((count for count, one in said if is_named_in(name, one.text, one.about)), default=0)
        if most - shared >= _NAME_LEAD:
            return True
    return False


def _is_of_others(sentence: str, cited: Sequence[Hit], known: Sequence[str]) -> bool:
    """Whether all that is cited says it of the authors' own work, and `sentence` of another name."""
    return bool(cited) and all(is_of_others(sentence, [hit.text], hit.title, known) for hit in cited)


def _in_common(terms: set[str], numbers: frozenset[Quantity], text: str) -> int:
    there = quantities(text)
    return len(terms & set(content_terms(text))) + sum(is_stated(number, there) for number in numbers)


@dataclass(frozen=True)
class _InContext:
    """A sentence, and what it may leave out: the one before it, the section, the title."""

    text: str
    about: str


@lru_cache(maxsize=512)
def _in_context(hit: Hit) -> tuple[_InContext, ...]:
    found: list[_InContext] = []
    before = ""
    for text in sentences_in(hit.text):
        found.append(_InContext(text, f"{hit.title}. {hit.section}. {before}"))
        before = text
    return tuple(found)


def _adds_denial(sentence: str, texts: Sequence[str]) -> bool:
    """Whether `sentence` denies something that the sentences closest to it speak of, and these deny nothing near it."""
    negated = frozenset(map(meaning_of, denied(sentence)))
    if not negated:
        return False
    sentences = dict.fromkeys(one for text in texts for one in sentences_in(text))
    closest = sorted(sentences, key=lambda one: -coverage(sentence, one))[:_CLOSEST]
    spoken = [(one, negated & set(all_meanings(one))) for one in closest]
    return any(terms for _, terms in spoken) and not any(
        denies_near(one, term, sentence) for one, terms in spoken for term in terms
    )


def _has_opposed_clause(sentence: str, passages: Sequence[str]) -> bool:
    """Whether the sentence of `passages` that is closest to one of several clauses denies it, or states what it denies:
    all of them where several are as close."""
    clauses = clauses_of(sentence)
    sentences = dict.fromkeys(one for text in passages for one in sentences_in(text))
    if len(clauses) < 2 or not sentences:
        return False
    return any(all(is_opposed(clause, one) for one in _most_like(clause, sentences)) for clause in clauses)


def _is_denied_elsewhere(sentence: str, passages: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether the sentence of `texts` that is closest to `sentence` says the contrary, and is much closer than all that
    `passages`, which are cited for it, have."""
    cited = max((coverage(sentence, _closest(sentence, text, width=1)) for text in passages), default=0.0)
    closest = {text: coverage(sentence, _closest(sentence, text, width=1)) for text in texts}
    most = max(closest.values(), default=0.0)
    if most < max(_NEARLY_COPIED, cited + _MUCH_CLOSER):
        return False
    return all(is_opposed(sentence, text) for text, share in closest.items() if share >= most)


def _most_like(clause: str, sentences: Iterable[str]) -> list[str]:
    """Those of `sentences` that have most of `clause`."""
    covered = [(coverage(clause, one), one) for one in sentences]
    most = max(share for share, _ in covered)
    return [one for share, one in covered if share >= most]
