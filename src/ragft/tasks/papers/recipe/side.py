"""One side of the split while its rows are made: the rows that it still lacks, and its documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ragft.dataset.base import Row
from ragft.tasks.papers.recipe.compose import ClaimQuestion, Composer, Target
from ragft.tasks.papers.recipe.kinds import Kind, most_lacking


@dataclass
class Side:
    """A side's documents, the rows wanted of each kind, and those there are."""

    name: str
    documents: frozenset[str]
    wanted: Mapping[str, int]
    composer: Composer
    targets: list[Target]
    rows: list[Row] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    spare: list[ClaimQuestion] = field(default_factory=list)
    """Pairs that found no partner for a synthesis; they are as good alone."""
    to_refuse: list[ClaimQuestion] = field(default_factory=list)
    """Pairs of grounded rows, to be asked again over sources that do not answer: what decides is then the sources."""
    exhausted: set[str] = field(default_factory=set)

    def next_kind(self) -> Kind | None:
        """The kind that lacks the largest share of its rows; None when no row is wanted or can be made."""
        return most_lacking(self._missing)

    def at_hand(self, kind: Kind) -> ClaimQuestion | None:
        """A pair already checked that serves for `kind`."""
        waiting = {"grounded": self.spare, "refusal": self.to_refuse or self.spare}.get(kind, [])
        return waiting.pop(0) if waiting else None

    def _missing(self, kind: Kind) -> float:
        usable = self.spare or (kind == "refusal" and self.to_refuse)
        if not self.wanted.get(kind) or (kind in self.exhausted and (kind == "synthesis" or not usable)):
            return 0.0
        return 1 - sum(row.kind == kind for row in self.rows) / self.wanted[kind]
