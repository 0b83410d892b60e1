"""What the two halves of an application have in common."""

from __future__ import annotations

from ragft.app.resources import Overrides, Resources


class ApplicationPart:
    """The open index and engines, and the settings that were given in code."""

    def __init__(self, resources: Resources, overrides: Overrides) -> None:
        self._resources = resources
        self._overrides = overrides
