"""Rotary frequencies: those that the config gives, and whether those that a checkpoint stores are the same."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from llama_cpp_tools.config import ModelConfig, Settings
from llama_cpp_tools.errors import WeightsError
from llama_cpp_tools.safetensors_io import StoredTensor

_RELATIVE = {"F32": 1e-4, "F64": 1e-4, "F16": 2e-3, "BF16": 1e-2}
_ABSOLUTE = {"F16": 1e-7}
"""The smallest steps of float16: low frequencies are below its normal numbers."""


def is_frequencies(name: str) -> bool:
    """Whether the tensor `name` holds rotary frequencies, which older transformers stored with the weights."""
    return name == "rotary_emb.inv_freq" or name.endswith(".rotary_emb.inv_freq")


def check_frequencies(stored: StoredTensor, config: ModelConfig) -> None:
    """Accept stored frequencies that equal those of the config: they need not be written.

    Raises `WeightsError` where they differ: older transformers computed with the stored ones, newer ones do not.
    """
    width = int(config.head_dim * config.rope.number("partial_rotary_factor", 1.0))
    if stored.dtype in _RELATIVE and stored.shape == (max(width + 1, 0) // 2,):
        with np.errstate(all="ignore"):  # whatever a damaged config gives is different
            wanted = _frequencies(config.rope, width)
        values = stored.read(0, stored.shape[0]).astype(np.float64)
        near, nearest = _RELATIVE[stored.dtype], _ABSOLUTE.get(stored.dtype, 0.0)
        if wanted is not None and np.allclose(values, wanted, rtol=near, atol=nearest):
            return
    raise WeightsError(
        f"{stored.file.path}: tensor {stored.name!r} does not hold the rotary frequencies that config.json gives; "
        "correct rope_theta and rope_scaling in config.json, or remove the tensor if the config is right"
    )


def _frequencies(rope: Settings, width: int) -> npt.NDArray[Any] | None:
    """The frequencies transformers computes by these settings, shape (width / 2,); None for a scaling that no
    version stored."""
    kind = str(rope.get("rope_type", "default"))
    plain = _plain_frequencies(rope, width)
    if kind == "default":
        return plain
    if kind == "linear":
        return plain / np.float32(rope.number("factor"))
    return plain / llama3_rope_factors(rope, width) if kind == "llama3" else None


def _plain_frequencies(rope: Settings, width: int) -> npt.NDArray[np.float32]:
    exponents = np.arange(0, width, 2, dtype=np.float32) / np.float32(width)
    frequencies: npt.NDArray[np.float32] = np.float32(1) / np.power(
        np.float32(rope.number("rope_theta", 10000.0)), exponents
    )
    return frequencies


def llama3_rope_factors(rope: Settings, head_dim: int) -> npt.NDArray[np.float32]:
    """Llama 3's rotary scaling as one divisor per frequency, shape (head_dim / 2,).

    Short wavelengths stay, long ones are divided by `factor`, those between are interpolated.
    Source: transformers.modeling_rope_utils._compute_llama3_parameters.
    """
    factor = rope.number("factor", 8.0)
    low, high = rope.number("low_freq_factor", 1.0), rope.number("high_freq_factor", 4.0)
    context = rope.number("original_max_position_embeddings", 8192)
    factors = []
    for frequency in _plain_frequencies(rope, head_dim):
        wavelength = np.float32(2 * math.pi) / frequency
        if wavelength < context / high:
            factors.append(1.0)
        elif wavelength > context / low:
            factors.append(factor)
        else:
            smooth = (np.float32(context) / wavelength - np.float32(low)) / np.float32(high - low)
            factors.append(float(np.float32(1) / ((np.float32(1) - smooth) / np.float32(factor) + smooth)))
    return np.array(factors, dtype=np.float32)
