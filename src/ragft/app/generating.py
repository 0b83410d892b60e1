"""A data set made by a task: of the documents that are ingested, or of files."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.app.datasets import evaluation, evaluation_files

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.dataset.base import GenerateReport
    from ragft.pipeline.build_plan import BuildPlan
    from ragft.pipeline.task import MakeRows


def generate(
    resources: Resources,
    name: str,
    plan: BuildPlan,
    *,
    avoid: Sequence[Path | str] = (),
    restart: bool = False,
    progress: Progress | None,
) -> GenerateReport:
    """Make training rows by the task of `plan`; see `Application.generate`."""
    name = name or plan.task.name
    if plan.task.make_rows is None:
        return generate_by_stages(resources, name, plan, progress)
    return _of_documents(resources, plan.task.make_rows, name, avoid=avoid, restart=restart, progress=progress)


def _of_documents(
    resources: Resources,
    make: MakeRows,
    name: str,
    *,
    avoid: Sequence[Path | str],
    restart: bool,
    progress: Progress | None,
) -> GenerateReport:
    from ragft.answer.session import load_calibration
    from ragft.dataset.evaluation_questions import evaluation_answers
    from ragft.dataset.generation_request import GenerationRequest
    from ragft.dataset.store import new_dataset

    workspace, settings = resources.workspace, resources.settings
    folder = new_dataset(workspace, name)
    avoided = evaluation(settings, avoid)
    with (
        workspace.lock(f"dataset-{name}"),
        resources.engine_alone(use_default=False, work="generate") as (engine, model),
    ):
        request = GenerationRequest(
            engine,
            model,
            settings.generate,
            settings.answer,
            load_calibration(resources.index),
            avoid=avoided,
            avoid_answers=evaluation_answers(evaluation_files(settings, avoid)),
        )
        return make(resources.index, request, folder, progress=progress, restart=restart)


def generate_by_stages(resources: Resources, name: str, plan: BuildPlan, progress: Progress | None) -> GenerateReport:
    """Make training rows by the stages of the task of `plan`, in a run that is called as the data set."""
    from ragft.console import silent
    from ragft.dataset.base import GenerateReport
    from ragft.dataset.store import read_card
    from ragft.pipeline.build import make_data

    started = time.monotonic()
    make_data(resources.workspace, plan, name, progress=progress or silent)
    card = read_card(resources.workspace.datasets / name) or {}
    return GenerateReport(name, card.get("kept", {}), card.get("rejected", {}), time.monotonic() - started)
