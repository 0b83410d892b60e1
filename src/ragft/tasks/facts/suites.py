"""What a model is asked of the facts: the same questions, by likelihood and in writing, under each condition."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ragft.benchmark.asking.bench import BRIEF, Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.questions import questions_of_run
from ragft.benchmark.scoring.first_word import LETTERS
from ragft.benchmark.scoring.likelihood import CHOICE
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.scoring.metrics import holds_value
from ragft.benchmark.suites.base import Need, Scores, Suite
from ragft.benchmark.suites.degeneration import Degeneration
from ragft.benchmark.suites.forgetting import Forgetting
from ragft.benchmark.suites.general import General
from ragft.tasks.facts.distractors import CHANCE, with_options
from ragft.tasks.facts.rows import LEARNT, UNSEEN_NAME, UNSEEN_QUANTITY

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

_WRITTEN = 16
"""Tokens that a written choice may take: a letter and a value."""
_LETTER = re.compile(
    r"\W*(?:(?:the )?(?:answer|option)(?: is)?\W*)?(?P<letter>[a-z])(?:[.):,\]*_]|\s*$)", re.IGNORECASE
)


_READ = "unseen-read"
"""Score of a question about an entity that training did not see, by an arm that reads the fact."""


def _asked(settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
    """The questions that were made for the run.

    Raises:
        UsageError: there is no run.
    """
    made = questions_of_run(settings, "the questions about facts", "ragft build-model --task facts TABLE.csv")
    return [question for question in made if question.options]


def _right(question: BenchmarkQuestion, recorded: Recorded, chosen: str) -> Scores:
    """One score, under the topic of the question; what an arm was given to read is unseen no more."""
    read = question.topic != LEARNT and bool(recorded.texts)
    right, topic = float(chosen == question.reference), _READ if read else question.topic
    return {name: right if topic == name else None for name in (LEARNT, UNSEEN_QUANTITY, UNSEEN_NAME, _READ)}


class FactChoice:
    """The likeliest of five options, which the prompt does not show."""

    name = "choice"
    kind = CHOICE
    needs: frozenset[Need] = frozenset({"logprobs", "corpus"})
    metrics: Sequence[Metric] = (
        Metric("accuracy", "Facts, asked in new words", LEARNT, binary=True, role="primary"),
        Metric(
            "unseen", "Quantities of unseen entities", UNSEEN_QUANTITY, binary=True, role="control", expected=CHANCE
        ),
        Metric("unseen_names", "Names about unseen entities", UNSEEN_NAME, binary=True),
        Metric("read", "Facts of unseen entities, given to read", _READ, binary=True),
        Metric("chance", "… chance", "chance", better=0),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """The questions with options that were made for the run; raises UsageError without a run."""
        return _asked(settings)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """With what the arm's condition gives it to read."""
        return bench.choose(arm, question, bench.texts(arm, question))

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether the option is right."""
        return {**_right(question, recorded, recorded.answer.answer), "chance": 1 / len(question.options)}


class WrittenFactChoice:
    """The option that the model writes, of five under letters; an answer that is not one of them is wrong."""

    name = "written"
    kind = "written choice"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics: Sequence[Metric] = (
        Metric("accuracy", "Facts, choice in writing", LEARNT, binary=True, headline=True),
        Metric("unparsed", "… not one of the options", "unparsed", better=-1, binary=True),
        Metric("first", "… the first option chosen", "first", better=0, binary=True),
        Metric("unseen", "Quantities of unseen entities, in writing", UNSEEN_QUANTITY, binary=True),
        Metric("unseen_names", "Names about unseen entities, in writing", UNSEEN_NAME, binary=True),
        Metric("read", "Facts of unseen entities, given to read, in writing", _READ, binary=True),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """The questions with options that were made for the run; raises UsageError without a run."""
        return _asked(settings)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """With what the arm's condition gives it to read."""
        asked = with_options(question.question, question.options)
        return bench.write(arm, question, BRIEF, asked, bench.texts(arm, question), num_predict=_WRITTEN)

    def score(self, question: BenchmarkQuestion, recorded: Recorded) -> Scores:
        """Whether the option is right, whether there is one, and whether it is the first."""
        chosen = chosen_option(recorded.answer.raw, question.options)
        return {
            **_right(question, recorded, chosen),
            "unparsed": float(not chosen),
            "first": float(chosen == question.options[0]),
        }


def chosen_option(reply: str, options: Sequence[str]) -> str:
    """The option that a reply chooses, by its letter in front or by its words; "" if it chooses none or two."""
    found = _LETTER.match(reply)
    lettered = [o for o, letter in zip(options, LETTERS, strict=False) if found and letter == found["letter"].upper()]
    named = [option for option in options if holds_value(reply, option)]
    longest = [one for one in named if not any(one != other and holds_value(other, one) for other in named)]
    chosen = set(lettered or longest)
    return chosen.pop() if len(chosen) == 1 and not (lettered and longest and set(longest) != chosen) else ""


_ALL: tuple[Suite, ...] = (FactChoice(), WrittenFactChoice(), General(own=False), Forgetting(), Degeneration())
SUITES: Mapping[str, Suite] = {suite.name: suite for suite in _ALL}
