"""The second stage of training: answers are made likelier than worse ones to the same prompt (DPO, by TRL).

It goes on with the adapter that the rows made, so that one adapter comes out. What it is held near to, the reference,
is the model *with* that adapter and not the base: the base would draw it back from what the rows taught, and the
rewards would not begin at 0. The reference never changes, so that its log-probabilities are computed once, before the
first step, and kept: no second model is in memory, and a resumed run reads the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.dataset.preference import Preference, preference_id
from ragft.errors import DatasetError
from ragft.log import log
from ragft.run_folder import RunFolder
from ragft.setting_sections import TrainSettings
from ragft.train.base import TrainingResult
from ragft.train.examples import Example, encode
from ragft.train.kept import KeptLines
from ragft.train.preflight import check_fit
from ragft.train.record import adapter_digest, last_checkpoint
from ragft.train.training_setup import Setup, adapter_config, outcome_of, plan_of, rows_as_dataset
from ragft.workspace import make_directory

if TYPE_CHECKING:
    from ragft.train.pairs import PreferencePair
    from ragft.train.preference_trainer import PreferenceTrainer

PHASE = "preference"
"""What the points of this stage are called in `train.jsonl`."""


class PreferenceTuning:
    """Pairs, checked when it is made as rows are, that `run` tunes an adapter by."""

    def __init__(self, setup: Setup, pairs: Sequence[Preference], held_out: Sequence[Preference]) -> None:
        self._setup = setup
        self._pairs = _encoded(pairs, setup)
        self._held_out = _encoded(held_out, setup)
        self.count = len(pairs) + len(held_out)
        if not pairs:
            raise DatasetError(
                "no pair is left to tune by: all are of held-out documents",
                fix="train.preference=off, or another split",
            )

    def run(self, start: RunFolder, adapter: Path) -> tuple[TrainingResult, Any]:
        """Go on with the adapter of `start`; the folder `adapter` then holds the best one.

        Where pairs are held out, that may be the one it began with. What it came to, and the model it was tuned in.

        Raises:
            InputError, TrainingError, UsageError, DiskFull, WorkspaceError: as `ragft.train.lora.train`.
        """
        from ragft.train.callbacks import best_step, save_adapter

        files = self._setup.files.preference
        make_directory(files.path)
        checkpoint = last_checkpoint(files.path)
        trainer = self._trainer(start, adapter, fresh=checkpoint is None)
        seconds = self._setup.loop(trainer, files, checkpoint)
        best = best_step(trainer.state)
        if best is None:
            save_adapter(trainer.model, adapter)
        if best == 0:
            log.warning("preference tuning made no held-out pair better; the adapter is the one that the rows made")
        return outcome_of(trainer, seconds, best), trainer.model

    def _trainer(self, start: RunFolder, adapter: Path, *, fresh: bool) -> PreferenceTrainer:
        from peft import load_peft_weights, set_peft_model_state_dict
        from trl import DPOConfig

        from ragft.train.callbacks import KeepBest, Recorder
        from ragft.train.preference_trainer import PreferenceTrainer

        setup, settings = self._setup, self._setup.settings
        setup.progress("loading the base", 0, 0)
        plan = plan_of(
            setup, len(self._pairs), epochs=settings.preference_epochs, max_steps=0, batch=1,
            learning_rate=settings.preference_learning_rate, evaluate=bool(self._held_out),
        )  # fmt: skip
        trainer = PreferenceTrainer(
            model=self._model(),
            args=setup.arguments(
                DPOConfig,
                setup.files.preference,
                plan,
                eval_on_start=plan.evaluate and fresh,
                per_device_eval_batch_size=1,
                beta=settings.preference_beta,
                **_losses(settings),
            ),
            train_dataset=rows_as_dataset(map(_row, self._pairs)),
            eval_dataset=rows_as_dataset(map(_row, self._held_out)) if self._held_out else None,
            processing_class=setup.tokenizer,
            # Given a model that has an adapter, TRL would put a second one beside it, for the reference.
            peft_config=adapter_config(settings),
        )
        set_peft_model_state_dict(trainer.model, load_peft_weights(str(start.adapter), device="cpu"))
        self._compare(trainer, start)
        curve = setup.files.train_curve
        trainer.add_callback(Recorder(curve, setup.progress, setup.say, trainer.rate_setting, PHASE))
        trainer.add_callback(KeepBest(adapter, settings.patience))
        return trainer

    def _model(self) -> Any:
        model = self._setup.load()
        answers = [
            Example(pair.id, "", (*pair.prompt, *answer), ())
            for pair in (*self._pairs, *self._held_out)
            for answer in (pair.chosen, pair.rejected)
        ]
        check_fit(answers, model)
        return model

    def _compare(self, trainer: PreferenceTrainer, start: RunFolder) -> None:
        """Give the rows of `trainer` what its model, still the reference, says of them."""
        from ragft.train.pairs import log_probabilities, reads_together

        pairs = [*self._pairs, *self._held_out]
        model = trainer.model
        model.eval()
        with trainer.compute_loss_context_manager():
            trainer.together = reads_together(model, max(pairs, key=lambda pair: pair.tokens))
            key = {"adapter": adapter_digest(start), "together": trainer.together}
            known = KeptLines(self._setup.files.preference.reference, key)
            for place, pair in enumerate(pairs):
                self._setup.progress("reading the pairs", place, len(pairs))
                if pair.id not in known:
                    chosen, rejected = log_probabilities(model, pair, together=trainer.together)
                    known.add(pair.id, {"ref_chosen_logps": chosen, "ref_rejected_logps": rejected})
        trainer.train_dataset = rows_as_dataset(_row(pair) | known[pair.id] for pair in self._pairs)
        if self._held_out:
            trainer.eval_dataset = rows_as_dataset(_row(pair) | known[pair.id] for pair in self._held_out)


def _encoded(pairs: Sequence[Preference], setup: Setup) -> list[PreferencePair]:
    """The pairs as token ids, with the checks that rows have."""
    from ragft.train.pairs import PreferencePair

    length = setup.settings.max_length
    chosen = encode([p.as_row(p.chosen) for p in pairs], setup.tokenizer, max_length=length, what="chosen answer")
    rejected = encode([p.as_row(p.rejected) for p in pairs], setup.tokenizer, max_length=length, what="rejected answer")
    return [PreferencePair.of(preference_id(p), a, b) for p, a, b in zip(pairs, chosen, rejected, strict=True)]


def _row(pair: PreferencePair) -> dict[str, Any]:
    return {"prompt_ids": pair.prompt, "chosen_ids": pair.chosen, "rejected_ids": pair.rejected}


def _losses(settings: TrainSettings) -> dict[str, Any]:
    """TRL's names and weights of what is added up.

    The loss of preferences alone also falls where both answers become less likely, the rejected one more so; the chosen
    answer's own loss keeps that one likely.
    """
    if not settings.preference_sft:
        return {"loss_type": [settings.preference_loss]}
    return {"loss_type": [settings.preference_loss, "sft"], "loss_weights": [1.0, settings.preference_sft]}
