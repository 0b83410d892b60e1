"""Callbacks of the training loop: they write the curve, keep the best adapter and stop early."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from ragft.console import Progress
from ragft.train.curve import append_point, rewind
from ragft.train.trainer import diverged

_LOGGED = ("loss", "grad_norm", "learning_rate", "eval_loss")
_REWARDS = {
    "rewards/accuracies": "accuracy",
    "rewards/margins": "margin",
    "rewards/chosen": "chosen_reward",
    "rewards/rejected": "rejected_reward",
}
"""TRL's names of what it logs beside the loss of preferences, and ours."""


class Recorder(TrainerCallback):  # type: ignore[misc]
    """Writes `train.jsonl` and reports progress; says each evaluation's figures with `say`.

    A stage after the first has a name, which is in its points as `phase`. Of several processes the first one writes.
    A loss that is not a number is an error, which names `rate_setting`.
    """

    def __init__(
        self, path: Path, progress: Progress, say: Callable[[str], None], rate_setting: str, phase: str = ""
    ) -> None:
        self._path = path
        self._progress = progress
        self._say = say
        self._rate_setting = rate_setting
        self._phase = phase
        self._label = f"{phase} tuning" if phase else "training"
        self._loss = math.nan

    def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """A resumed run logs again what came after its checkpoint."""
        if not state.is_world_process_zero:
            return
        rewind(self._path, state.global_step or -1, self._phase)  # -1: what was logged before the first step, too
        self._progress(self._label, state.global_step, state.max_steps)

    def on_log(self, _args: Any, state: Any, _control: Any, logs: dict[str, float], **_: Any) -> None:
        """One point for each logged step; the summary at the end of training is not one."""
        if "train_loss" in logs or not state.is_world_process_zero:
            return
        if "loss" in logs and not math.isfinite(logs["loss"]):
            raise diverged(state.global_step, self._rate_setting)
        kept = {_named(k): v for k, v in logs.items() if k in _LOGGED or _named(k) != k or _is_loss_of_a_kind(k)}
        phase = {"phase": self._phase} if self._phase else {}
        append_point(self._path, {**phase, "step": state.global_step, "epoch": round(state.epoch or 0.0, 4), **kept})
        self._loss = logs.get("loss", self._loss)
        if "eval_loss" in logs:
            named = {name.removeprefix("eval_").removesuffix("_loss"): value for name, value in kept.items()}
            figures = [f"{name.replace('loss', 'validation')} {value:.4f}" for name, value in named.items()]
            trained = [] if math.isnan(self._loss) else [f"loss {self._loss:.4f}"]  # none before the first step
            what = ", ".join([*trained, *figures])
            self._say(f"{self._label} step {state.global_step}/{state.max_steps}: {what}")

    def on_step_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Progress, an optimiser step at a time."""
        self._progress(self._label, state.global_step, state.max_steps)


class KeepBest(TrainerCallback):  # type: ignore[misc]
    """Keeps the adapter with the lowest validation loss; stops after `patience` evaluations without a better one.

    It holds no state of its own: the losses lie in the trainer's log and come back with a checkpoint.
    """

    def __init__(self, adapter: Path, patience: int) -> None:
        self._adapter = adapter
        self._patience = patience

    def on_evaluate(
        self, _args: Any, state: Any, control: Any, metrics: dict[str, float], model: Any = None, **_: Any
    ) -> None:
        """Called when the evaluation has been logged."""
        losses = [entry["eval_loss"] for entry in state.log_history if "eval_loss" in entry]
        if metrics["eval_loss"] < min(losses[:-1], default=math.inf):
            if state.is_world_process_zero:
                save_adapter(model, self._adapter)
            return
        since = len(losses) - 1 - losses.index(min(losses))
        if self._patience and since >= self._patience:
            control.should_training_stop = True
            control.should_save = True  # so that a run killed after this knows that it was over


def best_step(state: Any) -> int | None:
    """The step of the evaluation with the lowest loss, the first of equal ones; None where nothing was evaluated."""
    evaluated = [(entry["eval_loss"], entry["step"]) for entry in state.log_history if "eval_loss" in entry]
    return min(evaluated)[1] if evaluated else None


def _named(name: str) -> str:
    """Our name for a figure that TRL logs."""
    plain = name.removeprefix("eval_")
    return f"{name[: len(name) - len(plain)]}{_REWARDS.get(plain, plain)}"


def _is_loss_of_a_kind(name: str) -> bool:
    return name.startswith("eval_") and name.endswith("_loss")


def save_adapter(model: Any, folder: Path) -> None:
    """Write the whole adapter, then replace the old one."""
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    model.save_pretrained(new, safe_serialization=True)
    (new / "README.md").unlink(missing_ok=True)  # an empty card by PEFT
    if folder.exists():
        folder.replace(old)
    new.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
