"""Training a LoRA adapter: from a data set's folder and a base to `run_dir/adapter`.

    report = train(dataset, base, run_dir, settings.train, progress)

`run_dir` afterwards holds

    train.json       every setting, the digests of data and base, versions: what was asked
    train.jsonl      the curve, one JSON object a logged step
    checkpoints/     the last checkpoints; a killed run goes on from them to the same losses
    adapter/         the adapter with the lowest validation loss (the last one where nothing is held out), scaled down
                     where it would forget more than is allowed
    loss.png         the curve as a picture
    supervised/      with preference tuning: the adapter that the rows made
    preference/      with preference tuning: its checkpoints, and what the pairs are compared with
    training.json    what came of it: the report; written last
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from ragft.console import Progress
from ragft.dataset.preference import Preference, distinct_preferences, divided, preference_problem
from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN, read_held_out, read_preferences, read_rows
from ragft.errors import DatasetError, UsageError
from ragft.extras import need
from ragft.run_folder import RunFolder
from ragft.setting_sections import TrainSettings
from ragft.train.base import TrainingResult, TrainReport
from ragft.train.base_model import base_digest
from ragft.train.examples import Example
from ragft.train.launch import Launch, count_processes
from ragft.train.preference_tuning import PreferenceTuning
from ragft.train.record import changes, clear, finished_report, read_outcome, write_outcome, write_train_report
from ragft.train.supervised import Supervised
from ragft.train.training_setup import Setup, precision_of
from ragft.workspace import digest_file, make_directory, write_json

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
        TrainingError: a row that cannot be trained on, a loss that is not a number, out of memory.
        UsageError: `run_dir` was begun with other settings and `restart` is "never", or a method that this machine, or
            several processes, cannot run, or (MissingExtra) the packages for training are not installed.
        DiskFull: not enough space for checkpoints.
    """
    from ragft.train.quiet import quiet

    need("train")
    rows = read_rows(dataset / TRAIN)
    if not rows:
        raise DatasetError(f"{dataset / TRAIN} holds no row", fix="ragft generate --count 200")
    held_out = read_held_out(dataset)
    pairs = _pairs(dataset) if settings.preference != "off" else []
    device = choose_device(settings)
    if settings.method == "qlora":
        need("qlora")
    processes = count_processes(settings, device)
    asked = _asked(dataset, base, settings, device)
    if restart == "always":
        clear(run_dir)
    if changed := changes(run_dir, asked):
        if restart == "never":
            raise UsageError(
                f"{run_dir} was begun with other settings ({', '.join(changed)})",
                fix="another run=NAME, or restart=True to train it anew",
            )
        clear(run_dir)
    if (done := finished_report(run_dir)) is not None:
        return done
    if RunFolder(run_dir).train_report.is_file():  # finished once, but its adapter is no longer what was trained
        clear(run_dir)
    make_directory(run_dir)
    write_json(RunFolder(run_dir).train_settings, asked)
    _keep_policy(dataset, RunFolder(run_dir))
    with quiet():
        setup = Setup(base, run_dir, settings, device, progress)
        first = Supervised(setup, rows, held_out)
        launch = Launch(setup, dataset, processes) if processes > 1 else None
        second = PreferenceTuning(setup, *divided(pairs, held_out)) if pairs else None
        return _finish(setup, first, second, launch)


def _pairs(dataset: Path) -> list[Preference]:
    """The pairs of the data set; what is held out of them follows from its rows."""
    path = dataset / PREFERENCES
    pairs = distinct_preferences(read_preferences(path))
    for pair in pairs:
        if problem := preference_problem(pair):
            raise DatasetError(f"{path}: the pair {pair.id} {problem}", fix="correct or remove it")
    if not pairs:
        fix = "generate.samples=4 writes some where the rows are made, or train.preference=off"
        raise DatasetError(f"{dataset} has no pairs of a better and a worse answer", fix=fix)
    return pairs


