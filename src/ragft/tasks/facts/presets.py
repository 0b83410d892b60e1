"""Settings that the task comes with, by name."""

from __future__ import annotations

from ragft.pipeline.task import Values

_TRAINING = {"epochs": 1.0, "learning_rate": 1e-3, "max_length": 512, "replay": 0.6, "forgetting": 0.0}
_ANSWER = {"k": 3, "num_predict": 160}

PRESETS: dict[str, Values] = {
    # Every entity of the table. A fact is learnt by being met often, so the rows hold it many times and are read once.
    "standard": {
        "facts": {"exposures": 30, "questions": 300},
        "train": {**_TRAINING, "batch_size": 8, "accumulation": 2},
        "answer": _ANSWER,
    },
    # The same work in minutes on two cores: some of the entities.
    "demo": {
        "facts": {"entities": 24, "exposures": 12, "questions": 40},
        "train": {**_TRAINING, "batch_size": 4, "accumulation": 1},
        "answer": _ANSWER,
    },
}
