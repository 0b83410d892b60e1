"""Settings that the task comes with, by name."""

from __future__ import annotations

from typing import Any

from ragft.pipeline.task import Values

_MLP = ("gate_proj", "up_proj", "down_proj")
_TRAIN: dict[str, Any] = {"learning_rate": 8e-4, "max_length": 1024, "replay": 0.6, "forgetting": 0.1}
_FOUR = {"batch_size": 4, "accumulation": 1}
"""Rows are short: four in a forward pass cost little more than one."""


def _preset(count: int, **train: Any) -> Values:
    return {
        "generate": {"held_out": 0.03, "count": count},
        "train": {**_TRAIN, "epochs": 3.0, **train},
        "answer": {"num_predict": 48},
    }


PRESETS: dict[str, Values] = {
    "standard": _preset(800, **_FOUR),
    # A quarter of an hour on two cores: fewer wordings of each fact, read twice. Dropout takes a fifth of a training
    # without a GPU.
    "demo": _preset(250, **_FOUR, epochs=2.0, dropout=0.0),
    # Low rank on the feed-forward layers alone: less is moved.
    "mlp": _preset(800, **_FOUR, targets=_MLP, rank=12, alpha=24),
    # The base teaches itself what it says with the fact before it; that takes a row at a time.
    "distill": _preset(800, distill=0.5, accumulation=4),
}
