"""The answer path: retrieve, gate, prompt, stream, check.

assistant = Assistant(AskedModel(engine, "smollm2"), AskedDocuments.of(index), settings.answer)
answer = assistant.ask("How much GPU memory does QLoRA need for a 65B model?")
print(answer.answer, answer.citations)
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from ragft.answer.asked import UNOBSERVED, AskedDocuments, AskedModel, Observations
from ragft.answer.base import Answer, Evidence, Turn
from ragft.answer.checked_parts import CheckedParts, with_beginning
from ragft.answer.checker import AnswerChecker, Checked
from ragft.answer.checking.model_judge import ModelJudge
from ragft.answer.checking.nli import configured_nli
from ragft.answer.checking.support import Supporter
from ragft.answer.decision import Verdict
from ragft.answer.outcome import QuestionState, answered, catalogued, refused, small_talk
from ragft.answer.prompt_counts import compare_counts
from ragft.answer.prompts.budget import Fitted, TokenCounter
from ragft.answer.prompts.builder import PromptBuilder
from ragft.answer.prompts.follow_ups import FollowUpRewriter
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.prompts.prompt import assign_keys
from ragft.answer.prompts.question_parts import parts_of
from ragft.answer.prompts.rewrite import is_small_talk, standalone
from ragft.answer.prompts.search_queries import QueryWriter, together
from ragft.answer.prompts.translation import Translator
from ragft.answer.refusal.features import Closest
from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.refusal.unknown_names import UnknownNames, find_unknown
from ragft.answer.shown.messages import language_of_question, say
from ragft.answer.summary.section_notes import PartReader
from ragft.answer.summary.summariser import Summariser, SummaryNotes
from ragft.answer.written.degenerate import Fault, LoopWatch, fault, usable
from ragft.answer.written.recital import Recital, RecitalWatch
from ragft.answer.written.stream import (
    CheckedPart,
    Done,
    Event,
    KeyStream,
    Restart,
    Status,
    Thinking,
    shown_events,
)
from ragft.answer.written.thinking_models import thinks_unasked
from ragft.corpus.text import sanitise
from ragft.engine.absent import require_engine
from ragft.engine.base import ChatChunk, ChatRequest, Options
from ragft.errors import ContextOverflow
from ragft.setting_sections import AnswerSettings

LONG_QUESTION = 2000
"""Characters from which on it is seen first whether the question fits at all."""
RETRY_TEMPERATURE = 0.7
WHOLE = 0.95
"""Share of a text from which on it counts as read: headings and blanks are left out."""


class Assistant:
    """Answers questions from `documents`, with `model`.

    `calibration` holds the thresholds; `settings.gate`, `settings.judgement` and `settings.support` override them.
    `quote` allows a verbatim passage, marked as such, where the model gives nothing usable but a source clearly
    answers. `judge` has the last word on what the sources support.

    Raises:
        NotFoundError, InputError: `settings.nli_model` names no NLI model.
    """

    def __init__(
        self,
        model: AskedModel,
        documents: AskedDocuments,
        settings: AnswerSettings,
        *,
        calibration: Calibration = SHIPPED,
        quote: bool = True,
        judge: ModelJudge | None = None,
        observed: Observations = UNOBSERVED,
    ) -> None:
        self.engine = model.engine
        self.model = model.name
        self.searcher = documents.searcher
        self.settings = settings
        self._documents = documents
        self._observed = observed
        self._judge = judge
        self._thinks: bool | None = None
        self._supporter = Supporter(documents.embed, configured_nli(settings.nli_model), documents.reads)
        counter = TokenCounter(model.engine, model.name)
        self.prompts = PromptBuilder(settings, counter, self._supporter, model.weights, model.own_word.told)
        capable = model.weights >= CAPABLE
        self._verdict = Verdict(
            settings,
            calibration,
            quote=quote,
            capable=capable,
            own_word=model.own_word,
        )
        self._translator = Translator(model.engine, model.name, documents.reads, documents.languages, able=capable)
        self._rewriter = FollowUpRewriter(model.engine, model.name, able=capable and settings.follow_ups == "model")
        reader = PartReader(model.engine, model.name, counter, self._supporter, self._verdict.support_threshold)
        self._summariser = Summariser(documents, self.prompts, reader, settings.summary_parts if capable else 0)
        self._queries = QueryWriter(model.engine, model.name, settings.queries, model.weights)

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
        return self._searched(standalone(question, history))

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        evidence: Sequence[Evidence] | None = None,
        gated: bool = False,
        checked_parts: bool = False,
    ) -> Generator[Event, None, None]:
        """The events of one answer; the last is `Done`. Closing the iterator stops the engine.

        With `evidence` given nothing is retrieved, and the gate stays open unless `gated`: the caller has decided.
        With `checked_parts`, parts of the answer come as `CheckedPart` as soon as they are checked. None is taken back,
        and the answer is the same without.

        Raises:
            EngineUnavailable, ModelNotFound, GenerationError: from the engine, as they come.
            ContextOverflow: the question alone does not fit.
        """
        question = sanitise(question).strip()
        state = QuestionState(question, self.model, self.engine.name, self._observed.clock)
        known = self._known(state, history, search=evidence is None)
        if known is not None:
            yield Done(known)
            return
        require_engine(self.engine)
        query = self._query(state, history, search=evidence is None)
        if len(question) > LONG_QUESTION:
            self.fit(
                query, question, (), (), self.prompts.options(question, thoughts=bool(self._thinks))
            )  # searching with what cannot be asked would take minutes
        yield Status("searching")
        state.evidence = tuple(evidence) if evidence is not None else self._found(state)
        state.retrieved = state.evidence
        state.retrieval_seconds = state.seconds
        if not state.evidence:
            yield Done(refused(state, "no_evidence"))
            return
        closest = Closest(query, self._supporter)
        gated = gated or evidence is None
        hits = [item.hit for item in state.evidence]
        unknown = (lambda: find_unknown(query, hits, self._documents.known)) if gated else UnknownNames
        passes = self._verdict.passes_gate(state, closest, unknown=unknown)
        if gated and not passes:
            yield Done(refused(state, "weak_evidence"))
            return
        titles = tuple(dict.fromkeys(item.hit.title for item in state.evidence))
        if self._observed.warming is not None and not self._observed.warming.ready:
            yield Status("loading the model", titles)
        options = self.prompts.options(question, thoughts=self._thinks_unasked())
        notes = yield from self._notes(state, query, options)
        found = state.evidence

        def fit_to(options: Options) -> None:
            state.fitted = (
                self._summariser.fit(question, notes, options)
                if notes
                else self.fit(query, question, found, history, options)
            )
            state.evidence = state.fitted.evidence

        state.in_parts = checked_parts
        if self._judge is None:  # what words support it may yet reject, and nothing is taken back
            state.is_final = lambda part: self._verdict.is_final(state, closest, part)
        yield Status("reading", titles)
        fit_to(options)
        share = self._summariser.share_read(query, notes, state.evidence)
        if share < WHOLE:
            state.warnings.append(say("part_read", language_of_question(question), share=f"{share:.0%}"))
        checked = yield from self._write(state, options, fit_to)
        answer = self._verdict.decide(state, closest, checked)
        if notes and (answer.refused or answer.metrics.quoted):  # each of the notes has passed the check
            state.evidence = notes.evidence  # also those that the prompt had no room for
            answer = answered(state, self._checker(state).answer(notes.text))
        yield Done(answer)

    def _known(self, state: QuestionState, history: Sequence[Turn], *, search: bool) -> Answer | None:
        """The answer for which no model is asked: to small talk, or from the catalogue; None where one is needed."""
        if is_small_talk(state.question):
            return small_talk(state)
        librarian = self._documents.librarian if search else None
        found = librarian.answer(state.question, history) if librarian is not None else None
        return None if found is None else catalogued(state, found)

    def _query(self, state: QuestionState, history: Sequence[Turn], *, search: bool = True) -> str:
        """The question as it is searched for, which is said where it is not as it was typed.

        Where nothing is searched for, no model puts it in other words.
        """
        typed = standalone(state.question, history)
        state.asked = (self._reworded(state, typed, history) if search else None) or typed
        query = self._documents.corrected(state.asked)
        if query != typed:
            state.searched_for = query
        return query

    def _reworded(self, state: QuestionState, typed: str, history: Sequence[Turn]) -> str | None:
        """What a model puts in the place of `typed`: a translation, or a follow-up that stands alone; None for none."""
        options = self.prompts.options(typed)
        if not self._translator.is_foreign(typed):
            return None if typed == state.question else self._rewriter.rewrite(state.question, history, options)
        translated = self._translator.translate(typed, options)
        if not (translated or self._translator.reads(typed)):
            why = "not_translated" if self._translator.able else "other_language"
            state.warnings.append(say(why, language_of_question(state.question), model=state.model))
        return translated

    def _found(self, state: QuestionState) -> tuple[Evidence, ...]:
        """The evidence for the question, and for the queries that the model writes for it, which are named."""
        queries = self._queries.write(state.asked, self.prompts.options(state.asked))
        state.also_searched_for = tuple(queries)
        return self._searched(state.asked, *queries)

    def _searched(self, asked: str, *queries: str) -> tuple[Evidence, ...]:
        """The evidence for a question, for the questions in it, and for `queries` that were written for it."""
        wanted = dict.fromkeys([asked, *parts_of(asked), *queries])
        found = [self.searcher.search(query, self.settings.k) for query in wanted]
        return assign_keys(together(found, self.settings.k))

    def _notes(self, state: QuestionState, query: str, options: Options) -> Generator[Event, None, SummaryNotes]:
        """What the model notes of each part of a document that is to be summarised; nothing for other questions."""
        parts = [] if self._thinks_unasked() else self._summariser.parts(query, state.evidence)
        notes = (yield from self._summariser.read(parts, options)) if parts else SummaryNotes()
        if notes:
            state.retrieved = state.evidence = notes.evidence
        return notes

    def fit(
        self,
        query: str,
        question: str,
        evidence: Sequence[Evidence],
        history: Sequence[Turn],
        options: Options | None = None,
    ) -> Fitted:
        """The prompt for `question`, as `PromptBuilder.fit` makes it, with the speed of reading that is known.

        Raises:
            ContextOverflow: not even the bare question fits.
        """
        book = self._observed.speed if self.settings.evidence_tokens == "auto" else None
        speed = book.read(self.model) if book is not None else None
        return self.prompts.fit(query, question, evidence, history, options, speed=speed)

    def _thinks_unasked(self) -> bool:
        """Whether the model needs tokens for thoughts that nobody asked for."""
        if self._thinks is None:
            thinkers, warming = self._observed.thinkers, self._observed.warming
            known = thinkers is not None and thinkers.knows(self.model)
            if warming is not None:
                self._thinks = warming.thinks() or known
            else:
                self._thinks = known or thinks_unasked(self.engine, self.model)
        return self._thinks

    def _write(
        self, state: QuestionState, options: Options, fit_to: Callable[[Options], None]
    ) -> Generator[Event, None, Checked]:
        """Ask the model, a second time where the first output is degenerate; the last check.

        The second time has another seed, or tokens for thoughts where the model turned out to think unasked. These
        leave the prompt less room, so that it is fitted again.
        """
        checked = yield from self._attempt(state, options)
        again = self._second(state, options)
        if not state.fault or checked.grounded or state.settled or again is None:
            return checked
        if again.num_predict > options.num_predict:
            try:
                fit_to(again)
            except ContextOverflow:
                return checked
        yield Restart(state.fault)
        state.retries = 1
        return (yield from self._attempt(state, again))

    def _second(self, state: QuestionState, options: Options) -> Options | None:
        """The options of a second attempt; None where it could only end as the first, or with inventions."""
        if state.fault == "recital":
            return None  # it knows no answer
        if state.fault != "unfinished_thought":
            return options.with_(seed=options.seed + 1, temperature=max(options.temperature, RETRY_TEMPERATURE))
        larger = self.prompts.options(state.question, thoughts=True)
        return larger if larger.num_predict > options.num_predict else None

    def _attempt(self, state: QuestionState, options: Options) -> Generator[Event, None, Checked]:
        check = self._checker(state)
        recital = Recital(state.evidence)
        state.raw, state.fault = yield from self._generate(state, options, check, recital)
        compare_counts(state, self.prompts.counter, self._observed.speed)
        checked = check.answer(recital.before(usable(state.raw, state.fault)))
        # One true sentence in a loop makes no answer.
        is_none = state.fault in ("loop", "recital") and not checked.mostly_supported
        if state.settled:
            return with_beginning(check.answer(state.settled), checked, alone=is_none)
        return replace(checked, grounded=False) if is_none else checked

    def _checker(self, state: QuestionState) -> AnswerChecker:
        return AnswerChecker(
            state.evidence,
            question=state.question,
            supporter=self._supporter,
            threshold=self._verdict.support_threshold,
            judge=self._judge,
            summary=self._summariser.sums_up(state.question, state.evidence),
        )

    def _generate(
        self, state: QuestionState, options: Options, check: AnswerChecker, recital: Recital
    ) -> Generator[Event, None, tuple[str, Fault]]:
        """One output of the model, streamed, and what is wrong with it. The model is stopped early where its answer or
        its thoughts run in a circle, or it goes through its sources."""
        assert state.fitted is not None  # noqa: S101  set before the model is asked
        request = ChatRequest(self.model, state.fitted.messages, options, think=self.settings.think)
        shown = KeyStream(check.citation)
        parts = CheckedParts(check.answer, state.is_final, recital) if state.is_final else None
        raw, watch, thoughts, thought = "", LoopWatch(), LoopWatch(), False
        copies = RecitalWatch(recital)
        chunks = self.engine.chat(request)
        try:
            for chunk in chunks:
                if chunk.thinking:
                    yield from self._thought(chunk.thinking, first=not thought)
                    thought = True
                if chunk.void:
                    yield Restart("think_block")
                    raw, watch, copies, shown = "", LoopWatch(), RecitalWatch(recital), KeyStream(check.citation)
                    parts, state.settled = None, ""
                if chunk.content:
                    state.first_token_seconds = state.first_token_seconds or state.seconds
                    raw += chunk.content
                    yield from shown_events(*shown.feed(chunk.content))
                    if parts is not None and (part := parts.feed(raw)):
                        state.settled = parts.settled
                        if state.in_parts:
                            yield CheckedPart(part)
                if chunk.done:
                    state.last = chunk
                    break
                if watch.feed(chunk.content) or thoughts.feed(chunk.thinking):
                    state.last = ChatChunk(done=True, done_reason="loop")
                    return raw, "loop"
                if copies.feed(chunk.content):
                    state.last = ChatChunk(done=True, done_reason="recital")
                    break
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        yield from shown_events(*shown.flush())
        if thought and not raw.strip() and state.last.done_reason == "length":
            return raw, "unfinished_thought"
        return raw, "recital" if recital.is_certain(raw) else fault(raw, state.last.done_reason)

    def _thought(self, text: str, *, first: bool) -> Iterator[Event]:
        """Thoughts are shown where they were asked for; else it is said that the model thinks, and remembered."""
        if self.settings.think:
            yield Thinking(text)
        elif first:
            self._thinks = True
            if self._observed.thinkers is not None:
                self._observed.thinkers.note(self.model)
            yield Status("thinking")
