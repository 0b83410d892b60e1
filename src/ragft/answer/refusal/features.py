"""Features of a question and of its retrieved passages, as numbers between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragft.answer.checking.support import Supporter, coverage, sentence_spans
from ragft.answer.checking.terms import content_terms
from ragft.answer.prompts.model_instructions import asks_about_instructions, instructs_model
from ragft.answer.question_kind import (
    answer_type,
    holds_type,
    is_negated,
    share_missing_names,
    share_missing_numbers,
)
from ragft.index.base import Hit

LOOKED_AT = 4
"""Hits whose sentences are compared with the question; encoding more of them costs more than it tells."""
LEAST_TERMS = 3
"""A line with fewer content terms is a heading or a label and answers nothing."""


@dataclass(frozen=True)
class Features:
    """What gate and check judge by. All lie between 0 and 1.

    About the subject: `dense`, the highest cosine of question and chunk; `sentence`, the closest single sentence (mean
    of cosine and shared terms); `covered`, the share of the question's terms and numbers in the best chunk.

    About the answer: `meaning`, the highest cosine of the question and a single sentence (without an encoder, that is
    `sentence`). And at the sentence that fits best, or with its neighbours ("near"): `type_missing`: nothing there is
    of the kind asked for (a number, a year, a person…); `negation_added`: the question denies something and the
    sentence does not; `numbers_missing_near`, `names_missing_near`: the shares of the question's numbers and names that
    are not there. `words_only` is 1 where no encoder reads the question: then `dense` is 0, and words decide.
    """

    dense: float = 0.0
    sentence: float = 0.0
    meaning: float = 0.0
    covered: float = 0.0
    type_missing: float = 0.0
    negation_added: float = 0.0
    numbers_missing_near: float = 0.0
    names_missing_near: float = 0.0
    words_only: float = 0.0


@dataclass(frozen=True)
class ClosestSentence:
    """The sentence of a hit that comes closest to the question: where it stands and how close.

    `meaning` is the cosine alone, or the score where there is no encoder.
    """

    hit: Hit
    start: int
    end: int
    score: float
    meaning: float

    @property
    def text(self) -> str:
        """The words of the sentence, cut out of the text of the hit."""
        return self.hit.text[self.start : self.end]


class Closest:
    """The sentences of hits that come closest to `question`; those of a hit are compared with it once."""

    def __init__(self, question: str, supporter: Supporter) -> None:
        self.question = question
        self.supporter = supporter
        self._found: dict[Hit, list[ClosestSentence]] = {}

    def among(self, hits: Sequence[Hit]) -> list[ClosestSentence]:
        """The sentences of the best hits, closest first; none that instructs a model.

        The score is the mean of the cosine (where there is an encoder) and the share of the question's terms.
        """
        looked_at = hits[:LOOKED_AT]
        self._compare([hit for hit in dict.fromkeys(looked_at) if hit not in self._found])
        found = [candidate for hit in looked_at for candidate in self._found[hit]]
        return sorted(found, key=lambda candidate: -candidate.score)

    def _compare(self, hits: Sequence[Hit]) -> None:
        allow_instructions = asks_about_instructions(self.question)
        places = [
            (hit, start, end)
            for hit in hits
            for start, end in sentence_spans(hit.text)
            if len(content_terms(hit.text[start:end])) >= LEAST_TERMS
            and (allow_instructions or not instructs_model(hit.text[start:end]))
        ]
        texts = [hit.text[start:end] for hit, start, end in places]
        cosines = self.supporter.cosines(self.question, texts)
        shares = [coverage(self.question, text) for text in texts]
        scores = [(c + s) / 2 for c, s in zip(cosines, shares, strict=True)] if cosines else shares
        self._found |= {hit: [] for hit in hits}
        for place, score, meaning in zip(places, scores, cosines or scores, strict=True):
            self._found[place[0]].append(ClosestSentence(*place, _unit(score), _unit(meaning)))


def question_features(closest: Closest, hits: Sequence[Hit]) -> Features:
    """The features of a question over `hits`."""
    if not hits:
        return Features()
    question, supporter = closest.question, closest.supporter
    cosines = sorted((hit.dense for hit in hits if hit.dense is not None), reverse=True)
    if not cosines:  # lexical mode: the encoder can still be asked
        cosines = sorted(supporter.cosines(question, [hit.text for hit in hits[:LOOKED_AT]]), reverse=True)
    texts = [f"{hit.title}. {hit.section}. {hit.text}" for hit in hits]
    best = closest.among(hits)
    features = _of_place(question, *_best_window(question, hits[:LOOKED_AT]))
    return replace(
        features,
        dense=_unit(cosines[0]) if cosines else 0.0,
        sentence=best[0].score if best else 0.0,
        meaning=max((candidate.meaning for candidate in best), default=0.0),
        covered=max(coverage(question, text) for text in texts),
        words_only=float(not cosines),
    )


def sentence_features(closest: Closest, sentence: ClosestSentence) -> Features:
    """The features of a question where `sentence` alone is to answer it."""
    question, hit = closest.question, sentence.hit
    spans = sentence_spans(hit.text)
    place = next(number for number, (start, _) in enumerate(spans) if start == sentence.start)
    cosines = [hit.dense] if hit.dense is not None else closest.supporter.cosines(question, [hit.text])
    return replace(
        _of_place(question, sentence.text, _around(hit, spans, place)),
        dense=max(map(_unit, cosines), default=0.0),
        sentence=sentence.score,
        meaning=sentence.meaning,
        covered=coverage(question, f"{hit.title}. {hit.section}. {hit.text}"),
        words_only=float(not cosines),
    )


def _of_place(question: str, sentence: str, near: str) -> Features:
    """What a sentence, and what stands near it, lack of what `question` asks for."""
    return Features(
        type_missing=float(not holds_type(answer_type(question), sentence, question)),
        negation_added=float(is_negated(question) and not is_negated(sentence)),
        numbers_missing_near=share_missing_numbers(question, near),
        names_missing_near=share_missing_names(question, near),
    )


def _around(hit: Hit, spans: Sequence[tuple[int, int]], place: int) -> str:
    """The title and a sentence with those before and behind it."""
    return f"{hit.title}. {hit.text[spans[max(0, place - 1)][0] : spans[min(place + 1, len(spans) - 1)][1]]}"


def _best_window(question: str, hits: Sequence[Hit]) -> tuple[str, str]:
    """The sentence that shares most with the question, holding the kind of thing asked for where several do, and the
    same with the title and the sentences around it."""
    kind = answer_type(question)
    best, best_score = ("", ""), -1.0
    for hit in hits:
        spans = sentence_spans(hit.text)
        for number, (start, end) in enumerate(spans):
            sentence = hit.text[start:end]
            if len(content_terms(sentence)) < LEAST_TERMS:
                continue
            near = _around(hit, spans, number)
            score = coverage(question, f"{hit.title}. {sentence}") + 0.5 * coverage(question, near)
            score += 0.1 * holds_type(kind, sentence, question)
            if score > best_score:
                best, best_score = (sentence, near), score
    return best


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
