"""The Ollama engine over real HTTP against a fake server that is held to Ollama's own description of its API."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ragft.engine.base import ChatRequest, Message, ModelSpec, Options, TokenLogprob, collect_reply
from ragft.engine.ollama.engine import OllamaEngine
from ragft.errors import (
    ContextOverflow,
    EngineError,
    EngineUnavailable,
    GenerationError,
    InputError,
    ModelNotFound,
    UsageError,
)
from ragft.workspace import digest_file
from tests.engine.fake_ollama import Die, FakeOllama, Wait, openapi_file, problems, says, thinks

HELLO = ChatRequest("m", (Message("user", "Hello?"),), Options(seed=7, num_ctx=2048))


@pytest.fixture
def engine(fake: FakeOllama) -> Iterator[OllamaEngine]:
    fake.add("m:latest")
    opened = OllamaEngine(fake.url, timeout=5)
    yield opened
    opened.close()


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "weights.gguf")


def write_gguf(path: Path, kind: str = "model") -> Path:
    """The smallest GGUF there is: one string of metadata, no tensors."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("general.type") + struct.pack("<I", 8) + text(kind))
    return path


def test_the_openapi_file_is_really_used() -> None:
    if not openapi_file().is_file():
        pytest.skip(f"no {openapi_file()}: requests to the fake Ollama are not validated")
    good = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    assert problems("ChatRequest", good) == []
    assert problems("ChatRequest", {**good, "numctx": 1}) != []
    assert problems("ChatRequest", {**good, "messages": [{"role": "robot", "content": "x"}]}) != []
    assert problems("ChatRequest", {**good, "options": {"num_ctx": "2048"}}) != []


