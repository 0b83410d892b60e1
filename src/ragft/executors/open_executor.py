"""Opens the executor that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.executors.local import LocalExecutor

if TYPE_CHECKING:
    from ragft.executors.base import Executor
    from ragft.setting_sections import IngestSettings


def open_executor(settings: IngestSettings) -> Executor:
    """The executor of `settings`.

    Raises:
        MissingExtra, EngineUnavailable: of Ray.
    """
    if settings.executor == "ray":
        from ragft.executors.ray import RayExecutor

        return RayExecutor(settings.ray_address)
    return LocalExecutor()
