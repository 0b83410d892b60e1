"""TRL's SFTTrainer with the loss computed on completion tokens alone, evaluation by kind, and a NaN guard.

Imports torch and trl: import it inside the function that trains.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from peft import load_peft_weights, set_peft_model_state_dict
from transformers import Trainer, TrainerState
from trl import SFTTrainer

from ragft.errors import TrainingError
from ragft.train.examples import IGNORED, Example


def causal_of(model: Any) -> Any:
    """The causal language model in `model`, adapter-wrapped or not; its layers are the adapted ones."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def completion_loss(
    model: Any, input_ids: torch.Tensor, labels: torch.Tensor, mask: torch.Tensor | None
) -> torch.Tensor:
    """Summed cross-entropy (nats) over the tokens with a label, [] float32.

    The head is run on those positions alone. In SmolLM2 it holds a fifth of the weights, and nine tokens of ten are
    prompt; the loss is the same number as over the full logits, masked. The model's own forward pass makes the logits,
    since some cap or scale what their head gives (Gemma 2, Granite).

    Args:
        model: a causal language model, adapter-wrapped or not.
        input_ids: [batch, length].
        labels: [batch, length], `IGNORED` where a token does not count.
        mask: attention mask [batch, length], or None where nothing is padded.
    """
    causal = causal_of(model)
    counted = labels[:, 1:] != IGNORED
    places = counted.any(dim=0).nonzero().squeeze(1)  # positions that count in any row of the batch
    logits = causal(input_ids=input_ids, attention_mask=mask, use_cache=False, logits_to_keep=places).logits
    targets = labels[:, 1:][:, places]
    return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten(), ignore_index=IGNORED, reduction="sum")


def held_out_losses(model: Any, examples: Sequence[Example]) -> dict[str, float]:
    """Mean loss of `model` per completion token over `examples`: `eval_loss`, and `eval_<kind>_loss` of each kind."""
    was_training = model.training
    model.eval()
    total: dict[str, float] = defaultdict(float)
    count: dict[str, int] = defaultdict(int)
    with torch.no_grad():
        for example in examples:
            ids = torch.tensor([example.input_ids], device=model.device)
            labels = torch.tensor([example.labels], device=model.device)
            loss = completion_loss(model, ids, labels, None).item()
            for name in ("", f"{example.kind}_"):
                total[name] += loss
                count[name] += example.trained_tokens
    model.train(was_training)
    return {f"eval_{name}loss": total[name] / count[name] for name in total}


class StageTrainer:
    """What the trainers of both stages have beside TRL's."""

    model: Any
    state: Any
    accelerator: Any
    tokens_seen = 0
    """Tokens read by the loop in this process."""
    rate_setting = "train.learning_rate"
    """What to lower where the loss is no longer a number."""

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """What `loss_of` gives.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        if return_outputs:
            raise NotImplementedError("logits are never built whole; evaluate() gives the losses")
        with self.accelerator.autocast():  # accelerate's own is around the model it wrapped; `loss_of` calls the inner
            loss = self.loss_of(model, inputs, num_items_in_batch)
        if loss.device.type == "cpu" and not torch.isfinite(loss):  # elsewhere asking would stall the device
            raise diverged(self.state.global_step, self.rate_setting)
        self.tokens_seen += self.tokens_of(inputs)
        return loss

    def loss_of(self, model: Any, inputs: dict[str, Any], count: Any) -> Any:
        """The loss of a batch; `count` is how many of its items the optimiser step has, or None."""
        raise NotImplementedError

    def tokens_of(self, inputs: dict[str, Any]) -> int:
        """How many tokens of a batch count as read by the loop."""
        raise NotImplementedError

    def all_tokens_seen(self) -> int:
        """Tokens read by the loops of all processes that share the run; each of them must call this."""
        seen = torch.tensor([self.tokens_seen], device=self.accelerator.device)
        return int(self.accelerator.gather(seen).sum())

    def restore(self, checkpoint: Path) -> None:
        """Stand where `checkpoint` was written, to finish a run whose last step is done."""
        set_peft_model_state_dict(self.model, load_peft_weights(str(checkpoint), device="cpu"))
        self.state = TrainerState.load_from_json(str(checkpoint / "trainer_state.json"))

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """No README in every checkpoint."""


class CompletionTrainer(StageTrainer, SFTTrainer):  # type: ignore[misc]
    """SFTTrainer over already encoded examples."""

    control: Any

    def __init__(self, *args: Any, held_out: Sequence[Example] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held_out = held_out

    def loss_of(self, model: Any, inputs: dict[str, Any], count: Any) -> Any:
        """Mean over the optimiser step's completion tokens, so that accumulation equals one large batch.

        They are those of all processes, whose gradients are averaged: hence the factor.
        """
        labels, mask = inputs["labels"], inputs.get("attention_mask")
        if mask is not None and inputs["input_ids"].shape[0] == 1:
            mask = None  # one row is never padded, and a plain causal mask takes the faster attention kernel
        total = completion_loss(model, inputs["input_ids"], labels, mask)
        if count is None:
            return total / (labels[:, 1:] != IGNORED).sum()
        return total / count * self.accelerator.num_processes

    def tokens_of(self, inputs: dict[str, Any]) -> int:
        """All of the batch, padding too."""
        return int(inputs["input_ids"].numel())

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Mean loss per completion token over the held-out examples, overall and by kind."""
        metrics = held_out_losses(self.model, self.held_out)
        if not all(math.isfinite(value) for value in metrics.values()):
            raise diverged(self.state.global_step, self.rate_setting)
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """As transformers logs; SFTTrainer would add averages of metrics that are not collected here."""
        Trainer.log(self, logs, start_time)


def diverged(step: int, setting: str) -> TrainingError:
    """The error for a loss that is not a number any more; `setting` is the one of the rate of the stage."""
    return TrainingError(
        f"the loss is not a number after step {step}; the best adapter so far is kept",
        fix=f"lower the learning rate ({setting}), then start a new run",
    )
