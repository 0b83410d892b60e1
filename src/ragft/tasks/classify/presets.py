"""Settings that the task comes with, by name."""

from __future__ import annotations

from ragft.pipeline.task import Values

# The adapter is used for nothing but sorting, so nothing is spent on what it knew before.
_TRAIN = {"replay": 0.0, "forgetting": 0.0}

PRESETS: dict[str, Values] = {
    "standard": {"train": _TRAIN},
    # Minutes on two cores: short excerpts, few documents of each class, few to calibrate and to test on.
    "demo": {
        "classify": {"per_class": 3, "judged": 30, "characters": 300, "shots": 2},
        "train": {**_TRAIN, "epochs": 1.0, "accumulation": 4, "learning_rate": 2e-3, "max_length": 1024},
    },
}
