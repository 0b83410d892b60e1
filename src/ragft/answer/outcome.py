"""The state of a question while it is answered, and the possible answers: written, quoted, refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ragft.answer.base import Answer, AnswerMetrics, Citation, Evidence, RefusalReason, Sentence
from ragft.answer.checker import Checked
from ragft.answer.library.librarian import CatalogueAnswer
from ragft.answer.prompts.budget import Fitted
from ragft.answer.refusal.unknown_names import NO_NAMES, UnknownNames
from ragft.answer.shown.messages import language_of_question, say
from ragft.answer.written.citation_keys import plain_line
from ragft.answer.written.degenerate import Fault
from ragft.engine.base import ChatChunk
from ragft.index.base import Hit

NEAREST = 3
"""How many places a refusal names."""


@dataclass
class QuestionState:
    """One question on its way. Times in seconds, from when it was asked.

    `asked` is the question as it stands alone, in the language of the documents where a model could translate it.

    `is_final` decides which parts of the answer stand for good before it is whole; None: none. `settled` is how far
    what the model wrote does. `in_parts`: a reader sees such parts at once; what they are does not depend on it.

    `unknown` are the names in it that nothing in the collection has. `searched_for` and `also_searched_for` are as
    in `AnswerMetrics`.
    """

    question: str
    model: str
    engine: str
    clock: Callable[[], float]
    started: float = field(init=False)
    retrieval_seconds: float = 0.0
    gate_seconds: float = 0.0
    first_token_seconds: float = 0.0
    gate_score: float | None = None
    answer_score: float | None = None
    gate_threshold: float | None = None
    answer_threshold: float | None = None
    evidence: tuple[Evidence, ...] = ()
    retrieved: tuple[Evidence, ...] = ()
    fitted: Fitted | None = None
    raw: str = ""
    last: ChatChunk = field(default_factory=lambda: ChatChunk(done=True))
    fault: Fault = ""
    asked: str = ""
    is_final: Callable[[Checked], bool] | None = None
    settled: str = ""
    in_parts: bool = False
    unknown: UnknownNames = NO_NAMES
    retries: int = 0
    searched_for: str = ""
    also_searched_for: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def seconds(self) -> float:
        """How long ago it was asked."""
        return max(0.0, self.clock() - self.started)


def answered(state: QuestionState, checked: Checked) -> Answer:
    """The model's own words, checked."""
    return build_answer(state, checked.text, checked.citations, checked=checked)


def quoted(state: QuestionState, checked: Checked, citations: tuple[Citation, ...]) -> Answer:
    """Sentences of a source in place of words of the model that nothing supports.

    The citations' quotes are verbatim; in the answer a paper's own reference marks would pass for keys.
    """
    quote = " ".join(f"“{plain_line(citation.quote)}” [{citation.key}]" for citation in citations)
    text = say("from_the_sources", language_of_question(state.question), quote=quote)
    return build_answer(state, text, citations, checked=checked, quotation=True)


def refused(state: QuestionState, reason: RefusalReason, checked: Checked | None = None) -> Answer:
    """A refusal that names what nothing here has, and what came nearest."""
    language = language_of_question(state.question)
    parts = [say("refusal", language), _unknown_note(state), _nearest(state.evidence, language)]
    return build_answer(state, " ".join(filter(None, parts)), reason=reason, checked=checked)


def small_talk(state: QuestionState) -> Answer:
    """The reply to a greeting, made without a model."""
    return build_answer(state, say("no_question", language_of_question(state.question)), reason="no_question")


def catalogued(state: QuestionState, found: CatalogueAnswer) -> Answer:
    """What the catalogue says, by no model."""
    state.evidence = found.evidence
    answer = build_answer(state, found.text, found.citations, reason="not_in_library" if found.missing else None)
    return replace(answer, model="", engine="catalogue", metrics=replace(answer.metrics, catalogue=True))


def unfinished_thought(state: QuestionState) -> str:
    """What to say where the token limit came before the first word of an answer."""
    return say("only_thought", language_of_question(state.question), model=state.model)


def build_answer(
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
    if reason is None and (note := _unknown_note(state)):
        metrics = replace(metrics, warnings=(note, *metrics.warnings))
    if checked is not None:
        metrics = replace(
            metrics,
            unknown_keys=checked.unknown_keys,
            wrong_keys=checked.wrong_keys,
            aligned_sentences=checked.aligned,
            instructions_removed=checked.instructions,
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
        judged=_judged(checked, shown=reason is None and not quotation),
        retrieved=state.retrieved,
    )


def _judged(checked: Checked | None, *, shown: bool) -> tuple[Sentence, ...]:
    """The sentences of the model; where its answer is not `shown`, none of them is."""
    sentences = checked.sentences if checked else ()
    return sentences if shown else tuple(replace(sentence, shown="left_out") for sentence in sentences)


def _metrics(state: QuestionState) -> AnswerMetrics:
    generated = state.last.metrics
    fitted = state.fitted
    metrics = AnswerMetrics(
        retrieval_seconds=state.retrieval_seconds,
        gate_seconds=state.gate_seconds,
        first_token_seconds=state.first_token_seconds,
        total_seconds=state.seconds,
        prompt_tokens=generated.prompt_tokens if generated else 0,
        generated_tokens=generated.generated_tokens if generated else 0,
        retries=state.retries,
        degenerate=state.fault,
        done_reason=state.last.done_reason or "",
        gate_score=state.gate_score,
        answer_score=state.answer_score,
        gate_threshold=state.gate_threshold,
        answer_threshold=state.answer_threshold,
        warnings=tuple(state.warnings),
        searched_for=state.searched_for,
        also_searched_for=state.also_searched_for,
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
        instructions_withheld=fitted.instructions_withheld,
    )


def _nearest(evidence: Sequence[Evidence], language: str) -> str:
    """The places that came nearest, each once, the best first."""
    if not evidence:
        return say("nothing_found", language)
    places = dict.fromkeys(_place(item.hit, language) for item in evidence)
    return say("nearest", language, places="; ".join(list(places)[:NEAREST]))


def _place(hit: Hit, language: str) -> str:
    name = "place" if hit.pages[0] else "place_without_page"
    return say(name, language, title=plain_line(hit.title), page=hit.pages[0])


def _unknown_note(state: QuestionState) -> str:
    """Which names of the question nothing in the collection has; empty where it has all."""
    if not state.unknown.names:
        return ""
    names = ", ".join(f"“{plain_line(name)}”" for name in state.unknown.names)
    return say("unknown_names", language_of_question(state.question), names=names)
