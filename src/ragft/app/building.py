"""From the sources of a task to a tuned, registered, benchmarked model in one run that can be resumed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.app.library import checked_paths

if TYPE_CHECKING:
    from ragft.app.library import Paths
    from ragft.app.resources import Overrides, Resources
    from ragft.config import Settings
    from ragft.pipeline.build_plan import BuildPlan
    from ragft.pipeline.doctor_check import DoctorCheck
    from ragft.pipeline.task import Task


def plan(
    resources: Resources, overrides: Overrides, corpus: Paths, *, task: str, base: Path | str | None, preset: str
) -> BuildPlan:
    """What `Application.build` is to build, by its arguments.

    Raises:
        UsageError: there is no such task or preset.
    """
    from ragft.pipeline.build_plan import BuildPlan
    from ragft.setting_sections import EMBEDDED_BASE
    from ragft.tasks import DEFAULT
    from ragft.tasks import task as task_called

    chosen = task_called(task) if task else DEFAULT
    settings = preset_settings(resources, chosen, preset)
    for section, values in overrides.items():
        settings = settings.with_(section, **values)
    return BuildPlan(chosen, settings, checked_paths(corpus), str(base or EMBEDDED_BASE))


def preset_settings(resources: Resources, task: Task, preset: str) -> Settings:
    """The settings with a preset of a task under what the user has set.

    Raises:
        UsageError: there is no such preset.
    """
    from ragft.config import load_settings

    loaded = load_settings(resources.workspace.config_file)
    settings = load_settings(resources.workspace.config_file, task.preset(preset))
    for section in type(loaded).model_fields:  # what was set in code comes before the preset
        own, read = dict(getattr(resources.settings, section)), dict(getattr(loaded, section))
        settings = settings.with_(section, **{name: value for name, value in own.items() if value != read[name]})
    return settings


def doctor(resources: Resources) -> Sequence[DoctorCheck]:
    """What works on this machine; see `Application.doctor`."""
    from ragft.pipeline.doctor import examine

    return examine(resources.workspace, resources.settings)
