"""The suites, by name. A new one is a file here and a line below."""

from __future__ import annotations

from collections.abc import Mapping

from ragft.benchmark.suites.base import Suite
from ragft.benchmark.suites.papers import Papers
from ragft.errors import UsageError

SUITES: Mapping[str, Suite] = {suite.name: suite for suite in (Papers(),)}


def suite(name: str) -> Suite:
    """The suite called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in SUITES:
        raise UsageError(f"no suite {name!r}", fix=f"--suites takes {', '.join(SUITES)}")
    return SUITES[name]
