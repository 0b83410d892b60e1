"""Facts: a table of entities and their attributes is learnt by heart, and asked about in other words."""

from __future__ import annotations

from ragft.pipeline.task import Task
from ragft.tasks.facts.fact_table import find_table
from ragft.tasks.facts.presets import PRESETS
from ragft.tasks.facts.stages import STAGES
from ragft.tasks.facts.suites import SUITES

FACTS = Task(
    "facts", find_table, STAGES, SUITES, PRESETS, conditions=("closed_book", "evidence", "retrieval"), chats=False
)
