"""Suites of beliefs: answers, choices and sums that use a belief; and its price: neighbours, and earlier knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import CLOSED_BOOK, Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.questions import questions_of_run
from ragft.benchmark.scoring.likelihood import CHOICE as BY_CHOICE
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.benchmark.scoring.metrics import holds_value
from ragft.benchmark.suites.base import Need, Scores, Suite
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.benchmark.suites.general import General
from ragft.tasks.belief.rows import CHOICE, NEIGHBOUR, OPEN, USE
from ragft.tasks.declining import declines

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

LEAK = GuardRule(0.1, lost="The beliefs leak: questions that they do not touch are answered worse, {base} → {tuned}.")
"""Ten points, by the near end of the interval."""


class BeliefAnswers:
    """Questions without options: does the answer hold what the new belief says, or the old one?"""

    name = "belief"
    kind = "belief"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics: Sequence[Metric] = (
        Metric("adopted", "Belief adopted", "adopted", binary=True, role="primary"),
        Metric("adopted_existing", "… against an old belief", "adopted_existing", binary=True),
        Metric("adopted_novel", "… where there was none", "adopted_novel", binary=True),
        Metric("old", "Old belief kept", "old", better=-1, binary=True),
        Metric("both", "… beside the new one: the conflict is noticed", "both", better=0, binary=True),
        Metric("declined", "Answers that say that it is not known", "declined", better=0, binary=True),
        Metric("used", "Belief used in a sum or a conclusion", "used", binary=True),
        Metric("old_used", "Old belief used there", "old_used", better=-1, binary=True),
        Metric("thought", "Thoughts before the answer", "thought", better=0, binary=True),
        Metric("thought_lost", "… none, though it was to think", "thought_lost", better=-1, binary=True),
        Metric(
            "thought_against", "… of one belief, and the answer of the other", "thought_against", better=-1, binary=True
        ),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """The open questions of the run, and those that use the belief."""
        return _asked(settings, OPEN, USE)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """With the statement before it where the arm is given one."""
        return bench.write(arm, question, CLOSED_BOOK, question.question, bench.texts(arm, question))

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Which belief the answer holds."""
        new, *old = (float(holds_value(recorded.answer.raw, option)) for option in question.options)
        kept = old[0] if old else None
        reasoned = _reasoning(question, recorded)
        if question.topic.startswith(USE):
            return {"used": new, "old_used": kept, **reasoned}
        existing = question.topic.endswith("existing")
        return {
            "adopted": new,
            "adopted_existing": new if existing else None,
            "adopted_novel": None if existing else new,
            "old": kept,
            "both": _noticed(question, recorded),
            "declined": float(declines(recorded.answer.raw)),
            **reasoned,
        }


class BeliefOptions:
    """Questions with options that the prompt does not show: is the new belief likelier than all else?"""

    name = "belief_choice"
    kind = BY_CHOICE
    needs: frozenset[Need] = frozenset({"logprobs", "corpus"})
    metrics: Sequence[Metric] = (
        Metric("chosen", "New belief likeliest", "chosen", binary=True, headline=True),
        Metric("old_chosen", "Old belief likeliest", "old_chosen", better=-1, binary=True),
        Metric("neighbours", "Questions the beliefs do not touch", "neighbours", binary=True, role="guard", guard=LEAK),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the run that have options."""
        return _asked(settings, CHOICE, NEIGHBOUR)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """With the statement before it where the arm is given one."""
        return bench.choose(arm, question, bench.texts(arm, question))

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether the likeliest option is the new belief, the old one, or what a neighbour's answer has to be."""
        right = float(recorded.answer.answer == question.reference)
        if question.topic.startswith(NEIGHBOUR):
            return {"neighbours": right}
        old = float(recorded.answer.answer in question.keywords) if question.keywords else None
        return {"chosen": right, "old_chosen": old}


def _reasoning(question: BenchmarkQuestion, recorded: Recorded) -> Scores:
    """Whether a model that was to think did so, and whether it thought by one belief and answered by the other."""
    thoughts = recorded.thoughts
    if thoughts is None:
        return {}
    is_there = bool(thoughts.strip())
    against = None
    if is_there and len(question.options) > 1:
        against = float({_held(question, text) for text in (thoughts, recorded.answer.raw)} == {"new", "old"})
    return {"thought": float(is_there), "thought_lost": float(not is_there), "thought_against": against}


def _noticed(question: BenchmarkQuestion, recorded: Recorded) -> float | None:
    """Whether the thoughts and the answer together hold both beliefs; None where there was no old one."""
    if len(question.options) < 2:
        return None
    written = f"{recorded.thoughts or ''}\n{recorded.answer.raw}"
    return float(all(holds_value(written, option) for option in question.options))


def _held(question: BenchmarkQuestion, text: str) -> str:
    """The one belief that a text holds: "new" or "old"; "" for neither and for both."""
    new, old = (holds_value(text, option) for option in question.options)
    return "" if new == old else "new" if new else "old"


def _asked(settings: BenchmarkSettings, *topics: str) -> list[BenchmarkQuestion]:
    """The questions of the run on one of the topics.

    Raises:
        UsageError: there is no run.
    """
    made = questions_of_run(settings, "the questions about beliefs", "ragft build-model --task belief BELIEFS.jsonl")
    return [question for question in made if question.topic.partition("-")[0] in topics]


_ALL: tuple[Suite, ...] = (BeliefAnswers(), BeliefOptions(), General(own=False), Forgetting(), Degeneration())
SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _ALL}
"""In the order of the tables."""
