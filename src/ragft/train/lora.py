"""Training a LoRA adapter: from a data set's folder and a base to `run_dir/adapter`.

    report = train(dataset, base, run_dir, settings.train, progress)

`run_dir` afterwards holds

    train.json       every setting, the digests of data and base, versions: what was asked
    train.jsonl      the curve, one JSON object a logged step
    checkpoints/     the last checkpoints; a killed run goes on from them to the same losses
    adapter/         the adapter with the lowest validation loss (the last one where nothing is held out), scaled down
                     where it would forget more than is allowed
    loss.png         the curve as a picture
    training.json    what came of it: the report; written last
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ragft.config import TrainSettings
from ragft.console import Progress
from ragft.dataset.base import Row
from ragft.dataset.store import HELD_OUT, TRAIN, read_rows
from ragft.errors import DatasetError, DiskFull, ExportError, RagftError, UsageError
from ragft.extras import need
from ragft.log import log
from ragft.run_folder import RunFolder
from ragft.train.base import TrainReport
from ragft.train.base_model import base_digest, load_model, load_tokenizer
from ragft.train.checks import check_base, check_fit, check_targets, check_weights
from ragft.train.examples import Example, encode, end_of_turn
from ragft.train.failures import explained
from ragft.train.record import Checkpoint, changes, clear, finished, last_checkpoint, write_report
from ragft.workspace import digest_file, make_directory, write_json

if TYPE_CHECKING:
    from ragft.train.trainer import CompletionTrainer

Restart = Literal["never", "changed", "always"]


def train(
    dataset: Path,
    base: Path,
    run_dir: Path,
    settings: TrainSettings,
    progress: Progress | None = None,
    *,
    restart: Restart = "changed",
) -> TrainReport:
    """Train an adapter on the data set in the folder `dataset` over the model in the folder `base`.

    A killed run goes on from its last checkpoint; a finished one returns its report at once. `restart` says when
    what `run_dir` holds is thrown away: never, where data, base or settings have changed since, or always.

    Raises:
        DatasetError, NotFoundError: the data set cannot be read or is empty.
        TrainingError: a row that cannot be trained on, a loss that is no number, out of memory.
        UsageError: `run_dir` was begun with other settings and `restart` is "never", or a method that this machine
            cannot run, or (MissingExtra) the packages for training are not installed.
        DiskFull: not enough space for checkpoints.
    """
    from ragft.train.quiet import quiet

    need("train")
    rows = read_rows(dataset / TRAIN)
    if not rows:
        raise DatasetError(f"{dataset / TRAIN} holds no row", fix="ragft generate --count 200")
    held_out = read_rows(dataset / HELD_OUT) if (dataset / HELD_OUT).is_file() else []
    device = choose_device(settings)
    asked = _asked(dataset, base, settings, device)
    if restart == "always":
        clear(run_dir)
    if changed := changes(run_dir, asked):
        if restart == "never":
            raise UsageError(
                f"{run_dir} was begun with other settings ({', '.join(changed)})",
                fix="give --run another name, or --restart to train it anew",
            )
        clear(run_dir)
    if (done := finished(run_dir)) is not None:
        return done
    if RunFolder(run_dir).train_report.is_file():  # finished once, but its adapter is no longer what was trained
        clear(run_dir)
    make_directory(run_dir)
    write_json(RunFolder(run_dir).train_settings, asked)
    _keep_policy(dataset, RunFolder(run_dir))
    with quiet():
        return _Training(base, run_dir, settings, device, progress).run(rows, held_out)


def _keep_policy(dataset: Path, run: RunFolder) -> None:
    """Keep with the run by which policy its rows' prompts were made; rows from elsewhere tell of none."""
    from ragft.dataset.policy import policy_of

    policy = policy_of(dataset)
    if policy is None:
        run.prompt.unlink(missing_ok=True)
    else:
        policy.write(run.prompt)


def choose_device(settings: TrainSettings) -> str:
    """`cuda`, `mps` or `cpu`: the one asked for, or the best there is.

    Raises:
        UsageError: the one asked for is not on this machine, or QLoRA without CUDA.
    """
    import torch

    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    chosen = settings.device if settings.device != "auto" else next(name for name, here in present.items() if here)
    if not present[chosen]:
        raise UsageError(f"this machine has no {chosen} device", fix="--device auto")
    if settings.method == "qlora" and chosen != "cuda":
        raise UsageError(f"QLoRA (4-bit NF4) needs CUDA, and this run is on {chosen}", fix="--method lora")
    return chosen


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


