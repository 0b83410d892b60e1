"""TRL's DPOTrainer over already encoded pairs, on answers alone, with the reference looked up.

Imports torch and trl: import it inside the function that trains.
"""

from __future__ import annotations

from typing import Any

from trl import DPOTrainer

from ragft.train.pairs import PairModel
from ragft.train.trainer import StageTrainer


class PreferenceTrainer(StageTrainer, DPOTrainer):  # type: ignore[misc]
    """One pair a forward pass; rows hold prompt_ids, chosen_ids, rejected_ids and the reference's log-probabilities."""

    rate_setting = "train.preference_learning_rate"
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

    def loss_of(self, model: Any, inputs: dict[str, Any], count: Any) -> Any:
        """TRL's loss, with what it logs."""
        # Not by super(): next to this class stands the method that calls this one.
        return DPOTrainer.compute_loss(self, PairModel(model, together=self.together), inputs, False, count)

    def tokens_of(self, inputs: dict[str, Any]) -> int:
        """Those of both answers and their prompts, while training."""
        return int(inputs["attention_mask"].sum()) if self.model.training else 0
