"""The setup that the stages of a training run share: the base, the arguments of the loop, disk space, errors."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ragft.console import Progress, silent
from ragft.errors import DiskFull, RagftError, UsageError
from ragft.log import log
from ragft.run_folder import RunFolder
from ragft.setting_sections import TrainSettings
from ragft.train.base import TrainingResult
from ragft.train.base_model import load_model, load_tokenizer
from ragft.train.examples import end_of_turn
from ragft.train.failures import explain_training_error
from ragft.train.preflight import check_finite_weights, check_targets
from ragft.train.record import Checkpoint


@dataclass(frozen=True)
class TrainingPlan:
    """How a stage runs: its steps, the rows a forward pass takes, and how fast it learns."""

    steps: int
    steps_an_epoch: int
    batch: int
    accumulation: int
    learning_rate: float
    evaluate: bool


class Setup:
    """One run as each of its stages needs it, in the process of number `rank` of all `processes` that share it."""

    def __init__(
        self,
        base: Path,
        run_dir: Path,
        settings: TrainSettings,
        device: str,
        progress: Progress | None,
        *,
        processes: int = 1,
        rank: int = 0,
    ) -> None:
        self.base = base
        self.files = RunFolder(run_dir)
        self.settings = settings
        self.device = device
        self.processes = processes
        self.rank = rank
        self.progress: Progress = progress or silent
        self.say: Callable[[str], None] = log.info if progress else (lambda _line: None)
        self.tokenizer = load_tokenizer(base)
        self.batch = settings.batch_size or (1 if device == "cpu" else 2)

    def load(self) -> Any:
        """The base, checked, as the settings' method trains over it."""
        import torch
        from transformers import BitsAndBytesConfig

        # On a CPU the weights stay float32; where it has bfloat16, autocast multiplies in it (`arguments`).
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
        check_finite_weights(model, self.base)
        check_targets(model, self.settings.targets)
        return model

    def arguments(self, form: type[Any], folder: RunFolder, plan: TrainingPlan, **more: Any) -> Any:
        """`form` (TRL's SFTConfig or DPOConfig) for a stage that keeps its checkpoints in `folder`."""
        settings = self.settings
        # Padding is masked; a token of the base's own is sure to have a row in its embedding.
        self.tokenizer.pad_token = self.tokenizer.convert_ids_to_tokens(end_of_turn(self.tokenizer))
        values: dict[str, Any] = {
            "output_dir": str(folder.checkpoints),
            "per_device_train_batch_size": plan.batch,
            "gradient_accumulation_steps": plan.accumulation,
            "max_steps": plan.steps,
            "learning_rate": plan.learning_rate,
            "lr_scheduler_type": "cosine",
            "warmup_steps": settings.warmup,  # below 1: a share of all steps
            "seed": settings.seed,
            "data_seed": settings.seed,
            "use_cpu": self.device == "cpu",
            "bf16": self.device != "mps" and precision_of(settings, self.device) == "bfloat16",
            # Recomputing costs half as much again; two cores have more memory to spare than time.
            "gradient_checkpointing": self.device != "cpu",
            "max_length": None,  # checked when rows are encoded; nothing is cut here
            "eval_strategy": "steps" if plan.evaluate else "no",
            "eval_steps": settings.eval_steps or plan.steps_an_epoch,
            "metric_for_best_model": "eval_loss" if plan.evaluate else None,
            "greater_is_better": False,
            "save_strategy": "steps",
            "save_steps": settings.save_steps or max(1, math.ceil(plan.steps / 10)),
            "save_total_limit": 2,
            "logging_strategy": "steps",
            "logging_steps": 1,
            "logging_first_step": True,
            "logging_nan_inf_filter": False,
            "include_num_input_tokens_seen": "all",
            "report_to": "none",
            "disable_tqdm": True,
            "dataloader_pin_memory": self.device == "cuda",
        }
        if self.processes > 1:
            values |= {"ddp_find_unused_parameters": False, "ddp_backend": "gloo" if self.device == "cpu" else None}
        arguments = form(**values, **more)
        if arguments.n_gpu > 1:  # one GPU is used; TRL refuses to spread a model over several (`n_gpu` has no setter)
            arguments._n_gpu = 1
        return arguments

    def loop(self, trainer: Any, folder: RunFolder, checkpoint: Checkpoint | None) -> float:
        """Run the loop of `trainer`, from `checkpoint` on where there is one; the seconds it took.

        Raises:
            TrainingError: out of memory, a loss that is not a number, or a checkpoint that cannot be read.
            DiskFull, WorkspaceError: a checkpoint could not be written.
        """
        from transformers.trainer_callback import PrinterCallback, ProgressCallback

        for printing in (PrinterCallback, ProgressCallback):
            trainer.remove_callback(printing)
        _check_disk(trainer, self.files.path)
        started = time.monotonic()
        try:
            if checkpoint is not None and checkpoint.over:
                trainer.restore(checkpoint.folder)
            else:
                trainer.train(resume_from_checkpoint=str(checkpoint.folder) if checkpoint else None)
        except RagftError:
            raise
        except Exception as error:
            explanation = explain_training_error(
                error, folder.checkpoints, checkpoint if trainer.tokens_seen == 0 else None
            )
            if explanation is None:
                raise
            raise explanation from error
        return time.monotonic() - started


