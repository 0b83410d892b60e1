"""Chooses the best of several answers, by the checks of `ask` and by completeness.

    verdict = Verifier(supporter, threshold).judge(answer, fitted, question, reference)
    verdict.score, verdict.faults      ->  0.31, ("uncited", "incomplete")

The score is the share of supported sentences × the share with a right key of their own × completeness; 0 with a fault
of form. Completeness is the share of the reference's words and numbers that the answer has.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ragft.answer.checker import check
from ragft.answer.checking.support import Supporter, coverage
from ragft.answer.prompts.budget import Fitted
from ragft.answer.prompts.prompt import is_refusal
from ragft.answer.written.citation_keys import parse_keys, strip_keys
from ragft.answer.written.degenerate import fault
from ragft.answer.written.prose import not_prose
from ragft.tasks.papers.natural.sentences import with_key

MOST_SENTENCES = 5
COMPLETE = 0.55
"""Least completeness; below it the answer has a fault."""
FORM = frozenset("empty loop cut_off template_token think_block not_prose refuses answers too_long".split())
"""Faults that make the score 0."""


@dataclass(frozen=True)
class ScoredAnswer:
    """An answer with its score (0 to 1, higher is better), its faults, and its parts of the score."""

    answer: str
    score: float
    faults: tuple[str, ...] = ()
    support: float = 0.0
    complete: float = 0.0

    @property
    def is_good(self) -> bool:
        """Whether it may be trained on."""
        return not self.faults


@dataclass(frozen=True)
class Verifier:
    """The checks of `ask` with its threshold of support."""

    supporter: Supporter
    threshold: float

    def judge(self, answer: str, fitted: Fitted, question: str, reference: str, *, done: str = "stop") -> ScoredAnswer:
        """The score of an answer to an answerable question; `reference` is the expected answer."""
        form = self._form(answer, done)
        if is_refusal(strip_keys(answer)[0]):
            form.append("refuses")
        if form:
            return ScoredAnswer(answer, 0.0, tuple(form))
        checked = check(answer, fitted.evidence, question=question, supporter=self.supporter, threshold=self.threshold)
        count = len(checked.sentences)
        if not count:
            return ScoredAnswer(answer, 0.0, ("empty",))
        if count > MOST_SENTENCES:
            return ScoredAnswer(answer, 0.0, ("too_long",))
        supported = sum(one.supported for one in checked.sentences) / count
        bare = sum(not one.keys for one in checked.sentences if one.supported)  # "Yes." has none
        wrong = min(count, checked.unknown_keys + checked.wrong_keys + checked.aligned)
        complete = coverage(strip_keys(reference)[0], strip_keys(answer)[0])
        faults = [
            name
            for name, found in (
                ("unsupported", supported < 1),
                ("wrong_key", checked.unknown_keys + checked.wrong_keys > 0),
                ("uncited", checked.aligned > 0 or not parse_keys(answer)),
                ("says_nothing", not checked.grounded),
                ("incomplete", complete < COMPLETE),
            )
            if found
        ]
        cited = 1 - wrong / count if count > bare else 0.0
        lowest = min((one.support for one in checked.sentences if one.keys), default=0.0)
        return ScoredAnswer(answer, round(supported * cited * complete, 4), tuple(faults), lowest, round(complete, 4))

    def with_keys(self, answer: str, fitted: Fitted, question: str) -> str:
        """`answer` with the key of the source that supports each sentence; sentences without support get no key."""
        result = check(answer, fitted.evidence, question=question, supporter=self.supporter, threshold=self.threshold)
        return " ".join(
            with_key(one.text, "][".join(one.keys)) if one.keys and one.supported else one.text
            for one in result.sentences
        )

    def judge_refusal(self, answer: str, *, done: str = "stop") -> ScoredAnswer:
        """The score of an answer to an unanswerable question: 1 for a plain refusal, else 0."""
        form = self._form(answer, done)
        if not form and not is_refusal(answer):
            form.append("answers")
        return ScoredAnswer(answer, 0.0 if form else 1.0, tuple(form))

    @staticmethod
    def _form(answer: str, done: str) -> list[str]:
        found = [name for name in (fault(answer, done),) if name]
        return [*found, *(["not_prose"] if not_prose(answer) or "\n" in answer.strip() else [])]


def best(candidates: Collection[ScoredAnswer]) -> ScoredAnswer | None:
    """The best of the good answers, the earlier of equals; None if none is good."""
    return max((one for one in candidates if one.is_good), key=lambda one: one.score, default=None)
