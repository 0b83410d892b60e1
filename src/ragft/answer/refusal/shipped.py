"""The calibration that ships with ragft. docs/refusal.md says on which questions it was fitted and what it reaches."""

from __future__ import annotations

from ragft.answer.refusal.gate import Calibration, Logistic

SHIPPED = Calibration(
    gate=Logistic(bias=-8.15, weights={"dense": 6.21, "sentence": 6.26, "covered": 5.28, "words_only": 3.5}),
    gate_threshold=0.4,
    answer=Logistic(
        bias=-1.69,
        weights={
            "meaning": 2.55,
            "dense": 0.71,
            "type_missing": -0.86,
            "negation_added": -2.06,
            "numbers_missing_near": -1.33,
            "names_missing_near": -0.94,
            "words_only": 0.5,
        },
    ),
    answer_threshold=0.4,
    quote_threshold=0.44,
    support=0.6,
)
