"""Responses by OpenAI's own client over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ragft.engine.scripted import ScriptedEngine
from tests.app.papers import ANSWER, QUESTION
from tests.server.conftest import Running

if TYPE_CHECKING:
    from openai import OpenAI


def test_a_response_has_its_search_and_its_citations(client: OpenAI, url: str) -> None:
    from openai.types.responses import ResponseFileSearchToolCall, ResponseOutputMessage

    response = client.responses.create(model="ragft", input=QUESTION, include=["file_search_call.results"])
    assert (response.output_text, response.status) == (ANSWER, "completed")
    search, message = response.output
    assert isinstance(search, ResponseFileSearchToolCall) and isinstance(message, ResponseOutputMessage)
    assert search.results is not None
    assert search.results[0].filename == "Fine-tuning on one card" and search.results[0].score == 1.0
    part = message.content[0]
    assert part.type == "output_text"
    kinds = {note.type: note for note in part.annotations}
    link = kinds["url_citation"]
    assert link.type == "url_citation" and link.url.startswith(f"{url}/documents/")
    assert ANSWER[link.start_index : link.end_index] == "[1]"
    file = kinds["file_citation"]
    assert file.type == "file_citation" and file.file_id == search.results[0].file_id


def test_a_stream_gives_the_same_response(client: OpenAI) -> None:
    from openai.types.responses import ResponseCompletedEvent

    with client.responses.stream(model="ragft", input=QUESTION) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.output_text == ANSWER
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == ANSWER
    assert [event.sequence_number for event in events] == sorted({event.sequence_number for event in events})
    assert isinstance(events[-1], ResponseCompletedEvent) or events[-1].type == "response.completed"


def test_a_conversation_is_sent_as_items(client: OpenAI) -> None:
    response = client.responses.create(
        model="ragft",
        instructions="Be brief.",
        input=[
            {"role": "user", "content": "What is QLoRA?"},
            {"role": "assistant", "content": "A way of fine-tuning."},
            {"role": "user", "content": [{"type": "input_text", "text": QUESTION}]},
        ],
    )
    assert response.output_text == ANSWER


def test_a_model_of_the_engine_searches_nothing(client: OpenAI) -> None:
    response = client.responses.create(model="base-model", input="Hello?")
    assert [item.type for item in response.output] == ["message"]
    assert response.usage is not None and response.usage.output_tokens > 0


def test_a_request_goes_on_from_an_earlier_response(serve: Callable[..., Running]) -> None:
    import openai

    engine = ScriptedEngine(["Ada it is.", "Ada.", "Ada!"])
    running = serve(engine=engine)
    with openai.OpenAI(base_url=f"{running.url}/v1", api_key="none", max_retries=0) as client:
        first = client.responses.create(model="scripted", input="I am Ada.", instructions="Reply in one word.")
        with client.responses.stream(model="scripted", input="Who am I?", previous_response_id=first.id) as stream:
            second = stream.get_final_response()
        last = client.responses.create(model="scripted", input="And again?", previous_response_id=second.id)
    assert last.previous_response_id == second.id
    assert [(one.role, one.content) for one in engine.requests[-1].messages] == [
        ("user", "I am Ada."), ("assistant", "Ada it is."), ("user", "Who am I?"), ("assistant", "Ada."),
        ("user", "And again?"),
    ]  # fmt: skip  # instructions are those of one request


def test_a_response_that_is_not_stored_cannot_be_gone_on_from(client: OpenAI) -> None:
    import openai

    first = client.responses.create(model="base-model", input="Hello?", store=False)
    assert first.store is False
    with pytest.raises(openai.BadRequestError, match="is not kept"):
        client.responses.create(model="base-model", input="And?", previous_response_id=first.id)


def test_what_cannot_be_had_is_refused(client: OpenAI) -> None:
    import openai

    with pytest.raises(openai.BadRequestError, match="not kept here"):
        client.responses.create(model="ragft", input=QUESTION, conversation="conv_1")
    with pytest.raises(openai.NotFoundError, match="no model"):
        client.responses.create(model="nothing", input=QUESTION)
