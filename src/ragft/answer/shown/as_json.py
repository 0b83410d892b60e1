"""An answer with everything that is known of it, as `--json` prints it. docs/asking.md describes every field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ragft.answer.base import Answer, Citation, Evidence, Sentence
from ragft.answer.shown.messages import language_of_question
from ragft.answer.shown.notes import notes
from ragft.answer.shown.numbering import source_numbers, with_numbers

WHY = {
    "no_question": "nothing was asked of the documents; no model was asked",
    "no_evidence": "nothing was retrieved; no model was asked",
    "weak_evidence": "the retrieved passages are not about the question (scores.gate < scores.gate_threshold), or it "
    "turns on a name that nothing in the collection has; no model was asked",
    "model_refused": "the model said that the sources do not answer",
    "unsupported": "no sentence of the model's answer is supported by a source, or the sources do not hold what was "
    "asked for",
    "degenerate": "the model wrote no answer, twice: see metrics.degenerate",
    "unfinished_thought": "the model used up its tokens before it began to answer",
    "not_in_library": "the catalogue of the documents does not have it; no model was asked",
}
"""What each reason of a refusal means."""


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as one document. `key` is what a source is called in the prompt, `number` what a reader sees."""
    numbers = source_numbers(answer)
    metrics = answer.metrics
    used = {item.hit.chunk_id: item for item in answer.evidence} if metrics.evidence_used else {}
    return {
        "question": answer.question,
        "language": language_of_question(answer.question),
        "answer": with_numbers(answer.answer, numbers),
        "refused": answer.refused,
        "reason": answer.reason,
        "why": WHY[answer.reason] if answer.reason else None,
        "citations": [_citation(citation, numbers) for citation in answer.citations],
        "sentences": [_sentence(sentence, numbers) for sentence in answer.judged],
        "evidence": [_evidence(item, numbers, used) for item in answer.retrieved or answer.evidence],
        "scores": {
            "gate": metrics.gate_score,
            "gate_threshold": metrics.gate_threshold,
            "answer": metrics.answer_score,
            "answer_threshold": metrics.answer_threshold,
        },
        "budget": {
            "evidence_tokens": metrics.evidence_tokens,
            "evidence_share": metrics.evidence_share,
            "prompt_tokens": metrics.prompt_tokens,
            "generated_tokens": metrics.generated_tokens,
            "passages_used": metrics.evidence_used,
            "passages_left_out": metrics.evidence_dropped,
            "passages_shortened": metrics.evidence_trimmed,
            "turns_left_out": metrics.history_dropped,
        },
        "notes": notes(answer),
        "raw": answer.raw,
        "model": answer.model,
        "engine": answer.engine,
        "metrics": metrics,
    }


def _citation(citation: Citation, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {"number": int(numbers[citation.key]), **vars(citation)}


def _sentence(sentence: Sentence, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {
        **vars(sentence),
        "numbers": [int(numbers[key]) for key in sentence.keys if key in numbers],
    }


def _evidence(item: Evidence, numbers: Mapping[str, str], used: Mapping[str, Evidence]) -> dict[str, Any]:
    hit = item.hit
    shown = used.get(hit.chunk_id)
    number = numbers.get(shown.key if shown else item.key)
    return {
        "key": shown.key if shown else item.key,
        "number": int(number) if number else None,
        "rank": hit.rank,
        "score": hit.score,
        "lexical": hit.lexical,
        "dense": hit.dense,
        "chunk_id": hit.chunk_id,
        "document_id": hit.document_id,
        "title": hit.title,
        "pages": hit.pages,
        "section": hit.section,
        "text": hit.text,
        "shown": shown.shown if shown else None,
    }
