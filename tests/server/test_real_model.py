"""The server over the real small model: SmolLM2 in the embedded engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from ragft.app.application import open_application
from ragft.server.server_options import ServerOptions
from tests.app.conftest import papers  # noqa: F401  fixture
from tests.app.papers import QUESTION
from tests.server.conftest import Running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(
    smollm2: Path,
    papers: Path,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[openai.OpenAI]:
    workspace = tmp_path_factory.mktemp("real") / "ws"
    shutil.copytree(papers / "ws", workspace)
    settings = {"name": "embedded", "model": "smollm2", "threads": 1}
    running = Running(open_application(workspace, engine=settings), ServerOptions(port=0))
    with openai.OpenAI(base_url=f"{running.url}/v1", api_key="none", max_retries=0) as made:
        yield made
    running.stop()


def test_it_answers_from_the_papers_or_refuses_and_a_stream_says_the_same(client: openai.OpenAI) -> None:
    messages: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": QUESTION}]
    whole = client.chat.completions.create(model="ragft", messages=messages)
    stream = client.chat.completions.create(model="ragft", messages=messages, stream=True)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
    assert text == whole.choices[0].message.content
    assert "48" in text or whole.to_dict()["ragft"]["refused"]  # type: ignore[index]


def test_it_answers_without_the_papers_within_its_tokens(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(
        model="smollm2", messages=[{"role": "user", "content": "Count to one hundred."}], max_tokens=8
    )
    assert done.choices[0].finish_reason == "length"
    assert done.usage is not None and 0 < done.usage.completion_tokens <= 8


def test_a_schema_shapes_the_reply(client: openai.OpenAI) -> None:
    import json

    schema = {"type": "object", "properties": {"colour": {"enum": ["red", "blue"]}}, "required": ["colour"]}
    done = client.chat.completions.create(
        model="smollm2",
        messages=[{"role": "user", "content": "Name a colour as JSON."}],
        response_format={"type": "json_schema", "json_schema": {"name": "colour", "schema": schema}},
        max_tokens=40,
    )
    assert json.loads(done.choices[0].message.content or "")["colour"] in ("red", "blue")
