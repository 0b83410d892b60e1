"""The first stage of training: the rows of a data set, their completions alone counting in the loss."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.dataset.base import Row
from ragft.errors import DatasetError, ExportError, TrainingError
from ragft.log import log
from ragft.train.base import TrainingResult
from ragft.train.base_model import base_digest, context_length
from ragft.train.examples import Example, answer_ids, encode
from ragft.train.kept import KeptLines
from ragft.train.preflight import check_base, check_fit
from ragft.train.record import last_checkpoint
from ragft.train.teacher import TOP_K, lesson_id, lessons, said
from ragft.train.training_setup import Setup, adapter_config, outcome_of, plan_of, rows_as_dataset

if TYPE_CHECKING:
    from ragft.train.trainer import CompletionTrainer

REPLAY_WEIGHT = 3.0
"""Weight in the loss of a replay row that teaches the base's probabilities: its divergence is far below the others."""


class Supervised:
    """Rows, checked when it is made, that `run` trains an adapter on."""

    def __init__(self, setup: Setup, rows: Sequence[Row], held_out: Sequence[Row]) -> None:
        self._setup = setup
        settings = setup.settings
        setup.progress("reading rows", 0, 0)
        examples = encode(rows, setup.tokenizer, max_length=settings.max_length)
        kept = limit_replay(rows, [len(example.input_ids) for example in examples], settings.replay)
        self._examples = [examples[place] for place in kept]
        self._lessons = self._with_help([rows[place] for place in kept]) if settings.distill else self._examples
        self._loss_weights = [self._weights_of(example) for example in self._examples]
        self.held_out = encode(held_out, setup.tokenizer, max_length=settings.max_length)
        if not self._examples:
            raise DatasetError("no row is left to train on: all are replay rows", fix="ragft generate --count 200")

    def _weights_of(self, example: Example) -> tuple[float, float]:
        """The weights of the base's own probabilities and of the row's answer in the loss of a row."""
        settings = self._setup.settings
        if example.kind == "replay" and settings.replay_target == "base":
            return REPLAY_WEIGHT, 0.0
        return settings.distill, 1 - settings.distill

    def _with_help(self, rows: Sequence[Row]) -> list[Example]:
        """The rows as the base reads them to teach itself; it may read more than what is trained on."""
        setup = self._setup
        found = lessons(
            rows, setup.tokenizer, examples=setup.settings.distill_examples,
            max_length=max(context_length(setup.base), setup.settings.max_length),
        )  # fmt: skip
        for example, lesson in zip(self._examples, found, strict=True):
            if answer_ids(example) != answer_ids(lesson):
                raise TrainingError(
                    f"row {example.id}: with help before it, the chat template renders its answer otherwise",
                    fix="train.distill=0",
                )
        return found

    def run(self, adapter: Path) -> tuple[TrainingResult, Any]:
        """Train; the folder `adapter` then holds the best adapter. What it came to, and the model it was trained in.

        Raises:
            InputError, TrainingError, UsageError, DiskFull, WorkspaceError: as `ragft.train.lora.train`.
        """
        from ragft.train.callbacks import best_step, save_adapter

        files = self._setup.files
        self._setup.progress("loading the base", 0, 0)
        try:
            check_base(self._setup.base)
        except ExportError as error:
            log.warning(f"this base can be trained, but ragft export will refuse it: {error.message}")
        trainer = self._trainer(adapter)
        checkpoint = last_checkpoint(files.path)
        is_first = self._setup.rank == 0
        if checkpoint is None and is_first:
            files.train_curve.unlink(missing_ok=True)
        seconds = self._setup.loop(trainer, files, checkpoint)
        best = best_step(trainer.state)
        if best is None and is_first:
            save_adapter(trainer.model, adapter)
        return outcome_of(trainer, seconds, best), trainer.model

    def _trainer(self, adapter: Path) -> CompletionTrainer:
        from trl import SFTConfig

        from ragft.train.callbacks import KeepBest, Recorder
        from ragft.train.distill_trainer import DistillTrainer, collate
        from ragft.train.trainer import CompletionTrainer

        setup, settings = self._setup, self._setup.settings
        distills = any(taught for taught, _ in self._loss_weights)
        plan = plan_of(
            setup, len(self._examples), epochs=settings.epochs, max_steps=settings.max_steps,
            batch=1 if distills else setup.batch, learning_rate=settings.learning_rate, evaluate=bool(self.held_out),
        )  # fmt: skip
        model = setup.load()
        check_fit([*self._examples, *self._lessons, *self.held_out], model)
        sampling = "group_by_length" if plan.batch > 1 else "random"
        form = DistillTrainer if distills else CompletionTrainer
        trainer = form(
            model=model,
            args=setup.arguments(
                SFTConfig,
                setup.files,
                plan,
                train_sampling_strategy=sampling,
                remove_unused_columns=not distills,
            ),
            train_dataset=as_dataset(self._examples),
            eval_dataset=as_dataset(self.held_out) if self.held_out else None,
            processing_class=setup.tokenizer,
            peft_config=adapter_config(settings),
            data_collator=collate if distills else None,
            held_out=self.held_out,
        )
        if isinstance(trainer, DistillTrainer):
            trainer.train_dataset = rows_as_dataset(self._taught(trainer))
        trainer.add_callback(Recorder(setup.files.train_curve, setup.progress, setup.say, trainer.rate_setting))
        trainer.add_callback(KeepBest(adapter, settings.patience))
        return trainer

    def _taught(self, trainer: CompletionTrainer) -> list[dict[str, Any]]:
        """The rows with what the base, its adapter off, says of them, with help in its prompt where they have some."""
        setup = self._setup
        kept = KeptLines(setup.files.teacher, {"base": base_digest(setup.base), "top_k": TOP_K})
        found = []
        with trainer.model.disable_adapter(), trainer.compute_loss_context_manager():
            trainer.model.eval()
            parts = zip(self._examples, self._lessons, self._loss_weights, strict=True)
            for place, (example, lesson, weights) in enumerate(parts):
                setup.progress("asking the base", place, len(self._lessons))
                if not weights[0]:
                    found.append({**_row(example), "ids": [], "log_probs": [], "weights": weights})
                    continue
                if (name := lesson_id(lesson)) not in kept:
                    kept.add(name, said(trainer.model, lesson))
                found.append({**_row(example), **kept[name], "weights": weights})
        return found


def _row(example: Example) -> dict[str, Any]:
    return {"input_ids": example.input_ids, "labels": example.labels}


def as_dataset(examples: Sequence[Example]) -> Any:
    """`examples` as SFTTrainer reads them."""
    return rows_as_dataset(map(_row, examples))


def limit_replay(rows: Sequence[Row], lengths: Sequence[int], share: float) -> list[int]:
    """Places of the rows to train on: all but those replay rows (from the end) that exceed `share` of the tokens."""
    others = sum(n for row, n in zip(rows, lengths, strict=True) if row.kind != "replay")
    allowed = others * share / (1 - share)
    kept, used = [], 0
    for place, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        if row.kind == "replay":
            if used + length > allowed:
                continue
            used += length
        kept.append(place)
    return kept
