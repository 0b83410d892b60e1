"""The tasks, by name. A new one is a folder here and a line below; docs/tasks.md has the contracts."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping

from ragft.benchmark.suites.base import Suite
from ragft.errors import UsageError
from ragft.pipeline.task import Task
from ragft.tasks.papers import PAPERS

TASKS: Mapping[str, Task] = {task.name: task for task in (PAPERS,)}
SUITES: Mapping[str, Suite] = ChainMap(*(dict(task.suites) for task in TASKS.values()))
"""Of all tasks, by name; of two of one name that of the earlier task."""


def task(name: str) -> Task:
    """The task called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in TASKS:
        raise UsageError(f"no task {name!r}", fix=f"the tasks are {', '.join(TASKS)}")
    return TASKS[name]
