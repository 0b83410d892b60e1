"""Chat completions by OpenAI's own client over real HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from ragft.engine.scripted import ScriptedEngine
from tests.app.papers import ANSWER, QUESTION
from tests.server.conftest import slowly

if TYPE_CHECKING:
    from openai import OpenAI


def _ask(text: str = QUESTION) -> list[Any]:
    return [{"role": "user", "content": text}]


def test_the_papers_are_a_model_beside_those_of_the_engine(client: OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names[0] == "ragft"
    assert {"scripted", "base-model", "minilm"} <= set(names)
    assert client.models.retrieve("ragft").owned_by == "ragft"


def test_an_answer_cites_with_a_link_to_the_place(client: OpenAI, url: str) -> None:
    done = client.chat.completions.create(model="ragft", messages=_ask())
    message = done.choices[0].message
    assert (message.content, done.choices[0].finish_reason) == (ANSWER, "stop")
    assert message.annotations is not None
    cited = message.annotations[0].url_citation
    assert ANSWER[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "Fine-tuning on one card"
    assert cited.url.startswith(f"{url}/documents/") and "start=0&end=86" in cited.url
    assert done.usage is not None
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0


def test_a_stream_is_the_answer_then_its_citations_then_what_it_cost(client: OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="ragft", messages=_ask(), stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == ANSWER
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None and chunks[-1].usage.completion_tokens > 0
    found = [chunk.choices[0].delta.to_dict().get("annotations") for chunk in chunks if chunk.choices]
    assert [one[0]["url_citation"]["title"] for one in found if one] == ["Fine-tuning on one card"]


def test_a_stream_ends_with_done_and_carries_the_sources_as_open_webui_reads_them(url: str) -> None:
    body = {"model": "ragft", "messages": _ask(), "stream": True}
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data:")]
    assert lines[-1] == "[DONE]"
    events = [event for line in lines[:-1] if (event := json.loads(line).get("event"))]
    assert [event["type"] for event in events] == ["source"]
    source = events[0]["data"]
    assert source["document"] == [ANSWER.replace(" [1]", "")]
    assert source["metadata"][0]["source"] == source["source"]["url"]


def test_what_the_papers_do_not_say_is_refused_and_no_error(client: OpenAI) -> None:
    done = client.chat.completions.create(model="ragft", messages=_ask("How do I cook a mushroom risotto?"))
    assert done.to_dict()["ragft"]["refused"] is True  # type: ignore[index]
    assert (done.choices[0].message.content or "").startswith("The documents do not answer")


def test_a_model_of_the_engine_answers_without_the_papers(client: OpenAI) -> None:
    done = client.chat.completions.create(model="base-model", messages=_ask("Hello?"))
    assert done.choices[0].message.content == "The documents do not answer this question."
    assert done.choices[0].message.annotations == []


def test_a_model_of_the_engine_can_answer_from_the_papers(client: OpenAI) -> None:
    done = client.chat.completions.create(model="ragft/tuned-model", messages=_ask())
    assert done.choices[0].message.content == ANSWER
    assert done.to_dict()["ragft"]["model"] == "tuned-model"  # type: ignore[index]


def test_a_follow_up_is_understood_by_what_was_said(client: OpenAI) -> None:
    messages = [*_ask(), {"role": "assistant", "content": ANSWER}, *_ask("And how much does it need for QLoRA?")]
    assert client.chat.completions.create(model="ragft", messages=messages).choices[0].message.content == ANSWER


def test_the_sampling_of_a_request_reaches_the_engine(serve: Callable[..., Any]) -> None:
    import openai

    engine = ScriptedEngine([ANSWER, "plain"])
    with openai.OpenAI(base_url=f"{serve(engine=engine).url}/v1", api_key="none", max_retries=0) as client:
        client.chat.completions.create(model="ragft", messages=_ask(), seed=7, temperature=0.5, max_tokens=99)
        client.chat.completions.create(
            model="base-model", messages=_ask(), seed=8, top_p=0.3, max_tokens=5, stop=["\n\n"],
            response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}},
        )  # fmt: skip
    papers, plain = engine.requests
    assert (papers.options.seed, papers.options.temperature, papers.options.num_predict) == (7, 0.5, 99)
    assert (plain.options.seed, plain.options.top_p, plain.options.num_predict) == (8, 0.3, 5)
    assert (plain.options.stop, plain.format) == (("\n\n",), {"type": "object"})
    assert [(m.role, m.content) for m in plain.messages] == [("user", QUESTION)]


def test_a_stop_string_ends_the_text(client: OpenAI) -> None:
    done = client.chat.completions.create(model="ragft", messages=_ask(), stop=" down to")
    assert done.choices[0].message.content == ANSWER.partition(" down to")[0]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"model": "nothing"}, 404, "no model 'nothing'"),
        ({"unheard_of": 1}, 400, "unheard_of"),
        ({"n": 2}, 400, "n is 2"),
        ({"tool_choice": "required"}, 400, "no tools"),
        ({"messages": []}, 400, "messages"),
        ({"temperature": 9}, 400, "temperature"),
        ({"response_format": {"type": "json_object"}}, 400, "checked sentences"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}, 400, "image_url"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, 400, "last message"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_error_has_openais_form(url: str, change: dict[str, Any], status: int, said: str, stream: bool) -> None:
    body = {"model": "ragft", "messages": _ask(), "stream": stream, **change}
    response = httpx.post(f"{url}/v1/chat/completions", json=body)
    assert response.status_code == status
    error = response.json()["error"]
    assert said in error["message"]
    assert set(error) == {"message", "type", "param", "code"}


SENTENCES = (
    "QLoRA brings the fine-tuning of a 65B model down to a single GPU with 48 GB of memory [1]. ",
    "A regular fine-tune takes more than 780 GB [1]. ",
    "Its base weights are frozen in four bits [1]. ",
)


def test_a_sentence_leaves_once_it_is_checked_while_the_next_is_written(serve: Callable[..., Any]) -> None:
    written = threading.Event()
    words = tuple(word + " " for sentence in SENTENCES for word in sentence.split())

    def wait(number: int) -> None:
        if number == len(words) - 1:
            assert written.wait(30)

    url = serve(engine=ScriptedEngine(slowly(words, wait))).url
    body = {"model": "ragft", "messages": _ask(), "stream": True}
    seen = ""
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=30) as response:
        for line in response.iter_lines():
            if not line.startswith("data: {"):
                continue
            choices = json.loads(line[6:])["choices"]
            seen += choices[0]["delta"].get("content") or ""
            if SENTENCES[0].strip() in seen:
                written.set()  # the first sentence is here, and the model has not finished
    assert written.is_set()
    assert seen == "".join(SENTENCES).strip()


def test_links_begin_with_the_address_that_was_given(serve: Callable[..., Any]) -> None:
    url = serve(link_base="http://papers.lan:8642/").url
    body = {"model": "ragft", "messages": _ask()}
    done = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60).json()
    (note,) = done["choices"][0]["message"]["annotations"]
    assert note["url_citation"]["url"].startswith("http://papers.lan:8642/documents/")


def test_what_is_more_than_the_queue_holds_is_sent_away_with_a_time(serve: Callable[..., Any]) -> None:
    go = threading.Event()
    url = serve(engine=ScriptedEngine(slowly(("hi",), lambda _: go.wait(30))), waiting=1).url
    body = {"model": "base-model", "messages": _ask()}
    answers: list[int] = []

    def ask() -> None:
        answers.append(httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60).status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for number, thread in enumerate(threads):
        thread.start()
        while True:
            busy = httpx.get(f"{url}/health").json()
            if busy["running"] + busy["waiting"] == number + 1:
                break
            time.sleep(0.02)
    third = httpx.post(f"{url}/v1/chat/completions", json=body)
    go.set()
    for thread in threads:
        thread.join(30)
    assert third.status_code == 503
    assert int(third.headers["retry-after"]) >= 1
    assert third.json()["error"]["code"] == "busy"
    assert answers == [200, 200]
