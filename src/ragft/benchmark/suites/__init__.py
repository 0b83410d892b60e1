"""The suites, by name. A new one is a file here and a line below."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ragft.benchmark.suites.base import Suite
from ragft.benchmark.suites.citations import Citations
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.benchmark.suites.general import General
from ragft.benchmark.suites.latency import Latency
from ragft.benchmark.suites.papers import Papers
from ragft.benchmark.suites.refusal import Refusal
from ragft.benchmark.suites.retrieval import Retrieval
from ragft.errors import UsageError

_ALL: tuple[Suite, ...] = (
    Papers(),
    Retrieval(),
    Citations(),
    Refusal(),
    General(),
    Forgetting(),
    Degeneration(),
    Latency(),
)
SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _ALL}


def suite(name: str) -> Suite:
    """The suite called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in SUITES:
        raise UsageError(f"no suite {name!r}", fix=f"the suites are {', '.join(SUITES)}")
    return SUITES[name]


def suites_called(names: Iterable[str]) -> list[Suite]:
    """The suites of these names, each once.

    Raises:
        UsageError: there is no such suite.
    """
    return [suite(name) for name in dict.fromkeys(names)]