def precision_of(settings: TrainSettings, device: str) -> Literal["float32", "bfloat16"]:
    """What `device` multiplies in. A CPU does so as `settings` say, or in bfloat16 where it has instructions for it: a
    training is 1.5 times as fast with them, and several times slower without."""
    import torch

    if device != "cpu":
        return "bfloat16"
    if settings.precision != "auto":
        return settings.precision
    capabilities: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # older releases have none
    return "bfloat16" if any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16")) else "float32"


def plan_of(setup: Setup, rows: int, *, epochs: float, max_steps: int, batch: int, learning_rate: float,
            evaluate: bool) -> TrainingPlan:  # fmt: skip
    """The plan for `epochs` over `rows` in optimiser steps of the settings' size, `max_steps` of them where given.

    The processes share the rows of a step, so that it is the same step for any number of them.

    Raises:
        UsageError: epochs without end, and no number of steps.
    """
    accumulation = setup.settings.accumulation * max(1, setup.batch // batch)
    steps_an_epoch = math.ceil(rows / (batch * accumulation))
    if math.isinf(epochs) and not max_steps:
        raise UsageError("epochs without end need a number of steps", fix="train.max_steps=NUMBER, or fewer epochs")
    steps = max_steps or math.ceil(epochs * steps_an_epoch)
    return TrainingPlan(steps, steps_an_epoch, batch, accumulation // setup.processes, learning_rate, evaluate)


def outcome_of(trainer: Any, seconds: float, best_step: int | None) -> TrainingResult:
    """What the loop of `trainer` came to."""
    state = trainer.state
    best = state.global_step if best_step is None else best_step
    return TrainingResult(state.global_step, best, state.num_input_tokens_seen, trainer.all_tokens_seen(), seconds)


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


def _check_disk(trainer: Any, run_dir: Path) -> None:
    """A checkpoint holds the adapter and two moments of it; three lie on the disk at once, and the best adapter."""
    trained = sum(p.numel() * p.element_size() for p in trainer.model.parameters() if p.requires_grad)
    needed = trained * 3 * 3 + trained * 2 + 64 * 2**20
    free = shutil.disk_usage(run_dir).free
    if free < needed:
        raise DiskFull(
            f"training needs about {needed / 2**20:.0f} MiB for checkpoints, {free / 2**20:.0f} MiB are free"
            f" on the disk of {run_dir}",
            fix="free some space and run the same command again",
        )


def rows_as_dataset(rows: Iterable[Mapping[str, Any]]) -> Any:
    """`rows` in the form TRL takes as already prepared."""
    import datasets

    return datasets.Dataset.from_list([dict(row) for row in rows])
