"""Documents sorted into classes: by words, an encoder, examples, a model or its tuning; the best is recommended."""

from __future__ import annotations

from ragft.pipeline.task import Task
from ragft.tasks.classify.labelled_documents import find_labelled
from ragft.tasks.classify.presets import PRESETS
from ragft.tasks.classify.stages import STAGES, arms_of
from ragft.tasks.classify.suites import SUITES

CLASSIFY = Task(
    "classify",
    find_labelled,
    STAGES,
    SUITES,
    PRESETS,
    arms=arms_of,
    chats=False,
    use="ragft classify FILES --run {run}",
    judged_by=("documents",),
)