class _Training:
    """One run: the pieces `train` puts together, so that none has to be passed through all the others."""

    def __init__(
        self, base: Path, run_dir: Path, settings: TrainSettings, device: str, progress: Progress | None
    ) -> None:
        self.base = base
        self.run_dir = run_dir
        self.files = RunFolder(run_dir)
        self.settings = settings
        self.device = device
        self.progress: Progress = progress or (lambda _label, _done, _total: None)
        self.say: Callable[[str], None] = log.info if progress else (lambda _line: None)
        self.tokenizer = load_tokenizer(base)
        self.batch = settings.batch_size or (1 if device == "cpu" else 2)

    def run(self, rows: Sequence[Row], held_out: Sequence[Row]) -> TrainReport:
        self.progress("reading rows", 0, 0)
        examples = encode(rows, self.tokenizer, max_length=self.settings.max_length)
        kept = limit_replay(rows, [len(e.input_ids) for e in examples], self.settings.replay)
        examples = [examples[place] for place in kept]
        unseen = encode(held_out, self.tokenizer, max_length=self.settings.max_length)
        if not examples:
            raise DatasetError("no row is left to train on: all are replay rows", fix="ragft generate --count 200")
        self.progress("loading the base", 0, 0)
        try:
            check_base(self.base)
        except ExportError as error:
            log.warning(f"this base can be trained, but ragft export will refuse it: {error.message}")
        trainer = self._trainer(examples, unseen)
        self._check_disk(trainer)
        checkpoint = last_checkpoint(self.run_dir)
        if checkpoint is None:
            self.files.train_curve.unlink(missing_ok=True)
        started = time.monotonic()
        _guarded(trainer, checkpoint)
        return self._finish(trainer, time.monotonic() - started)

    def _trainer(self, examples: Sequence[Example], held_out: Sequence[Example]) -> CompletionTrainer:
        from transformers.trainer_callback import PrinterCallback, ProgressCallback

        from ragft.train.callbacks import KeepBest, Recorder
        from ragft.train.trainer import CompletionTrainer

        steps_an_epoch = math.ceil(len(examples) / (self.batch * self.settings.accumulation))
        if math.isinf(self.settings.epochs) and not self.settings.max_steps:
            raise UsageError("epochs without end need a number of steps", fix="--max-steps, or fewer --epochs")
        steps = self.settings.max_steps or math.ceil(self.settings.epochs * steps_an_epoch)
        model = self._model()
        check_fit([*examples, *held_out], model)
        trainer = CompletionTrainer(
            model=model,
            args=self._arguments(steps, steps_an_epoch, bool(held_out)),
            train_dataset=as_dataset(examples),
            eval_dataset=as_dataset(held_out) if held_out else None,
            processing_class=self.tokenizer,
            peft_config=adapter_config(self.settings),
            held_out=held_out,
        )
        for printing in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(printing)
        trainer.add_callback(Recorder(self.files.train_curve, self.progress, self.say))
        trainer.add_callback(KeepBest(self.files.adapter, self.settings.patience))
        return trainer

    def _model(self) -> Any:
        import torch
        from transformers import BitsAndBytesConfig

        # bfloat16 where the device computes in it; on a CPU it is several times slower than float32.
        dtype = torch.float32 if self.device == "cpu" else torch.bfloat16
        extra: dict[str, Any] = {}
        if self.settings.method == "qlora":
            extra["quantization_config"] = BitsAndBytesConfig(
                load_in_4bit=True,
                bnb_4bit_quant_type="nf4",
                bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=torch.bfloat16,
            )
        model = load_model(self.base, dtype=dtype, **extra)
        check_weights(model, self.base)
        check_targets(model, self.settings.targets)
        return model

    def _arguments(self, steps: int, steps_an_epoch: int, evaluate: bool) -> Any:
        from trl import SFTConfig

        settings = self.settings
        arguments = SFTConfig(
            output_dir=str(self.files.checkpoints),
            per_device_train_batch_size=self.batch,
            gradient_accumulation_steps=settings.accumulation,
            max_steps=steps,
            learning_rate=settings.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=settings.warmup,  # below 1: a share of all steps
            train_sampling_strategy="group_by_length" if self.batch > 1 else "random",
            seed=settings.seed,
            data_seed=settings.seed,
            use_cpu=self.device == "cpu",
            bf16=self.device == "cuda",
            # Recomputing costs half as much again; two cores have more memory to spare than time.
            gradient_checkpointing=self.device != "cpu",
            max_length=None,  # checked in `encode`; nothing is cut here
            eval_strategy="steps" if evaluate else "no",
            eval_steps=settings.eval_steps or steps_an_epoch,
            metric_for_best_model="eval_loss" if evaluate else None,
            greater_is_better=False,
            save_strategy="steps",
            save_steps=settings.save_steps or max(1, math.ceil(steps / 10)),
            save_total_limit=2,
            logging_strategy="steps",
            logging_steps=1,
            logging_first_step=True,
            logging_nan_inf_filter=False,
            include_num_input_tokens_seen="all",
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=self.device == "cuda",
            # Padding is masked; a token of the base's own is sure to have a row in its embedding.
            pad_token=self.tokenizer.convert_ids_to_tokens(end_of_turn(self.tokenizer)),
        )
        if arguments.n_gpu > 1:  # one GPU is used; TRL refuses to spread a model over several
            arguments._n_gpu = 1
        return arguments

    def _check_disk(self, trainer: CompletionTrainer) -> None:
        """A checkpoint holds the adapter and two moments of it; three lie on the disk at once, and the best adapter."""
        trained = sum(p.numel() * p.element_size() for p in trainer.model.parameters() if p.requires_grad)
        needed = trained * 3 * 3 + trained * 2 + 64 * 2**20
        free = shutil.disk_usage(self.run_dir).free
        if free < needed:
            raise DiskFull(
                f"training needs about {needed / 2**20:.0f} MiB for checkpoints, {free / 2**20:.0f} MiB are free"
                f" on the disk of {self.run_dir}",
                fix="free some space and run the same command again",
            )

    def _finish(self, trainer: CompletionTrainer, seconds: float) -> TrainReport:
        from ragft.train.callbacks import save_adapter
        from ragft.train.curve import curve_png, read_curve
        from ragft.train.restrain import restrain

        adapter = self.files.adapter
        state = trainer.state
        losses = [loss for _, loss in read_curve(self.files.train_curve).train]
        evaluated = state.best_global_step is not None and trainer.held_out
        if not evaluated:
            save_adapter(trainer.model, adapter)
        curve_png(self.files.train_curve, self.files.loss_picture)
        self.progress("measuring what was forgotten", 0, 0)
        restraint = restrain(trainer.model, self.tokenizer, adapter, allowed=self.settings.forgetting)
        result = TrainReport(
            run=self.run_dir.name,
            adapter=adapter,
            base=self.base,
            steps=state.global_step,
            tokens=state.num_input_tokens_seen,
            tokens_per_second=trainer.tokens_seen / seconds if seconds > 0 else 0.0,
            train_loss=sum(losses) / len(losses) if losses else math.nan,
            eval_loss=trainer.held_out_losses()["eval_loss"] if evaluated else math.nan,
            best_step=int(state.best_global_step) if evaluated else state.global_step,
            seconds=seconds,
            device=self.device,
            scale=restraint.scale,
            forgetting=restraint.forgetting.change,
            divergence=restraint.forgetting.divergence,
        )
        write_report(self.run_dir, result)
        return result


