"""The tasks, by name. A new one is a folder here and a line below; docs/tasks.md has the contracts."""

from __future__ import annotations

from collections.abc import Mapping

from ragft.errors import UsageError
from ragft.tasks.base import Task
from ragft.tasks.papers import PAPERS

TASKS: Mapping[str, Task] = {task.name: task for task in (PAPERS,)}


def task(name: str) -> Task:
    """The task called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in TASKS:
        raise UsageError(f"no task {name!r}", fix=f"the tasks are {', '.join(TASKS)}")
    return TASKS[name]
