"""What the stages of a training run share."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from ragft.run_folder import RunFolder
from ragft.setting_sections import TrainSettings
from ragft.train.quiet import quiet
from ragft.train.training_setup import Setup, TrainingPlan, precision_of

PLAN = TrainingPlan(steps=1, steps_an_epoch=1, batch=1, accumulation=1, learning_rate=1e-4, evaluate=False)


def test_one_gpu_is_used_where_there_are_several(tiny_base: Path, tmp_path: Path) -> None:
    """A release of transformers in which `_n_gpu` no longer sets `n_gpu` fails here."""
    from trl import SFTConfig

    class TwoGpus(SFTConfig):
        def __post_init__(self) -> None:
            super().__post_init__()
            self._n_gpu = 2

    setup = Setup(tiny_base, tmp_path, TrainSettings(), "cpu", None)
    with quiet():
        arguments = setup.arguments(TwoGpus, RunFolder(tmp_path), PLAN)
    assert arguments.n_gpu == 1


@pytest.mark.parametrize(
    ("capability", "expected"), [("avx512_bf16", "bfloat16"), ("amx_bf16", "bfloat16"), ("avx512_f", "float32")]
)
def test_a_cpu_computes_in_bfloat16_where_it_has_instructions_for_it(
    monkeypatch: pytest.MonkeyPatch, capability: str, expected: str
) -> None:
    import torch

    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {capability: True}, raising=False)
    assert precision_of(TrainSettings(), "cpu") == expected


def test_a_torch_that_cannot_tell_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert precision_of(TrainSettings(), "cpu") == "float32"


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
def test_the_precision_of_a_cpu_can_be_chosen(precision: Literal["bfloat16", "float32"]) -> None:
    settings = TrainSettings(precision=precision)
    assert precision_of(settings, "cpu") == precision
    assert precision_of(settings, "cuda") == "bfloat16"
