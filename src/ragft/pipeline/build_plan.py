"""What a run is built of: a task, its settings, the sources and the base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.config import Settings
from ragft.machine import expand
from ragft.setting_sections import Section
from ragft.workspace import short_digest

if TYPE_CHECKING:
    from ragft.pipeline.task import Task


@dataclass(frozen=True)
class BuildPlan:
    """What a run is built of.

    `settings` are those of the preset, and of the user over them. `base` is the name or folder of the model to train.
    """

    task: Task
    settings: Settings
    sources: Sequence[Path]
    base: str

    def run_name(self, preset: str) -> str:
        """The run of this task, sources, base, data and training: the same command finds it again, and resumes it.

        Settings that change neither data nor training (threads, the benchmark's questions) stay within the run; the
        stages that depend on them run again.
        """
        folder = expand(Path(self.base))
        what = {
            "task": self.task.name,
            "sources": [str(path.absolute()) for path in self.sources],
            "base": str(folder.absolute()) if folder.exists() else self.base,
            "model": self.settings.engine.model,
            "generate": self.settings.generate.model_dump(mode="json"),
            "train": self.settings.train.model_dump(mode="json"),
        }
        if own := own_section(self.settings, self.task.name):
            what[self.task.name] = own.model_dump(mode="json")
        return f"{preset}-{short_digest(what, 8)}"

    def to_json(self) -> dict[str, Any]:
        """The settings with the task, base and sources beside them, as the manifest of the run keeps them."""
        named = {"task": self.task.name, "base": self.base, "sources": [str(path) for path in self.sources]}
        return {**self.settings.model_dump(mode="json"), **named}


def own_section(settings: Settings, task: str) -> Section | None:
    """The options of a task: the section of the settings that is named as it is."""
    return getattr(settings, task) if task in type(settings).model_fields else None
