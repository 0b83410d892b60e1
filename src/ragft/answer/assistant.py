"""The answer path: retrieve, gate, prompt, stream, check.

assistant = Assistant(engine, index, settings.answer, model="smollm2", embed=index.embed)
answer = assistant.ask("How much GPU memory does QLoRA need for a 65B model?")
print(answer.answer, answer.citations)
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ragft.answer.base import Answer, AnswerMetrics, Citation, Evidence, RefusalReason, Searcher, Turn
from ragft.answer.budget import Fitted, SpeedBook, TokenCounter, evidence_budget, fit
from ragft.answer.check import Checked, check, clean, resolver
from ragft.answer.citations import cite, strip_keys
from ragft.answer.degenerate import Fault, before_loop, fault, is_loop
from ragft.answer.features import Candidate, Features, candidates, question_features
from ragft.answer.gate import Calibration
from ragft.answer.nli import open_nli
from ragft.answer.prompt import REFUSAL, assign_keys, is_refusal
from ragft.answer.questions import answer_type, holds_type
from ragft.answer.rewrite import is_small_talk, standalone
from ragft.answer.shipped import SHIPPED
from ragft.answer.stream import Cited, Delta, Done, Event, KeyStream, Restart, Status, Thinking
from ragft.answer.support import Embed, Supporter, coverage
from ragft.config import AnswerSettings
from ragft.corpus.text import sanitise
from ragft.engine.base import ChatChunk, ChatRequest, Engine, Options

STOPS = ("\nQuestion:", "\n\nSources:")
"""Where a small model begins to write the next prompt itself."""
THINKING_TOKENS = 2048
"""Added to `num_predict` when thinking is on, for it counts against the same limit; at most half of what is left of
the context window."""
LONG_QUESTION = 2000
"""Characters from which on it is seen first whether the question fits at all."""
RETRY_TEMPERATURE = 0.7
DECLINED_MARGIN = 0.1
TYPE_BONUS = 0.1
"""What it is worth to a quotable sentence that it states the kind of thing asked for."""
LOOP_CHECK_CHARACTERS = 160
NO_QUESTION = (
    "That is no question about the documents. Ask for something that stands in them, with the name of the thing: "
    "“How much memory does QLoRA need?”"
)
"""What small talk is answered with, by no model."""


@dataclass
class _Progress:
    """What is known of one question while it is being answered."""

    question: str
    started: float
    retrieval_seconds: float = 0.0
    gate_seconds: float = 0.0
    first_token_seconds: float = 0.0
    features: Features | None = None
    gate_score: float | None = None
    answer_score: float | None = None
    evidence: tuple[Evidence, ...] = ()
    fitted: Fitted | None = None
    raw: str = ""
    last: ChatChunk = field(default_factory=lambda: ChatChunk(done=True))
    fault: Fault = ""
    retries: int = 0
    warnings: list[str] = field(default_factory=list)


class Assistant:
    """Answers questions from what `searcher` finds, with `model` on `engine`.

    `embed` (texts to unit vectors) adds meaning to words in gate and check. `calibration` holds the thresholds;
    `settings.gate` and `settings.support` override them. `speed` remembers how fast the model reads; without it the
    evidence budget is a constant and the token estimate stays as it is, so that benchmarks and data sets depend on
    neither the machine's mood nor the questions before. `quote` allows a verbatim passage, marked as such, where the
    model gives nothing usable but a source clearly answers.

    Raises:
        NotFoundError, InputError: `settings.nli_model` names no NLI model.
    """

    def __init__(
        self,
        engine: Engine,
        searcher: Searcher,
        settings: AnswerSettings,
        *,
        model: str,
        embed: Embed | None = None,
        calibration: Calibration = SHIPPED,
        speed: SpeedBook | None = None,
        quote: bool = True,
    ) -> None:
        self.engine = engine
        self.searcher = searcher
        self.settings = settings
        self.model = model
        self.calibration = calibration
        self.quote = quote
        self._supporter = Supporter(embed, open_nli(settings.nli_model) if settings.nli_model else None)
        self._counter = TokenCounter(engine, model)
        self._speed = speed

    @property
    def gate_threshold(self) -> float:
        """Below this probability the model is not asked."""
        return self.calibration.gate_threshold if self.settings.gate is None else self.settings.gate

    @property
    def support_threshold(self) -> float:
        """Below this score a sentence is marked as unsupported."""
        return self.calibration.support if self.settings.support is None else self.settings.support

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        evidence: Sequence[Evidence] | None = None,
        gated: bool = False,
        on_event: Callable[[Event], None] | None = None,
    ) -> Answer:
        """The checked answer to `question`; `on_event` sees it grow. Errors are those of `stream`."""
        answer: Answer | None = None
        for event in self.stream(question, history=history, evidence=evidence, gated=gated):
            if on_event is not None:
                on_event(event)
            if isinstance(event, Done):
                answer = event.answer
        assert answer is not None  # noqa: S101  the stream ends with Done or an exception
        return answer

    def retrieve(self, question: str, history: Sequence[Turn] = ()) -> tuple[Evidence, ...]:
        """The evidence for `question`, best first; a follow-up is made to stand alone first."""
        return assign_keys(self.searcher.search(standalone(question, history), self.settings.k))

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        evidence: Sequence[Evidence] | None = None,
        gated: bool = False,
    ) -> Generator[Event, None, None]:
        """The events of one answer; the last is `Done`. Closing the iterator stops the engine.

        With `evidence` given nothing is retrieved, and the gate stays open unless `gated`: the caller has decided.

        Raises:
            EngineUnavailable, ModelNotFound, GenerationError: from the engine, as they come.
            ContextOverflow: the question alone does not fit.
        """
        question = sanitise(question).strip()
        state = _Progress(question, time.perf_counter())
        if is_small_talk(question):
            yield Done(self._answer(state, NO_QUESTION, (), reason="no_question"))
            return
        query = standalone(question, history)
        if len(question) > LONG_QUESTION:
            self._fit(query, question, (), ())  # searching with what cannot be asked would take minutes
        yield Status("searching")
        state.evidence = tuple(evidence) if evidence is not None else self.retrieve(question, history)
        state.retrieval_seconds = time.perf_counter() - state.started
        hits = [item.hit for item in state.evidence]
        if not hits:
            yield Done(self._refused(state, "no_evidence"))
            return
        state.features = question_features(query, hits, self._supporter)
        state.gate_score = self.calibration.gate.probability(state.features)
        state.answer_score = self.calibration.answer.probability(state.features)
        state.gate_seconds = time.perf_counter() - state.started - state.retrieval_seconds
        if (gated or evidence is None) and state.gate_score < self.gate_threshold:
            yield Done(self._refused(state, "weak_evidence"))
            return
        yield Status("reading")
        state.fitted = self._fit(query, question, state.evidence, history)
        state.evidence = state.fitted.evidence
        checked = yield from self._write(state)
        yield Done(self._finish(state, query, checked))

    def _fit(self, query: str, question: str, evidence: Sequence[Evidence], history: Sequence[Turn]) -> Fitted:
        speed = self._speed.read(self.model) if self._speed else None

        def rank(sentences: Sequence[str]) -> list[float]:
            cosines = self._supporter.cosines(query, sentences) or [0.0] * len(sentences)
            return [cosine + coverage(query, text) for cosine, text in zip(cosines, sentences, strict=True)]

        return fit(
            question,
            evidence,
            [turn for turn in history if not turn.refused],
            counter=self._counter,
            options=self._options(),
            think=self.settings.think,
            evidence_tokens=evidence_budget(self.settings.evidence_tokens, speed),
            rank=rank,
        )

    def _options(self) -> Options:
        settings = self.settings
        left = max(0, settings.num_ctx - settings.num_predict)
        extra = min(THINKING_TOKENS, left // 2) if settings.think else 0
        return Options(
            temperature=self.settings.temperature,
            seed=self.settings.seed,
            num_ctx=self.settings.num_ctx,
            num_predict=self.settings.num_predict + extra,
            stop=STOPS,
        )

    def _write(self, state: _Progress) -> Generator[Event, None, Checked]:
        """Ask the model, a second time with another seed where the first output is degenerate; the last check."""
        options = self._options()
        checked = yield from self._attempt(state, options)
        if state.fault and not checked.grounded:
            first = state.fault
            yield Restart(first)
            state.retries = 1
            again = options.with_(seed=options.seed + 1, temperature=max(options.temperature, RETRY_TEMPERATURE))
            checked = yield from self._attempt(state, again)
        return checked

    def _attempt(self, state: _Progress, options: Options) -> Generator[Event, None, Checked]:
        state.raw, state.fault = yield from self._generate(state, options)
        self._compare_counts(state)
        usable = state.raw
        if state.fault == "loop":
            usable = before_loop(state.raw)
        elif state.fault == "cut_off":
            usable = _whole_sentences(state.raw)
        return check(
            usable,
            state.evidence,
            question=state.question,
            supporter=self._supporter,
            threshold=self.support_threshold,
        )

    def _generate(self, state: _Progress, options: Options) -> Generator[Event, None, tuple[str, Fault]]:
        """One output of the model, streamed; stopped early when it runs in a circle. Its text and what is wrong."""
        assert state.fitted is not None  # noqa: S101  set before the model is asked
        request = ChatRequest(self.model, state.fitted.messages, options, think=self.settings.think)
        resolve = resolver(
            state.evidence, question=state.question, supporter=self._supporter, threshold=self.support_threshold
        )
        shown = KeyStream(resolve)
        raw, looked_at = "", 0
        chunks = self.engine.chat(request)
        try:
            for chunk in chunks:
                if chunk.thinking and self.settings.think:
                    yield Thinking(chunk.thinking)
                if chunk.content:
                    state.first_token_seconds = state.first_token_seconds or time.perf_counter() - state.started
                    raw += chunk.content
                    yield from _events(*shown.feed(chunk.content))
                if chunk.done:
                    state.last = chunk
                    break
                if len(raw) - looked_at > LOOP_CHECK_CHARACTERS:
                    looked_at = len(raw)
                    if is_loop(raw):
                        state.last = ChatChunk(done=True, done_reason="loop")
                        return raw, "loop"
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        yield from _events(*shown.flush())
        return raw, fault(raw, state.last.done_reason)

    def _compare_counts(self, state: _Progress) -> None:
        """Learn from the engine's own count of the prompt, and warn where it is not ours: something was cut."""
        metrics = state.last.metrics
        if metrics is None or state.fitted is None:
            return
        ours, theirs = state.fitted.prompt_tokens, metrics.prompt_tokens
        if theirs:
            if self._speed is not None:  # else the evidence of a question would depend on those before it
                self._counter.learn(sum(len(m.content) for m in state.fitted.messages), theirs)
            # An estimate errs on the safe side; half of it can only mean that the prompt was cut.
            wrong = abs(theirs - ours) > max(16, ours // 20) if self._counter.exact else theirs < ours // 2
            if wrong:
                state.warnings.append(f"the engine read {theirs} tokens of prompt where {ours} were counted")
        if self._speed is not None and theirs >= 100 and metrics.prompt_seconds > 0.2:
            self._speed.note(self.model, theirs / metrics.prompt_seconds)

    def _finish(self, state: _Progress, query: str, checked: Checked) -> Answer:
        score = state.answer_score or 0.0
        declined = is_refusal(clean(state.raw))
        if not declined and checked.grounded and score >= self.calibration.answer_threshold:
            return self._answered(state, checked)
        # Where the model itself declined, its word is doubted only on clearly better evidence.
        enough = self.calibration.quote_threshold + (DECLINED_MARGIN if declined else 0.0)
        if self.quote and score >= enough and (best := self._quotable(query, state)) is not None:
            return self._quoted(state, checked, best)
        reason: RefusalReason = "unsupported"
        if declined:
            reason = "model_refused"
        elif state.fault in ("empty", "template_token", "think_block", "loop"):
            reason = "degenerate"
        return self._refused(state, reason, checked)

    def _quotable(self, query: str, state: _Progress) -> Candidate | None:
        kind = answer_type(query)
        found = candidates(query, [item.hit for item in state.evidence], self._supporter)
        return max(found, key=lambda c: c.score + TYPE_BONUS * holds_type(kind, c.text, query), default=None)

    def _answered(self, state: _Progress, checked: Checked) -> Answer:
        return self._answer(state, checked.text, checked.citations, checked=checked)

    def _quoted(self, state: _Progress, checked: Checked, best: Candidate) -> Answer:
        item = next(item for item in state.evidence if item.hit.chunk_id == best.hit.chunk_id)
        citation = cite(best.text, item, aligned=True)
        if citation is None:
            return self._refused(state, "unsupported", checked)
        # The quotation itself is verbatim; in the answer a paper's own reference marks would pass for keys.
        text = f"From the sources: “{_line(citation.quote)}” [{item.key}]"
        return self._answer(state, text, (citation,), checked=checked, quoted=True)

    def _refused(self, state: _Progress, reason: RefusalReason, checked: Checked | None = None) -> Answer:
        return self._answer(state, f"{REFUSAL} {_searched(state.evidence)}", (), reason=reason, checked=checked)

    def _answer(
        self,
        state: _Progress,
        text: str,
        citations: tuple[Citation, ...],
        *,
        reason: RefusalReason | None = None,
        checked: Checked | None = None,
        quoted: bool = False,
    ) -> Answer:
        generated = state.last.metrics
        fitted = state.fitted
        metrics = AnswerMetrics(
            retrieval_seconds=state.retrieval_seconds,
            gate_seconds=state.gate_seconds,
            first_token_seconds=state.first_token_seconds,
            total_seconds=time.perf_counter() - state.started,
            prompt_tokens=(generated.prompt_tokens if generated else 0) or (fitted.prompt_tokens if fitted else 0),
            generated_tokens=generated.generated_tokens if generated else 0,
            evidence_used=len(state.evidence) if fitted else 0,
            evidence_dropped=fitted.evidence_dropped if fitted else 0,
            evidence_trimmed=fitted.evidence_trimmed if fitted else 0,
            evidence_tokens=fitted.evidence_tokens if fitted else 0,
            history_dropped=fitted.history_dropped if fitted else 0,
            orders_withheld=fitted.orders_withheld if fitted else 0,
            retries=state.retries,
            degenerate=state.fault,
            done_reason=state.last.done_reason or "",
            gate_score=state.gate_score,
            answer_score=state.answer_score,
            quoted=quoted,
            warnings=tuple(state.warnings),
        )
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
            sentences=checked.sentences if checked and reason is None and not quoted else (),
            evidence=state.evidence,
            model=self.model,
            engine=self.engine.name,
            metrics=metrics,
            raw=state.raw,
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


def _line(title: str) -> str:
    """A title within a sentence of ours: on one line, and without brackets that could pass for keys."""
    return " ".join(strip_keys(title)[0].split())


def _events(text: str, citations: Sequence[Citation]) -> Iterator[Event]:
    if text:
        yield Delta(text)
    yield from map(Cited, citations)


def _whole_sentences(text: str) -> str:
    """`text` without the sentence that the token limit cut in two; all of it where it is a single one."""
    cut = max(text.rfind(mark) for mark in (". ", ".\n", "? ", "! ", "] "))
    return text[: cut + 1] if cut > 0 else text
