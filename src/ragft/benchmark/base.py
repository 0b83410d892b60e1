"""Questions, arms, recorded answers, scored rows, differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ragft.answer.base import Answer

if TYPE_CHECKING:
    from ragft.benchmark.asking.bench import Bench

Condition = Literal["closed_book", "evidence", "retrieval"]
CONDITIONS: tuple[Condition, ...] = ("closed_book", "evidence", "retrieval")
Verdict = Literal["better", "worse", "mixed", "undecided"]


@dataclass(frozen=True)
class BenchmarkQuestion:
    """A benchmark question. `documents` are file names, `pages` 1-based pages that answer it.

    `options` makes it a multiple-choice question; `reference` is then the right option, word for word. `closed_book`:
    asked without evidence, whatever the arm. `withheld` are documents that are not searched for it, so that a question
    that they alone answer has no answer. `evidence` are texts that answer it where no document does, `retrieved` those
    that a search of the task's own finds.
    """

    id: str
    question: str
    topic: str = ""
    keywords: tuple[str, ...] = ()
    reference: str = ""
    documents: tuple[str, ...] = ()
    pages: tuple[int, ...] = ()
    answerable: bool = True
    options: tuple[str, ...] = ()
    closed_book: bool = False
    withheld: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    retrieved: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlacedQuestion(BenchmarkQuestion):
    """A question, with what the corpus tells for the scores of its answers.

    `right_documents` are the ids of the documents that answer it; one that the index lacks counts as missed.
    `similarity` is the cosine of a text and the reference under the index's encoder; None where one is empty.
    """

    right_documents: frozenset[str] = frozenset()
    similarity: Callable[[str], float | None] = lambda _: None


class Asker(Protocol):
    """Answers questions in its own way: a classifier, a look-up, a model under a prompt that the task makes."""

    @property
    def digest(self) -> str:
        """Changes when its answers may: under the same digest the same question is not asked again."""
        ...

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Its answer to one question, as a record of `arm`."""
        ...


@dataclass(frozen=True)
class Arm:
    """One side of a comparison: a registered model under a condition, or an `asker`.

    `role` is how it is called in tables. An arm with an asker may have no `model`: then only suites that need nothing
    of a model ask it.
    """

    role: str
    model: str = ""
    condition: Condition = "retrieval"
    asker: Asker | None = field(default=None, compare=False)


@dataclass(frozen=True)
class RequestCost:
    """What requests to the engine cost: seconds and tokens. `first_token` is the first request's."""

    engine: float = 0.0
    load: float = 0.0
    first_token: float = 0.0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    done_reason: str = ""
    requests: int = 0


@dataclass(frozen=True)
class Recorded:
    """An answer as it was given and what it cost: all that is needed to score it later without asking again.

    `seconds` is the time from question to end of answer, retrieval included, loading the model excluded; `cost` is what
    the engine spent. `values` are numbers a suite measured instead of text (log-likelihoods, for example). `texts` is
    what it was given to read by a suite that asks without the assistant. `thoughts` are those before such an answer, ""
    where the model was to think and did not, None where it was not to.
    """

    key: str
    arm: str
    question_id: str
    answer: Answer
    seconds: float = 0.0
    cost: RequestCost = field(default_factory=RequestCost)
    values: Mapping[str, float] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    thoughts: str | None = None


@dataclass(frozen=True)
class ScoredRow:
    """One question answered by one arm, with its scores (None: the metric does not apply to this row)."""

    suite: str
    arm: str
    question_id: str
    recorded: Recorded
    scores: Mapping[str, float | None]
    seconds: float


def cited_keys(answer: Answer) -> tuple[str, ...]:
    """The keys of the checked citations of an answer, each once, in order."""
    return tuple(dict.fromkeys(citation.key for citation in answer.citations))


def by_question(rows: Iterable[ScoredRow]) -> dict[str, dict[str, ScoredRow]]:
    """The rows of one suite by question id and arm, in their order."""
    found: dict[str, dict[str, ScoredRow]] = {}
    for row in rows:
        found.setdefault(row.question_id, {})[row.arm] = row
    return found


@dataclass(frozen=True)
class Difference:
    """`arm` − `baseline` on one metric, paired over `n` questions, with its 95 % interval.

    `p_value` is two-sided; `adjusted` is Holm's over the primary metrics (None for the others). `effect_size` is
    the mean paired difference in standard deviations. `detectable` is the smallest true change that this many
    questions would have shown four times in five. `base` and `tuned` are the values of baseline and arm.
    """

    metric: str
    base: float
    tuned: float
    change: float
    low: float
    high: float
    n: int
    p_value: float | None = None
    adjusted: float | None = None
    effect_size: float | None = None
    detectable: float | None = None
    primary: bool = False
    baseline: str = "base"
    arm: str = "tuned"


@dataclass(frozen=True)
class Agreement:
    """How far a judge model agrees with one metric: share of `n` questions with the same sign, and Cohen's kappa.

    The signs are better, equal, worse. `kappa` is None where both say the same of every question.
    """

    metric: str
    label: str
    n: int
    share: float
    kappa: float | None


@dataclass(frozen=True)
class Recommendation:
    """Which of several arms to use, and why, in plain words."""

    arm: str
    reason: str


@dataclass(frozen=True)
class TaskFigure:
    """A figure that a task makes of several arms: `value` as a person reads it, `note` what it is made of."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class RunOrigin:
    """What a report says of how its run came about: the training loss as an SVG of our own making, which goes into the
    page as it is, and lines of a name and a value."""

    loss_curve: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class BenchmarkReport:
    """The outcome: metric values an arm, all rows, the differences, the verdict and its reason in plain words.

    `verdicts` has one entry for each arm but the first, which is the baseline; `verdict` is that of `tuned`, or
    else of the second arm. `questions` is keyed by suite and question id; `files` names the file of each document id.
    `recommendation` is there where one of several arms is to be chosen, `figures` are those of the task.
    """

    arms: Mapping[str, Mapping[str, float]]
    rows: Sequence[ScoredRow]
    differences: Sequence[Difference]
    verdict: Verdict
    reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    questions: Mapping[tuple[str, str], BenchmarkQuestion] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    recommendation: Recommendation | None = None
    figures: tuple[TaskFigure, ...] = ()
