"""Measures what training made the model forget: its loss on general text before and after, and how far it moved.

    probe = forgetting(base, run_dir / "adapter")
    probe.change        # nats per token; 0.05 is much

The texts ship with ragft and are our own, so no model has seen them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.data import shipped
from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, NotFoundError


@dataclass(frozen=True)
class ForgettingReport:
    """Cross-entropy of general text under base and tuned model, and KL(base ‖ tuned); all in nats per token."""

    base: float
    tuned: float
    divergence: float
    tokens: int

    @property
    def change(self) -> float:
        """How much worse the tuned model predicts general text; negative where it is better."""
        return self.tuned - self.base


def general_texts() -> list[str]:
    """The texts of `data/forgetting`.

    Raises:
        NotFoundError, DatasetError: they are missing or damaged.
    """
    texts = []
    for number, value in read_lines(shipped("forgetting/general.jsonl")):
        if not isinstance(value.get("text"), str):
            raise DatasetError(f"forgetting/general.jsonl, line {number}, has no text")
        texts.append(value["text"])
    return texts


def forgetting(base: Path, adapter: Path, texts: Sequence[str] | None = None) -> ForgettingReport:
    """Measure the adapter in `adapter` against the model in `base` it was trained over.

    Args:
        texts: what is predicted; those that ship with ragft by default.

    Raises:
        NotFoundError: there is no adapter.
    """
    if not (adapter / "adapter_config.json").is_file():
        raise NotFoundError(f"no adapter in {adapter}", fix="ragft train")
    from peft import PeftModel

    from ragft.train.base_model import load_model, load_tokenizer
    from ragft.train.quiet import quiet

    with quiet():
        plain = load_model(base, dtype="float32")
        return measure_adapter(PeftModel.from_pretrained(plain, adapter), load_tokenizer(base), texts)


def measure_adapter(model: Any, tokenizer: Any, texts: Sequence[str] | None = None) -> ForgettingReport:
    """As `forgetting`, of an adapter-wrapped model in memory."""
    import torch

    sums = [0.0, 0.0, 0.0]  # floats of Python, which are doubles: MPS has none
    tokens = 0
    for ids in encoded(tokenizer, texts):
        with torch.no_grad():
            tuned = _log_probabilities(model, ids)
            with model.disable_adapter():
                before = _log_probabilities(model, ids)
        of_text = _sums(before, tuned, ids[0, 1:].to(before.device))
        sums = [total + part for total, part in zip(sums, of_text, strict=True)]
        tokens += ids.shape[1] - 1
    base, tuned_loss, divergence = (total / max(1, tokens) for total in sums)
    return ForgettingReport(base=base, tuned=tuned_loss, divergence=divergence, tokens=tokens)


def cross_entropy(model: Any, tokenizer: Any, texts: Sequence[str] | None = None) -> float:
    """Nats per token of `texts` (those that ship by default) under `model` as it is."""
    import torch
    import torch.nn.functional as F

    total, tokens = 0.0, 0
    for ids in encoded(tokenizer, texts):
        with torch.no_grad():
            logits = model(input_ids=ids.to(model.device), use_cache=False).logits[0, :-1].float()
        total += F.cross_entropy(logits, ids[0, 1:].to(logits.device), reduction="sum").item()
        tokens += ids.shape[1] - 1
    return total / max(1, tokens)


def encoded(tokenizer: Any, texts: Sequence[str] | None) -> Iterator[Any]:
    """Token ids [1, length] of each text that has something to predict."""
    import torch

    for text in general_texts() if texts is None else texts:
        ids = torch.tensor([tokenizer(text)["input_ids"]])
        if ids.shape[1] > 1:
            yield ids


def _log_probabilities(model: Any, ids: Any) -> Any:
    """[length − 1, vocabulary] log-probabilities of each next token."""
    return model(input_ids=ids.to(model.device), use_cache=False).logits[0, :-1].float().log_softmax(-1)


def _sums(before: Any, tuned: Any, targets: Any) -> tuple[float, float, float]:
    """Summed cross-entropy of base and of tuned, and summed KL(base ‖ tuned)."""

    def lost(log_probabilities: Any) -> float:
        return float(-log_probabilities.gather(1, targets[:, None]).sum())

    return lost(before), lost(tuned), float((before.exp() * (before - tuned)).sum())
