"""Papers: answers from the evidence, cited and checked. The task that `build-model` runs where none is named."""

from __future__ import annotations

from ragft.pipeline.stages import STAGES
from ragft.tasks.base import Task, Values

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

PAPERS = Task("papers", STAGES, PRESETS)
