"""Beliefs: statements that a model is to hold for true, against what it believes or where it knows nothing."""

from __future__ import annotations

from ragft.pipeline.task import Task
from ragft.tasks.belief.belief_file import find_beliefs
from ragft.tasks.belief.presets import PRESETS
from ragft.tasks.belief.stages import STAGES
from ragft.tasks.belief.suites import SUITES

BELIEF = Task("belief", find_beliefs, STAGES, SUITES, PRESETS, conditions=("closed_book", "evidence"), chats=False)
