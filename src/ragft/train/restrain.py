"""Bounds the forgetting after training: the adapter is scaled down until it forgets no more than allowed.

What LoRA adds to a weight is a product that can be given less weight than it was trained with. Between base and tuned
model the loss on general text rises faster than the new skill comes (Wortsman et al. 2022, "Robust fine-tuning of
zero-shot models", interpolate whole models so), so that a part of the way keeps most of what was learnt.

    restraint = restrain(model, tokenizer, run_dir / "adapter", allowed=0.05)
    restraint.scale         # 0.62: what lies in run_dir/adapter has been scaled by that much
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.errors import TrainingError
from ragft.log import log
from ragft.run_folder import ADAPTER_WEIGHTS
from ragft.train.probe import ForgettingReport, cross_entropy, measure_adapter
from ragft.workspace import atomic_writer

_SCALE = "ragft_scale"
_MAGNITUDE = "lora_magnitude_vector"
_HALVINGS = 5
"""The scale found is within 1/32 of the largest allowed; each halving reads the general texts once."""


@dataclass(frozen=True)
class Restraint:
    """The factor the adapter was scaled by (1 where it needed none), and what it forgets now."""

    scale: float
    forgetting: ForgettingReport


def restrain(
    model: Any, tokenizer: Any, adapter: Path, *, allowed: float, texts: Sequence[str] | None = None
) -> Restraint:
    """Scale the adapter in the folder `adapter` so that it costs at most `allowed` nats a token of general text.

    An adapter that was scaled before is left as it is, so that a run killed in here can be finished.

    Args:
        model: the PEFT model it was trained in; afterwards it holds the weights of the folder.
        allowed: 0 for no bound: it is only measured.

    Raises:
        TrainingError: with the adapter the model's loss is not a number.
        DiskFull, WorkspaceError: the scaled adapter could not be written.
    """
    from peft import load_peft_weights, set_peft_model_state_dict
    from safetensors import safe_open

    with safe_open(adapter / ADAPTER_WEIGHTS, framework="pt") as file:
        before = float((file.metadata() or {}).get(_SCALE, 0.0))
    weights = load_peft_weights(str(adapter), device="cpu")
    start = _base_magnitudes(model, weights)
    set_peft_model_state_dict(model, weights)
    model.eval()

    def cost(scale: float) -> float:
        set_peft_model_state_dict(model, _scaled(weights, start, scale))
        return cross_entropy(model, tokenizer, texts)

    scale = before or 1.0
    if allowed and not before:
        with model.disable_adapter():
            bound = cross_entropy(model, tokenizer, texts) + allowed
        scale = _largest(cost, bound)
        weights = _scaled(weights, start, scale)
        if scale < 1:
            _write(weights, adapter / ADAPTER_WEIGHTS, scale)
        if not scale:
            log.warning("nothing is left of the adapter: at any scale it forgets more than train.forgetting allows")
    set_peft_model_state_dict(model, weights)
    return Restraint(scale, measure_adapter(model, tokenizer, texts))


def _largest(cost: Callable[[float], float], bound: float) -> float:
    """The largest scale found that costs no more than `bound`."""
    whole = cost(1.0)
    if not math.isfinite(whole):
        raise TrainingError(
            "with the adapter, the loss on general text is NaN or infinite", fix="a lower train.learning_rate"
        )
    if whole <= bound:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if cost(middle) <= bound else (low, middle)
    return low


def _base_magnitudes(model: Any, weights: Mapping[str, Any]) -> dict[str, Any]:
    """DoRA's magnitudes before training: the norms of the rows of the base's weights, [out] each. None elsewhere."""
    import torch
    from peft.utils.integrations import dequantize_module_weight

    found = {}
    for name in weights:
        module, is_magnitude, _ = name.partition(f".{_MAGNITUDE}")
        if is_magnitude:
            weight = dequantize_module_weight(model.get_submodule(module).base_layer)
            found[name] = torch.linalg.norm(weight.detach().float(), dim=1).cpu()
    return found


def _scaled(weights: Mapping[str, Any], start: Mapping[str, Any], scale: float) -> dict[str, Any]:
    """`weights` with what they add to the base at `scale`; at 0 the model is the base.

    One factor of LoRA's product carries it. DoRA's magnitudes go back the same share of the way to where they began.
    """
    return {
        name: value * scale if "lora_B" in name
        else start[name] + (value - start[name]) * scale if name in start
        else value
        for name, value in weights.items()
    }  # fmt: skip


def _write(weights: Mapping[str, Any], path: Path, scale: float) -> None:
    """In one step, the scale beside the weights, so that neither is ever there without the other."""
    from safetensors.torch import save

    whole = {name: value.contiguous() for name, value in weights.items()}
    with atomic_writer(path, "wb") as handle:
        handle.write(save(whole, {"format": "pt", _SCALE: repr(scale)}))
