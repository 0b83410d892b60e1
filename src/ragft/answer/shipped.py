"""The calibration that ships with ragft. docs/refusal.md says on which questions it was fitted and what it reaches."""

from __future__ import annotations

from ragft.answer.gate import Calibration, Logistic

SHIPPED = Calibration(
    gate=Logistic(bias=-8.15, weights={"dense": 6.21, "sentence": 6.26, "covered": 5.28}),
    gate_threshold=0.4,
    answer=Logistic(
        bias=-1.5,
        weights={
            "dense": 1.53,
            "sentence": 1.55,
            "type_missing": -0.88,
            "negation_added": -2.16,
            "numbers_missing_near": -1.34,
            "names_missing_near": -0.84,
        },
    ),
    answer_threshold=0.41,
    quote_threshold=0.48,
    support=0.6,
)
