"""Chooses the next row to try on one side of the split, and names those that are likely to follow.

The choice depends on the results of the attempts before. The row that an attempt proposes does not: it depends only on
the attempt and the seed (`ragft.tasks.papers.natural.proposals`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Literal

from ragft.dataset.base import Row
from ragft.tasks.papers.natural.document_subject import Subject
from ragft.tasks.papers.natural.frames import Form
from ragft.tasks.papers.natural.ideas import SHARES, Idea
from ragft.tasks.papers.natural.rows import Builder, Made
from ragft.tasks.papers.natural.written import WrittenPair
from ragft.tasks.papers.recipe.kinds import Kind, most_lacking

FALSE_PREMISE = 4
"""One refusal of so many has a false premise, and one has only sources of its own document."""
SOON = 8
"""How far into the ideas of each form `Half.soon` looks."""


@dataclass(frozen=True)
class RowAttempt:
    """A row to be tried: `answer` an idea; `refuse` or `divide` the question of the row `made`; `mislead` by an idea
    with a false premise. `close`: refuse over sources of the question's own document."""

    way: Literal["answer", "refuse", "divide", "mislead"]
    idea: Idea
    made: Made | None = None
    close: bool = False

    @property
    def name(self) -> str:
        """No other attempt of the side has it."""
        return f"{self.way}:{self.close}:{self.idea}"


@dataclass
class Half:
    """A side of the split while its rows are being made."""

    name: str
    wanted: Mapping[str, int]
    builder: Builder
    ideas: dict[tuple[Kind, Form], list[Idea]]
    subjects: Sequence[Subject]
    rows: list[Row] = field(default_factory=list)
    answered: list[Made] = field(default_factory=list)
    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    terms: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: Iterator[list[WrittenPair]] = field(default_factory=lambda: iter(()))
    pairs: dict[str, WrittenPair] = field(default_factory=dict)
    """Pairs written by the model, by their question."""
    refusable: int = 0
    partible: int = 0

    def next(self) -> RowAttempt | None:
        """The next attempt, of the kind that lacks the largest share of its rows; None where nothing is left to try."""
        kind = most_lacking(self._missing)
        if kind == "refusal":
            return self._next_refusal()
        if kind == "partial":
            self.partible += 1
            return _divided(self.answered[self.partible - 1])
        return None if kind is None else RowAttempt("answer", self._next_idea(kind))

    def soon(self) -> Iterator[RowAttempt]:
        """Attempts that are next if each gives a row, of each kind in turn; never more than rows are lacking."""
        refused = [_refused(made, place) for place, made in enumerate(self.answered)][self.refusable :]
        queues = {
            "grounded": self._ranked_ideas("grounded"),
            "synthesis": self._ranked_ideas("synthesis"),
            "refusal": [*refused, *(RowAttempt("mislead", idea) for idea in self._premises())],
            "partial": [_divided(made) for made in self.answered[self.partible :]],
        }
        for turn in zip_longest(*(queue[: self._lacking(kind)] for kind, queue in queues.items())):
            yield from filter(None, turn)

    def keep(self, made: Made) -> Row:
        """Add a row to those of this side."""
        self.rows.append(made.row)
        self.forms[made.row.kind, made.idea.form] += 1
        return made.row

    def add_premise(self, idea: Idea) -> None:
        """Remember a question with a false premise, to be refused."""
        self.ideas.setdefault(("refusal", "false_premise"), []).append(idea)

    # queues -------------------------------------------------------------------------------------------------------

    def _next_idea(self, kind: Kind) -> Idea:
        """The first idea of the form that lacks the largest share."""
        forms = [form for (each, form), left in self.ideas.items() if each == kind and left]
        form = min(forms, key=lambda one: ((self.forms[kind, one] + 1) / SHARES.get(one, 5), one))
        return self.ideas[kind, form].pop(0)

    def _next_refusal(self) -> RowAttempt:
        """Questions that were answered, and false premises, in turn."""
        premises = self._premises()
        done = self._count("refusal")
        if premises and (done % FALSE_PREMISE == FALSE_PREMISE - 1 or self.refusable >= len(self.answered)):
            return RowAttempt("mislead", premises.pop(0))
        self.refusable += 1
        return _refused(self.answered[self.refusable - 1], self.refusable - 1)

    def _premises(self) -> list[Idea]:
        return self.ideas.get(("refusal", "false_premise"), [])

    def _ranked_ideas(self, kind: Kind) -> list[RowAttempt]:
        """The first ideas of each form, in the order in which `_next_idea` takes them if each gives a row."""
        ranked = [
            ((self.forms[kind, form] + 1 + place) / SHARES.get(form, 5), form, RowAttempt("answer", idea))
            for (each, form), left in self.ideas.items()
            if each == kind
            for place, idea in enumerate(left[:SOON])
        ]
        return [attempt for _, _, attempt in sorted(ranked, key=lambda one: one[:2])]

    def _fill_up(self) -> None:
        """Take the pairs of one more passage from the model, if none of the last ones is left."""
        queue = self.ideas.setdefault(("grounded", "written"), [])
        while not queue and (pairs := next(self.written, None)) is not None:
            self.pairs.update((pair.idea.question, pair) for pair in pairs)
            queue += [pair.idea for pair in pairs]

    def _lacking(self, kind: str) -> int:
        return max(0, self.wanted.get(kind, 0) - self._count(kind))

    def _count(self, kind: str) -> int:
        """The rows of a kind so far."""
        return sum(row.kind == kind for row in self.rows)

    def _missing(self, kind: Kind) -> float:
        if not self.wanted.get(kind):
            return 0.0
        if kind in ("grounded", "synthesis"):
            if kind == "grounded":
                self._fill_up()
            left = any(each == kind and left for (each, _), left in self.ideas.items())
        elif kind == "refusal":
            left = self.refusable < len(self.answered) or bool(self._premises())
        else:
            left = self.partible < len(self.answered)
        return 1 - self._count(kind) / self.wanted[kind] if left else 0.0


def _refused(made: Made, place: int) -> RowAttempt:
    """The question of `made` to be refused, the `place`-th of them (from 0)."""
    return RowAttempt("refuse", replace(made.idea, kind="refusal"), made, close=place % 2 == 1)


def _divided(made: Made) -> RowAttempt:
    return RowAttempt("divide", replace(made.idea, kind="partial"), made)