def _keep_policy(dataset: Path, run: RunFolder) -> None:
    """Keep with the run by which policy its rows' prompts were made; rows from elsewhere tell of none."""
    from ragft.dataset.prompt_policy import policy_of

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
        raise UsageError(f"this machine has no {chosen} device", fix="train.device=auto")
    if settings.method == "qlora" and chosen != "cuda":
        raise UsageError(f"QLoRA (4-bit NF4) needs CUDA, and this run is on {chosen}", fix="train.method=lora")
    return chosen


def _trained(
    setup: Setup, first: Supervised | Launch, second: PreferenceTuning | None
) -> tuple[TrainingResult, TrainingResult | None, Any]:
    """What both stages came to, and the model that holds the run's adapter; the first is done once."""
    files = setup.files
    if second is None:
        outcome, model = first.run(files.adapter)
        return outcome, None, model
    begun = read_outcome(files.supervised)
    if begun is None:
        make_directory(files.supervised.path)
        begun, _ = first.run(files.supervised.adapter)
        write_outcome(files.supervised, begun)
    tuned, model = second.run(files.supervised, files.adapter)
    return begun, tuned, model


def _finish(setup: Setup, first: Supervised, second: PreferenceTuning | None, launch: Launch | None) -> TrainReport:
    from ragft.train.curve import read_curve
    from ragft.train.pictures import curve_png
    from ragft.train.restrain import restrain

    files = setup.files
    by_rows, by_pairs, model = _trained(setup, launch or first, second)
    last = by_pairs or by_rows
    stages = [by_rows, *([by_pairs] if by_pairs else [])]
    curve_png(files.train_curve, files.loss_picture)
    setup.progress("measuring what was forgotten", 0, 0)
    restraint = restrain(model, setup.tokenizer, files.adapter, allowed=setup.settings.forgetting)
    curve = read_curve(files.train_curve)
    losses = [loss for _, loss in curve.train]
    judged = curve.judged(last.best_step) if by_pairs else None
    evaluated = curve.validation(last.best_step) if restraint.scale == 1 and not by_pairs else None
    seconds = sum(stage.seconds for stage in stages)
    report = TrainReport(
        run=files.path.name,
        adapter=files.adapter,
        base=setup.base,
        steps=sum(stage.steps for stage in stages),
        tokens=sum(stage.tokens for stage in stages),
        tokens_per_second=sum(stage.timed_tokens for stage in stages) / seconds if seconds > 0 else 0.0,
        train_loss=sum(losses) / len(losses) if losses else math.nan,
        eval_loss=_validation_loss(setup, model, first.held_out) if evaluated is None else evaluated,
        best_step=last.best_step,
        seconds=seconds,
        device=setup.device,
        scale=restraint.scale,
        forgetting=restraint.forgetting.change,
        divergence=restraint.forgetting.divergence,
        pairs=second.count if second else 0,
        accuracy=judged.accuracy if judged else math.nan,
        margin=judged.margin if judged else math.nan,
    )
    write_train_report(files.path, report)
    return report


def _validation_loss(setup: Setup, model: Any, held_out: Sequence[Example]) -> float:
    from ragft.train.trainer import held_out_losses

    if not held_out:
        return math.nan
    setup.progress("measuring the rows held out", 0, 0)
    return held_out_losses(model, held_out)["eval_loss"]


def _asked(dataset: Path, base: Path, settings: TrainSettings, device: str) -> dict[str, Any]:
    import peft
    import torch
    import transformers
    import trl

    files = (TRAIN, HELD_OUT) if settings.preference == "off" else (TRAIN, HELD_OUT, PREFERENCES)
    data = {name: digest_file(dataset / name) for name in files if (dataset / name).is_file()}
    return {
        "settings": settings.model_dump(mode="json"),
        "dataset": {"path": str(dataset), "digests": data},
        "base": {"path": str(base), "digest": base_digest(base)},
        "device": device,
        "precision": precision_of(settings, device),
        "versions": {m.__name__: str(m.__version__) for m in (torch, transformers, trl, peft)},
    }
