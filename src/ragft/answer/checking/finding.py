"""Which source supports a sentence, how well, and what contradicts it.

finding = find_support("QLoRA needs 48 GB.", question, named, sources, supporter, threshold)
finding.verdict  ->  "supported";  finding.evidence  ->  (Evidence("3", …),)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ragft.answer.base import Evidence, SentenceVerdict
from ragft.answer.checking.claim_names import is_named_in, missing_names
from ragft.answer.checking.doubts import ALIGNED, CONTRADICTIONS, Doubt, doubts
from ragft.answer.checking.model_judge import ModelJudge
from ragft.answer.checking.other_language import in_another_language, shared_facts
from ragft.answer.checking.support import (
    Supporter,
    best_passage,
    clauses_of,
    coverage,
    is_denied,
    sentence_spans,
    sentences_in,
    support_score,
)
from ragft.answer.checking.terms import content_terms, quantities
from ragft.answer.checking.values import is_stated_by_cell, places_of
from ragft.corpus.back_matter import is_back_matter

SHORT_CLAIM = 4
"""A claim of fewer terms is judged together with the question: "48 GB" alone is supported by any 48 GB."""
ABOUT = 0.25
"""Least share of the question's terms in the sentence that states a short answer."""
RULED_OUT = 0.3
"""Ceiling, below every threshold, of the score of a short answer that the text states about something else, and of a
sentence with a name that the source does not know."""
CLOSE = 0.5
"""Least coverage of a sentence by the closest one of a source, for the names of both to be compared."""
PART = 0.3
"""Least share of a sentence's terms in each of several cited chunks that support it together."""
PARTLY = 0.4
"""Support from which on a sentence is said to be found in part."""
_PRONOUN = re.compile(r"(?:it|its|they|their|this|these|he|his|she|her|both|the former|the latter)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What the check makes of a sentence.

    `evidence` is what may be cited for it, `support` the best score (0 to 1), `aligned` whether the model named other
    sources or none, `against` the reasons to doubt it.
    """

    verdict: SentenceVerdict
    evidence: tuple[Evidence, ...] = ()
    support: float = 0.0
    aligned: bool = False
    against: tuple[Doubt, ...] = ()


@dataclass(frozen=True)
class EvidenceSource:
    """A piece of evidence, and all else that was found of its document: names that the passage itself may leave out."""

    item: Evidence
    about: str

    @property
    def text(self) -> str:
        """The whole text of the chunk."""
        return self.item.hit.text

    @property
    def comes_last(self) -> bool:
        """Whether it begins with thanks, funding, who did what: cited where nothing else supports a sentence."""
        return is_back_matter(self.item.hit.section)


def sources_of(evidence: Iterable[Evidence]) -> dict[str, EvidenceSource]:
    """The sources by their keys."""
    items = list(evidence)
    return {
        item.key: EvidenceSource(
            item,
            "\n".join(
                [item.hit.title, item.hit.section]
                + [one.hit.text for one in items if one.hit.document_id == item.hit.document_id]
            ),
        )
        for item in items
    }


def _support(
    sentence: str, question: str, source: EvidenceSource, supporter: Supporter, *, least: float = 0.0
) -> float:
    """Support of `sentence`, as an answer to `question`, by `source`, 0 to 1.

    A sentence that alone says too little is judged with its question as well, and the lower score counts; and one
    sentence of the text has to state it *about the question*. A hostile passage can make a model say "X", but the
    sentence that instructed it does not speak of what was asked. Without a `question`, as in a summary, the text alone
    has to. A name that the document does not have rules it out. A
    cell of a table says what its row, its heads and the caption say together. A score below `least` may be too low.
    """
    score = supporter.score(sentence, source.text, least=least)
    if score > RULED_OUT and (
        missing_names(sentence, source.about)
        or _lacks_what_is_asked(sentence, question, source)
        or _names_another(sentence, source)
    ):
        return RULED_OUT
    hit = source.item.hit
    if is_stated_by_cell(sentence, question, places_of(hit.text, hit.title, hit.section)):
        return 1.0
    if not says_little(sentence):
        return score
    if not _states(sentence, question, source.text):
        return min(score, RULED_OUT)
    return min(score, supporter.score(f"{question.rstrip('?!. ')}: {sentence}", source.text)) if question else score


def _lacks_what_is_asked(sentence: str, question: str, source: EvidenceSource) -> bool:
    """Whether `sentence` has a name of the question that the document has not: at its beginning any word may be one."""
    return any(is_named_in(name, sentence) for name in missing_names(question, source.about))


def _names_another(sentence: str, source: EvidenceSource) -> bool:
    """Whether the closest sentence of the source says it of something else: it has a name that `sentence` has not, and
    neither the sentences next to it nor the title or section have a name of `sentence`."""
    closest = best_passage(sentence, source.text, width=1)
    if closest is None or closest.coverage < CLOSE:
        return False
    spans = sentence_spans(source.text)
    place = next(number for number, (start, _) in enumerate(spans) if start == closest.start)
    first, last = max(0, place - 1), min(len(spans) - 1, place + 1)
    around = source.text[spans[first][0] : spans[last][1]]
    hit = source.item.hit
    if not missing_names(sentence, around, hit.title, hit.section):
        return False
    return bool(missing_names(source.text[closest.start : closest.end], sentence, hit.title, hit.section))


def _states(claim: str, question: str, text: str) -> bool:
    """Whether a sentence of `text` holds all of `claim` and part of `question`; one that begins with a pronoun is
    read together with the sentence before it."""
    previous = ""
    for current in sentences_in(text):
        whole = f"{previous} {current}" if _PRONOUN.match(current) else current
        if coverage(claim, current) > 0.99 and (not question or coverage(question, whole) >= ABOUT):
            return True
        previous = current
    return False


def find_support(
    sentence: str,
    question: str,
    named: Sequence[EvidenceSource],
    sources: Sequence[EvidenceSource],
    supporter: Supporter,
    threshold: float,
    judge: ModelJudge | None = None,
) -> Finding:
    """What `sources` have of `sentence`; those `named` by the model are tried first.

    A `judge` has the last word on a sentence that is found at least in part.
    """
    least = threshold if judge is None else min(threshold, PARTLY)
    found, score, aligned = _best_in_order(sentence, question, named, sources, supporter, least)
    if found and not _unread(sentence, found, sources, supporter):
        if judge is not None:
            return _judged(sentence, found, sources, judge, aligned=aligned)
        against = doubts(sentence, [item.hit for item in found], [source.item.hit for source in sources])
        if supporter.entails:  # a model that reads for meaning needs no words in common
            against = tuple(doubt for doubt in against if doubt != "words_missing")
        if not against:
            return Finding("supported", tuple(found), score, aligned)
        return Finding("contradicted" if CONTRADICTIONS & set(against) else "partly", (), score, aligned, against)
    if foreign := _foreign(sentence, named, sources):
        return replace(foreign, support=score)
    if any(is_denied(sentence, source.text) for source in sources):
        return Finding("contradicted", (), score, aligned, ("denied",))
    return Finding("partly" if score >= PARTLY else "not_found", (), score, aligned)


def _judged(
    sentence: str, found: Sequence[Evidence], sources: Sequence[EvidenceSource], judge: ModelJudge, *, aligned: bool
) -> Finding:
    """What a judge by meaning makes of `found`; numbers and names are compared in code all the same."""
    hits = [item.hit for item in found]
    probability = judge.probability(sentence, [hit.text for hit in hits])
    against = tuple(one for one in doubts(sentence, hits, [source.item.hit for source in sources]) if one in ALIGNED)
    if probability >= judge.least and not against:
        return Finding("supported", tuple(found), probability, aligned)
    return Finding("partly", (), probability, aligned, against)


def _unread(sentence: str, found: Sequence[Evidence], sources: Sequence[EvidenceSource], supporter: Supporter) -> bool:
    """Whether `sentence` shares words with the sources in `found` only by chance: it is in another language, which the
    encoder does not read."""
    others = [source for source in sources if source.item in found and in_another_language(sentence, source.about)]
    return bool(others) and not supporter.entails and not supporter.knows(sentence)


def _foreign(sentence: str, named: Sequence[EvidenceSource], sources: Sequence[EvidenceSource]) -> Finding | None:
    """What can be said of a sentence in another language than its sources; one with a single name cites nothing.

    None where the languages are the same, no source has all its numbers and names, or they are of something else.
    """
    shared = [
        (facts, source)
        for source in (*named, *sources)
        if in_another_language(sentence, source.about)
        and (facts := shared_facts(sentence, source.text, source.about)) is not None
    ]
    if not shared:
        return None
    facts, best = max(shared, key=lambda pair: pair[0])
    if doubts(sentence, [best.item.hit], [source.item.hit for source in sources]):
        return None
    return Finding("other_language", (best.item,) if facts.are_enough else (), aligned=best not in named)


def _best_in_order(
    sentence: str,
    question: str,
    named: Sequence[EvidenceSource],
    sources: Sequence[EvidenceSource],
    supporter: Supporter,
    threshold: float,
) -> tuple[list[Evidence], float, bool]:
    """The evidence that supports `sentence`, its score, and whether it was found by us and not named by the model.

    What the model named stays if it supports the sentence; else the sources that come last are asked last.
    """
    first = [source for source in sources if not source.comes_last]
    if 0 < len(first) < len(sources):
        found, score = _best_named(sentence, question, named, supporter, threshold)
        if found:
            return found, score, False
        kept = [source for source in named if source in first]
        earlier = _best(sentence, question, kept, first, supporter, threshold)
        if earlier[0]:
            return earlier
    return _best(sentence, question, named, sources, supporter, threshold)


def _best(
    sentence: str,
    question: str,
    named: Sequence[EvidenceSource],
    sources: Iterable[EvidenceSource],
    supporter: Supporter,
    threshold: float,
) -> tuple[list[Evidence], float, bool]:
    """As `_best_in_order`, of sources that are all alike."""
    good, best = _best_named(sentence, question, named, supporter, threshold)
    if good:
        return good, best, False
    score, found = _best_other(sentence, question, [source for source in sources if source not in named], supporter)
    if found is not None and score >= threshold:
        return [found], score, True
    pieces = clauses_of(sentence)
    if len(pieces) > 1:
        each = [_best(piece, question, named, sources, supporter, threshold) for piece in pieces]
        if all(items for items, _, _ in each):
            items = list(dict.fromkeys(item for items, _, _ in each for item in items))
            return items, min(one for _, one, _ in each), all(aligned for _, _, aligned in each)
    return [], max(best, score), False


def _best_other(
    sentence: str, question: str, sources: Sequence[EvidenceSource], supporter: Supporter
) -> tuple[float, Evidence | None]:
    """The best score and its source, the first of equals. Those with most of the words are asked first: the others are
    then seldom encoded."""
    scores: dict[int, float] = {}
    for place in sorted(range(len(sources)), key=lambda place: -support_score(sentence, sources[place].text)):
        least = max(scores.values(), default=0.0)
        scores[place] = _support(sentence, question, sources[place], supporter, least=least)
    if not scores:
        return 0.0, None
    best = max(scores, key=lambda place: (scores[place], -place))
    return scores[best], sources[best].item


def _best_named(
    sentence: str, question: str, named: Sequence[EvidenceSource], supporter: Supporter, threshold: float
) -> tuple[list[Evidence], float]:
    """Those of the sources that the model named that support `sentence`, alone or together, and the best score."""
    scores = [(_support(sentence, question, source, supporter), source.item) for source in named]
    good = [item for score, item in scores if score >= threshold]
    best = max((score for score, _ in scores), default=0.0)
    if good:
        return good, best
    parts = [source for source in named if coverage(sentence, source.text) >= PART]
    if len(parts) > 1 and not missing_names(sentence, *(source.about for source in parts)):
        together = supporter.together(sentence, [source.text for source in parts])
        if together >= threshold:
            return [source.item for source in parts], together
    return [], best


def says_little(sentence: str) -> bool:
    """Whether a sentence states so little that it means something only together with its question."""
    return len(content_terms(sentence)) + len(quantities(sentence)) < SHORT_CLAIM
