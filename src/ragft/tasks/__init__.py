"""The tasks, by name. A new one is a folder here and a line below; docs/tasks.md has the contracts."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path

from ragft.benchmark.suites.base import Suite
from ragft.errors import UsageError
from ragft.pipeline.manifest import load_manifest
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


def suites_of(run_dir: Path | None, tasks: Mapping[str, Task] = TASKS) -> Mapping[str, Suite]:
    """The suites of the task that a run was built for, by name; those of all tasks where no run or no task is known.

    Raises:
        UsageError: the run was built for a task that this version of ragft does not have.
        WorkspaceError: the manifest of the run is damaged.
    """
    manifest = None if run_dir is None else load_manifest(run_dir)
    if manifest is None or "task" not in manifest.settings:
        return SUITES
    name = manifest.settings["task"]
    if name not in tasks:
        raise UsageError(
            f"the run {manifest.run} was built for the task {name!r}, which this version of ragft does not have",
            fix="compare the models by their names instead: ragft benchmark --arms BASE,TUNED",
        )
    return tasks[name].suites
