"""The clock of the bench: what is charged to an arm, and what is not. Bounds are one-sided: load breaks none."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pytest

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.prompts.form import CAPABLE
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.session import CALIBRATION_KEY
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.asking.clock import Clock
from ragft.benchmark.asking.lookups import SharedEmbed, SharedSearch
from ragft.benchmark.asking.meter import Meter
from ragft.benchmark.base import Arm, BenchmarkQuestion, Recorded
from ragft.benchmark.scoring.likelihood import CROSS_ENTROPY
from ragft.engine.base import ChatChunk, ChatRequest, Message, Metrics, collect_reply
from ragft.engine.scripted import ScriptedEngine
from ragft.setting_sections import AnswerSettings
from ragft.typed_json import parsed

QLORA = "QLoRA finetunes a 65B parameter model on a single 48 GB GPU [1]."
ASK = BenchmarkQuestion(
    "qlora", "How large a model does QLoRA finetune on a single 48 GB GPU?", documents=("qlora.pdf",)
)
REQUEST = ChatRequest("small", (Message("user", "Hello?"),))
PAUSE = 0.2


def chunks(text: str, load: float = 0.0) -> list[ChatChunk]:
    return [ChatChunk(text), ChatChunk("", done=True, done_reason="stop", metrics=Metrics(9, 7, load))]


@pytest.mark.parametrize("condition", ["retrieval", "evidence", "closed_book"])
def test_loading_a_model_is_not_charged_to_the_question(shelf: Any, condition: Any) -> None:
    """The engine claims to have loaded for longer than the call took: nothing is left of it."""
    bench = Bench(ScriptedEngine(lambda _: chunks(QLORA, load=1000.0)), shelf, AnswerSettings(k=3))
    given = bench.answer(Arm("base", "small", condition), ASK)
    assert (given.seconds, given.cost.first_token, given.cost.load) == (0.0, 0.0, 1000.0)
    assert given.cost.engine > 0
    assert (given.cost.prompt_tokens, given.cost.generated_tokens, given.cost.done_reason) == (9, 7, "stop")


@pytest.mark.parametrize("model", ["small-base", "small"])
def test_each_arm_is_charged_for_the_retrieval_and_encoding_that_it_shares(shelf: Any, model: str) -> None:
    """Whether the other arm is another model or the same one."""
    shelf.pause = PAUSE
    bench = Bench(ScriptedEngine(lambda _: QLORA), shelf, AnswerSettings(k=3))
    first = bench.answer(Arm("base", model), ASK)
    encodings = shelf.encodings
    second = bench.answer(Arm("tuned", "small"), ASK)
    assert (shelf.searches, shelf.encodings) == (1, encodings)
    assert first.seconds >= 2 * PAUSE, "it searched and encoded"
    assert second.seconds >= 2 * PAUSE, "it was spared both"
    assert second.answer.metrics.retrieval_seconds >= PAUSE
    assert bench.look_up(Arm("base", "small"), ASK).seconds >= PAUSE


def test_an_arm_that_does_not_search_is_not_charged_for_the_search_of_another(shelf: Any) -> None:
    shelf.pause = PAUSE
    bench = Bench(ScriptedEngine(lambda _: QLORA), shelf, AnswerSettings(k=3))
    bench.answer(Arm("base", "small"), ASK)
    given = bench.answer(Arm("given", "small", "evidence"), ASK)
    assert given.answer.metrics.retrieval_seconds < PAUSE


def test_the_record_is_the_assistants_own_answer(shelf: Any) -> None:
    """All that `ask` gives is there: what was found, what of it the prompt shows, citations with their quotes."""
    settings = AnswerSettings(k=3)
    bench = Bench(ScriptedEngine(lambda _: QLORA), shelf, settings)
    found = bench.answer(Arm("base", "small"), ASK).answer
    asked = Assistant(
        AskedModel(ScriptedEngine(lambda _: QLORA), "small"),
        AskedDocuments(shelf, embed=shelf.embed),
        settings,
        quote=False,
    ).ask(ASK.question)
    assert replace(found, metrics=asked.metrics) == asked
    assert len(found.retrieved) == 3
    assert found.citations[0].quote
    assert bench.look_up(Arm("base", "small"), ASK).answer.retrieved == found.retrieved


def test_a_search_is_made_once_and_charged_each_time(shelf: Any) -> None:
    shelf.pause = PAUSE
    clock = Clock()
    search = SharedSearch(shelf, clock)
    first = search.search("QLoRA", 2)
    start = clock()
    assert search.search("QLoRA", 2) is first
    assert clock() - start >= PAUSE
    assert shelf.searches == 1


def test_a_text_is_encoded_once_and_charged_each_time(shelf: Any) -> None:
    shelf.pause = PAUSE
    clock = Clock()
    embed = SharedEmbed(shelf, clock)
    first = embed(["QLoRA"])
    start = clock()
    assert embed(["QLoRA"]) is first
    assert clock() - start >= PAUSE


def test_the_meter_adds_up_requests_and_keeps_the_first_ones_first_token() -> None:
    def late(_: ChatRequest) -> Sequence[ChatChunk]:
        time.sleep(PAUSE)
        return chunks("Hm")

    meter = Meter(ScriptedEngine([late, chunks("Well", load=1000.0)]))
    for _ in range(2):
        collect_reply(meter, REQUEST)
    reading = meter.reading
    assert reading.first_token >= PAUSE, "of the first request, not of the one asked again"
    assert reading.engine >= PAUSE
    assert (reading.load, reading.prompt_tokens, reading.generated_tokens, reading.requests) == (1000.0, 18, 14, 2)
    meter.reset()
    assert (meter.reading.engine, meter.reading.requests) == (0.0, 0)


def test_the_same_words_are_asked_once_an_arm_and_charged_each_time(shelf: Any) -> None:
    """As `papers` asks what `objectives` has asked before; the second arm of the same model is asked for itself."""

    def slow(_: ChatRequest) -> Sequence[ChatChunk]:
        time.sleep(PAUSE)
        return chunks(QLORA)

    engine = ScriptedEngine(slow)
    bench = Bench(engine, shelf, AnswerSettings(k=3))
    first, again = (bench.answer(Arm("base", "small"), ASK, ungated=ungated) for ungated in (True, False))
    assert len(engine.requests) == 1
    assert again.answer.raw == first.answer.raw
    assert again.seconds >= PAUSE
    assert again.answer.metrics.first_token_seconds >= PAUSE
    assert again.cost.first_token >= PAUSE
    assert replace(again.cost, first_token=0.0) == replace(first.cost, first_token=0.0)
    bench.answer(Arm("tuned", "small"), ASK)
    assert len(engine.requests) == 2


def test_a_reply_that_was_broken_off_is_asked_for_again() -> None:
    meter = Meter(ScriptedEngine([chunks("Hm"), chunks("Well")]))
    meter.reset("base")
    reply = meter.chat(REQUEST)
    assert next(reply).content == "Hm"
    reply.close()  # type: ignore[attr-defined]
    assert collect_reply(meter, REQUEST)[0] == "Well"


def test_an_answer_is_known_by_what_it_depends_on_and_by_nothing_else(shelf: Any) -> None:
    def key(condition: Any, question: BenchmarkQuestion = ASK, *, kind: str = "answer", **changes: Any) -> str:
        bench = Bench(ScriptedEngine(), shelf, AnswerSettings(k=3), **changes)
        return bench.key(Arm("base", "small", condition), question, kind)

    moved = replace(ASK, pages=(2,))
    assert key("retrieval", quote=True) != key("retrieval")
    assert key("closed_book", quote=True) == key("closed_book")
    assert key("retrieval", weights=CAPABLE) != key("retrieval")
    assert key("closed_book", weights=CAPABLE) == key("closed_book")
    assert key("retrieval", replace(ASK, withheld=("rag.pdf",))) != key("retrieval")
    assert key("evidence", moved) != key("evidence")
    assert key("retrieval", moved) == key("retrieval")
    read = key("retrieval", kind=CROSS_ENTROPY, baseline="one")
    assert read != key("retrieval", kind=CROSS_ENTROPY, baseline="another")
    assert read == key("closed_book", kind=CROSS_ENTROPY, baseline="one"), "a text is read without evidence"
    before = key("retrieval"), key("closed_book")
    shelf.meta[CALIBRATION_KEY] = replace(SHIPPED, support=SHIPPED.support / 2).to_json()
    assert key("retrieval") != before[0]
    assert key("closed_book") == before[1]


def test_a_question_names_its_document_in_any_unicode_form(shelf: Any) -> None:
    (file, *_) = (record.path for record in shelf.documents())
    decomposed = f"/papers/{unicodedata.normalize('NFD', 'Müller 한글.pdf')}"
    records = [replace(record, path=decomposed if record.path == file else record.path) for record in shelf.documents()]
    shelf.documents = lambda: records
    bench = Bench(ScriptedEngine(), shelf, AnswerSettings(k=3))
    question = BenchmarkQuestion("q", "What?", documents=("Müller 한글.pdf",))
    assert bench.corpus.files.id_of(question.documents[0]) == records[0].id
    assert bench.corpus.placed(question).right_documents == {records[0].id}


@pytest.mark.parametrize(("condition", "texts"), [("closed_book", 0), ("evidence", 1), ("retrieval", 3)])
def test_a_suite_that_asks_by_itself_is_given_the_texts_of_the_condition(
    shelf: Any, condition: Any, texts: int
) -> None:
    bench = Bench(ScriptedEngine(), shelf, AnswerSettings(k=3))
    question = replace(ASK, pages=(1,))
    found = bench.texts(Arm("base", "small", condition), question)
    assert len(found) == texts if condition != "evidence" else found
    assert bench.texts(Arm("base", "small", condition), replace(question, closed_book=True)) == []


@pytest.mark.parametrize("think", [True, "low", False])
def test_thoughts_are_kept_beside_the_answer_and_have_tokens_of_their_own(shelf: Any, think: Any) -> None:
    thinking = [ChatChunk(thinking="33 or "), ChatChunk(thinking="65?"), ChatChunk("65B"), ChatChunk(done=True)]
    engine = ScriptedEngine(lambda _: thinking)
    settings = AnswerSettings(think=think, num_predict=32)
    given = Bench(engine, shelf, settings).write(Arm("base", "small", "closed_book"), ASK, "Answer.", "How large?")
    assert given.answer.answer == "65B"
    assert given.thoughts == ("33 or 65?" if think else None)
    (request,) = engine.requests
    assert request.options.num_predict == (32 + 2032 if think else 32)
    assert parsed(Recorded, json.dumps(asdict(given)).encode()) == given
