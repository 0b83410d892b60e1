"""The questions over the papers: the 15 that ship with ragft, or any file of the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ragft.answer.base import Answer
from ragft.answer.prompts.form import REFUSAL
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.base import Arm, BenchmarkQuestion, PlacedQuestion, Recorded, cited_keys
from ragft.benchmark.questions import SHIPPED
from ragft.benchmark.scoring import metrics
from ragft.benchmark.scoring.broken_output import broken
from ragft.benchmark.scoring.measures import BROKEN, Metric, keyed_by_name, latency
from ragft.benchmark.scoring.plain import plain_answer
from ragft.benchmark.suites.base import Need, Scores, shipped_or_own
from ragft.corpus.words import count_words

if TYPE_CHECKING:
    from ragft.setting_sections import BenchmarkSettings


class Papers:
    """Is the answer right, is it grounded, is it whole, and how long did it take?"""

    name = "papers"
    kind = "answer"
    needs: frozenset[Need] = frozenset({"text", "corpus"})
    metrics: tuple[Metric, ...] = keyed_by_name(
        Metric("keyword_coverage", "Keyword coverage", "keyword_coverage", headline=True),
        Metric("keyword_coverage_unchecked", "Keywords before the check", "keyword_coverage_unchecked"),
        Metric("substantive_rate", "Substantive rate", "substantive", binary=True),
        Metric("source_hit_rate", "Source hit rate", "source_hit", binary=True, role="control"),
        Metric("mrr", "MRR", "reciprocal_rank", "score", role="control"),
        *latency(),
        Metric("semantic_similarity", "Semantic similarity", "semantic_similarity", "score", headline=True),
        Metric("token_f1", "Token F1", "token_f1", "score"),
        Metric("groundedness", "Groundedness", "groundedness", headline=True),
        Metric("citation_precision", "Citation precision", "citation_precision"),
        Metric("citation_recall", "Citation recall", "citation_recall"),
        Metric("refusal_rate", "Refused", "refused", better=0, binary=True),
        Metric("degenerate_rate", "Broken answers", "degenerate", better=-1, binary=True, role="guard", guard=BROKEN),
        Metric("answer_words", "Answer length, words", "words", "count", 0),
    )

    def questions(self, settings: BenchmarkSettings) -> list[BenchmarkQuestion]:
        """Those of the file in the settings, or those that ship."""
        return shipped_or_own(settings, SHIPPED)

    def ask(self, bench: Bench, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """By the assistant, as a user would."""
        return bench.answer(arm, question)

    def score(self, question: PlacedQuestion, recorded: Recorded) -> Scores:
        """All metrics of one answer."""
        answer = recorded.answer
        right = question.right_documents
        cited = cited_documents(answer)
        found = retrieved_documents(answer)
        closed_book = not found
        text = plain_answer(answer)
        return {
            "keyword_coverage": metrics.keyword_coverage(text, question.keywords),
            "keyword_coverage_unchecked": metrics.keyword_coverage(answer.raw, question.keywords),
            "substantive": metrics.substantive(text, refused=answer.refused),
            "source_hit": None if closed_book else metrics.source_hit(found, right),
            "reciprocal_rank": None if closed_book else metrics.reciprocal_rank(found, right),
            "latency": recorded.seconds,
            "semantic_similarity": question.similarity(text or REFUSAL),
            "token_f1": metrics.token_f1(text, question.reference),
            "groundedness": metrics.groundedness([s.supported for s in answer.sentences], refused=answer.refused),
            "citation_precision": metrics.citation_precision(cited, right),
            "citation_recall": None if closed_book else metrics.citation_recall(cited, right),
            "refused": float(answer.refused),
            "degenerate": float(bool(broken(recorded, question.question))),
            "words": None if answer.refused else float(count_words(text)),
        }


def retrieved_documents(answer: Answer) -> list[str]:
    """The document of each passage that was found, best first."""
    return [item.hit.document_id for item in answer.retrieved]


def cited_documents(answer: Answer) -> list[str]:
    """The documents that the checked citations lead to, in order."""
    documents = {item.key: item.hit.document_id for item in answer.evidence}
    return [documents[key] for key in cited_keys(answer) if key in documents]
