"""What can be asked of a model that answers from papers, in the order of the tables."""

from __future__ import annotations

from collections.abc import Mapping

from ragft.benchmark.suites.base import Suite
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.benchmark.suites.general import General
from ragft.tasks.papers.suites.citations import Citations
from ragft.tasks.papers.suites.latency import Latency
from ragft.tasks.papers.suites.objectives import Objectives
from ragft.tasks.papers.suites.papers import Papers
from ragft.tasks.papers.suites.refusal import Refusal
from ragft.tasks.papers.suites.retrieval import Retrieval

_ALL: tuple[Suite, ...] = (
    Objectives(),
    Papers(),
    Retrieval(),
    Citations(),
    Refusal(),
    General(),
    Forgetting(),
    Degeneration(Papers()),
    Latency(),
)
SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _ALL}
