"""A LoRA adapter, trained on a data set."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.errors import UsageError
from ragft.log import log

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.train.base import TrainReport
    from ragft.train.preview import TokenSpan


@dataclass(frozen=True)
class Preview:
    """Row number `row` (from 1) of a data set as it would be trained on: its pieces, in the loss or not."""

    row: int
    spans: tuple[TokenSpan, ...]


def train(
    resources: Resources, dataset: Path | str, base: Path | str, *, run: str, restart: bool, progress: Progress | None
) -> TrainReport:
    """Train an adapter; see `Application.train`."""
    from ragft.train.lora import choose_device
    from ragft.train.lora import train as train_adapter

    workspace, settings = resources.workspace, resources.settings.train
    folder, base_folder = _found(resources, dataset, base)
    name = workspace.new_run(run or time.strftime("%Y%m%d-%H%M%S")).name
    log.info(f"training {name} on {choose_device(settings)}; if stopped, it resumes with run={name}")
    with workspace.lock(f"run-{name}"):
        return train_adapter(
            folder,
            base_folder,
            workspace.runs / name,
            settings,
            progress,
            restart="always" if restart else "never",
        )


def preview(resources: Resources, dataset: Path | str, base: Path | str, row: int) -> Preview:
    """One row with its loss mask; see `Application.preview`."""
    from ragft.dataset.store import TRAIN, read_rows
    from ragft.train.preview import preview as spans_of

    folder, base_folder = _found(resources, dataset, base)
    rows = read_rows(folder / TRAIN)
    if not 0 < row <= len(rows):
        raise UsageError(f"{folder / TRAIN} has {len(rows)} rows", fix=f"give the number of one, from 1 to {len(rows)}")
    return Preview(row, spans_of(rows[row - 1], base_folder, max_length=resources.settings.train.max_length))


def recipe(preset: str = "", run_file: Path | None = None) -> Mapping[str, Any]:
    """Values for the section `train` of the settings: those of a preset, and of a TOML run file over them.

    Raises:
        UsageError, NotFoundError: there is no such preset or file.
    """
    from ragft.train.training_presets import preset as named
    from ragft.train.training_presets import run_file as read

    return {**(named(preset) if preset else {}), **(read(run_file) if run_file else {})}


def _found(resources: Resources, dataset: Path | str, base: Path | str) -> tuple[Path, Path]:
    """The folders of data set and base; empty names: the only data set, and the base that is trained by default."""
    from ragft.dataset.store import dataset_names, find_dataset
    from ragft.setting_sections import EMBEDDED_BASE
    from ragft.train.base_model import resolve_base

    names = dataset_names(resources.workspace)
    only = names[0] if len(names) == 1 else ""
    return find_dataset(resources.workspace, str(dataset) or only), resolve_base(str(base) or EMBEDDED_BASE)
