"""Keeping what training may cost within a bound, after the fact: the adapter is scaled down until it forgets no more.

What LoRA adds to a weight is a product that can be given less weight than it was trained with. Between base and tuned
model the loss on general text rises faster than the new skill comes (Wortsman et al. 2022, "Robust fine-tuning of
zero-shot models", interpolate whole models so), so that a part of the way keeps most of what was learnt.

    restraint = restrain(model, tokenizer, run_dir / "adapter", allowed=0.05)
    restraint.scale         # 0.62: what lies in run_dir/adapter has been scaled by that much
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.train.probe import Forgetting, cross_entropy, measure

WEIGHTS = "adapter_model.safetensors"
_SCALE = "ragft_scale"
_HALVINGS = 5
"""The scale found is within 1/32 of the largest allowed; each halving reads the general texts once."""


@dataclass(frozen=True)
class Restraint:
    """The factor the adapter was scaled by (1 where it needed none), and what it forgets now."""

    scale: float
    forgetting: Forgetting


def restrain(
    model: Any, tokenizer: Any, adapter: Path, *, allowed: float, texts: Sequence[str] | None = None
) -> Restraint:
    """Scale the adapter in the folder `adapter` so that it costs at most `allowed` nats a token of general text.

    An adapter that was scaled before is left as it is, so that a run killed in here can be finished.

    Args:
        model: the PEFT model it was trained in; afterwards it holds the weights of the folder.
        allowed: 0 for no bound: it is only measured.
    """
    from peft import load_peft_weights, set_peft_model_state_dict
    from safetensors import safe_open

    with safe_open(adapter / WEIGHTS, framework="pt") as file:
        before = float((file.metadata() or {}).get(_SCALE, 0.0))
    weights = load_peft_weights(str(adapter), device="cpu")
    set_peft_model_state_dict(model, weights)
    model.eval()
    scale = before or _largest(model, tokenizer, allowed, texts)
    if not before and scale < 1:
        weights = {name: value * scale if "lora_B" in name else value for name, value in weights.items()}
        _write(weights, adapter / WEIGHTS, scale)
        set_peft_model_state_dict(model, weights)
    return Restraint(scale, measure(model, tokenizer, texts))


def _largest(model: Any, tokenizer: Any, allowed: float, texts: Sequence[str] | None) -> float:
    """The largest scale found whose cost is allowed."""
    if not allowed:
        return 1.0
    with model.disable_adapter():
        bound = cross_entropy(model, tokenizer, texts) + allowed
    low, high = 0.0, 1.0
    if cross_entropy(model, tokenizer, texts) <= bound:
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        with _scaled(model, middle):
            kept = cross_entropy(model, tokenizer, texts) <= bound
        low, high = (middle, high) if kept else (low, middle)
    return low


@contextlib.contextmanager
def _scaled(model: Any, scale: float) -> Iterator[None]:
    """`model` with its adapter at `scale`, for a while."""
    from peft.tuners.lora import LoraLayer

    layers = [module for module in model.modules() if isinstance(module, LoraLayer)]
    trained_with = [dict(layer.scaling) for layer in layers]
    try:
        for layer, scaling in zip(layers, trained_with, strict=True):
            layer.scaling.update({name: value * scale for name, value in scaling.items()})
        yield
    finally:
        for layer, scaling in zip(layers, trained_with, strict=True):
            layer.scaling.update(scaling)


def _write(weights: dict[str, Any], path: Path, scale: float) -> None:
    """In one step, the scale beside the weights, so that neither is ever there without the other."""
    from safetensors.torch import save_file

    new = path.with_name(f".{path.name}.new")
    save_file({name: value.contiguous() for name, value in weights.items()}, new, {"format": "pt", _SCALE: repr(scale)})
    new.replace(path)
