"""Trains a LoRA adapter on the data set of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ragft.dataset.store import HELD_OUT, PREFERENCES, TRAIN
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.run_folder import ADAPTER_WEIGHTS


def _train(context: Context) -> StageResult:
    from ragft.train.base_model import resolve_base
    from ragft.train.lora import train

    context.free_engine()
    report = train(
        context.dataset_dir,
        resolve_base(context.base),
        context.run_dir,
        context.settings.train,
        progress=context.progress,
        restart="always" if context.redo else "changed",
    )
    return StageResult(_train_outputs(context), asdict(report))


def _train_outputs(context: Context) -> Mapping[str, str]:
    if not context.files.adapter_config.is_file():  # no digest: PEFT writes its lists in any order
        return {}
    return file_digests(context.files.adapter, (ADAPTER_WEIGHTS,))


def _train_inputs(context: Context) -> Mapping[str, str]:
    pairs = () if context.settings.train.preference == "off" else (PREFERENCES,)
    data = {name: context.output("generate", name) for name in (TRAIN, HELD_OUT, *pairs)}
    return {"base": context.base_digest, **data}


TRAINING = Stage(
    "train",
    _train_inputs,
    lambda c: {**section_values(c, "train"), "base": c.base},
    _train,
    _train_outputs,
)
