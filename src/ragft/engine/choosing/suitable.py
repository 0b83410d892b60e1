"""Which size of model suits a machine: what its memory holds, and its cores read in time.

largest_suitable(cores=8, memory=32 * 10**9)   ->  4_000_000_000    weights, in four bits, without a graphics card
"""

from __future__ import annotations

from ragft.engine.base import ModelInfo
from ragft.engine.choosing.choice import fits

SIZES = (135_000_000, 500_000_000, 1_500_000_000, 3_000_000_000, 4_000_000_000, 8_000_000_000, 14_000_000_000)
"""Sizes that chat models come in, in weights; the smallest is SmolLM2's."""
_WEIGHTS_A_SECOND = 15e9
"""Weights times tokens that one core reads a second: SmolLM2-135M reads some 227 tokens a second on two cores."""
_BYTES_A_WEIGHT = 0.6
"""In four bits."""
_EVIDENCE = 1200
"""Tokens that a capable model is shown."""
_PATIENCE = 60.0
"""Seconds until the first word, at most."""


def largest_suitable(cores: int, memory: int) -> int:
    """The largest of SIZES that fits `memory` bytes and that `cores` let begin its answer within a minute."""
    in_time = [size for size in SIZES if seconds_to_begin(size, cores) <= _PATIENCE]
    return max((size for size in in_time if fits(_of_size(size), memory)), default=SIZES[0])


def seconds_to_begin(weights: int, cores: int) -> float:
    """About how long a model of `weights` reads the evidence, without a graphics card."""
    return _EVIDENCE * weights / (_WEIGHTS_A_SECOND * cores)


def _of_size(weights: int) -> ModelInfo:
    return ModelInfo("", "", size=int(_BYTES_A_WEIGHT * weights), engine="", parameter_size=weights)