def adapter_config(settings: TrainSettings) -> Any:
    """PEFT's configuration for the adapter that `settings` describe."""
    from peft import LoraConfig

    return LoraConfig(
        task_type="CAUSAL_LM",
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=list(settings.targets),
        use_dora=settings.method == "dora",
        use_rslora=settings.method == "rslora",
    )


def as_dataset(examples: Sequence[Example]) -> Any:
    """`examples` in the form TRL takes as already prepared."""
    import datasets

    return datasets.Dataset.from_list([{"input_ids": e.input_ids, "labels": e.labels} for e in examples])


def _guarded(trainer: CompletionTrainer, checkpoint: Checkpoint | None) -> None:
    """Run the loop, from `checkpoint` on where there is one.

    Raises:
        TrainingError: out of memory, or a checkpoint that cannot be read.
        DiskFull, WorkspaceError: a checkpoint could not be written.
    """
    try:
        if checkpoint is not None and checkpoint.over:
            trainer.restore(checkpoint.folder)
        else:
            trainer.train(resume_from_checkpoint=str(checkpoint.folder) if checkpoint else None)
    except RagftError:
        raise
    except Exception as error:
        explanation = explained(error, Path(trainer.args.output_dir), checkpoint if trainer.tokens_seen == 0 else None)
        if explanation is None:
            raise
        raise explanation from error


def _asked(dataset: Path, base: Path, settings: TrainSettings, device: str) -> dict[str, Any]:
    import peft
    import torch
    import transformers
    import trl

    data = {name: digest_file(dataset / name) for name in (TRAIN, HELD_OUT) if (dataset / name).is_file()}
    return {
        "settings": settings.model_dump(mode="json"),
        "dataset": {"path": str(dataset), "digests": data},
        "base": {"path": str(base), "digest": base_digest(base)},
        "device": device,
        "versions": {m.__name__: str(m.__version__) for m in (torch, transformers, trl, peft)},
    }
