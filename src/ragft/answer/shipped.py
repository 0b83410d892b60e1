"""The calibration that ships with ragft. docs/refusal.md says on which questions it was fitted and what it reaches."""

from __future__ import annotations

from ragft.answer.gate import Calibration, Logistic

SHIPPED = Calibration(
    gate=Logistic(bias=-7.99, weights={"dense": 6.44, "sentence": 6.32, "covered": 4.84}),
    gate_threshold=0.4,
    answer=Logistic(
        bias=-1.73,
        weights={
            "dense": 2.21,
            "sentence": 1.35,
            "type_missing": -0.8,
            "negation_added": -2.07,
            "numbers_missing_near": -1.16,
            "names_missing_near": -0.78,
        },
    ),
    answer_threshold=0.41,
    quote_threshold=0.48,
    support=0.6,
)
