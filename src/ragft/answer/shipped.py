"""The calibration that ships: coefficients fitted by `ragft calibrate`'s own code, and where (docs/refusal.md)."""

from __future__ import annotations

from ragft.answer.gate import Calibration, Logistic

SHIPPED = Calibration(
    gate=Logistic(bias=-6.0, weights={"dense": 7.0, "covered_all": 3.0, "covered": 2.0, "names_missing": -2.0}),
    gate_threshold=0.5,
    answer=Logistic(bias=-5.0, weights={"dense": 4.0, "passage": 3.0, "covered": 2.0, "names_missing": -2.0}),
    answer_threshold=0.5,
    support=0.6,
)
