"""Asks the arms under equal conditions: one retrieval a question, shared by all arms; one clock; one key an answer."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ragft import __version__
from ragft.answer.asked import AskedDocuments, AskedModel, Observations
from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer, Evidence
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.session import load_calibration
from ragft.answer.written.thinking_models import thinking_tokens
from ragft.benchmark.asking.bench_corpus import BenchCorpus
from ragft.benchmark.asking.clock import Clock
from ragft.benchmark.asking.lookups import SearchableIndex, SharedEmbed, SharedSearch
from ragft.benchmark.asking.meter import Meter
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded, RequestCost
from ragft.benchmark.scoring.first_word import LETTERS, question_with_options
from ragft.benchmark.scoring.likelihood import (
    CHOICE,
    CROSS_ENTROPY,
    GENERAL,
    Expectation,
    Scorer,
    divergence,
    expectation,
    log_likelihoods,
)
from ragft.engine.base import ChatRequest, Engine, Message, ModelInfo, Options, collect_reply
from ragft.engine.expected_word import expected_start, likeliest
from ragft.errors import EngineError, UsageError
from ragft.workspace import digest_json

if TYPE_CHECKING:
    from ragft.setting_sections import AnswerSettings

CLOSED_BOOK = "Answer the question from what you know, in a few plain sentences. If you do not know, say so."
"""System message of the closed-book condition, the same for every arm."""

BRIEF = "Answer the question."
"""System message of a question with options, or with an answer of a word or two."""
MODEL_ALONE = frozenset({GENERAL, CROSS_ENTROPY})
"""Kinds of answer that rest on the model and on nothing else of an arm."""


class Bench:
    """Asks the questions; what the arms share (the retrieval, the right documents) is worked out once for all.

    `quote` lets a source be quoted where the model gives nothing usable, as `ragft ask` does. Models are compared
    without: it would show a mute one as a perfect one. `baseline` is the model from which divergence is measured.
    `scorer` tells likelihoods of the models in the engine's place where it cannot itself; None: nobody can. `weights`
    is the size by which the prompts of all arms are made, as `Assistant` has it; 0: the form of training rows.
    """

    def __init__(
        self,
        engine: Engine,
        library: SearchableIndex,
        answer: AnswerSettings,
        *,
        quote: bool = False,
        baseline: str = "",
        scorer: Scorer | None = None,
        weights: int = 0,
    ) -> None:
        self.engine = engine
        self.weights = weights
        self.scorer = engine if isinstance(engine, Scorer) else scorer
        self.baseline = baseline
        self.quote = quote
        self.library = library
        self.settings = answer
        self.k = answer.k
        self.calibration = load_calibration(library)
        self._index_digest = library.digest()
        self._identities = {id(found): f"{found.name} {found.version()}" for found in (engine, self.scorer) if found}
        self._infos: dict[tuple[int, str], ModelInfo] = {}
        self.corpus = BenchCorpus(library)
        self.clock = Clock()
        self.meter = Meter(engine, self.clock)
        self.search = SharedSearch(library, self.clock)
        self.embed = SharedEmbed(library, self.clock)
        self._begin()

    def _begin(self) -> None:
        self._assistants: dict[tuple[str, bool], Assistant] = {}
        self._text_read = ""
        self._expectations: dict[str, Expectation] = {}

    def beside(self) -> Bench:
        """Another bench for the same questions, with a clock of its own: for another thread."""
        other = copy(self)
        other.clock = Clock()
        other.meter = self.meter.beside(other.clock)
        other.search = self.search.beside(other.clock)
        other.embed = self.embed.beside(other.clock)
        other._begin()
        return other

    def key(self, arm: Arm, question: BenchmarkQuestion, kind: str = "answer") -> str:
        """Digest of all that the answer depends on: the same key, the same answer, and no need to ask again."""
        if arm.asker is not None:
            asked_by = {"role": arm.role, "asker": arm.asker.digest, "ragft": __version__}
            return digest_json({"kind": kind, "question": question.question, "options": question.options, **asked_by})
        arm = _as_asked(arm, question)
        asked = self.scorer if self.scorer and _by_likelihood(kind, question) else self.engine
        facts: dict[str, Any] = {
            "kind": kind,
            "question": question.question,
            "options": question.options,
            "model": self._info(asked, arm.model).digest,
            "engine": self._identities[id(asked)],
            "ragft": __version__,
            "settings": self.settings.model_dump(mode="json"),
        }
        if kind == GENERAL and question.options and self.scorer is None:
            facts["choice"] = "letter"
        if kind == CROSS_ENTROPY and self.baseline:
            facts["baseline"] = self._info(asked, self.baseline).digest
        if kind in MODEL_ALONE or question.closed_book:
            return digest_json(facts)
        facts |= {"role": arm.role, "condition": arm.condition}
        if arm.condition != "closed_book":
            facts["index"] = self._index_digest
            facts["calibration"] = self.calibration.to_json()
            facts |= {"quote": self.quote, "capable": self.weights >= CAPABLE, "withheld": question.withheld}
        if arm.condition == "evidence":
            facts["right"] = [question.documents, question.pages]
        if given := {"evidence": question.evidence, "retrieval": question.retrieved}.get(arm.condition):
            facts["given"] = given
        return digest_json(facts)

    def info(self, model: str) -> ModelInfo:
        """What the engine knows of `model`."""
        return self._info(self.engine, model)

    def answer(self, arm: Arm, question: BenchmarkQuestion, *, ungated: bool = False) -> Recorded:
        """Ask one arm one question, under its condition.

        Args:
            ungated: with the gate open and quotations allowed: both what the model wrote of itself and what a reader
                of `ragft ask` sees can then be read off the answer.
        """
        arm = _as_asked(arm, question)
        if arm.condition == "closed_book":
            return self.closed_book(arm, question)
        self._load(arm.model)
        given, gated = self._given(arm, question, ungated=ungated)
        self.meter.reset(arm.role)
        answer = self._assistant(arm, quote=ungated or self.quote).ask(question.question, evidence=given, gated=gated)
        return self.record(arm, question, answer, seconds=answer.metrics.total_seconds)

    def closed_book(self, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Ask the model of `arm` the question without showing it any evidence, and record the answer."""
        return self.write(arm, question, CLOSED_BOOK, question.question)

    def write(
        self,
        arm: Arm,
        question: BenchmarkQuestion,
        system: str,
        text: str,
        texts: Sequence[str] = (),
        *,
        num_predict: int = 0,
    ) -> Recorded:
        """What the model writes after a system message, `texts` to read, and `text`; and what it thinks before that,
        where the settings let it think.

        Args:
            num_predict: most tokens of the answer; 0: as the settings have it.
        """
        self._load(arm.model)
        request = self._plain_request(arm.model, system, "\n".join([*texts, text]))
        room = thinking_tokens(self.settings) if self.settings.think else 0
        most = room + (num_predict or self.settings.num_predict)
        request = replace(request, options=request.options.with_(num_predict=most))
        self.meter.reset(arm.role)
        start = self.clock()
        written, last = collect_reply(self.meter, request)
        seconds = self.clock() - start
        answer = self._plain_answer(arm, question, written.strip(), written)
        found = self.record(arm, question, answer, seconds=seconds, texts=texts)
        return replace(found, thoughts=last.thinking) if self.settings.think else found

    def texts(self, arm: Arm, question: BenchmarkQuestion) -> list[str]:
        """What an arm is given to read before a question that the assistant does not ask: nothing, what answers it,
        or the `k` passages that a search finds. The texts of the question itself come before any document."""
        match _as_asked(arm, question).condition:
            case "closed_book":
                return []
            case "evidence":
                return [*question.evidence] or [item.hit.text for item in self.corpus.right_evidence(question, self.k)]
            case "retrieval":
                found = question.retrieved[: self.k]
                return [*found] or [hit.text for hit in self.search.search(question.question, self.k)]

    def choose(self, arm: Arm, question: BenchmarkQuestion, texts: Sequence[str] = ()) -> Recorded:
        """The option that the model finds likeliest, a character counting as much in a long one as in a short one.

        Length-normalised as `acc_norm` of EleutherAI's evaluation harness (Gao et al., 2021).

        Args:
            texts: what it is given to read before the question.

        Raises:
            UsageError: there is no scorer.
        """
        scorer = self._require_scorer()
        prompt = scorer.render(self._plain_request(arm.model, BRIEF, "\n".join([*texts, question.question])))
        start = self.clock()
        likelihoods = log_likelihoods(scorer, arm.model, prompt, question.options)
        found = {option: value / len(option) for option, value in likelihoods.items()}
        cost = RequestCost(engine=self.clock() - start)
        best = max(question.options, key=lambda option: found[option])
        return self.record(arm, question, self._plain_answer(arm, question, best), cost=cost, values=found, texts=texts)

    def choose_letter(self, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """The option whose letter the model expects to write first; no answer where it expects none of them.

        For an engine that tells what comes next, but not how likely a whole text is.

        Raises:
            EngineError: the engine does not tell that either.
        """
        letters = dict(zip(LETTERS, question.options, strict=False))
        request = self._plain_request(arm.model, BRIEF, question_with_options(question.question, question.options))
        self.meter.reset(arm.role)
        start = self.clock()
        found = expected_start(self.meter, replace(request, think=False), tuple(letters))
        cost = replace(self.meter.reading, engine=self.clock() - start)
        best = letters.get(likeliest(found) or "", "")
        values = {letters[letter]: probability for letter, probability in found.items()}
        return self.record(arm, question, self._plain_answer(arm, question, best), cost=cost, values=values)

    def read(self, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """How likely the model finds the text of the question, all of it, and how far it is from the baseline there.

        Raises:
            UsageError: there is no scorer.
        """
        start = self.clock()
        found = self._expectation(arm.model, question.question)
        base = self._expectation(self.baseline, question.question) if self.baseline else None
        cost = RequestCost(engine=self.clock() - start)
        values = {"log_likelihood": found.log_likelihood, "tokens": float(len(found.tokens))}
        moved = divergence(base, found) if base else None
        values |= {} if moved is None else {"divergence": moved}
        return self.record(arm, question, self._plain_answer(arm, question, ""), cost=cost, values=values)

    def look_up(self, arm: Arm, question: BenchmarkQuestion) -> Recorded:
        """Record what the search finds for the question; no model writes an answer."""
        start = self.clock()
        found = self._assistant(arm, quote=self.quote).retrieve(question.question)
        seconds = self.clock() - start
        return self.record(
            arm, question, Answer(question.question, "", retrieved=found), seconds=seconds, cost=RequestCost()
        )

    def record(
        self,
        arm: Arm,
        question: BenchmarkQuestion,
        answer: Answer,
        *,
        seconds: float = 0.0,
        cost: RequestCost | None = None,
        values: Mapping[str, float] | None = None,
        texts: Sequence[str] = (),
    ) -> Recorded:
        """A record, its key left open; without a `cost` with the meter's readings."""
        cost = self.meter.reading if cost is None else cost
        return Recorded("", arm.role, question.id, answer, max(0.0, seconds), cost, values or {}, tuple(texts))

    def _info(self, engine: Engine, model: str) -> ModelInfo:
        if (id(engine), model) not in self._infos:
            self._infos[id(engine), model] = engine.show(model)
        return self._infos[id(engine), model]

    def _require_scorer(self) -> Scorer:
        if self.scorer is None:
            raise UsageError(
                f"engine {self.engine.name} tells no log-probabilities of a given text", fix="engine.name=embedded"
            )
        return self.scorer

    def _expectation(self, model: str, text: str) -> Expectation:
        """Kept as long as the same text is asked about: the arms take turns on it, and one is the others' baseline."""
        if text != self._text_read:
            self._expectations, self._text_read = {}, text
        if model not in self._expectations:
            self._expectations[model] = expectation(self._require_scorer(), model, "", text)
        return self._expectations[model]

    def _plain_request(self, model: str, system: str, text: str) -> ChatRequest:
        options = Options(
            temperature=self.settings.temperature,
            seed=self.settings.seed,
            num_ctx=self.settings.num_ctx,
            num_predict=self.settings.num_predict,
        )
        return ChatRequest(
            model, (Message("system", system), Message("user", text)), options, think=self.settings.think
        )

    def _load(self, model: str) -> None:
        # An engine that loads without saying how long it took would charge it to the question: rendering loads too.
        with contextlib.suppress(NotImplementedError, EngineError):
            self.meter.render(ChatRequest(model, (Message("user", "a"),), Options(num_ctx=self.settings.num_ctx)))

    def _given(
        self, arm: Arm, question: BenchmarkQuestion, *, ungated: bool
    ) -> tuple[tuple[Evidence, ...] | None, bool]:
        """The evidence that is put before an arm (None: the assistant looks for it), and whether it may be refused."""
        if arm.condition == "evidence":
            return self.corpus.right_evidence(question, self.k), False
        if ungated or question.withheld:
            return self.corpus.evidence_left(question, self.k, self.search), not ungated
        return None, True

    def _assistant(self, arm: Arm, *, quote: bool) -> Assistant:
        """One an arm, of one model or not: it keeps what it has encoded, and would spare a second arm the time."""
        if (arm.role, quote) not in self._assistants:
            self._assistants[arm.role, quote] = Assistant(
                AskedModel(self.meter, arm.model, self.weights),
                replace(AskedDocuments.of(self.library), searcher=self.search, embed=self.embed),
                self.settings,
                calibration=self.calibration,
                quote=quote,
                observed=Observations(clock=self.clock),
            )
        return self._assistants[arm.role, quote]

    def _plain_answer(self, arm: Arm, question: BenchmarkQuestion, text: str, raw: str | None = None) -> Answer:
        """What a model said without the assistant; it wrote `raw` (None: `text`)."""
        raw = text if raw is None else raw
        return Answer(question.question, text, model=arm.model, engine=self.engine.name, raw=raw)


def _by_likelihood(kind: str, question: BenchmarkQuestion) -> bool:
    """Whether an answer of that kind is a likelihood wherever somebody can tell it."""
    return kind in (CROSS_ENTROPY, CHOICE) or (kind == GENERAL and bool(question.options))


def _as_asked(arm: Arm, question: BenchmarkQuestion) -> Arm:
    """The arm under the condition in which it is asked this question."""
    return replace(arm, condition="closed_book") if question.closed_book else arm
