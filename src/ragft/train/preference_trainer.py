"""TRL's DPOTrainer over already encoded pairs, on answers alone, with the reference looked up.

Imports torch and trl: import it inside the function that trains.
"""

from __future__ import annotations

from typing import Any

import torch
from trl import DPOTrainer

from ragft.train.pairs import PairModel
from ragft.train.trainer import Restorable, diverged


class PreferenceTrainer(Restorable, DPOTrainer):  # type: ignore[misc]
    """One pair a forward pass; rows hold prompt_ids, chosen_ids, rejected_ids and the reference's log-probabilities."""

    together = False
    """Whether the model reads both answers of a pair in one pass."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # With it set before, TRL would compute the reference itself, from the base and over every position.
        self.precompute_ref_logps = True

    def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
        """The rows as they are. TRL has no public way to say that they are encoded, as SFTTrainer has, and its own
        encoding would take a special token in a text for one (a test holds the rows against what TRL trains on)."""
        return dataset

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """TRL's loss, with what it logs.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        if return_outputs:
            raise NotImplementedError("logits are never built whole; evaluate() gives the losses")
        loss = super().compute_loss(PairModel(model, together=self.together), inputs, False, num_items_in_batch)
        if loss.device.type == "cpu" and not torch.isfinite(loss):  # elsewhere asking would stall the device
            raise diverged(self.state.global_step, "train.preference_learning_rate")
        if self.model.training:
            self.tokens_seen += int(inputs["attention_mask"].sum())
        return loss
