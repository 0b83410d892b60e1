"""Papers: answers from the evidence, cited and checked. The task that `build-model` runs where none is named."""

from __future__ import annotations

from ragft.corpus.readers import find_files
from ragft.pipeline.task import Task
from ragft.tasks.papers.presets import PRESETS
from ragft.tasks.papers.stages import STAGES
from ragft.tasks.papers.suites import SUITES

PAPERS = Task(
    "papers", find_files, STAGES, SUITES, PRESETS, judged_by=("objectives", "papers", "degeneration", "forgetting")
)
