"""What the stages of a training run share."""

from __future__ import annotations

from pathlib import Path

from ragft.run_folder import RunFolder
from ragft.setting_sections import TrainSettings
from ragft.train.quiet import quiet
from ragft.train.training_setup import Setup, TrainingPlan

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
