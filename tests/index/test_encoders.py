from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragft.config import IndexSettings
from ragft.errors import EngineUnavailable, InputError, NotFoundError
from ragft.index.encoders.base import Encoder, EncoderIdentity
from ragft.index.encoders.models import find_model
from ragft.index.encoders.ollama import OllamaEncoder
from ragft.index.encoders.select import open_encoder
from tests.engine.fake_ollama import FakeOllama, serve

TEXTS = [
    "The moon pulls the oceans.",
    "A frozen weight matrix gets a trainable product of two thin matrices.",
    "",
    "Sourdough",
    "Quantisation to four bits keeps the memory of the base model small. " * 9,
]


@pytest.fixture(scope="module")
def int8() -> Encoder:
    return open_encoder(IndexSettings(backend="onnx-int8"))


@pytest.mark.slow
def test_all_backends_agree(int8: Encoder) -> None:
    torch = open_encoder(IndexSettings(backend="torch"))
    onnx = open_encoder(IndexSettings(backend="onnx"))
    reference = torch.encode(TEXTS)
    assert reference.shape == (len(TEXTS), 384)
    np.testing.assert_allclose(onnx.encode(TEXTS), reference, atol=1e-5)
    assert (int8.encode(TEXTS) * reference).sum(axis=1).min() > 0.96
    assert torch.identity == onnx.identity
    assert int8.identity != onnx.identity


def test_rows_have_length_one_and_belong_to_their_text(int8: Encoder) -> None:
    together = int8.encode(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, together, strict=True):
        # Dynamic int8 takes one scale for a whole batch, so its neighbours move a vector a little.
        assert float(int8.encode([text])[0] @ vector) > 0.95


def test_a_text_beyond_the_limit_is_encoded_whole(int8: Encoder) -> None:
    words = "adapter matrices stay small "
    long = words * 200 + "the moon pulls the oceans " * 80
    assert int8.count_tokens([long])[0] > int8.max_tokens
    cut = words * 60
    moon = int8.encode_query("tides of the sea")
    assert float(int8.encode([long])[0] @ moon) > float(int8.encode([cut])[0] @ moon) + 0.05


def test_counts_include_special_tokens(int8: Encoder) -> None:
    assert int8.count_tokens(["", "moon", "the moon"]) == [2, 3, 4]
    assert int8.max_tokens == 256


def test_progress_counts_up_to_all_texts(int8: Encoder) -> None:
    seen: list[int] = []
    int8.encode(TEXTS * 20, advance=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == len(TEXTS) * 20


@pytest.mark.slow
def test_onnx_needs_neither_torch_nor_transformers_nor_chroma(int8: Encoder) -> None:
    code = (
        "import sys; from ragft.config import IndexSettings; from ragft.index.encoders.select import open_encoder;"
        "open_encoder(IndexSettings()).encode_query('moon');"
        "print([m for m in ('torch', 'transformers', 'chromadb', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_prefixes_of_the_folder_are_used(tmp_path: Path) -> None:
    source = find_model("minilm").folder
    folder = tmp_path / "model"
    shutil.copytree(source, folder)
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "q: ", "document": "d: "}}')
    model = find_model(str(folder))
    assert (model.passage_prefix, model.query_prefix, model.max_length) == ("d: ", "q: ", 256)


def test_an_unknown_model_names_the_mend() -> None:
    with pytest.raises(NotFoundError, match="hf download nobody/nothing-here"):
        find_model("nobody/nothing-here")


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match=r"tokenizer\.json"):
        find_model(str(tmp_path))


def test_identity_survives_json() -> None:
    identity = EncoderIdentity("minilm", "sha256:00", 384, "int8", 256)
    assert EncoderIdentity.from_json(identity.to_json()) == identity


@pytest.fixture
def fake() -> Iterator[FakeOllama]:
    running = serve(FakeOllama())
    server = next(running)
    server.add("embedder:latest")
    yield server
    running.close()  # type: ignore[attr-defined]
    assert server.violations == []


def test_ollama_on_this_machine_is_reached_past_any_proxy(fake: FakeOllama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", fake.url.replace("127.0.0.1", "0.0.0.0"))  # noqa: S104  as the server has it
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    encoder = OllamaEncoder("embedder")
    vectors = encoder.encode(["four", "fifth"])
    encoder.close()
    assert vectors.shape == (2, encoder.identity.dimension) == (2, 3)
    assert vectors[0] == pytest.approx([4 / 17**0.5, 1 / 17**0.5, 0])


def test_ollama_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(EngineUnavailable, match="ollama serve"):
            OllamaEncoder("embedder", timeout=0.2)


def test_ollama_that_is_down_is_said_to_be_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    with pytest.raises(EngineUnavailable, match="ollama serve"):
        open_encoder(IndexSettings(encoder="ollama:nomic-embed-text"))
