"""Beliefs: statements that a model is to hold for true, against what it believes or where it knows nothing."""

from __future__ import annotations

from ragft.pipeline.task import Task
from ragft.tasks.belief.belief_file import find_beliefs
from ragft.tasks.belief.belief_stages import STAGES
from ragft.tasks.belief.belief_suites import SUITES
from ragft.tasks.belief.presets import PRESETS

BELIEF = Task("belief", find_beliefs, STAGES, SUITES, PRESETS, conditions=("closed_book", "evidence"), chats=False)
