"""The results of written answers, and the shares that are reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ragft.benchmark.scoring.shares import Share
from ragft.benchmark.written.written_answers import Change

Given = Literal["retrieved", "wanted"]
"""Whether the evidence is what the search finds, or begins with the passages that hold what the question asks for."""
Outcome = Literal[
    "reached",
    "other_quote",
    "marked",
    "dropped",
    "quotation",
    "refused_before",
    "refused_after",
    "catalogue",
    "shown",
    "declined",
]
"""What became of an answer.

- refused_before, refused_after: refused before or after the model was asked; quotation: replaced by a passage;
  catalogue: answered from the catalogue, no model was asked;
- right answers: marked: a sentence was marked as unsupported or left out; other_quote: whole and supported, but quoted
  with something else than the evidence of the question; reached: whole, and quoted with the evidence;
- wrong answers: marked, dropped: the changed sentence was marked or left out; shown: it was shown as supported;
- refusals: declined: the model's word was taken; marked, shown: it was shown as an answer, unsupported or supported.
"""
NAMED: tuple[Change, ...] = ("number", "subject")
"""Changes by which a number or a name differs."""


@dataclass(frozen=True)
class Played:
    """What became of one answer; `kind` and `language` are those of the question, `change` is None for a right answer.

    `has_evidence`: whether what was found, and where a model was asked what its prompt showed, held the evidence of
    the question; None where the question names none. `support`: the lowest support among the sentences that count (all
    of a right answer, the changed ones of a wrong one); None where none was scored. `reason` is that of a refusal.
    `unsupported` counts the sentences that the check found unsupported, also where the answer was then not shown.
    """

    id: str
    question: str
    kind: str
    language: str
    change: Change | None
    declined: bool
    outcome: Outcome
    reason: str
    has_evidence: bool | None
    support: float | None
    unsupported: int
    written: str
    answer: str
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class RightScores:
    """Right answers: how many `reached` the reader whole with a quote of the evidence, and with any quote (`kept`)."""

    reached: Share
    kept: Share
    outcomes: Mapping[str, int]

    @property
    def good(self) -> Share:
        """The share that went as it should."""
        return self.reached

    @classmethod
    def of(cls, rows: Sequence[Played]) -> RightScores:
        """The scores of these right answers."""
        counts = Counter[str](row.outcome for row in rows)
        kept = counts["reached"] + counts["other_quote"]
        return cls(Share.of(counts["reached"], len(rows)), Share.of(kept, len(rows)), counts)


@dataclass(frozen=True)
class WrongScores:
    """Wrong answers: how many were `stopped`, that is not shown as supported."""

    stopped: Share
    outcomes: Mapping[str, int]

    @property
    def good(self) -> Share:
        """The share that went as it should."""
        return self.stopped

    @classmethod
    def of(cls, rows: Sequence[Played]) -> WrongScores:
        """The scores of these wrong answers."""
        counts = Counter[str](row.outcome for row in rows)
        return cls(Share.of(len(rows) - counts["shown"], len(rows)), counts)


@dataclass(frozen=True)
class RefusalScores:
    """Refusals of the model: how many were `taken` for what they are."""

    taken: Share
    outcomes: Mapping[str, int]

    @property
    def good(self) -> Share:
        """The share that went as it should."""
        return self.taken

    @classmethod
    def of(cls, rows: Sequence[Played]) -> RefusalScores:
        """The scores of these refusals. Those whose question was refused before the model was asked do not count."""
        counts = Counter[str](row.outcome for row in rows)
        return cls(Share.of(counts["declined"], len(rows) - counts["refused_before"]), counts)


Scores = RightScores | WrongScores | RefusalScores


@dataclass(frozen=True)
class PlayedReport:
    """All answers. `with_evidence` counts the right ones for which the evidence was there when the model was asked.

    `named_shown` counts wrong answers with a wrong number or name that were shown as supported. `skipped` answers are
    to questions whose documents (`missing`, by title) the index does not have, or that name none. `catalogue` counts
    those to questions about the collection that the catalogue answers: no score has them, there was nothing to check.
    """

    given: Given
    right: RightScores
    right_by_kind: Mapping[str, RightScores]
    right_by_language: Mapping[str, RightScores]
    with_evidence: RightScores
    wrong: WrongScores
    wrong_by_change: Mapping[str, WrongScores]
    named_shown: Share
    refusals: RefusalScores
    refusals_by_language: Mapping[str, RefusalScores]
    rows: Sequence[Played]
    skipped: int
    missing: Sequence[str]
    catalogue: int
    seconds: float

    @classmethod
    def of(
        cls, rows: Sequence[Played], given: Given, *, skipped: int, missing: Sequence[str], seconds: float
    ) -> PlayedReport:
        """The report of these answers."""
        scored = [row for row in rows if not (row.kind == "metadata" and row.outcome == "catalogue")]
        right = [row for row in scored if row.change is None and not row.declined]
        wrong = [row for row in scored if row.change is not None]
        declined = [row for row in scored if row.declined]
        named = [row for row in wrong if row.change in NAMED]
        return cls(
            given=given,
            right=RightScores.of(right),
            right_by_kind=_right_by(right, lambda row: row.kind),
            right_by_language=_right_by(right, lambda row: row.language),
            with_evidence=RightScores.of([row for row in right if row.has_evidence]),
            wrong=WrongScores.of(wrong),
            wrong_by_change={change: WrongScores.of(some) for change, some in _grouped(wrong, _change).items()},
            named_shown=Share.of(sum(row.outcome == "shown" for row in named), len(named)),
            refusals=RefusalScores.of(declined),
            refusals_by_language={
                language: RefusalScores.of(some)
                for language, some in _grouped(declined, lambda row: row.language).items()
            },
            rows=rows,
            skipped=skipped,
            missing=missing,
            catalogue=len(rows) - len(scored),
            seconds=seconds,
        )


def _change(row: Played) -> str:
    return row.change or ""


def _right_by(rows: Sequence[Played], key: Callable[[Played], str]) -> dict[str, RightScores]:
    return {group: RightScores.of(some) for group, some in _grouped(rows, key).items()}


def _grouped(rows: Sequence[Played], key: Callable[[Played], str]) -> dict[str, list[Played]]:
    groups: dict[str, list[Played]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
