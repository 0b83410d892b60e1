"""The objectives of the tuning: one deciding metric for each, and the same measured on what a reader of `ask` sees.

The model is judged by its own words and keys, as it wrote them. It is asked every question, also those that the gate
would keep from it. What `ragft ask` makes of the same words (gate, check, quotation in their place) is beside it.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from ragft.answer.base import Answer
from ragft.answer.checker import clean
from ragft.answer.checking.support import coverage
from ragft.answer.prompts.form import REFUSAL
from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.written.citation_keys import parse_keys, strip_keys
from ragft.answer.written.prose import not_prose
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, PlacedQuestion, Recorded
from ragft.benchmark.questions import SHIPPED, evenly
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.broken_output import broken
from ragft.benchmark.scoring.measures import BROKEN, GuardRule, Metric
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.suites.base import Need, Scores, shipped_or_own, shipped_questions
from ragft.tasks.papers.suites.refusal import macro_f1

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings

ANSWERABLE, UNANSWERABLE = 30, 15
"""Of the shipped questions, beside the 15 of `papers`: 60 in all, a quarter of them without an answer in the papers."""
LESS_SIMILAR = 0.05
"""Answers may grow this much less similar to the references, in cosine: paraphrases of one answer differ by more."""
SIMILAR = GuardRule(
    LESS_SIMILAR,
    lost="Its answers are less like the references: {base} → {tuned} ({allowed} less is allowed).",
)
REFUSES = GuardRule(
    0.05,
    lost="It refuses more questions that the documents answer: {base} → {tuned} ({allowed} more is allowed).",
)


class Objectives:
    """Valid citations, completeness, refusal and prose of what the model wrote."""

    name = "objectives"
    kind = "objective"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics: tuple[Metric, ...] = (
        Metric("valid_citations", "Valid citations", "valid_citations", role="primary"),
        Metric("completeness", "Completeness", "completeness", role="primary"),
        Metric("refusal_f1", "Refusal macro-F1", "cell", "score", aggregate=macro_f1, role="primary", single="right"),
        Metric("prose", "Prose", "prose", binary=True, role="primary"),
        Metric("right", "Rightly refused or answered", "right", binary=True),
        Metric("inventions", "Inventions", "invention", better=-1, binary=True),
        Metric(
            "false_refusals", "False refusals", "false_refusal", better=-1, binary=True, role="guard", guard=REFUSES
        ),
        Metric("similarity", "Similarity to the reference", "similarity", "score", role="guard", guard=SIMILAR),
        Metric("broken", "Broken answers", "broken", better=-1, binary=True, role="guard", guard=BROKEN),
        Metric("read_completeness", "Reader: completeness", "read_completeness"),
        Metric("read_supported", "Reader: sentences supported", "read_supported"),
        Metric("read_refusal_f1", "Reader: refusal macro-F1", "read_cell", "score", aggregate=macro_f1),
        Metric("read_quoted", "Reader: a source quoted instead", "read_quoted", better=0, binary=True),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the user's file; of those that ship the 15 of `papers` and some of the others, in turn."""
        if settings.questions:
            return shipped_or_own(settings)
        # Evenly over lists that go from paper to paper.
        more = evenly(shipped_questions("benchmark/answerable.jsonl"), ANSWERABLE)
        without = evenly(shipped_questions("benchmark/unanswerable.jsonl"), UNANSWERABLE)
        columns = (shipped_questions(SHIPPED), more[::2], more[1::2], without)
        return [question for question in chain.from_iterable(zip_longest(*columns)) if question is not None]

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """By the assistant, the gate open."""
        return bench.answer(arm, question, ungated=True)

    def score(self, question: PlacedQuestion, recorded: Recorded) -> Scores:
        """The model's own scores, and the reader's. A refusal of an answerable question says and cites nothing: 0."""
        answer = recorded.answer
        declined = is_refusal(clean(answer.raw))
        said = "" if declined else strip_keys(answer.raw)[0].strip()
        shown = "" if _hidden(answer) else plain_answer(answer)
        cited = bool(answer.retrieved) and question.answerable
        return {
            "valid_citations": _validity(answer, declined=declined) if cited else None,
            "completeness": completeness(said, question),
            "cell": 2.0 * (not question.answerable) + declined,
            "right": float(declined is not question.answerable),
            "invention": None if question.answerable else float(not declined),
            "false_refusal": float(declined) if question.answerable else None,
            "prose": float(any(map(str.isalnum, answer.raw)) and not not_prose(answer.raw)),
            "similarity": question.similarity(said or REFUSAL) if question.answerable else None,
            "broken": float(bool(broken(recorded, question.question))),
            "read_completeness": completeness(shown, question),
            "read_supported": _supported(answer),
            "read_cell": 2.0 * (not question.answerable) + _hidden(answer),
            "read_quoted": float(answer.metrics.quoted and not _hidden(answer)),
        }


def completeness(said: str, question: BenchmarkQuestion) -> float | None:
    """The share of the question's keywords in `said`; where it has none, of the terms and numbers of its reference.

    Chosen by agreement with a hundred judgements by hand (docs/metrics.md).
    """
    if not question.answerable:
        return None
    if question.keywords:
        return metrics.keyword_coverage(said, question.keywords)
    return coverage(question.reference, said) if question.reference else None


def _validity(answer: Answer, *, declined: bool) -> float:
    if declined:
        return 0.0
    written = {key for group in parse_keys(answer.raw) for key in group.keys}
    return metrics.citation_validity(written, [(s.keys, s.supported) for s in answer.judged])


def _hidden(answer: Answer) -> bool:
    """Whether a reader is shown a refusal: by model or check, or because the gate would not have let it be asked."""
    found = answer.metrics
    gated = None not in (found.gate_score, found.gate_threshold) and (found.gate_score or 0.0) < (
        found.gate_threshold or 0.0
    )
    return answer.refused or gated


def _supported(answer: Answer) -> float | None:
    """Share of the sentences shown that a source supports; a quotation is one."""
    if _hidden(answer) or not answer.retrieved:
        return None
    return 1.0 if answer.metrics.quoted else metrics.groundedness([s.supported for s in answer.sentences])
