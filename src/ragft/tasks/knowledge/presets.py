"""Settings that the task comes with, by name."""

from __future__ import annotations

from typing import Any

from ragft.pipeline.task import Values

_MLP = ("gate_proj", "up_proj", "down_proj")
_TRAIN: dict[str, Any] = {"accumulation": 4, "learning_rate": 5e-4, "max_length": 1024, "replay": 0.5}


def _preset(generate: dict[str, Any], **train: Any) -> Values:
    return {
        "generate": {"held_out": 0.03, **generate},
        "train": {**_TRAIN, **train},
        "answer": {"num_predict": 48},
    }


PRESETS: dict[str, Values] = {
    "standard": _preset({"count": 1200}, epochs=3.0),
    # The same work in minutes on two cores.
    "demo": _preset({"count": 380}, epochs=2.0),
    # Low rank on the feed-forward layers alone: less is moved.
    "mlp": _preset({"count": 1200}, epochs=3.0, targets=_MLP, rank=12, alpha=24),
    # The base teaches itself what it says with the fact before it.
    "distill": _preset({"count": 1200}, epochs=3.0, distill=0.5),
}
