"""Opens the executor that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.executors.base import Executor
    from ragft.setting_sections import ExecutorSettings


def open_executor(settings: ExecutorSettings, section: str) -> Executor | None:
    """The executor of `settings`; None where they name this machine, on which the work needs none.

    Args:
        section: the name of these settings, for messages.

    Raises:
        MissingExtra, EngineUnavailable: of Ray.
    """
    if settings.executor == "local":
        return None
    from ragft.executors.ray import RayExecutor

    return RayExecutor(settings.ray_address, section=section)
