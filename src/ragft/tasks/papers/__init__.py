"""Papers: answers from the evidence, cited and checked. The task that `build-model` runs where none is named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ragft.corpus.readers import find_files
from ragft.pipeline.task import Task
from ragft.tasks.papers.presets import PRESETS
from ragft.tasks.papers.row_check import check_row
from ragft.tasks.papers.stages import STAGES
from ragft.tasks.papers.suites import SUITES

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.dataset.base import GenerateReport
    from ragft.dataset.generation_request import GenerationRequest
    from ragft.index.index import Index


def _make_rows(
    index: Index, request: GenerationRequest, folder: Path, *, progress: Progress | None, restart: bool
) -> GenerateReport:
    from ragft.tasks.papers.generate import generate

    return generate(index, request, folder, progress=progress, restart=restart)


PAPERS = Task(
    "papers",
    find_files,
    STAGES,
    SUITES,
    PRESETS,
    make_rows=_make_rows,
    check_row=check_row,
    judged_by=("objectives", "papers", "degeneration", "forgetting"),
)
