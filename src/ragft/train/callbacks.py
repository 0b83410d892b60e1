"""What happens beside the training loop: the curve is written, the best adapter kept, the loop stopped early."""

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

_LOGGED = ("loss", "grad_norm", "learning_rate")


class Recorder(TrainerCallback):  # type: ignore[misc]
    """Writes `train.jsonl` and reports progress; says each evaluation's losses with `say`."""

    def __init__(self, path: Path, progress: Progress, say: Callable[[str], None]) -> None:
        self._path = path
        self._progress = progress
        self._say = say
        self._label = "training"
        self._loss = math.nan

    def on_train_begin(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """A resumed run logs again what came after its checkpoint."""
        rewind(self._path, state.global_step)
        self._progress(self._label, state.global_step, state.max_steps)

    def on_log(self, _args: Any, state: Any, _control: Any, logs: dict[str, float], **_: Any) -> None:
        """One point a logged step; the summary at the end of training is none."""
        if "train_loss" in logs:
            return
        if "loss" in logs and not math.isfinite(logs["loss"]):
            raise diverged(state.global_step)
        kept = {k: v for k, v in logs.items() if k in _LOGGED or (k.startswith("eval_") and k.endswith("loss"))}
        append_point(self._path, {"step": state.global_step, "epoch": round(state.epoch or 0.0, 4), **kept})
        self._loss = logs.get("loss", self._loss)
        if "eval_loss" in logs:
            named = {name.removeprefix("eval_").removesuffix("_loss"): loss for name, loss in kept.items()}
            losses = ", ".join(f"{name.replace('loss', 'validation')} {loss:.4f}" for name, loss in named.items())
            self._say(f"{self._label} step {state.global_step}/{state.max_steps}: loss {self._loss:.4f}, {losses}")

    def on_step_end(self, _args: Any, state: Any, _control: Any, **_: Any) -> None:
        """Progress, an optimiser step at a time."""
        self._progress(self._label, state.global_step, state.max_steps)


class KeepBest(TrainerCallback):  # type: ignore[misc]
    """Keeps the adapter with the lowest validation loss; stops after `patience` evaluations without a better one.

    It holds no state of its own: the best loss lies in the trainer's state and comes back with a checkpoint.
    """

    def __init__(self, adapter: Path, patience: int) -> None:
        self._adapter = adapter
        self._patience = patience

    def on_evaluate(
        self, _args: Any, state: Any, control: Any, metrics: dict[str, float], model: Any = None, **_: Any
    ) -> None:
        """Called before the trainer itself takes note of a better loss."""
        best = state.best_metric if state.best_metric is not None else math.inf
        if metrics["eval_loss"] < best:
            save_adapter(model, self._adapter)
            return
        since = sum(1 for e in state.log_history if "eval_loss" in e and e["step"] > (state.best_global_step or 0))
        if self._patience and since >= self._patience:
            control.should_training_stop = True
            control.should_save = True  # so that a run killed after this knows that it was over


def save_adapter(model: Any, folder: Path) -> None:
    """Write the adapter whole and only then put it in the place of the old one."""
    new, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    model.save_pretrained(new, safe_serialization=True)
    (new / "README.md").unlink(missing_ok=True)  # an empty card by PEFT
    if folder.exists():
        folder.replace(old)
    new.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
