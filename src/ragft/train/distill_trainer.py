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
from ragft.train.trainer import CompletionTrainer, causal_of


class DistillTrainer(CompletionTrainer):
    """One row a forward pass. Beside input_ids and labels a row has the teacher's `ids` and `log_probs`, none where it
    says nothing, and `weights`: what the teacher and the row's own answer count in the loss."""

    def loss_of(self, model: Any, inputs: dict[str, Any], count: Any) -> Any:
        """Mean over the optimiser step's completion tokens of the two losses, each with its weight."""
        labels = inputs["labels"][:, 1:]
        places = (labels[0] != IGNORED).nonzero().squeeze(1)
        logits = causal_of(model)(input_ids=inputs["input_ids"], use_cache=False, logits_to_keep=places).logits[0]
        scores = F.log_softmax(logits.float(), dim=-1)
        by_teacher, by_answer = inputs["weights"].tolist()
        taught = token_divergences(scores, inputs["ids"], inputs["log_probs"]).sum() if by_teacher else 0.0
        given = F.nll_loss(scores, labels[0, places], reduction="sum")
        return (by_teacher * taught + by_answer * given) / (count if count is not None else len(places))


def collate(rows: Sequence[Mapping[str, Any]]) -> dict[str, torch.Tensor]:
    """The only row of a batch as tensors."""
    (row,) = rows
    whole = {name: torch.tensor([row[name]]) for name in ("input_ids", "labels")}
    return whole | {name: torch.tensor(row[name]) for name in ("ids", "log_probs", "weights")}
