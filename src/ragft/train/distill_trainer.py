"""Training on the answers that the base gave with help, in addition to the row's answer or instead of it.

Imports torch and trl: import it inside the function that trains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F

from ragft.train.examples import IGNORED
from ragft.train.teacher import token_divergences
from ragft.train.trainer import CompletionTrainer, causal_of, diverged


class DistillTrainer(CompletionTrainer):
    """One row a forward pass; rows hold the teacher's `ids` and `log_probs` beside input_ids and labels."""

    share = 1.0
    """What the teacher counts in the loss, 0 to 1; the rest is the row's own answer."""

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean over the optimiser step's completion tokens of the two losses, each with its share.

        Raises:
            TrainingError: the loss is no longer a number.
        """
        if return_outputs:
            raise NotImplementedError("logits are never built whole; evaluate() gives the losses")
        labels = inputs["labels"][:, 1:]
        places = (labels[0] != IGNORED).nonzero().squeeze(1)
        logits = causal_of(model)(input_ids=inputs["input_ids"], use_cache=False, logits_to_keep=places).logits[0]
        scores = F.log_softmax(logits.float(), dim=-1)
        taught = token_divergences(scores, inputs["ids"], inputs["log_probs"]).sum()
        given = F.nll_loss(scores, labels[0, places], reduction="sum")
        count = num_items_in_batch if num_items_in_batch is not None else len(places)
        loss = (self.share * taught + (1 - self.share) * given) / count
        if loss.device.type == "cpu" and not torch.isfinite(loss):
            raise diverged(self.state.global_step)
        self.tokens_seen += inputs["input_ids"].numel()
        return loss


def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
    """The only row of a batch as tensors."""
    (row,) = rows
    whole = {name: torch.tensor([row[name]]) for name in ("input_ids", "labels")}
    return {**whole, "ids": torch.tensor(row["ids"]), "log_probs": torch.tensor(row["log_probs"])}
