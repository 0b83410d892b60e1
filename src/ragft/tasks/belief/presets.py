"""Settings that the task comes with, by name."""

from __future__ import annotations

from ragft.pipeline.task import Values

_TRAINING = {"epochs": 1.0, "batch_size": 4, "accumulation": 1, "max_length": 512, "forgetting": 0.0}

PRESETS: dict[str, Values] = {
    "standard": {"belief": {"examples": 100}, "train": {**_TRAINING, "learning_rate": 2e-4}},
    # The same work in minutes on two cores: fewer rows, larger steps.
    "demo": {
        "belief": {"examples": 50},
        "train": {**_TRAINING, "learning_rate": 5e-4},
        "answer": {"num_predict": 96},
    },
}
