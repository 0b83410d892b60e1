"""What a task is: the stages from its sources to a verdict, and the settings that it comes with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragft.errors import UsageError
from ragft.pipeline.stage import Stage

Values = Mapping[str, Mapping[str, Any]]
"""Values of settings by section."""


@dataclass(frozen=True)
class Task:
    """A kind of fine-tuning. `presets` are overlays on the settings: smaller or larger, never another kind of work."""

    name: str
    stages: tuple[Stage, ...]
    presets: Mapping[str, Values]

    def preset(self, name: str) -> Values:
        """The values of a preset, to be laid under what the user has set.

        Raises:
            UsageError: there is no such preset.
        """
        if name not in self.presets:
            raise UsageError(f"no preset {name!r}", fix=f"the presets are {', '.join(self.presets)}")
        return self.presets[name]
