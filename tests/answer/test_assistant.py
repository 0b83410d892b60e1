"""The whole answer path, over an engine that plays back replies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragft.answer.asked import AskedDocuments, AskedModel, Observations
from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer, Turn
from ragft.answer.prompts.budget import PromptBudget, SpeedBook, SpeedFile, TokenCounter
from ragft.answer.prompts.form import REFUSAL, OwnWord
from ragft.answer.prompts.prompt import assign_keys, evidence_line
from ragft.answer.refusal.unknown_names import Known
from ragft.answer.shown.marks import mark
from ragft.answer.shown.notes import footer, notes
from ragft.answer.shown.numbering import numbered
from ragft.answer.written.citation_keys import parse_keys
from ragft.answer.written.stream import Cited, Delta, Done, Event, Restart, Status
from ragft.engine.base import ChatChunk, Metrics, Options
from ragft.engine.scripted import Reply
from ragft.errors import ContextOverflow, GenerationError
from ragft.index.base import Hit
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, Player, Shelf, asked_of, cut_off, dying, hit

QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
GOOD = "QLoRA needs a single GPU with 48 GB of memory [1]."
ASIDE = "Gradients flow into small adapters [1]."
"""Supported, and no answer to the question."""
STRICT = MappingProxyType({"judgement": 1.0, "gate": 0.0})
HITS = (hit(QLORA), hit(NF4, number=1), hit(OPTIMISERS, number=2))


def assistant(
    *replies: str | Exception,
    hits: Sequence[Any] = HITS,
    engine: Player | None = None,
    weights: int = 0,
    corrected: Callable[[str], str] = str,
    speed: SpeedBook | None = None,
    settings: Mapping[str, Any] = MappingProxyType({}),
    quote: bool = True,
    measured: OwnWord | None = None,
) -> Assistant:
    return Assistant(
        AskedModel(engine or Player(*replies), "tiny", weights, measured),
        AskedDocuments(Shelf(*hits), corrected=corrected),
        AnswerSettings(**settings),
        quote=quote,
        observed=Observations(speed=speed),
    )


def test_a_supported_answer_comes_with_its_citation() -> None:
    answer = assistant(GOOD).ask(QUESTION)
    assert answer.answer == GOOD
    assert not answer.refused
    assert answer.reason is None
    citation = answer.citations[0]
    assert (citation.key, citation.title, citation.pages, citation.chunk_id) == ("1", "On QLoRA", (2, 2), "chunk-0")
    assert citation.quote == QLORA[citation.start : citation.end]


def test_events_tell_the_story_in_order() -> None:
    events: list[Event] = []
    assistant(GOOD).ask(QUESTION, on_event=events.append)
    assert [type(e) for e in events if isinstance(e, Status | Done)] == [Status, Status, Done]
    assert "".join(e.text for e in events if isinstance(e, Delta)) == GOOD
    cited = next(e for e in events if isinstance(e, Cited))
    assert "48 GB" in cited.citation.quote
    assert events.index(cited) < len(events) - 1, "resolved while the answer is written"


def test_nothing_found_is_refused_without_asking_the_model() -> None:
    engine = Player()
    answer = assistant(hits=(), engine=engine).ask(QUESTION)
    assert (answer.refused, answer.reason) == (True, "no_evidence")
    assert engine.requests == []


def test_weak_evidence_is_refused_without_asking_the_model_and_says_what_was_searched() -> None:
    engine = Player()
    weak = (hit("Bread rises.", title="On bread", dense=0.05),)
    answer = assistant(hits=weak, engine=engine).ask("Who won the 1998 football world cup?")
    assert (answer.refused, answer.reason) == (True, "weak_evidence")
    assert answer.answer.startswith(REFUSAL)
    assert "“On bread”, p. 2" in answer.answer
    assert engine.requests == []
    assert answer.citations == ()


@pytest.mark.parametrize("weights", [0, 7_000_000_000])
def test_a_question_about_a_name_that_nothing_has_is_refused_without_asking_the_model(weights: int) -> None:
    engine = Player()
    documents = AskedDocuments(Shelf(*HITS), known=Known(lambda _: False))
    made = asked_of(engine, documents, weights)
    answer = made.ask("How much GPU memory does GaLore need for a 65B model?")
    assert (answer.refused, answer.reason) == (True, "weak_evidence")
    assert "The documents do not mention “GaLore”." in answer.answer
    assert engine.requests == []


def test_what_is_not_known_of_a_question_is_said_and_the_rest_answered() -> None:
    documents = AskedDocuments(Shelf(*HITS), known=Known(lambda _: False))
    made = asked_of(Player(GOOD), documents)
    answer = made.ask("How much GPU memory does QLoRA need for a 65B model on my MacBook?")
    assert answer.answer == GOOD
    assert footer(numbered(answer)) == ["The documents do not mention “MacBook”."]


@pytest.mark.parametrize(("question", "given"), [("How do I bake sourdough from GaLore?", False), (QUESTION, True)])
def test_names_are_looked_up_only_where_that_can_change_something(question: str, given: bool) -> None:
    asked: list[str] = []

    def holds(name: str) -> bool:
        asked.append(name)
        return False

    documents = AskedDocuments(Shelf(*HITS), known=Known(holds))
    made = asked_of(Player(GOOD), documents, gate=0.9)
    question = question.replace("QLoRA", "GaLore") if given else question
    made.ask(question, evidence=assign_keys(HITS) if given else None)
    assert asked == []


def test_a_paper_that_is_asked_for_by_name_reaches_the_model() -> None:
    abstract = hit("NormalFloat places sixteen values at quantiles of a normal distribution.", dense=0.05)
    made = assistant(abstract.text, hits=(replace(abstract, wanted="part"),))
    answer = made.ask("What are the main contributions of the paper by Doe?")
    assert not answer.refused
    assert answer.metrics.gate_score is not None
    assert answer.metrics.gate_score < 0.2


def test_given_evidence_is_used_as_it_is_without_search() -> None:
    made = assistant(GOOD, hits=())
    answer = made.ask(QUESTION, evidence=assign_keys(HITS))
    assert answer.answer == GOOD


def test_every_option_is_sent() -> None:
    engine = Player(GOOD)
    assistant(engine=engine, settings={"seed": 7, "num_ctx": 2048, "num_predict": 99}).ask(QUESTION)
    options = engine.requests[0].options
    assert (options.seed, options.num_ctx, options.num_predict, options.temperature) == (7, 2048, 99, 0.0)
    assert engine.requests[0].think is False


def test_without_a_speed_book_the_evidence_does_not_depend_on_the_questions_before() -> None:
    """As with Ollama, which cannot count tokens; a resumed benchmark must show what an unbroken one shows."""

    def answer(*questions: str) -> Answer:
        made = assistant(GOOD, GOOD, engine=Player(GOOD, GOOD, tokenizes=False), settings={"evidence_tokens": 100})
        return [made.ask(question) for question in questions][-1]

    after_another, alone = answer("What does NormalFloat store?", QUESTION), answer(QUESTION)
    assert after_another.metrics.evidence_tokens == alone.metrics.evidence_tokens
    assert after_another.evidence == alone.evidence


def test_an_honest_refusal_of_the_model_is_a_refusal() -> None:
    answer = assistant(REFUSAL, quote=False).ask(QUESTION)
    assert (answer.refused, answer.reason) == (True, "model_refused")


def test_an_answer_without_support_is_refused_when_quoting_is_off() -> None:
    answer = assistant("Bread dough needs twelve hours in the fridge [1].", quote=False).ask(QUESTION)
    assert (answer.refused, answer.reason) == (True, "unsupported")
    assert "Bread" not in answer.answer
    assert answer.citations == ()
    assert "Bread" in answer.raw


def test_an_answer_without_support_gives_way_to_a_quotation_that_says_so() -> None:
    answer = assistant("Bread dough needs twelve hours in the fridge [1].").ask(QUESTION)
    assert not answer.refused
    assert answer.metrics.quoted
    assert answer.answer.startswith("From the sources: “")
    assert answer.citations[0].quote in QLORA
    assert answer.citations[0].origin == "aligned"


def test_a_quotation_does_not_show_the_papers_own_reference_marks_as_keys() -> None:
    text = "QLoRA brings the job down to a single GPU with 48 GB of memory [12]. A fine-tune of a 65B model is heavy."
    answer = assistant("Bread needs yeast.", hits=[hit(text)]).ask(QUESTION)
    assert answer.answer == ("From the sources: “QLoRA brings the job down to a single GPU with 48 GB of memory.” [1]")
    assert answer.citations[0].quote.endswith("memory [12]."), "the quotation itself is verbatim"


@pytest.mark.parametrize("key", ["[1, p. 2]", "［1］", "[source_1]", "[1: On QLoRA]", "(source 1)", "[^1]", "[[1]]"])
def test_a_key_in_another_spelling_costs_no_answer(key: str) -> None:
    answer = assistant(GOOD.replace("[1]", key)).ask(QUESTION)
    assert (answer.answer, answer.citations[0].origin) == (GOOD, "cited")


@pytest.mark.parametrize("bad", ["", "loop loop loop loop " * 30, "QLoRA <|im_start|>user", "<think>never ends"])
def test_degenerate_output_is_tried_again_with_another_seed(bad: str) -> None:
    engine = Player(bad, GOOD)
    events: list[Event] = []
    answer = assistant(engine=engine).ask(QUESTION, on_event=events.append)
    assert answer.answer == GOOD
    assert answer.metrics.retries == 1
    first, second = engine.requests
    assert second.options.seed != first.options.seed
    assert second.options.temperature > 0
    assert any(isinstance(event, Restart) for event in events)


def test_output_that_stays_degenerate_is_reported() -> None:
    answer = assistant("", "", quote=False).ask(QUESTION)
    assert (answer.refused, answer.reason) == (True, "degenerate")
    assert answer.metrics.degenerate == "empty"


def test_a_loop_is_stopped_before_the_token_limit() -> None:
    engine = Player("round and round it goes again " * 400, GOOD)
    answer = assistant(engine=engine).ask(QUESTION)
    assert answer.metrics.retries == 1
    assert engine.closed == 2


def test_a_loop_that_began_with_the_answer_is_cut_and_kept() -> None:
    answer = assistant((GOOD + " ") * 12).ask(QUESTION)
    assert answer.answer == GOOD
    assert answer.metrics.retries == 0
    assert answer.metrics.degenerate == "loop"


def test_a_loop_with_one_supported_sentence_is_that_sentence_or_no_answer() -> None:
    rounds = [f"They then compare {n} four-bit types to show that four-bit types fit in four-bit." for n in range(9)]
    assert assistant(" ".join([GOOD, *rounds])).ask(QUESTION).answer == GOOD
    looping = " ".join(["QLoRA brings the same job down to a single GPU [1].", *rounds])
    answer = assistant(looping, looping).ask(QUESTION)  # its sentence alone would be none
    assert "four-bit" not in answer.answer
    assert answer.metrics.retries == 1
    assert answer.reason == "degenerate" or answer.metrics.quoted


COPIES = [evidence_line(item) for item in assign_keys(HITS)]


def test_a_model_that_goes_through_its_sources_is_stopped_and_not_asked_again() -> None:
    engine = Player("\n".join([*COPIES, "It goes on. " * 20, "The end of it."]), GOOD)
    answer = assistant(engine=engine).ask(QUESTION)
    assert answer.answer != GOOD
    assert (answer.metrics.retries, engine.closed) == (0, 1)
    assert "The end" not in answer.raw


@pytest.mark.parametrize("weights", [0, 1_500_000_000, 7_000_000_000])
def test_a_model_that_only_goes_through_its_sources_is_quoted_what_answers_best(weights: int) -> None:
    answer = assistant("\n".join(COPIES), weights=weights).ask("What moves optimiser state to the CPU?")
    assert answer.metrics.degenerate == "recital"
    assert answer.metrics.quoted
    assert [citation.key for citation in answer.citations] == ["3"]
    assert not any(sentence.shown == "plain" for sentence in answer.judged)


def test_an_answer_before_its_copied_sources_is_kept() -> None:
    answer = assistant("\n".join([GOOD, *COPIES])).ask(QUESTION)
    assert (answer.answer, answer.metrics.degenerate) == (GOOD, "recital")


def test_copied_sources_in_the_last_piece_are_noticed() -> None:
    last = [ChatChunk(content="\n".join(COPIES), done=True, done_reason="stop")]
    answer = assistant(engine=Player(last, GOOD)).ask(QUESTION)
    assert (answer.metrics.degenerate, answer.metrics.retries) == ("recital", 0)


def test_sources_that_are_copied_in_thoughts_stop_no_model() -> None:
    thoughts = "\n".join(["<think>Let me look.", *COPIES, "So it is 48 GB.</think>"])
    answer = assistant(f"{thoughts}\n{GOOD}").ask(QUESTION)
    assert (answer.answer, answer.metrics.retries) == (GOOD, 0)


def test_a_sentence_cut_at_the_token_limit_is_left_out() -> None:
    engine = Player(cut_off(f"{GOOD} And furthermore the"))
    answer = assistant(engine=engine).ask(QUESTION)
    assert answer.answer == GOOD
    assert answer.metrics.degenerate == "cut_off"


def test_a_key_cut_in_two_at_the_token_limit_is_left_out() -> None:
    whole = "QLoRA needs a single GPU with 48 GB of memory"
    answer = assistant(cut_off(f"{whole} [1, ")).ask(QUESTION)
    assert answer.answer == f"{whole} [1]"
    assert answer.citations[0].origin == "aligned"


def test_a_question_that_is_searched_for_otherwise_says_so() -> None:
    def spelling(query: str) -> str:
        return query.replace("memroy", "memory")

    mistyped = assistant(GOOD, corrected=spelling).ask(QUESTION.replace("memory", "memroy"))
    assert mistyped.metrics.searched_for == QUESTION
    assert notes(mistyped)[-1] == f"searched for: {QUESTION}"
    assert assistant(GOOD, corrected=spelling).ask(QUESTION).metrics.searched_for == ""


def test_a_follow_up_is_searched_with_what_it_is_about() -> None:
    shelf = Shelf(*HITS)
    made = asked_of(Player(GOOD), AskedDocuments(shelf))
    made.ask("and its GPU memory for a 65B model?", history=[Turn("What is QLoRA?", "A method.")])
    assert "QLoRA" in shelf.queries[0]


def test_an_engine_that_dies_raises_and_is_closed() -> None:
    engine = Player(dying("QLoRA needs", GenerationError("the engine stopped")))
    with pytest.raises(GenerationError):
        assistant(engine=engine).ask(QUESTION)
    assert engine.closed == 1


def test_closing_the_stream_stops_the_engine() -> None:
    engine = Player(GOOD)
    stream = assistant(engine=engine).stream(QUESTION)
    for event in stream:
        if isinstance(event, Delta):
            break
    stream.close()
    assert engine.closed == 1


def test_what_was_left_out_is_said() -> None:
    answer = assistant(GOOD, settings={"evidence_tokens": 60}).ask(QUESTION)
    assert answer.metrics.evidence_dropped == 2
    assert len(answer.evidence) == 1


KEYS = st.text(alphabet="[]()129, .-source【］\n", max_size=12)


@given(st.text(max_size=120) | st.lists(KEYS | st.just(GOOD), max_size=5).map("".join))
def test_whatever_the_model_says_citations_resolve(raw: str) -> None:
    answer = assistant(raw, raw).ask(QUESTION)
    shown = {key for group in parse_keys(answer.answer) for key in group.keys}
    assert shown <= {citation.key for citation in answer.citations}
    texts = {item.hit.chunk_id: item.hit.text for item in answer.evidence}
    for citation in answer.citations:
        assert texts[citation.chunk_id][citation.start : citation.end] == citation.quote != ""
    assert answer.refused == (answer.reason is not None)
    assert answer.refused or answer.citations


def test_a_greeting_gets_an_explanation_without_a_search_or_the_model() -> None:
    engine, shelf = Player(), Shelf(hit(QLORA))
    answer = asked_of(engine, AskedDocuments(shelf)).ask("Hello!")
    assert (answer.refused, answer.reason) == (True, "no_question")
    assert "Ask for something that stands in them" in answer.answer
    assert not shelf.queries and not engine.requests


def test_a_question_that_is_no_utf8_or_hides_characters_is_asked_as_it_reads() -> None:
    shelf = Shelf(*HITS)
    hidden = QUESTION.replace("QLoRA", "QLo\u200bRA\udcff\x1b")
    answer = asked_of(Player(GOOD), AskedDocuments(shelf)).ask(hidden)
    assert shelf.queries == [answer.question] == [QUESTION.replace("QLoRA", "QLoRA?")]
    assert not answer.refused


def test_a_question_that_cannot_fit_is_refused_before_anything_is_searched() -> None:
    shelf = Shelf(*HITS)
    with pytest.raises(ContextOverflow, match="leaves"):
        asked_of(Player(GOOD), AskedDocuments(shelf)).ask("memory " * 20_000)
    assert shelf.queries == []


@pytest.mark.parametrize("num_ctx", [512, 1024, 2048, 4096])
def test_thinking_leaves_room_for_the_prompt(num_ctx: int) -> None:
    engine = Player(GOOD)
    answer = assistant(engine=engine, settings={"think": True, "num_ctx": num_ctx, "num_predict": 64}).ask(QUESTION)
    assert not answer.refused
    assert 64 < engine.requests[0].options.num_predict <= 64 + AnswerSettings().thinking_tokens


@pytest.mark.parametrize(
    ("tokenizes", "share", "warned"), [(True, 1.0, False), (True, 0.8, True), (False, 0.7, False), (False, 0.4, True)]
)
def test_a_prompt_that_the_engine_counts_otherwise_is_a_warning(tokenizes: bool, share: float, warned: bool) -> None:
    """An engine that cannot tokenise (Ollama) is held to the estimate: half of it is no rounding but a cut."""
    counter = TokenCounter(Player(tokenizes=tokenizes), "tiny")
    ours = PromptBudget(counter, Options(num_ctx=4096)).fit(QUESTION, assign_keys(HITS)).prompt_tokens
    read = [ChatChunk(content=GOOD), ChatChunk(done=True, metrics=Metrics(prompt_tokens=int(share * ours)))]
    answer = assistant(engine=Player(read, tokenizes=tokenizes)).ask(QUESTION)
    assert bool(answer.metrics.warnings) == warned


class Measured:
    """A speed book with one entry."""

    def read(self, model: str) -> float | None:
        return 60.0 if model == "tiny" else None

    def note(self, model: str, tokens_per_second: float) -> None:
        pass


def test_an_evidence_budget_that_follows_the_speed_says_so() -> None:
    hits = [hit(QLORA * 4, number=number) for number in range(4)]
    answer = assistant(GOOD, hits=hits, speed=Measured(), settings={"evidence_tokens": "auto"}).ask(QUESTION)
    share = answer.metrics.evidence_share
    assert 0 < share < 1
    [note] = [note for note in notes(answer) if "evidence" in note]
    assert note.startswith(f"Answered from {share:.0%} of the evidence: ")
    assert "tokens, 4 s of reading at 60 a second. --evidence TOKENS" in note
    assert footer(answer) == [note]


def test_a_fixed_evidence_budget_names_no_speed() -> None:
    hits = [hit(QLORA * 4, number=number) for number in range(4)]
    answer = assistant(GOOD, hits=hits, speed=Measured(), settings={"evidence_tokens": 200}).ask(QUESTION)
    [note] = [note for note in notes(answer) if "evidence" in note]
    assert note.startswith(f"Evidence shown to the model: {answer.metrics.evidence_tokens} tokens; ")
    assert footer(answer) == [], "a trifle"


@pytest.mark.parametrize("tokenizes", [True, False])
def test_the_same_question_gets_the_same_prompt_at_any_speed(tokenizes: bool, tmp_path: Path) -> None:
    """As on a machine that was idle at the first question and busy at the second: once 600 tokens, then 200."""

    def read_in(seconds: float) -> Reply:
        done = ChatChunk(done=True, metrics=Metrics(prompt_tokens=800, prompt_seconds=seconds))
        return [ChatChunk(content=GOOD), done]

    engine = Player(read_in(0.5), read_in(40.0), read_in(1.0), tokenizes=tokenizes)
    speed = SpeedFile(tmp_path / "speed.json", engine)
    hits = [hit(QLORA * 4, number=number) for number in range(8)]
    made = assistant(engine=engine, hits=hits, speed=speed)
    first, second, third = (made.ask(QUESTION) for _ in range(3))
    assert first.metrics.evidence_dropped or first.metrics.evidence_trimmed, "the budget decides what is shown"
    assert first.evidence == second.evidence == third.evidence
    prompts = [request.messages for request in engine.requests]
    assert prompts[0] == prompts[1] == prompts[2]
    assert speed.read("tiny") != 1600.0, "speeds were measured"


def test_the_threshold_of_an_answer_can_be_set() -> None:
    usual = assistant(ASIDE).ask(QUESTION)
    assert usual.metrics.answer_score is not None and not usual.refused
    above = assistant(ASIDE, settings={"judgement": usual.metrics.answer_score + 0.01}).ask(QUESTION)
    assert (above.refused, above.reason) == (True, "unsupported")
    at = assistant(ASIDE, settings={"judgement": usual.metrics.answer_score}).ask(QUESTION)
    assert at.answer == usual.answer


def test_the_score_of_a_question_does_not_overrule_a_capable_model() -> None:
    assert assistant(ASIDE, settings=STRICT).ask(QUESTION).refused
    assert assistant(ASIDE, settings=STRICT, weights=4_000_000_000).ask(QUESTION).answer == ASIDE


def test_the_score_of_a_question_does_not_overrule_a_small_models_supported_answer_to_it() -> None:
    assert assistant(GOOD, settings=STRICT).ask(QUESTION).answer == GOOD
    long = "QLoRA brings the same job down to a single GPU with 48 GB of memory [1]."
    assert assistant(long, settings=STRICT).ask("How much memory does QLoRA need?").answer == long


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("How much memory does QLoRA need?", "QLoRA needs at least 48 GB of memory."),
        ("What does the Mira encoder learn from?", "The Mira encoder learns from unlabelled text."),
        ("Does QLoRA need two GPUs?", "No, QLoRA does not need two GPUs."),
    ],
)
def test_no_denial_of_what_was_asked_is_overruled(question: str, source: str) -> None:
    assert not assistant(f"{source[:-1]} [1].", settings=STRICT, hits=[hit(source)]).ask(question).refused


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("How much GPU memory does QLoRA need for a 33B model?", GOOD),  # the source speaks of 65B
        ("How much GPU memory does QLoRA need for Falcon?", GOOD),  # a name that the source lacks
        ("Which rank does QLoRA give a 65B model?", "QLoRA keeps the weights of a 65B model frozen [1]."),  # no number
        ("How does QLoRA save GPU memory?", "Gradients flow into small adapters [1]."),  # supported, of something else
        ("Why does QLoRA keep weights frozen?", "QLoRA keeps the weights of a 65B model frozen [1]."),  # no reason
        ("Was hält QLoRA im GPU memory, und was nicht?", "QLoRA keeps the weights frozen in GPU memory [1]."),  # German
        ("How does QLoRA keep GPU memory small?", "QLoRA brings a job down to 48 GB of memory [1]."),  # 2 of 5 words
        ("How does QLoRA keep weights in memory?", f"QLoRA keeps weights in memory [1]. {ASIDE}"),  # what was asked
        ("What does QLoRA do to GPU memory?", f"QLoRA rents 12 GB of GPU memory. {ASIDE}"),  # not supported
    ],
)
def test_what_does_not_answer_the_question_is_overruled_by_its_score(question: str, reply: str) -> None:
    text = f"{QLORA} QLoRA keeps the weights of a 65B model frozen in GPU memory."
    found = assistant(reply, settings=STRICT, hits=[hit(text)]).ask(question)
    assert found.refused
    assert [one.verdict for one in found.judged].count("supported") == reply.count("[1]")


def test_a_denial_is_no_answer_to_a_question_that_denies_nothing() -> None:
    hits = [hit("QLoRA does not need the memory of two GPUs for a 65B model.")]
    denial = "QLoRA does not need the GPU memory of two [1]."
    asked = "Which memory does QLoRA need for a GPU?"
    assert assistant(denial, settings=STRICT, hits=hits).ask(asked).refused
    assert not assistant(denial, settings=STRICT, hits=hits).ask("Which GPU memory does QLoRA not need?").refused


def test_a_capable_models_refusal_stands() -> None:
    eager = {"judgement": 0.0, "gate": 0.0}
    assert assistant(REFUSAL, settings=eager).ask(QUESTION).metrics.quoted
    answer = assistant(REFUSAL, settings=eager, weights=4_000_000_000).ask(QUESTION)
    assert (answer.refused, answer.reason) == (True, "model_refused")


def test_a_refusal_that_was_found_to_be_trusted_stands_whatever_the_size() -> None:
    eager = {"judgement": 0.0, "gate": 0.0}
    trusted, doubted = OwnWord(told=True, trusted=True), OwnWord(told=True, trusted=False)
    assert assistant(REFUSAL, settings=eager, measured=trusted).ask(QUESTION).reason == "model_refused"
    assert assistant(REFUSAL, settings=eager, weights=4_000_000_000, measured=doubted).ask(QUESTION).metrics.quoted


def test_a_small_model_that_is_not_told_how_to_refuse_is_asked_without_the_sentence() -> None:
    engine = Player(GOOD)
    assistant(engine=engine, measured=OwnWord(told=False, trusted=False)).ask(QUESTION)
    assert all(REFUSAL not in message.content for message in engine.requests[0].messages)


def test_a_number_of_another_unit_is_no_answer_of_a_model_that_was_not_instructed_to_refuse() -> None:
    question = "How long did it take to fine-tune a 65B model with QLoRA?"
    eager = {"judgement": 0.0, "gate": 0.0}
    for weights, reason in ((135_000_000, "unsupported"), (1_500_000_000, "unsupported"), (4_000_000_000, None)):
        answer = assistant(GOOD, settings=eager, weights=weights, quote=False).ask(question)
        assert answer.reason == reason


def test_a_source_that_is_written_down_is_no_answer_of_a_model_that_was_not_instructed_to_refuse() -> None:
    eager = {"judgement": 0.0, "gate": 0.0}
    for weights, reason in ((1_500_000_000, "model_refused"), (4_000_000_000, None)):
        assert assistant(QLORA, settings=eager, weights=weights).ask(QUESTION).reason == reason
    sentence = QLORA[: QLORA.index(" [1]")] + "."
    assert assistant(sentence, settings=eager, weights=1_500_000_000).ask(QUESTION).citations


def test_an_unsupported_answer_of_a_capable_model_is_not_replaced_by_a_quotation() -> None:
    wrong = "QLoRA needs a single GPU with 96 GB of memory [1]."
    eager = {"judgement": 0.0, "gate": 0.0}
    assert assistant(wrong, settings=eager).ask(QUESTION).metrics.quoted
    assert assistant(wrong, settings=eager, weights=4_000_000_000).ask(QUESTION).reason == "unsupported"


def test_a_doubtful_sentence_of_a_capable_model_is_shown_with_a_mark() -> None:
    doubtful = "QLoRA brings the same job down to a single GPU with 780 GB of memory [1]."
    answer = assistant(doubtful, settings={"judgement": 0.0, "gate": 0.0}, weights=4_000_000_000).ask(QUESTION)
    assert (answer.refused, answer.citations) == (False, ())
    assert answer.answer.endswith(mark("partly", "en"))
    strict = {"judgement": 1.0, "gate": 0.0}
    assert assistant(doubtful, settings=strict, weights=4_000_000_000).ask(QUESTION).reason == "unsupported"


def test_an_answer_in_another_language_than_its_source_is_shown_with_a_mark() -> None:
    german = "Mit QLoRA braucht man nur eine GPU mit 48 GB Speicher [1]."
    question = "Wie viel Speicher braucht QLoRA für ein 65B-Modell?"
    answer = assistant(german, settings={"gate": 0.0}, weights=4_000_000_000).ask(question)
    assert answer.answer.endswith(mark("other_language", "de"))
    assert [citation.key for citation in answer.citations] == ["1"]


def test_no_heading_is_quoted_in_place_of_an_answer() -> None:
    text = f"GPU memory of QLoRA for a 65B model\n{QLORA}"
    answer = assistant("Bread rises.", settings={"judgement": 0.0, "gate": 0.0}, hits=[hit(text)]).ask(QUESTION)
    assert answer.metrics.quoted
    assert answer.citations[0].quote in QLORA


@pytest.mark.parametrize(
    "labels",
    [
        "Table 2: GPU memory. How much GPU memory QLoRA needs for a 65B model is given.",
        "Figure 1 GPU memory that QLoRA needs for a 65B model, by its length.",
        "GPU memory, QLoRA, 65B model, need, adapter",
        "0 20 40 60 80 100 GPU memory need of QLoRA for a 65B model",
        "QLoRA Memory Group, University of Need, GPU 65B Model ann@need.example",
        "GPU memory need | QLoRA | 65B model\nLoRA | 12.5 | 780.5\nOther | 13.5 | 790.5",
    ],
)
def test_no_caption_and_no_row_of_labels_is_quoted_in_place_of_an_answer(labels: str) -> None:
    for text in (f"{labels}\n{QLORA}", labels):
        answer = assistant("Bread rises.", settings={"judgement": 0.0, "gate": 0.0}, hits=[hit(text)]).ask(QUESTION)
        quotes = [citation.quote for citation in answer.citations]
        assert all(quote in QLORA or quote.startswith(("LoRA |", "Other |")) for quote in quotes)


@pytest.mark.parametrize("name", ["Author Contributions", "Danksagung", "Financement", "감사의 글", "致谢", "謝辞"])
def test_who_did_or_paid_the_work_is_not_quoted_in_place_of_an_answer(name: str) -> None:
    text = f"{QLORA}\n{name}\nAnn found how much GPU memory QLoRA needs for a 65B model."
    answer = assistant("Bread rises.", settings={"judgement": 0.0, "gate": 0.0}, hits=[hit(text)]).ask(QUESTION)
    assert answer.metrics.quoted
    assert answer.citations[0].quote in QLORA


LEAKS = (
    "Gates of type A leak through the seal where its bolts rust. Bread rises in a warm kitchen. The seal of gates of "
    "type A leaks when sand gets below the gate. Gates of type A leak through the seal."
)


def _quotes(*hits: Hit, question: str = "Why do gates of type A leak at the seal?") -> Answer:
    return assistant("Sourdough needs time.", settings={"judgement": 0.0, "gate": 0.0}, hits=hits).ask(question)


def test_the_sentences_that_answer_are_quoted_in_the_order_of_the_text_and_without_repetition() -> None:
    first, _, second, _ = (f"{one}." for one in LEAKS.removesuffix(".").split(". "))
    answer = _quotes(hit(LEAKS, title="On gates"))
    assert [citation.quote for citation in answer.citations] == [first, second]
    assert answer.answer == f"From the sources: “{first}” [1] “{second}” [1]"


def test_each_quoted_sentence_has_its_own_page() -> None:
    text = replace(
        hit(LEAKS, title="On gates", pages=(4, 5)), page_starts=((0, 4, ""), (LEAKS.index("The seal"), 5, ""))
    )
    assert [citation.pages for citation in _quotes(text).citations] == [(4, 4), (5, 5)]


def test_sentences_of_two_documents_are_not_quoted_together() -> None:
    first, _, second, _ = (f"{one}." for one in LEAKS.removesuffix(".").split(". "))
    answer = _quotes(hit(first, title="On gates"), hit(second, title="On seals", number=1))
    assert len(answer.citations) == 1


def test_passages_of_one_document_are_quoted_in_their_order_there() -> None:
    first, _, second, _ = (f"{one}." for one in LEAKS.removesuffix(".").split(". "))
    later = replace(hit(second, title="On gates"), position=7)
    earlier = replace(hit(first, title="On gates", number=1), document_id=later.document_id, position=2)
    assert [citation.quote for citation in _quotes(later, earlier).citations] == [first, second]


def test_who_paid_the_work_is_quoted_where_it_was_asked_for() -> None:
    text = f"{QLORA}\nFunding\nThe work on QLoRA was funded by the Harbour Board in Bergen."
    quotes = _quotes(hit(text), question="Who funded the work on QLoRA?").citations
    assert [citation.quote for citation in quotes] == ["The work on QLoRA was funded by the Harbour Board in Bergen."]


def test_a_sentence_that_answers_less_well_is_not_quoted_beside_the_best() -> None:
    text = f"{QLORA} Memory is a matter of taste. The memory of a model grows."
    assert len(_quotes(hit(text), question=QUESTION).citations) == 1


def test_a_small_models_number_of_something_else_gives_way_to_the_sentence_that_answers() -> None:
    close = (
        "QLoRA needs a single GPU with 48 GB of memory for a 65B model. How much GPU memory QLoRA needs is shown for a "
        "65B model. The GPU memory that QLoRA needs grows with a 65B model. A 65B model needs GPU memory in QLoRA."
    )
    other = "The constants of the model take about 4 GB of memory."
    hits = (hit(close), hit(other, number=1))
    answer = assistant("The model takes about 4 GB of memory [2].", hits=hits).ask(QUESTION)
    assert answer.metrics.quoted
    assert "48 GB" in answer.answer
    right = assistant("QLoRA needs a single GPU with 48 GB of memory [1].", hits=hits).ask(QUESTION)
    assert right.answer == "QLoRA needs a single GPU with 48 GB of memory [1]."


def test_a_number_beside_the_mark_of_a_note_is_the_one_that_the_answer_gives() -> None:
    marked = hit("QLoRA needs a single GPU with 48^2 GB of memory for a 65B model.")
    answer = assistant("QLoRA needs a single GPU with 48 GB of memory [1].", hits=(marked,)).ask(QUESTION)
    assert answer.answer == "QLoRA needs a single GPU with 48 GB of memory [1]."
    assert not answer.metrics.quoted
