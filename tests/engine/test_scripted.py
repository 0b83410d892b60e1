"""The scripted engine: plays what it was given, in order, and remembers what it was asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ragft.engine.base import ChatChunk, ChatRequest, Engine, Message, ModelSpec, Options, collect_reply
from ragft.engine.scripted import ScriptedEngine, load_script
from ragft.errors import ContextOverflow, GenerationError, ModelNotFound, UsageError


def _ask(text: str, **options: Any) -> ChatRequest:
    return ChatRequest("scripted", (Message("user", text),), Options(**options))


def _script(tmp_path: Path, **content: Any) -> Path:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(content))
    return path


def test_a_whole_answer_comes_with_its_thoughts() -> None:
    chunks = [
        ChatChunk(content="48?"),
        ChatChunk(thinking="48? ", void=True),
        ChatChunk(thinking="Yes."),
        ChatChunk(content="48 GB"),
        ChatChunk(done=True, done_reason="stop"),
    ]
    text, last = collect_reply(ScriptedEngine([chunks]), ChatRequest("m", (Message("user", "?"),)))
    assert (text, last.thinking, last.done_reason) == ("48 GB", "48? Yes.", "stop")


def test_it_is_an_engine(scripted: ScriptedEngine) -> None:
    assert isinstance(scripted, Engine)


def test_replies_are_played_in_order_and_requests_recorded(scripted: ScriptedEngine) -> None:
    scripted.queue("first answer", lambda request: request.messages[-1].content.upper())
    assert collect_reply(scripted, _ask("a"))[0] == "first answer"
    assert collect_reply(scripted, _ask("b"))[0] == "B"
    assert [request.messages[-1].content for request in scripted.requests] == ["a", "b"]
    with pytest.raises(GenerationError, match="script is over"):
        collect_reply(scripted, _ask("c"))


def test_no_more_requests_are_kept_than_asked_for() -> None:
    engine = ScriptedEngine(lambda _: "yes", most_recorded=3)
    for number in range(10):
        collect_reply(engine, _ask(str(number)))
    assert [request.messages[-1].content for request in engine.requests] == ["7", "8", "9"]


def test_chunks_and_errors_are_played_as_they_are(scripted: ScriptedEngine) -> None:
    chunks = [ChatChunk(thinking="hm"), ChatChunk(content="x", done=True, done_reason="stop")]
    scripted.queue(chunks, GenerationError("died"))
    assert list(scripted.chat(_ask("a"))) == chunks
    with pytest.raises(GenerationError, match="died"):
        scripted.chat(_ask("b"))


def test_a_function_answers_everything() -> None:
    engine = ScriptedEngine(lambda request: f"seed {request.options.seed}")
    assert [collect_reply(engine, _ask("?", seed=seed))[0] for seed in (1, 2)] == ["seed 1", "seed 2"]


def test_texts_come_back_letter_for_letter(scripted: ScriptedEngine) -> None:
    text = "  Ünïcode — “quotes”,\n\ttabs  and <|im_end|> 🎈 [S1].\n"
    scripted.queue(text)
    chunks = list(scripted.chat(_ask("?")))
    assert "".join(chunk.content for chunk in chunks) == text
    assert len(chunks) > 10


def test_num_predict_cuts_an_answer(scripted: ScriptedEngine) -> None:
    scripted.queue("one two three four")
    text, last = collect_reply(scripted, _ask("?", num_predict=2))
    assert text == "one two"
    assert last.done_reason == "length"
    assert last.metrics is not None
    assert last.metrics.generated_tokens == 2


def test_num_ctx_is_honoured(scripted: ScriptedEngine) -> None:
    scripted.queue("x")
    with pytest.raises(ContextOverflow):
        scripted.chat(_ask("word " * 100, num_ctx=64))


def test_tokens_are_the_same_everywhere(scripted: ScriptedEngine) -> None:
    assert scripted.tokenize("scripted", "<|im_start|>a a") == scripted.tokenize("scripted", "<|im_start|>a a")
    assert len(scripted.tokenize("scripted", "<|im_start|>hello world")) == 3
    assert scripted.render(_ask("Hi")) == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


def test_models_live_in_memory(tmp_path: Path) -> None:
    engine = ScriptedEngine(models=("base",))
    with pytest.raises(ModelNotFound):
        engine.chat(_ask("?"))
    weights = tmp_path / "w.gguf"
    weights.write_bytes(b"w")
    made = engine.create(ModelSpec("tuned", gguf=weights, parameters={"temperature": 0}))
    assert engine.show("tuned") == made
    assert [model.name for model in engine.models()] == ["base", "tuned"]
    engine.delete("tuned")
    with pytest.raises(ModelNotFound):
        engine.show("tuned")
    with pytest.raises(ModelNotFound):
        engine.create(ModelSpec("x", base="tuned"))
    with pytest.raises(UsageError):
        engine.create(ModelSpec("x"))


def test_a_script_file_answers_by_rules(tmp_path: Path) -> None:
    engine = load_script(
        _script(
            tmp_path,
            rules=[
                {"match": "QLoRA.*memory", "reply": ["48 GB [S1].", "As said."]},
                {"match": "echo (.*)", "template": r"you said \g<1>"},
            ],
            default={"reply": "I do not know."},
        )
    )
    questions = ["How does QLoRA\nsave memory?", "echo this", "soup?", "QLoRA memory", "QLoRA memory"]
    replies = [collect_reply(engine, _ask(question))[0] for question in questions]
    assert replies == ["48 GB [S1].", "you said this", "I do not know.", "As said.", "As said."]


def test_a_rule_may_take_its_time_and_die(tmp_path: Path) -> None:
    engine = load_script(_script(tmp_path, rules=[{"match": "break", "reply": "half an", "die": True, "delay": 0.1}]))
    began = time.monotonic()
    answer = engine.chat(_ask("break"))
    assert time.monotonic() - began >= 0.1
    assert [next(answer).content for _ in range(2)] == ["half", " an"]
    with pytest.raises(GenerationError):
        next(answer)
    assert collect_reply(engine, _ask("else"))[0] == ""


def test_a_rule_may_kill_the_process(tmp_path: Path) -> None:
    script = _script(tmp_path, default={"reply": "half", "kill": True})
    code = (
        "from ragft.engine.base import *; from ragft.engine.scripted import load_script; "
        "collect_reply(load_script(), ChatRequest('scripted', (Message('user', 'x'),)))"
    )
    environment = os.environ | {"RAGFT_SCRIPT": str(script)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("content", ["", "[]", '{"rules": [{"match": "("}]}', '{"rules": [{"unknown": 1}]}'])
def test_a_file_that_is_no_script(tmp_path: Path, content: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(content)
    with pytest.raises(UsageError, match="is not a script"):
        load_script(path)


def test_no_script_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RAGFT_SCRIPT", raising=False)
    with pytest.raises(UsageError, match="RAGFT_SCRIPT"):
        load_script()
    with pytest.raises(UsageError, match="is not a file"):
        load_script(tmp_path / "absent.json")
