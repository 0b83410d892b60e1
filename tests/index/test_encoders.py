from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ragft.errors import InputError, NotFoundError
from ragft.index.encoders.base import Encoder, EncoderIdentity
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.encoders.onnx import OnnxEncoder
from ragft.index.encoders.open_encoder import open_encoder
from ragft.setting_sections import IndexSettings
from ragft.workspace import cache_directory

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


def test_what_is_set_on_one_encoder_is_set_on_no_other_over_the_same_model() -> None:
    """The model is loaded once for all tests."""
    changed, other = open_encoder(IndexSettings()), open_encoder(IndexSettings())
    assert changed._session is other._session  # type: ignore[attr-defined]
    changed.encode = None  # type: ignore[assignment, method-assign]
    assert other.encode(["moon"]).shape == (1, 384)


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
        "import sys; from ragft.config import IndexSettings;"
        "from ragft.index.encoders.open_encoder import open_encoder;"
        "open_encoder(IndexSettings()).encode_query('moon');"
        "print([m for m in ('torch', 'transformers', 'chromadb', 'sentence_transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_onnx_runtime_keeps_no_record_of_use_to_send(int8: Encoder, tmp_path: Path) -> None:
    """With its telemetry on, it writes a database of events into the user's cache and sends it to Microsoft."""
    code = (
        "from ragft.config import IndexSettings; from ragft.index.encoders.open_encoder import open_encoder;"
        "open_encoder(IndexSettings(backend='onnx-int8')).encode_query('moon')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"RAGFT_CACHE": str(cache_directory()), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.slow
@pytest.mark.parametrize(("file", "content"), [("model.onnx", "x"), ("export.json", "{"), ("model.onnx", None)])
def test_a_damaged_copy_in_the_cache_is_made_again(
    int8: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, content: str | None
) -> None:
    shutil.copytree(cache_directory() / "encoders", tmp_path / "encoders")
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path))
    for damaged in (tmp_path / "encoders").glob(f"minilm-int8-*/{file}"):
        damaged.unlink() if content is None else damaged.write_text(content)
    again = OnnxEncoder(find_sentence_model("minilm"), "int8")
    assert np.array_equal(again.encode_query("moon"), int8.encode_query("moon"))


def test_prefixes_of_the_folder_are_used(tmp_path: Path) -> None:
    source = find_sentence_model("minilm").folder
    folder = tmp_path / "model"
    shutil.copytree(source, folder)
    (folder / "config_sentence_transformers.json").write_text('{"prompts": {"query": "q: ", "document": "d: "}}')
    model = find_sentence_model(str(folder))
    assert (model.passage_prefix, model.query_prefix, model.max_length) == ("d: ", "q: ", 256)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("config.json", '{"pad_token_id": [0]}'),
        ("config.json", "[]"),
        ("sentence_bert_config.json", '{"max_seq_length": "long"}'),
        ("config_sentence_transformers.json", '{"prompts": ["query: "]}'),
        ("1_Pooling/config.json", "{"),
    ],
)
def test_a_damaged_file_of_the_folder_is_named(tmp_path: Path, file: str, text: str) -> None:
    folder = shutil.copytree(find_sentence_model("minilm").folder, tmp_path / "model")
    (folder / file).write_text(text)
    with pytest.raises(InputError, match=rf"{re.escape(file)} is damaged"):
        find_sentence_model(str(folder))


def test_an_unknown_model_names_the_remedy() -> None:
    with pytest.raises(NotFoundError, match="hf download nobody/nothing-here"):
        find_sentence_model("nobody/nothing-here")


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match=r"tokenizer\.json"):
        find_sentence_model(str(tmp_path))


def test_identity_survives_json() -> None:
    identity = EncoderIdentity("minilm", "sha256:00", 384, "int8", 256)
    assert EncoderIdentity.from_json(identity.to_json()) == identity


@pytest.mark.parametrize(
    "name",
    [
        "minilm",
        "sentence-transformers/all-MiniLM-L6-v2",
        "all-minilm",
        "BAAI/bge-small-en-v1.5",
        "intfloat/e5-base-v2",
        "mxbai-embed-large",
    ],
)
def test_an_english_encoder_reads_english_alone(name: str) -> None:
    identity = EncoderIdentity(name, "", 8, "int8", 256)
    assert identity.reads("How many bolts does the sluice have?")
    assert not identity.reads("Wie viele Bolzen hat die Schleuse?")
    assert not identity.reads("哈罗水闸有多少个螺栓？")


@pytest.mark.parametrize(
    "name",
    [
        "bge-m3",
        "intfloat/multilingual-e5-base",
        "paraphrase-multilingual-MiniLM-L12-v2",
        "nomic-embed-text-v2-moe",
        "snowflake-arctic-embed2",
        "qwen3-embedding",
    ],
)
def test_of_another_encoder_every_language_is_expected(name: str) -> None:
    assert EncoderIdentity(name, "", 8, "int8", 256).reads("哈罗水闸有多少个螺栓？")
