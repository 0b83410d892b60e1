"""The tasks, by name. A new one is a folder here and a line below; docs/tasks.md has the contracts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ragft.benchmark.base import Condition
from ragft.benchmark.suites.base import Suite
from ragft.errors import UsageError
from ragft.pipeline.manifest import load_manifest
from ragft.pipeline.task import Task
from ragft.tasks.belief import BELIEF
from ragft.tasks.classify import CLASSIFY
from ragft.tasks.facts import FACTS
from ragft.tasks.knowledge import KNOWLEDGE
from ragft.tasks.papers import PAPERS

TASKS: Mapping[str, Task] = {task.name: task for task in (PAPERS, CLASSIFY, KNOWLEDGE, FACTS, BELIEF)}
DEFAULT = PAPERS
"""The task where none is named."""


def suites_of_all(tasks: Iterable[Task]) -> Mapping[str, Suite]:
    """The suites of several tasks, by name.

    Those of `benchmark/suites/` may be in several tasks, with other questions in each; that of the first is given.

    Raises:
        ValueError: two tasks have suites of one name that are not of one class.
    """
    found: dict[str, Suite] = {}
    for one in tasks:
        for name, suite in one.suites.items():
            if type(found.setdefault(name, suite)) is not type(suite):
                raise ValueError(f"the task {one.name} has a suite {name!r}, and so has an earlier task: rename one")
    return found


SUITES = suites_of_all(TASKS.values())
"""Of all tasks, by name."""


def task(name: str) -> Task:
    """The task called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in TASKS:
        raise UsageError(f"no task {name!r}", fix=f"the tasks are {', '.join(TASKS)}")
    return TASKS[name]


def task_of(run_dir: Path | None, tasks: Mapping[str, Task] = TASKS) -> Task | None:
    """The task that a run was built for; None where no run or no task is known.

    Raises:
        UsageError: the run was built for a task that this version of ragft does not have.
        WorkspaceError: the manifest of the run is damaged.
    """
    manifest = None if run_dir is None else load_manifest(run_dir)
    if manifest is None or "task" not in manifest.settings:
        return None
    name = manifest.settings["task"]
    if name not in tasks:
        raise UsageError(
            f"the run {manifest.run} was built for the task {name!r}, which this version of ragft does not have",
            fix="compare the models by their names instead: ragft benchmark --arms BASE,TUNED",
        )
    return tasks[name]


def suites_of(names: Collection[str], run_dir: Path | None, tasks: Mapping[str, Task] = TASKS) -> list[Suite]:
    """The suites called `names`, of the task that a run was built for; where no task is known, of any.

    No names: those that the task is judged by. "all": all of the task.

    Raises:
        UsageError: there is no such suite, or this version of ragft does not have the task.
        WorkspaceError: the manifest of the run is damaged.
    """
    found = task_of(run_dir, tasks)
    return DEFAULT.chosen_suites(names, SUITES) if found is None else found.chosen_suites(names)


def condition_of(run_dir: Path | None, tasks: Mapping[str, Task] = TASKS) -> Condition:
    """The condition under which the models of a run are compared where none is named.

    Raises:
        UsageError, WorkspaceError: as `task_of`.
    """
    found = task_of(run_dir, tasks)
    return "retrieval" if found is None else found.conditions[0]