def test_an_answer_is_streamed_with_its_metrics(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = says(
        "Hello",
        " there",
        total_duration=3_000_000_000,
        load_duration=500_000_000,
        prompt_eval_count=11,
        prompt_eval_duration=1_000_000_000,
        eval_count=2,
        eval_duration=1_500_000_000,
    )
    chunks = list(engine.chat(HELLO))
    assert [chunk.content for chunk in chunks] == ["Hello", " there", ""]
    last = chunks[-1]
    assert last.done
    assert last.done_reason == "stop"
    assert last.metrics is not None
    assert (last.metrics.prompt_tokens, last.metrics.generated_tokens) == (11, 2)
    assert (last.metrics.load_seconds, last.metrics.prompt_seconds) == (0.5, 1.0)
    assert (last.metrics.generate_seconds, last.metrics.total_seconds) == (1.5, 3.0)


def test_a_closed_engine_says_so(engine: OllamaEngine) -> None:
    engine.close()
    for ask in (lambda: engine.load("m"), engine.models, lambda: list(engine.chat(HELLO))):
        with pytest.raises(EngineError, match=r"the connection to Ollama at .* was closed"):
            ask()


def test_numbers_left_out_of_a_reply_count_as_zero(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = says("x")
    _, last = collect_reply(engine, HELLO)
    assert last.metrics is not None
    assert last.metrics.prompt_tokens == 0
    assert last.metrics.total_seconds == 0.0


def test_every_option_is_sent_with_every_request(fake: FakeOllama, engine: OllamaEngine) -> None:
    collect_reply(engine, HELLO)
    (body,) = fake.bodies("/api/chat")
    assert body["options"] == {
        "temperature": 0.0,
        "seed": 7,
        "num_ctx": 2048,
        "num_predict": 256,
        "top_k": 40,
        "top_p": 0.9,
        "min_p": 0.0,
        "typical_p": 1.0,
        "repeat_penalty": 1.0,
        "repeat_last_n": 64,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "stop": [],
    }
    assert body["think"] is False
    assert body["stream"] is True
    assert (body["truncate"], body["shift"]) == (False, False)


def test_the_schema_of_the_answer_is_sent(fake: FakeOllama, engine: OllamaEngine) -> None:
    schema = {"type": "object", "properties": {"q": {"type": "string"}}}
    collect_reply(engine, ChatRequest("m", HELLO.messages, format=schema))
    assert fake.bodies("/api/chat")[0]["format"] == schema


def test_thinking_is_kept_apart_from_the_answer(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = [thinks(thinking="hmm"), *says("yes")]
    history = (Message("user", "?"), Message("assistant", "no", thinking="aha"), Message("user", "sure?"))
    chunks = list(engine.chat(ChatRequest("m", history, think=True)))
    assert "".join(chunk.thinking for chunk in chunks) == "hmm"
    assert "".join(chunk.content for chunk in chunks) == "yes"
    body = fake.bodies("/api/chat")[0]
    assert body["think"] is True
    assert [turn.get("thinking") for turn in body["messages"]] == [None, "aha", None]


def test_think_is_left_out_when_the_model_shall_decide(fake: FakeOllama, engine: OllamaEngine) -> None:
    collect_reply(engine, ChatRequest("m", HELLO.messages, think=None))
    assert "think" not in fake.bodies("/api/chat")[0]


def test_thoughts_in_the_answer_are_split_off_and_remembered(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = says("Let me see.", "</think>", "\n\nIt is 48 GB.")
    assert collect_reply(engine, HELLO)[0] == "It is 48 GB."
    chunks = list(engine.chat(HELLO))
    assert not any(chunk.void for chunk in chunks)  # known by now: nothing has to be taken back
    assert [chunk.thinking for chunk in chunks if chunk.thinking] == ["Let me see."]


def test_a_prompt_that_opens_a_thought_tells_that_the_model_thinks(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.render = lambda body: "<|im_start|>assistant\n<think>\n"
    engine.render(HELLO)
    fake.answer = says("Let me see.", "</think>", "yes")
    assert [chunk.content for chunk in engine.chat(HELLO) if chunk.content] == ["yes"]


def test_a_level_of_thinking_is_sent_as_it_is(fake: FakeOllama, engine: OllamaEngine) -> None:
    collect_reply(engine, ChatRequest("m", HELLO.messages, think="high"))
    assert fake.bodies("/api/chat")[0]["think"] == "high"


def test_every_request_has_the_window_of_the_engine(fake: FakeOllama) -> None:
    fake.add("m:latest")
    fake.generated = {"response": "a", "logprobs": [{"token": "a", "logprob": -0.5, "top_logprobs": []}]}
    engine = OllamaEngine(fake.url, num_ctx=3072, keep_alive="10m")
    engine.load("m")
    engine.render(ChatRequest("m", HELLO.messages))
    collect_reply(engine, ChatRequest("m", HELLO.messages))
    engine.next_tokens("m", "Hello")
    engine.close()
    bodies = [*fake.bodies("/api/chat"), *fake.bodies("/api/generate")]
    assert [body["options"]["num_ctx"] for body in bodies] == [3072] * 4
    assert [body["keep_alive"] for body in bodies] == ["10m"] * 4
    assert [body["shift"] for body in bodies] == [False] * 4  # another value would load the model again
    assert bodies[0]["messages"] == []


@pytest.mark.parametrize(("given", "sent"), [("-1", -1), ("0", 0), ("300", 300), ("1h30m", "1h30m")])
def test_how_long_a_model_stays_loaded(fake: FakeOllama, given: str, sent: object) -> None:
    fake.add("m:latest")
    engine = OllamaEngine(fake.url, keep_alive=given)
    engine.load("m")
    engine.close()
    assert fake.bodies("/api/chat")[0]["keep_alive"] == sent


def test_what_a_model_expects_next(fake: FakeOllama, engine: OllamaEngine) -> None:
    candidates = [{"token": " no", "logprob": -1.5}, {"token": " yes", "logprob": -0.25, "bytes": [32, 121, 101, 115]}]
    fake.generated = {
        "response": " yes",
        "logprobs": [{"token": " yes", "logprob": -0.25, "top_logprobs": candidates}],
    }
    assert engine.next_tokens("m", "Is water wet?", top=50) == [
        TokenLogprob(-1, " yes", -0.25),
        TokenLogprob(-1, " no", -1.5),
    ]
    (body,) = fake.bodies("/api/generate")
    assert (body["raw"], body["logprobs"], body["top_logprobs"]) == (True, True, 20)
    assert body["options"]["num_predict"] == 1


def test_a_model_that_ends_its_turn_at_once_expects_no_word(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.generated = {"response": ""}
    assert engine.next_tokens("m", "Bye.") == []


def test_a_server_too_old_for_log_probabilities(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.generated = {"response": "yes"}
    with pytest.raises(EngineError, match=r"0\.12\.11"):
        engine.next_tokens("m", "Is water wet?")


def test_a_server_killed_in_the_middle_of_an_answer_twenty_times(fake: FakeOllama, engine: OllamaEngine) -> None:
    words = [f"w{number} " for number in range(30)]
    dice = random.Random(0)
    for _ in range(20):
        cut = dice.randrange(1, len(words))
        fake.answer = [*says(*words)[:cut], Die()]
        heard = []
        with pytest.raises(GenerationError, match="died in the middle"):
            heard += [chunk.content for chunk in engine.chat(HELLO)]
        assert len(heard) == 0  # the comprehension never finished; the next line hears what came before the end
        pieces = engine.chat(HELLO)
        assert "".join(next(pieces).content for _ in range(cut)) == "".join(words[:cut])
        with pytest.raises(GenerationError):
            next(pieces)


def test_a_stream_that_ends_without_its_last_line(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = says("half")[:-1]
    with pytest.raises(GenerationError, match="died"):
        collect_reply(engine, HELLO)


def test_an_error_line_after_the_stream_began(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = [*says("half")[:-1], {"error": "llama runner process has terminated"}]
    with pytest.raises(GenerationError, match="runner process has terminated"):
        collect_reply(engine, HELLO)


def test_a_line_that_is_no_json(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = [*says("half")[:-1], b"<html>proxy error</html>\n"]
    with pytest.raises(GenerationError):
        collect_reply(engine, HELLO)


def test_a_server_that_falls_silent(fake: FakeOllama) -> None:
    fake.add("m:latest")
    fake.answer = [*says("half")[:-1], Wait(2.0), *says("late")]
    with pytest.raises(GenerationError, match="no sign of life"):
        collect_reply(OllamaEngine(fake.url, timeout=0.2), HELLO)


def test_closing_the_iterator_hangs_up(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.answer = [step for _ in range(500) for step in (says("word ")[0], Wait(0.01))]
    answer = engine.chat(HELLO)
    next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert fake.disconnected.wait(3), "the server went on generating"


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (404, "model 'm' not found", ModelNotFound),
        (503, "server busy, please try again. maximum pending requests exceeded", EngineUnavailable),
        (400, "input length exceeds the context length", ContextOverflow),
        (400, "request (5031 tokens) exceeds the available context size (4096 tokens)", ContextOverflow),
        (400, '"m" does not support thinking', EngineError),
        (500, "llama runner process has terminated: out of memory", EngineError),
    ],
)
def test_a_refusal_before_the_answer(
    fake: FakeOllama, engine: OllamaEngine, status: int, message: str, expected: type[EngineError]
) -> None:
    fake.failures["/api/chat"] = (status, message)
    with pytest.raises(EngineError) as caught:
        collect_reply(engine, HELLO)
    assert type(caught.value) is expected


def test_no_server_at_all() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = OllamaEngine(f"http://127.0.0.1:{port}")
    with pytest.raises(EngineUnavailable, match="ollama serve"):
        engine.probe(0.5)
    with pytest.raises(EngineUnavailable, match="no Ollama answers"):
        collect_reply(engine, HELLO)
    with pytest.raises(EngineUnavailable):
        engine.models()


def test_a_server_too_slow_to_probe() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        engine = OllamaEngine(f"http://127.0.0.1:{mute.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(EngineUnavailable):
            engine.probe(0.1)
        assert time.monotonic() - began < 5


def test_the_prompt_as_the_server_renders_it(fake: FakeOllama, engine: OllamaEngine) -> None:
    assert engine.render(HELLO) == "<|im_start|>user\nHello?<|im_end|>\n<|im_start|>assistant\n"
    body = fake.bodies("/api/chat")[0]
    assert body["_debug_render_only"] is True
    assert body["stream"] is False


def test_a_server_too_old_to_render(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.version = "0.11.4"
    with pytest.raises(EngineUnavailable, match=r"0\.11\.4.*0\.11\.5"):
        engine.render(HELLO)


def test_tokenising_is_not_offered(engine: OllamaEngine) -> None:
    with pytest.raises(NotImplementedError):
        engine.tokenize("m", "text")


def test_creating_sends_the_file_once(fake: FakeOllama, engine: OllamaEngine, gguf: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    spec = ModelSpec(
        "papers:bf16", gguf=gguf, parameters={"stop": ("<|im_end|>",), "temperature": 0.7}, system="Be brief."
    )
    made = engine.create(spec, lambda what, done, total: seen.append((what, done, total)))
    digest = digest_file(gguf)
    assert fake.blobs[digest] == gguf.read_bytes()
    (body,) = fake.bodies("/api/create")
    assert body == {
        "model": "papers:bf16",
        "stream": True,
        "files": {"model.gguf": digest},
        "system": "Be brief.",
        "parameters": {"stop": ["<|im_end|>"], "temperature": 0.7},
    }
    assert ("send weights.gguf", gguf.stat().st_size, gguf.stat().st_size) in seen
    assert ("verifying conversion", 0, 0) in seen
    assert made.digest == "sha256:" + fake.models["papers:bf16"]["digest"]

    engine.create(spec)
    assert [path for method, path, _ in fake.requests if method == "POST" and "blobs" in path] == [
        f"/api/blobs/{digest}"
    ]


def test_creating_from_a_model_with_a_quantisation(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.version = "0.24.0"
    fake.add("m:latest", quantization="BF16")
    seen: list[tuple[str, int, int]] = []
    made = engine.create(ModelSpec("m:q8_0", base="m", quantize="Q8_0"), lambda *step: seen.append(step))
    assert fake.bodies("/api/create") == [{"model": "m:q8_0", "stream": True, "from": "m", "quantize": "Q8_0"}]
    assert made.quantization == "Q8_0"
    assert ("quantizing BF16 model to Q8_0", 500, 1000) in seen


def test_a_quantised_model_is_not_quantised_again(engine: OllamaEngine) -> None:
    with pytest.raises(EngineError, match="only supported for F16, BF16 and F32"):
        engine.create(ModelSpec("m:q4_K_M", base="m", quantize="Q4_K_M"))


def test_creating_an_adapter_over_a_model(fake: FakeOllama, engine: OllamaEngine, tmp_path: Path) -> None:
    adapter = write_gguf(tmp_path / "a.gguf", "adapter")
    engine.create(ModelSpec("m:lora", base="m", adapter=adapter))
    (body,) = fake.bodies("/api/create")
    assert body["adapters"] == {"adapter.gguf": digest_file(adapter)}


def test_creating_over_an_unknown_model_does_not_make_the_server_fetch_it(
    fake: FakeOllama, engine: OllamaEngine
) -> None:
    with pytest.raises(ModelNotFound):
        engine.create(ModelSpec("x", base="nope"))
    assert fake.bodies("/api/create") == []


def test_creating_needs_a_server_that_shows_its_prompts(fake: FakeOllama, engine: OllamaEngine, gguf: Path) -> None:
    fake.version = "0.11.4"
    with pytest.raises(EngineUnavailable, match=r"Ollama 0\.11\.4 .* 0\.11\.5 or newer"):
        engine.create(ModelSpec("x", gguf=gguf))
    assert fake.blobs == {}


def test_a_server_with_its_own_runner_takes_a_model_with_its_template(
    fake: FakeOllama, engine: OllamaEngine, gguf: Path
) -> None:
    fake.version = "0.24.0"
    fake.created = {"quantization": "BF16"}
    engine.create(ModelSpec("x:q8_0", gguf=gguf, template="{{ .Prompt }}!", quantize="Q8_0"))
    (body,) = fake.bodies("/api/create")
    assert (body["template"], body["quantize"]) == ("{{ .Prompt }}!", "Q8_0")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            [{"status": "parsing GGUF"}, {"error": "quantization is only supported for F16, BF16 and F32 models"}],
            "only supp",
        ),
        ([{"status": "parsing GGUF"}, {"status": "writing manifest"}], "did not finish"),
        ([{"status": "parsing GGUF"}, Die()], "went away"),
        ([], "did not finish"),
        ([{"error": "write /models/blobs/x: no space left on device"}], "OLLAMA_MODELS"),
        ([{"error": "invalid model name"}], "did not make x: 'x' cannot be the name"),
    ],
)
def test_a_creation_that_fails(
    fake: FakeOllama, engine: OllamaEngine, gguf: Path, lines: list[object], message: str
) -> None:
    fake.create_lines = lines
    with pytest.raises(EngineError, match=message):
        engine.create(ModelSpec("x", gguf=gguf))


def test_creating_takes_one_source_of_the_right_kind(engine: OllamaEngine, gguf: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        engine.create(ModelSpec("x"))
    with pytest.raises(UsageError):
        engine.create(ModelSpec("x", gguf=gguf, base="m"))
    with pytest.raises(InputError, match="an adapter"):
        engine.create(ModelSpec("x", gguf=write_gguf(tmp_path / "a.gguf", "adapter")))
    with pytest.raises(InputError, match="not a LoRA"):
        engine.create(ModelSpec("x", base="m", adapter=gguf))


def test_what_is_known_of_a_model(fake: FakeOllama, engine: OllamaEngine) -> None:
    shown = engine.show("m")
    assert shown.quantization == "Q8_0"
    assert shown.family == "qwen3"
    assert shown.context_length == 40960
    assert shown.parameters == {"temperature": 0.7, "stop": ["<|im_end|>"]}
    assert shown.capabilities == ("completion", "thinking")
    assert shown.digest == "sha256:" + fake.models["m:latest"]["digest"]


def test_models_are_listed_and_deleted(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.add("a:1b")
    assert [(model.name, model.size, model.engine) for model in engine.models()] == [
        ("a:1b", 1000, "ollama"),
        ("m:latest", 1000, "ollama"),
    ]
    engine.delete("a:1b")
    assert [model.name for model in engine.models()] == ["m:latest"]
    with pytest.raises(ModelNotFound):
        engine.delete("a:1b")


def test_the_list_of_models_tells_what_show_tells(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.add("minilm:latest", capabilities=["embedding"])
    found = {model.name: model for model in engine.models()}
    assert found["m:latest"] == engine.show("m")
    assert (found["m:latest"].context_length, found["m:latest"].thinks) == (40960, True)
    assert not found["minilm:latest"].can_chat


def test_a_model_that_the_server_cannot_read_is_still_listed(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.failures["/api/show"] = (500, "invalid file magic")
    assert [model.name for model in engine.models()] == ["m:latest"]


@pytest.mark.parametrize("spelling", ["m", "m:latest"])
def test_a_model_is_shown_under_the_name_that_lists_it(engine: OllamaEngine, spelling: str) -> None:
    shown = engine.show(spelling)
    assert [shown.name] == [model.name for model in engine.models()] == ["m:latest"]
    assert shown.digest


def test_something_else_that_answers_is_no_ollama(fake: FakeOllama, engine: OllamaEngine) -> None:
    fake.failures["/api/version"] = (403, "forbidden")
    with pytest.raises(EngineError):
        engine.version()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104
        ("0.0.0.0:9999", "http://127.0.0.1:9999"),
        ("gpu.local", "http://gpu.local:11434"),
        ("gpu.local:1234", "http://gpu.local:1234"),
        ("https://gpu.local", "https://gpu.local"),
        ("[::1]:11434", "http://[::1]:11434"),
        ("", "http://127.0.0.1:11434"),
    ],
)
def test_where_the_server_is_looked_for(given: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", given)
    assert OllamaEngine().host == expected


@pytest.mark.parametrize("port", ["99999", "0", "none"])
def test_a_port_that_is_none_is_a_usage_error(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{port}")
    with pytest.raises(UsageError, match="port"):
        OllamaEngine()


@pytest.mark.parametrize(("user", "key", "sent"), [("me:pw@", "", "Basic bWU6cHc="), ("", "key-1", "Bearer key-1")])
def test_who_asks_is_sent_along(
    fake: FakeOllama, monkeypatch: pytest.MonkeyPatch, user: str, key: str, sent: str
) -> None:
    fake.add("m:latest")
    fake.authorization = sent
    monkeypatch.setenv("OLLAMA_API_KEY", key)
    engine = OllamaEngine(fake.url.replace("http://", f"http://{user}"), timeout=5)
    assert engine.host == fake.url
    assert collect_reply(engine, HELLO)[0] == "Hello there"
    engine.close()


def test_a_proxy_that_wants_to_know_who_asks(fake: FakeOllama) -> None:
    fake.authorization = "Basic x"
    engine = OllamaEngine(fake.url.replace("http://", "http://me:secret@"), timeout=5)
    for call in (engine.version, engine.models, lambda: collect_reply(engine, HELLO)):
        with pytest.raises(EngineUnavailable, match="401") as caught:
            call()
        assert "OLLAMA_API_KEY" in str(caught.value.fix)
        assert "secret" not in str(caught.value)
    engine.close()


@pytest.fixture
def stranger() -> Iterator[str]:
    """A web server that is not Ollama: it knows no path of Ollama's."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent."""

        def do_GET(self) -> None:
            self.send_error(404, "no such page")

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_another_server_on_ollamas_port(stranger: str) -> None:
    engine = OllamaEngine(stranger, timeout=5)
    try:
        for call, path in ((engine.version, "/api/version"), (engine.models, "/api/tags")):
            with pytest.raises(
                EngineUnavailable, match=rf"what answers at {stranger} is not Ollama \({path}: status 404"
            ):
                call()
    finally:
        engine.close()


def test_a_model_that_only_we_make_is_not_said_to_be_pulled(fake: FakeOllama) -> None:
    engine = OllamaEngine(fake.url, timeout=5)
    with pytest.raises(ModelNotFound) as caught:
        engine.show("papers-demo:q8_0")
    assert "ragft register" in str(caught.value.fix)
    engine.close()
