"""Settings that the task comes with, by name."""

from __future__ import annotations

from ragft.pipeline.task import Values

PRESETS: dict[str, Values] = {
    # The defaults of the experiment this project is modelled on, with a data set of its size for a real corpus.
    "standard": {"generate": {"count": 2000}},
    # The same work in minutes on two cores: fewer rows, one epoch, short prompts.
    "demo": {
        # Sixteen short papers have few pairs of claims that belong together.
        "generate": {"count": 40, "held_out": 0.1, "mix": {"grounded": 0.75, "synthesis": 0.05, "refusal": 0.2}},
        "train": {"epochs": 1.0, "max_steps": 40, "accumulation": 4, "max_length": 1024},
        "answer": {"num_predict": 128, "evidence_tokens": 320},
    },
}
