"""The gate before the model: the probability that the evidence answers the question, against a threshold.

Two judgements are made of the same features. The *gate* asks, before the model, whether the corpus is about the
question at all. The *answer* judgement asks, after it, whether the evidence holds an answer, which is harder: the
right paper may be there without it. Both are logistic regressions small enough to print; their coefficients come
with ragft (`shipped.py`), their thresholds from there or from `ragft calibrate` (docs/refusal.md says how).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from ragft.answer.prompts.form import OwnWord
from ragft.answer.refusal.features import Features
from ragft.errors import IndexCorrupted
from ragft.typed_json import parsed


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
    """Both judgements with their thresholds, the least support of a sentence, and where they come from.

    Below `answer_threshold` nothing is answered; from there on the model's own words are, if they pass the check;
    from `quote_threshold` on a passage may be quoted where they do not. `judge` is the digest of the model that judges
    its own sentences better than words do, and `judge_least` its least probability; empty: none does. `own_words` has
    what the word of a model counts for, by its digest, where that was measured.
    """

    gate: Logistic
    gate_threshold: float
    answer: Logistic
    answer_threshold: float
    quote_threshold: float
    support: float
    source: str = "shipped"
    judge: str = ""
    judge_least: float = 1.0
    own_words: Mapping[str, OwnWord] = field(default_factory=dict)
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
            found = parsed(Calibration, text)
            if not set(found.gate.weights) | set(found.answer.weights) <= set(asdict(Features())):
                raise ValueError("unknown feature")
        except ValueError as error:
            raise IndexCorrupted(f"the stored calibration does not parse: {error}", fix="ragft calibrate") from error
        return found
