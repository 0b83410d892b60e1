"""What can be asked of a model that was to learn facts, in the order of the tables."""

from __future__ import annotations

from collections.abc import Mapping

from ragft.benchmark.suites.base import Suite
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.benchmark.suites.general import General
from ragft.tasks.knowledge.suites.adoption import Adoption
from ragft.tasks.knowledge.suites.tinted_glass import TintedGlass
from ragft.tasks.knowledge.suites.two_hop import TwoHop
from ragft.tasks.knowledge.suites.unknown import UnknownFacts

_ALL: tuple[Suite, ...] = (
    Adoption(),
    TwoHop(),
    UnknownFacts(),
    TintedGlass(),
    General(own=False),
    Forgetting(),
    Degeneration(),
)
SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _ALL}
