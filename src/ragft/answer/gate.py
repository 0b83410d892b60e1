"""Whether the evidence is worth asking a model about: a probability from what retrieval gave, against a threshold.

Two judgements are made of the same features. The *gate* asks, before the model, whether the corpus is about the
question at all. The *answer* judgement asks, after it, whether the evidence holds an answer, which is harder: the
right paper may be there without it. Both are logistic regressions small enough to print; their coefficients
come from `ragft calibrate` or, until that has run, from `shipped.py` (docs/refusal.md says how they were fitted).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ragft.answer.questions import answer_type, holds_type, names
from ragft.answer.support import Supporter, coverage, sentence_spans
from ragft.answer.terms import content_terms, missing_quantities, quantities
from ragft.errors import IndexCorrupted
from ragft.index.base import Hit

LOOKED_AT = 4
"""Hits whose sentences are compared with the question; encoding more of them costs more than it tells."""


@dataclass(frozen=True)
class Features:
    """What is known of a question and its hits before a model is asked. All lie between 0 and 1.

    `dense`: highest cosine of question and chunk; `dense_mean`: mean of the best three; `sentence`: highest cosine
    of the question and a single sentence; `covered`: share of the question's terms and numbers in the best
    chunk; `covered_all`: in all hits together; `passage`: in the best two neighbouring sentences; `names_missing`:
    share of the question's names that no hit has; `numbers_missing`: the same of its numbers; `type_held`: whether
    the closest sentences state the kind of thing asked for; `typed`: whether the question says which kind.
    """

    dense: float = 0.0
    dense_mean: float = 0.0
    sentence: float = 0.0
    covered: float = 0.0
    covered_all: float = 0.0
    passage: float = 0.0
    names_missing: float = 0.0
    numbers_missing: float = 0.0
    type_held: float = 0.0
    typed: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """The sentence of a hit that comes closest to the question: where it stands and how close."""

    hit: Hit
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.hit.text[self.start : self.end]


@dataclass(frozen=True)
class Logistic:
    """A logistic regression over `Features`: probability = 1 / (1 + exp(−(bias + Σ weight · feature)))."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Features) -> float:
        """The probability that the judgement is a yes."""
        values = asdict(features)
        return 1.0 / (1.0 + math.exp(-(self.bias + sum(w * values[name] for name, w in self.weights.items()))))


@dataclass(frozen=True)
class Calibration:
    """Both judgements with their thresholds, the least support of a sentence, and where they come from."""

    gate: Logistic
    gate_threshold: float
    answer: Logistic
    answer_threshold: float
    support: float
    source: str = "shipped"
    figures: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        """As it is stored with the index."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> Calibration:
        """Read what `to_json` wrote.

        Raises:
            IndexCorrupted: it is something else.
        """
        try:
            data: dict[str, Any] = json.loads(text)
            gate, answer = (
                Logistic(float(data[part]["bias"]), {str(k): float(v) for k, v in data[part]["weights"].items()})
                for part in ("gate", "answer")
            )
            known = set(asdict(Features()))
            if not set(gate.weights) | set(answer.weights) <= known:
                raise ValueError("unknown feature")
            return Calibration(
                gate=gate,
                gate_threshold=float(data["gate_threshold"]),
                answer=answer,
                answer_threshold=float(data["answer_threshold"]),
                support=float(data["support"]),
                source=str(data["source"]),
                figures={str(k): float(v) for k, v in data.get("figures", {}).items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexCorrupted(f"the stored calibration does not parse: {error}", fix="ragft calibrate") from error


def question_features(question: str, hits: Sequence[Hit], supporter: Supporter) -> Features:
    """The features of `question` over `hits`."""
    if not hits:
        return Features()
    cosines = sorted((hit.dense for hit in hits if hit.dense is not None), reverse=True)
    if not cosines:  # lexical mode: the encoder can still be asked
        cosines = sorted(supporter.cosines(question, [hit.text for hit in hits[:LOOKED_AT]]), reverse=True)
    texts = [f"{hit.title}. {hit.section}. {hit.text}" for hit in hits]
    everything = "\n".join(texts)
    wanted_names, seen = names(question), set(content_terms(everything))
    numbers = quantities(question)
    best = candidates(question, hits, supporter)
    kind = answer_type(question)
    near = best[:3]
    return Features(
        dense=_unit(cosines[0]) if cosines else 0.0,
        dense_mean=_unit(sum(cosines[:3]) / len(cosines[:3])) if cosines else 0.0,
        sentence=max((c.score for c in best), default=0.0),
        covered=max(coverage(question, text) for text in texts),
        covered_all=coverage(question, everything),
        passage=max((_window_coverage(question, hit) for hit in hits), default=0.0),
        names_missing=len(wanted_names - seen) / len(wanted_names) if wanted_names else 0.0,
        numbers_missing=len(missing_quantities(question, everything)) / len(numbers) if numbers else 0.0,
        type_held=float(any(holds_type(kind, c.text, question) for c in near)),
        typed=float(kind != "any"),
    )


def candidates(question: str, hits: Sequence[Hit], supporter: Supporter, *, limit: int = LOOKED_AT) -> list[Candidate]:
    """The sentences of the best hits, closest to the question first.

    The score is the mean of the cosine (where there is an encoder) and the share of the question's terms.
    """
    places = [(hit, start, end) for hit in hits[:limit] for start, end in sentence_spans(hit.text)]
    texts = [hit.text[start:end] for hit, start, end in places]
    cosines = supporter.cosines(question, texts)
    found = [
        Candidate(
            hit,
            start,
            end,
            _unit(0.5 * cosine + 0.5 * coverage(question, text)) if cosines else coverage(question, text),
        )
        for (hit, start, end), text, cosine in zip(places, texts, cosines or [0.0] * len(texts), strict=True)
    ]
    return sorted(found, key=lambda c: -c.score)


def _window_coverage(question: str, hit: Hit) -> float:
    spans = sentence_spans(hit.text)
    windows = [(spans[i][0], spans[min(i + 1, len(spans) - 1)][1]) for i in range(len(spans))]
    return max((coverage(question, hit.text[start:end]) for start, end in windows), default=0.0)


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
