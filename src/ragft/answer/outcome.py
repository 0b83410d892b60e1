"""What is known of a question while it is answered, and the answers it can end in: written, quoted, refused."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ragft.answer.base import Answer, AnswerMetrics, Citation, Evidence, RefusalReason
from ragft.answer.budget import Fitted
from ragft.answer.check import Checked
from ragft.answer.citations import strip_keys
from ragft.answer.degenerate import Fault
from ragft.answer.form import REFUSAL
from ragft.answer.library.librarian import Found
from ragft.engine.base import ChatChunk


@dataclass
class QuestionState:
    """One question on its way. Times in seconds; `started` by `time.perf_counter`."""

    question: str
    model: str
    engine: str
    started: float
    retrieval_seconds: float = 0.0
    gate_seconds: float = 0.0
    first_token_seconds: float = 0.0
    gate_score: float | None = None
    answer_score: float | None = None
    evidence: tuple[Evidence, ...] = ()
    fitted: Fitted | None = None
    raw: str = ""
    last: ChatChunk = field(default_factory=lambda: ChatChunk(done=True))
    fault: Fault = ""
    retries: int = 0
    warnings: list[str] = field(default_factory=list)


def answered(state: QuestionState, checked: Checked) -> Answer:
    """The model's own words, checked."""
    return answer_of(state, checked.text, checked.citations, checked=checked)


def quoted(state: QuestionState, checked: Checked, citation: Citation) -> Answer:
    """A passage in place of words of the model that nothing supports.

    The citation's quote is verbatim; in the answer a paper's own reference marks would pass for keys.
    """
    text = f"From the sources: “{_line(citation.quote)}” [{citation.key}]"
    return answer_of(state, text, (citation,), checked=checked, quotation=True)


def refused(state: QuestionState, reason: RefusalReason, checked: Checked | None = None) -> Answer:
    """A refusal that says what was searched and what came nearest."""
    return answer_of(state, f"{REFUSAL} {_searched(state.evidence)}", reason=reason, checked=checked)


def catalogued(state: QuestionState, found: Found) -> Answer:
    """What the catalogue says, by no model."""
    state.evidence = found.evidence
    answer = answer_of(state, found.text, found.citations, reason="not_in_library" if found.missing else None)
    return replace(answer, model="", engine="catalogue", metrics=replace(answer.metrics, catalogue=True))


def unfinished_thought(state: QuestionState) -> str:
    """What to say where the token limit came before the first word of an answer."""
    spent = state.last.metrics.generated_tokens if state.last.metrics else 0
    return (
        f"{state.model} was cut while it still thought{f', after {spent} tokens' if spent else ''}: raise "
        "answer.thinking_tokens and answer.num_ctx, ask with --think low or off, or ask another model"
    )


def answer_of(
    state: QuestionState,
    text: str,
    citations: tuple[Citation, ...] = (),
    *,
    reason: RefusalReason | None = None,
    checked: Checked | None = None,
    quotation: bool = False,
) -> Answer:
    """The answer `text` with all that is known of it."""
    metrics = replace(_metrics(state), quoted=quotation)
    if checked is not None:
        metrics = replace(
            metrics,
            unknown_keys=checked.unknown_keys,
            wrong_keys=checked.wrong_keys,
            aligned_sentences=checked.aligned,
            orders_removed=checked.orders,
            unsupported_sentences=sum(1 for sentence in checked.sentences if not sentence.supported),
        )
    return Answer(
        question=state.question,
        answer=text,
        refused=reason is not None,
        reason=reason,
        citations=citations,
        sentences=checked.sentences if checked and reason is None and not quotation else (),
        evidence=state.evidence,
        model=state.model,
        engine=state.engine,
        metrics=metrics,
        raw=state.raw,
    )


def _metrics(state: QuestionState) -> AnswerMetrics:
    generated = state.last.metrics
    fitted = state.fitted
    metrics = AnswerMetrics(
        retrieval_seconds=state.retrieval_seconds,
        gate_seconds=state.gate_seconds,
        first_token_seconds=state.first_token_seconds,
        total_seconds=time.perf_counter() - state.started,
        prompt_tokens=generated.prompt_tokens if generated else 0,
        generated_tokens=generated.generated_tokens if generated else 0,
        retries=state.retries,
        degenerate=state.fault,
        done_reason=state.last.done_reason or "",
        gate_score=state.gate_score,
        answer_score=state.answer_score,
        warnings=tuple(state.warnings),
    )
    if fitted is None:
        return metrics
    return replace(
        metrics,
        prompt_tokens=metrics.prompt_tokens or fitted.prompt_tokens,
        evidence_used=len(fitted.evidence),
        evidence_dropped=fitted.evidence_dropped,
        evidence_trimmed=fitted.evidence_trimmed,
        evidence_tokens=fitted.evidence_tokens,
        evidence_share=fitted.evidence_share,
        reading_speed=fitted.speed,
        history_dropped=fitted.history_dropped,
        orders_withheld=fitted.orders_withheld,
    )


def _searched(evidence: Sequence[Evidence]) -> str:
    """What was searched and what came nearest, for a refusal."""
    if not evidence:
        return "Nothing in the index matches it."
    nearest = evidence[0].hit
    documents = len({item.hit.document_id for item in evidence})
    page = f", p. {nearest.pages[0]}" if nearest.pages[0] else ""
    passages = f"{len(evidence)} passage{'s' if len(evidence) > 1 else ''}"
    papers = f"{documents} document{'s' if documents > 1 else ''}"
    return f"Looked at {passages} of {papers}; the nearest is in “{_line(nearest.title)}”{page}."


def _line(text: str) -> str:
    """Text of a document within a sentence of ours: on one line, without brackets that could pass for keys."""
    return " ".join(strip_keys(text)[0].split())
