"""Settings that the task comes with, by name."""

from __future__ import annotations

from ragft.pipeline.task import Values

PRESETS: dict[str, Values] = {
    # The defaults of the experiment this project is modelled on, with a data set of its size for a real corpus.
    "standard": {"generate": {"count": 2000}},
    # The same work in minutes on two cores: fewer rows, one epoch, short prompts.
    "demo": {
        # Few refusals: a model of this size cannot tell when to refuse. Taught by many, it refuses anything more often.
        "generate": {
            "count": 120,
            "held_out": 0.1,
            "replay": 0.05,
            "mix": {"grounded": 0.7, "synthesis": 0.2, "partial": 0.04, "refusal": 0.06},
        },
        # One pass over few rows: more and larger steps, or the model goes on to say the question back. Replay that
        # teaches the base's own probabilities holds forgetting so low that the adapter need not be scaled down.
        "train": {
            "epochs": 1.0,
            "accumulation": 1,
            "learning_rate": 5e-4,
            "replay_target": "base",
            "max_length": 1024,
        },
        "answer": {"num_predict": 160, "evidence_tokens": 320},
    },
}
