"""Knowledge: the facts of a file, put into the weights."""

from __future__ import annotations

from ragft.pipeline.task import Task
from ragft.tasks.knowledge.comparing_arms import arms, figures
from ragft.tasks.knowledge.presets import PRESETS
from ragft.tasks.knowledge.stages import STAGES
from ragft.tasks.knowledge.stated_facts import find_facts
from ragft.tasks.knowledge.suites import SUITES

KNOWLEDGE = Task(
    "knowledge",
    find_facts,
    STAGES,
    SUITES,
    PRESETS,
    conditions=("closed_book",),
    arms=arms,
    figures=figures,
    chats=False,
)
