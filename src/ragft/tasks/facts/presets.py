"""Settings that the task comes with, by name."""

from __future__ import annotations

from ragft.pipeline.task import Values

# Rows are read once, so nothing is overfitted; and without a GPU dropout takes a fifth of the time of a training.
_TRAINING = {
    "epochs": 1.0,
    "learning_rate": 1e-3,
    "max_length": 512,
    "dropout": 0.0,
    "replay": 0.6,
    "forgetting": 0.0,
}
_ANSWER = {"k": 3, "num_predict": 160}

PRESETS: dict[str, Values] = {
    # Every entity of the table. A fact is learnt by being met often, so the rows hold it many times and are read once.
    "standard": {
        "facts": {"exposures": 30, "questions": 300},
        "train": {**_TRAINING, "batch_size": 8, "accumulation": 2},
        "answer": _ANSWER,
    },
    # The same work in minutes on two cores: few of the entities, met as often, since numbers take some thirty meetings.
    "demo": {
        "facts": {"entities": 8, "exposures": 30, "questions": 24},
        "train": {**_TRAINING, "batch_size": 4, "accumulation": 1},
        "answer": _ANSWER,
    },
}
