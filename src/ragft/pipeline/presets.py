"""Presets of build-model: overlays on the settings, smaller or larger, never another kind of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragft.errors import UsageError

PRESETS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
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


def preset_values(name: str) -> Mapping[str, Mapping[str, Any]]:
    """The preset's values by section, to be laid under what the user has set himself.

    Raises:
        UsageError: no preset of that name.
    """
    if name not in PRESETS:
        raise UsageError(f"no preset {name!r}", fix=f"--preset takes one of {', '.join(PRESETS)}")
    return PRESETS[name]
