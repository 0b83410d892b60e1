"""Measures what a model's own word counts for: whether to tell it how to refuse, and whether its refusals are trusted.

    report = measure_own_word(rows, session.index, session.assistant_for, by_size=own_word_of(weights), k=8)
    report.own_word

Each question is asked twice, with the sentence that tells how to refuse and without it, and its answer goes through
gate and check as any other: what the check stops anyway, no instruction needs to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from ragft.answer.base import Answer, Evidence
from ragft.answer.checker import clean
from ragft.answer.prompts.form import OwnWord
from ragft.answer.prompts.prompt import assign_keys, is_refusal
from ragft.answer.refusal.calibration import LabelledQuestion, counted
from ragft.index.base import Hit

if TYPE_CHECKING:
    from ragft.console import Progress

LEAST_ASKED = 10
"""Questions of each kind that a measurement needs."""
MARGIN = 0.1
"""How much better than the way of its size the other has to be: a few dozen questions tell no smaller difference."""
LEAST_REFUSALS = 5
"""Refusals from which on they are judged; those of a model that hardly ever refuses count as by its size."""
TRUSTED = 0.8
"""The least share of right ones among a model's refusals for them to be trusted."""


class Asks(Protocol):
    """What is asked; `ragft.answer.assistant.Assistant` has it."""

    def ask(self, question: str, *, evidence: Sequence[Evidence] | None = None, gated: bool = False) -> Answer:
        """The checked answer to `question`."""
        ...


class Searches(Protocol):
    """Where the evidence is found; `ragft.index.index.Index` has it."""

    def search(self, query: str, k: int, *, documents: Collection[str] | None = None) -> Sequence[Hit]:
        """The `k` best hits among the chosen documents."""
        ...


@dataclass(frozen=True)
class WayFigures:
    """What became of the questions in one way of asking: shares, and counts of the model's own refusals.

    `answered` of the answerable questions got an answer, `false_answers` of the others did. `refused_right` are the
    refusals of unanswerable questions, `refused_wrong` those of answerable ones.
    """

    answered: float
    false_answers: float
    refused_right: int
    refused_wrong: int

    @property
    def worth(self) -> float:
        """What two ways are compared by."""
        return self.answered - self.false_answers


@dataclass(frozen=True)
class OwnWordReport:
    """Both ways of asking, what the model's word counts for by its size, and from now on."""

    answerable: int
    unanswerable: int
    told: WayFigures
    untold: WayFigures
    by_size: OwnWord
    own_word: OwnWord


def measure_own_word(
    rows: Sequence[LabelledQuestion],
    index: Searches,
    assistant_for: Callable[[OwnWord], Asks],
    *,
    by_size: OwnWord,
    k: int,
    progress: Progress | None = None,
) -> OwnWordReport:
    """Ask `rows` in both ways; `assistant_for` makes the assistant of a model whose word counts for so much.

    Raises:
        InputError: fewer than LEAST_ASKED of a kind.
        EngineError: the engine failed.
    """
    right = [row.answerable for row in rows]
    counts = counted(rows, LEAST_ASKED)
    assistants = {told: assistant_for(replace(by_size, told=told)) for told in (True, False)}
    answers: dict[bool, list[Answer]] = {True: [], False: []}
    for number, row in enumerate(rows, start=1):
        evidence = assign_keys(index.search(row.question, k, documents=row.documents))
        for told, assistant in assistants.items():
            answers[told].append(assistant.ask(row.question, evidence=evidence, gated=True))
        if progress is not None:
            progress("asking", number, len(rows))
    ways = _figures(answers[True], right), _figures(answers[False], right)
    return OwnWordReport(*counts, *ways, by_size, _chosen(*ways, by_size))


def _figures(answers: Sequence[Answer], right: Sequence[bool]) -> WayFigures:
    shown = [not (answer.refused or answer.metrics.quoted) for answer in answers]
    declined = [bool(answer.raw) and is_refusal(clean(answer.raw)) for answer in answers]
    kinds = list(zip(shown, declined, right, strict=True))
    return WayFigures(
        answered=sum(one for one, _, answerable in kinds if answerable) / sum(right),
        false_answers=sum(one for one, _, answerable in kinds if not answerable) / (len(right) - sum(right)),
        refused_right=sum(one for _, one, answerable in kinds if not answerable),
        refused_wrong=sum(one for _, one, answerable in kinds if answerable),
    )


def _chosen(told: WayFigures, untold: WayFigures, by_size: OwnWord) -> OwnWord:
    """The better way where the margin is wide enough, and whether the refusals in it are mostly right."""
    default, other = (told, untold) if by_size.told else (untold, told)
    changes = other.worth >= default.worth + MARGIN
    way = other if changes else default
    refusals = way.refused_right + way.refused_wrong
    trusted = by_size.trusted if refusals < LEAST_REFUSALS else way.refused_right >= TRUSTED * refusals
    return OwnWord(told=by_size.told != changes, trusted=trusted)
