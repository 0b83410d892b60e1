"""The encoder over Ollama, against the fake server and, where one runs, with real papers."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ragft.corpus.base import Block, Document
from ragft.corpus.chunks import chunk_document, encoded_text
from ragft.corpus.readers import find_files, read_documents
from ragft.engine.ollama.engine import OllamaEngine
from ragft.errors import EngineUnavailable, InputError, ModelNotFound, UsageError
from ragft.index.encoders.ollama import OllamaEncoder
from ragft.index.encoders.open_encoder import open_encoder
from ragft.setting_sections import IndexSettings
from tests.engine.fake_ollama import FakeOllama, count_tokens, serve

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("RAGFT_SHARED_DATA", ROOT.parent / "shared" / "data"))
FORMULA = "∂L/∂θ = Σᵢ (yᵢ − σ(wᵀxᵢ)) xᵢ + λ‖w‖² "
NESTED = (
    '{"error":{"code":400,"message":"request (3010 tokens) exceeds the available context size (1024 tokens), '
    'try increasing it","type":"exceed_context_size_error","n_prompt_tokens":3010,"n_ctx":1024}}'
)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    running = serve(FakeOllama())
    server = next(running)
    server.add("embedder:latest", capabilities=["embedding"], context_length=512)
    monkeypatch.setenv("OLLAMA_HOST", server.url)
    yield server
    running.close()  # type: ignore[attr-defined]
    assert server.violations == []


@pytest.fixture
def encoder(fake: FakeOllama) -> Iterator[OllamaEncoder]:
    opened = OllamaEncoder("embedder")
    fake.requests.clear()
    yield opened
    opened.close()


def direction(length: int) -> np.ndarray:
    """The unit vector that the fake makes of a text of so many characters."""
    vector = np.array([length, 1.0, 0.0], np.float32)
    return np.asarray(vector / np.linalg.norm(vector))


def asked(fake: FakeOllama) -> list[str]:
    return [text for body in fake.bodies("/api/embed") for text in body["input"]]


def test_this_machine_is_reached_past_any_proxy(fake: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", fake.url.replace("127.0.0.1", "0.0.0.0"))  # noqa: S104  as the server has it
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    encoder = OllamaEncoder("embedder")
    vectors = encoder.encode(["four", "fifth"])
    encoder.close()
    assert vectors.shape == (2, encoder.identity.dimension) == (2, 3)
    assert vectors[0] == pytest.approx([4 / 17**0.5, 1 / 17**0.5, 0])


def test_a_passage_that_is_too_long_is_halved_and_averaged(fake: FakeOllama, encoder: OllamaEncoder) -> None:
    text = "ab " * 500 + "cd " * 500
    vector = encoder.encode([text])[0]
    first, second = asked(fake)[-2:]
    assert first + second == text
    assert abs(len(first) - len(second)) <= 3
    expected = direction(len(first)) + direction(len(second))
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), atol=1e-6)


def test_a_word_without_a_blank_is_cut_in_its_middle(fake: FakeOllama, encoder: OllamaEncoder) -> None:
    assert np.linalg.norm(encoder.encode(["x" * 9000])[0]) == pytest.approx(1, abs=1e-6)
    assert "".join(text for text in asked(fake) if count_tokens(text) <= 512) == "x" * 9000


def test_a_text_that_is_far_too_long_is_cut_before_it_is_sent(fake: FakeOllama, encoder: OllamaEncoder) -> None:
    encoder.encode(["x" * 9000, "short"])
    assert max(map(len, asked(fake))) <= 2 * 512 * 4


def test_one_long_passage_changes_no_other(encoder: OllamaEncoder) -> None:
    texts = ["a" * n for n in range(1, 70)]
    texts[40] = FORMULA * 60
    vectors = encoder.encode(texts)
    for n, vector in enumerate(vectors, start=1):
        if n != 41:
            np.testing.assert_allclose(vector, direction(n), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("said", ["the input length exceeds the context length", NESTED])
def test_both_servers_words_for_too_long_are_known(fake: FakeOllama, encoder: OllamaEncoder, said: str) -> None:
    fake.refuses_text["long passage"] = (400, said)
    vector = encoder.encode(["a long passage"])[0]
    assert asked(fake) == ["a long passage", "a long", " passage"]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_a_passage_that_cannot_be_encoded_costs_itself_only(
    fake: FakeOllama, encoder: OllamaEncoder, logged: Callable[[], str]
) -> None:
    fake.refuses_text["poison"] = (500, "failed to encode response: json: unsupported value: NaN")
    vectors = encoder.encode(["good", "poison", "fine"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1])
    said = logged()
    assert "NaN" in said
    assert "poison" in said


def test_a_query_that_cannot_be_encoded_is_an_error(fake: FakeOllama, encoder: OllamaEncoder) -> None:
    fake.refuses_text["poison"] = (500, "no")
    with pytest.raises(InputError, match="query"):
        encoder.encode_query("poison")


def test_a_server_that_can_encode_nothing_is_not_taken_for_a_bad_passage(
    fake: FakeOllama, encoder: OllamaEncoder
) -> None:
    fake.failures["/api/embed"] = (500, "llama-server process has terminated: signal: illegal instruction")
    with pytest.raises(InputError, match="illegal instruction"):
        encoder.encode(["good", "fine"])


def test_progress_counts_up_to_all_texts(encoder: OllamaEncoder) -> None:
    seen: list[int] = []
    encoder.encode([FORMULA * 60, *["a"] * 70], advance=seen.append)
    assert seen == [32, 64, 71]


def test_text_full_of_formulas_is_cut_into_chunks_that_fit(encoder: OllamaEncoder) -> None:
    signs = [f"{a}{b}{c}" for a, b, c in product("xyzθ", "₁₂ᵢ", "+=∈∂")]
    text = " ".join(signs * 40) + "."
    document = Document("0" * 16, "formulas.pdf", "Formulas", (Block(text, 1),))
    chunks = chunk_document(document, encoder.count_tokens, max_tokens=encoder.max_tokens, overlap=0)
    assert max(count_tokens(encoded_text(chunk)) for chunk in chunks) <= 512
    assert max(encoder.count_tokens([encoded_text(chunk) for chunk in chunks])) <= 512


@pytest.mark.slow
@pytest.mark.parametrize("folder", [ROOT / "corpus" / "papers", SHARED / "papers" / "good"], ids=["corpus", "shared"])
def test_the_estimate_is_above_the_tokens_of_a_real_encoder(folder: Path, encoder: OllamaEncoder) -> None:
    if not folder.is_dir():
        pytest.skip(f"no {folder}")
    minilm = open_encoder(IndexSettings())
    counts: list[int] = []
    for _, document in read_documents(find_files([folder])):
        if isinstance(document, Document):
            chunks = chunk_document(document, encoder.count_tokens, max_tokens=256, overlap=32)
            counts += minilm.count_tokens([encoded_text(chunk) for chunk in chunks])
    assert len(counts) > 100
    assert max(counts) <= 256


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_passage_of_real_papers_is_encoded_by_a_live_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """RAGFT_LIVE_OLLAMA=127.0.0.1:11434 names a server that has an embedding model."""
    host, papers = os.environ.get("RAGFT_LIVE_OLLAMA", ""), SHARED / "papers" / "good"
    if not host or not papers.is_dir():
        pytest.skip(f"RAGFT_LIVE_OLLAMA is not set, or no {papers}")
    server = OllamaEngine(host)
    name = next(model.name for model in server.models() if "embedding" in model.capabilities)
    server.close()
    live = OllamaEncoder(name, host)
    for path, document in read_documents(find_files([papers])):
        assert isinstance(document, Document), path
        chunks = chunk_document(document, live.count_tokens, max_tokens=live.max_tokens, overlap=32)
        vectors = live.encode([encoded_text(chunk) for chunk in chunks])
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3), path
    live.close()


def test_a_chat_model_that_cannot_encode_is_said_to_be_one(fake: FakeOllama) -> None:
    fake.failures["/api/embed"] = (501, "This server does not support embeddings. Start it with `--embeddings`")
    with pytest.raises(InputError, match="'embedder' is not an embedding model") as caught:
        OllamaEncoder("embedder")
    assert "nomic-embed-text" in str(caught.value.fix)


@pytest.mark.parametrize(
    ("host", "key", "sent"),
    [
        ("me:pw@", "", "Basic " + base64.b64encode(b"me:pw").decode()),
        ("", "key-1", "Bearer key-1"),
    ],
)
def test_who_asks_is_sent_along(
    fake: FakeOllama, monkeypatch: pytest.MonkeyPatch, host: str, key: str, sent: str
) -> None:
    fake.authorization = sent
    monkeypatch.setenv("OLLAMA_HOST", fake.url.replace("http://", f"http://{host}"))
    monkeypatch.setenv("OLLAMA_API_KEY", key)
    encoder = OllamaEncoder("embedder")
    assert encoder.encode(["four"]).shape == (1, 3)
    encoder.close()


def test_a_proxy_that_wants_to_know_who_asks(fake: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.authorization = "Basic x"
    monkeypatch.setenv("OLLAMA_HOST", fake.url.replace("http://", "http://me:secret@"))
    with pytest.raises(EngineUnavailable, match="401") as caught:
        OllamaEncoder("embedder")
    assert "OLLAMA_API_KEY" in str(caught.value.fix)
    assert "secret" not in str(caught.value)


def test_a_model_that_the_server_lacks(fake: FakeOllama) -> None:
    with pytest.raises(ModelNotFound, match="nowhere") as caught:
        OllamaEncoder("nowhere")
    assert caught.value.fix == "ollama pull nowhere"


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(EngineUnavailable, match="ollama serve"):
            OllamaEncoder("embedder", timeout=0.2)


def test_a_server_that_is_down_is_said_to_be_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="ollama serve"):
        open_encoder(IndexSettings(encoder="ollama:nomic-embed-text"))


def test_a_port_that_is_none_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:99999")
    with pytest.raises(UsageError, match="port"):
        open_encoder(IndexSettings(encoder="ollama:nomic-embed-text"))


@pytest.mark.parametrize("hosts", ["{}, 127.0.0.1:9", " {} ,"])
def test_of_several_servers_the_first_is_asked(fake: FakeOllama, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    settings = IndexSettings(encoder="ollama:embedder", ollama_host=hosts.format(fake.url))
    assert open_encoder(settings).encode_query("moon").ndim == 1
