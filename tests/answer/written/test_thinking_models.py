"""Models that think, asked or not: their thoughts are not the answer, and have tokens of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel, Observations
from ragft.answer.assistant import Assistant
from ragft.answer.shown.notes import footer, notes
from ragft.answer.written.stream import Delta, Event, Restart, Status, Thinking
from ragft.answer.written.thinking_models import ThinkerFile, Warming, thinking_tokens, thinks_unasked
from ragft.engine.base import ChatChunk, ChatRequest, Metrics, ModelInfo
from ragft.errors import ModelNotFound
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import NF4, OPTIMISERS, QLORA, Player, Shelf, hit

QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
GOOD = "QLoRA needs a single GPU with 48 GB of memory [1]."
HITS = (hit(QLORA), hit(NF4, number=1), hit(OPTIMISERS, number=2))
CUT = [ChatChunk(thinking="48 or 780?"), ChatChunk(done=True, done_reason="length", metrics=Metrics(90, 256))]
UNASKED = [ChatChunk(thinking="48 or 780?"), ChatChunk(content=GOOD), ChatChunk(done=True, done_reason="stop")]


class Thinker(Player):
    """A player whose models look as if they thought: their template has a think block, which their prompt opens."""

    opens = True
    family = "qwen3"

    def show(self, name: str) -> ModelInfo:
        return replace(super().show(name), capabilities=("completion", "thinking"), family=self.family)

    def render(self, request: ChatRequest) -> str:
        return super().render(request) + ("<think>\n" if self.opens else "")


def assistant(
    engine: Player, *, quote: bool = True, thinkers: ThinkerFile | None = None, **settings: object
) -> Assistant:
    chosen = AnswerSettings.model_validate(settings)
    return Assistant(
        AskedModel(engine, "tiny"),
        AskedDocuments(Shelf(*HITS)),
        chosen,
        quote=quote,
        observed=Observations(thinkers=thinkers),
    )


def test_a_model_whose_prompt_opens_a_thought_has_tokens_for_it() -> None:
    engine = Thinker(UNASKED)
    answer = assistant(engine).ask(QUESTION)
    assert answer.answer == GOOD
    (request,) = engine.requests
    assert request.think is False
    assert request.options.num_predict == 256 + (4096 - 256) // 2


@pytest.mark.parametrize(
    ("opens", "family", "expected"), [(True, "qwen3", True), (False, "qwen3", False), (False, "gptoss", True)]
)
def test_which_models_think_unasked(opens: bool, family: str, expected: bool) -> None:
    engine = Thinker()
    engine.opens, engine.family = opens, family
    assert thinks_unasked(engine, "tiny") is expected


def test_an_ordinary_model_does_not_think_unasked() -> None:
    assert not thinks_unasked(Player(), "tiny")


def test_thoughts_that_nobody_asked_for_are_not_shown() -> None:
    events: list[Event] = []
    assistant(Player(UNASKED)).ask(QUESTION, on_event=events.append)
    assert not [event for event in events if isinstance(event, Thinking)]
    assert Status("thinking") in events


def test_thoughts_that_were_asked_for_are_shown() -> None:
    events: list[Event] = []
    assistant(Player(UNASKED), think="high").ask(QUESTION, on_event=events.append)
    assert [event.text for event in events if isinstance(event, Thinking)] == ["48 or 780?"]


def test_a_thought_that_passed_for_an_answer_is_taken_back() -> None:
    reply = [
        ChatChunk(content="Is it 780 GB?"),
        ChatChunk(thinking="Is it 780 GB?", void=True),
        ChatChunk(content=GOOD),
        ChatChunk(done=True, done_reason="stop"),
    ]
    events: list[Event] = []
    answer = assistant(Player(reply)).ask(QUESTION, on_event=events.append)
    assert (answer.answer, answer.raw, answer.metrics.retries) == (GOOD, GOOD, 0)
    after = events[next(i for i, event in enumerate(events) if isinstance(event, Restart)) :]
    assert "".join(event.text for event in after if isinstance(event, Delta)) == GOOD


def test_an_answer_cut_while_it_thought_is_asked_for_again_with_tokens_for_thoughts(tmp_path: Path) -> None:
    engine = Player(CUT, UNASKED)
    answer = assistant(engine, thinkers=ThinkerFile(tmp_path / "thinkers.json", engine)).ask(QUESTION)
    assert (answer.answer, answer.metrics.retries) == (GOOD, 1)
    first, second = (request.options for request in engine.requests)
    assert (first.num_predict, first.seed) == (256, second.seed)
    assert second.num_predict > 256

    later = Player(UNASKED)
    assistant(later, thinkers=ThinkerFile(tmp_path / "thinkers.json", later)).ask(QUESTION)
    assert later.requests[0].options.num_predict == second.num_predict


def test_a_thought_that_runs_in_a_circle_is_stopped_and_asked_for_again() -> None:
    heard = 0

    def circling(_: ChatRequest) -> Iterator[ChatChunk]:
        nonlocal heard
        while heard < 500:
            heard += 1
            yield ChatChunk(thinking="But wait, is it 48 or 780? ")
        yield ChatChunk(done=True, done_reason="length")

    engine = Player(circling, UNASKED)
    answer = assistant(engine, think=True).ask(QUESTION)
    assert (answer.answer, answer.metrics.retries) == (GOOD, 1)
    assert heard < 20, "the engine is stopped, not listened to until its tokens are used up"
    assert engine.closed == 2


def test_a_thought_that_does_not_end_in_its_tokens_is_said_and_not_tried_again() -> None:
    engine = Player(CUT)
    answer = assistant(engine, quote=False, think=True).ask(QUESTION)
    assert (answer.refused, answer.reason) == (True, "unfinished_thought")
    assert len(engine.requests) == 1
    assert footer(answer)[0].startswith("tiny only thought: its tokens ran out before an answer began. Raise ")


def test_a_source_may_be_quoted_in_place_of_an_unfinished_thought_but_it_is_said() -> None:
    answer = assistant(Player(CUT), think=True).ask(QUESTION)
    assert answer.metrics.quoted
    assert any("only thought" in note for note in notes(answer))


@pytest.mark.parametrize(("num_ctx", "num_predict", "expected"), [(4096, 256, 1920), (16384, 256, 2048), (512, 512, 0)])
def test_thoughts_leave_room_for_the_prompt(num_ctx: int, num_predict: int, expected: int) -> None:
    assert thinking_tokens(AnswerSettings(num_ctx=num_ctx, num_predict=num_predict)) == expected


def test_a_second_attempt_has_a_prompt_that_leaves_room_for_thoughts() -> None:
    engine = Player(CUT, UNASKED)
    hits = [hit(f"{QLORA} {NF4} {OPTIMISERS}", number=number) for number in range(8)]
    settings = AnswerSettings(num_ctx=1024, evidence_tokens=2400)
    answer = Assistant(AskedModel(engine, "tiny"), AskedDocuments(Shelf(*hits)), settings).ask(QUESTION)
    first, second = engine.requests
    prompts = [len(engine.tokenize("tiny", engine.render(request))) for request in (first, second)]
    assert first.options.num_predict < second.options.num_predict
    assert prompts[0] > 1024 - second.options.num_predict, "the first prompt would have left no room"
    assert prompts[1] <= 1024 - second.options.num_predict
    assert (answer.answer, answer.metrics.evidence_used) == (GOOD, len(answer.evidence))


def test_a_question_too_long_for_thoughts_beside_it_is_not_asked_again() -> None:
    engine = Player(CUT, UNASKED)
    settings = AnswerSettings(num_ctx=512, num_predict=128, gate=0.0)
    long = " ".join([QUESTION, *["please say so in one sentence"] * 25])
    answer = Assistant(AskedModel(engine, "tiny"), AskedDocuments(Shelf(*HITS)), settings, quote=False).ask(long)
    assert len(engine.requests) == 1
    assert answer.reason == "unfinished_thought"


def test_thoughts_in_mid_stream_change_no_options() -> None:
    made = assistant(Player(UNASKED))
    before = made.prompts.options(QUESTION)
    made.ask(QUESTION)
    assert made.prompts.options(QUESTION) == before


@pytest.mark.parametrize("content", ["", "{", '{"a": 1}', "[1, null]", '["tiny:latest"]', "[" * 100_000])
def test_a_damaged_book_knows_nobody(tmp_path: Path, content: str) -> None:
    book = ThinkerFile(tmp_path / "thinkers.json", Player())
    (tmp_path / "thinkers.json").write_text(content)
    assert not book.knows("tiny")
    book.note("tiny")
    assert book.knows("tiny")
    assert not book.knows("other:latest")


def test_a_model_is_loaded_while_something_else_is_done() -> None:
    loading, searched = threading.Event(), threading.Event()

    class Slow(Thinker):
        def load(self, model: str) -> None:
            loading.set()
            assert searched.wait(10)

    warming = Warming(Slow(), "tiny")
    assert loading.wait(10)
    assert not warming.ready
    searched.set()
    assert warming.thinks()
    assert warming.ready


def test_a_model_that_cannot_be_loaded_is_met_by_the_question_itself() -> None:
    engine = Player()
    warming = Warming(engine, "nosuch")
    assert not warming.thinks()
    made = Assistant(
        AskedModel(engine, "nosuch"),
        AskedDocuments(Shelf(*HITS)),
        AnswerSettings(),
        observed=Observations(warming=warming),
    )
    with pytest.raises(ModelNotFound):
        made.ask(QUESTION)
