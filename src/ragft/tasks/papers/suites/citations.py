"""Whether citations are right, at the level of sentence, document and page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.answer.base import Answer
from ragft.answer.written.citation_keys import parse_keys
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, PlacedQuestion, Recorded, cited_keys
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.suites.base import Need, Scores, shipped_or_own
from ragft.tasks.papers.suites.papers import Papers, cited_documents

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings


class Citations:
    """Every answerable question that names its documents."""

    name = "citations"
    kind = "answer"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics: tuple[Metric, ...] = (
        Metric("precision", "Cited documents that are right", "precision"),
        Metric("recall", "Right documents that are cited", "recall", headline=True),
        Metric("validity", "Sentences the model cites validly", "validity"),
        Metric("right_page", "Citations of the right page", "right_page"),
        Metric("groundedness", "Groundedness", "groundedness"),
        Metric("cited_sentences", "Sentences with a key", "cited_sentences"),
        Metric("unknown_keys", "Keys that do not exist, an answer", "unknown_keys", "count", -1),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of `papers`, and the other answerable ones that ship."""
        found = [*Papers().questions(settings), *shipped_or_own(settings, "benchmark/answerable.jsonl")]
        return list({q.id: q for q in found if q.answerable and q.documents}.values())

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Let the assistant answer the question, and record the answer."""
        return bench.answer(arm, question)

    def score(self, question: PlacedQuestion, recorded: Recorded) -> Scores:
        """A refusal cites nothing: it counts against recall, against validity where the check had to make it one, and
        is left out of the rest. So is everything of an answer given closed-book, which had nothing to cite."""
        answer = recorded.answer
        right, cited = question.right_documents, cited_documents(answer)
        sentences = answer.sentences
        return {
            "precision": metrics.citation_precision(cited, right),
            "recall": metrics.citation_recall(cited, right) if answer.retrieved else None,
            "validity": _validity(answer),
            "right_page": _right_page(question, answer, right),
            "groundedness": metrics.groundedness([s.supported for s in sentences], refused=answer.refused),
            "cited_sentences": metrics.groundedness([bool(s.keys) for s in sentences], refused=answer.refused),
            "unknown_keys": float(answer.metrics.unknown_keys) if answer.retrieved else None,
        }


def _validity(answer: Answer) -> float | None:
    if not answer.retrieved or not answer.raw or answer.reason == "model_refused":
        return None
    written = {key for group in parse_keys(answer.raw) for key in group.keys}
    return metrics.citation_validity(written, [(s.keys, s.supported) for s in answer.sentences])


def _right_page(question: BenchmarkQuestion, answer: Answer, right: frozenset[str]) -> float | None:
    """Share of the cited passages that lie in a right document and touch a right page."""
    keys = cited_keys(answer)
    cited = [item.hit for item in answer.evidence if item.key in keys]
    if not cited or not question.pages:
        return None
    right_pages = [
        hit.document_id in right and any(hit.pages[0] <= n <= hit.pages[1] for n in question.pages) for hit in cited
    ]
    return sum(right_pages) / len(right_pages)
