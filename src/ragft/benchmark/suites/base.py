"""The contract of a suite: questions, a way to ask them, and scores of the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, PlacedQuestion, Recorded
from ragft.benchmark.questions import load_questions
from ragft.benchmark.scoring.measures import Metric
from ragft.data import shipped
from ragft.errors import UsageError

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

Need = Literal["text", "logprobs", "corpus"]
"""What a suite cannot do without: that the model writes, that its engine tells log-probabilities of a given text, an
index of documents."""
Scores = Mapping[str, float | None]
"""Row score by name; None where it does not apply."""


class Suite(Protocol):
    """Turns an arm into scored rows."""

    name: str
    kind: str
    """What the answers of this suite are ("answer", "choice"…): suites of one kind share the answer to a question."""
    needs: frozenset[Need]

    @property
    def metrics(self) -> Sequence[Metric]:
        """What the tables show of it, in order."""
        ...

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """What is asked, in order."""
        ...

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """One answer of one arm."""
        ...

    def score(self, question: PlacedQuestion, recorded: Recorded) -> Scores:
        """The scores of one answer; the same for the same answer, whenever it is called."""
        ...


def suites_called(names: Iterable[str], suites: Mapping[str, Suite]) -> list[Suite]:
    """Those of `suites` (by name) that have these names, each once, in the order of the names.

    Raises:
        UsageError: there is no such suite.
    """
    names = dict.fromkeys(names)
    if unknown := [name for name in names if name not in suites]:
        raise UsageError(f"no suite {unknown[0]!r}", fix=f"the suites are {', '.join(suites)}")
    return [suites[name] for name in names]


def need_documents(suites: Iterable[Suite]) -> bool:
    """Whether one of these suites needs an index of documents."""
    return any("corpus" in suite.needs for suite in suites)


def shipped_or_own(settings: BenchmarkSettings, *names: str) -> list[BenchmarkQuestion]:
    """The questions of the user's file where the settings name one, else those of the shipped files."""
    return load_questions(Path(settings.questions)) if settings.questions else shipped_questions(*names)


def shipped_questions(*names: str) -> list[BenchmarkQuestion]:
    """The questions of files that ship with ragft, in order."""
    return [question for name in names for question in load_questions(shipped(name))]
