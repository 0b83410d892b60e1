"""Graphs written from the weights give the vectors of torch, for tiny random models of each form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from ragft.index.encoders import bert_graph
from ragft.index.encoders.bert_graph import UnsupportedEncoder, write_bert_graph, write_cross_graph
from ragft.index.encoders.local_models import SentenceModel
from ragft.index.encoders.onnx_export import _quantise

SMALL: dict[str, Any] = {
    "vocab_size": 60,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 40,
}
IDS = np.array([[2, 7, 19, 31, 44, 3], [2, 9, 8, 3, 1, 1]], np.int64)
MASK = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]], np.int64)


def _saved(folder: Path, kind: str, *, pooling: str = "mean", headed: bool = False, **settings: Any) -> SentenceModel:
    import torch
    import transformers

    torch.manual_seed(7)
    config = transformers.AutoConfig.for_model(kind, **SMALL | {"pad_token_id": 1} | settings)
    maker = transformers.AutoModelForMaskedLM if headed else transformers.AutoModel
    maker.from_config(config).save_pretrained(folder)
    return SentenceModel("tiny", folder, 32, pooling, 1, "", "")


def _of_torch(model: SentenceModel) -> NDArray[np.float32]:
    import torch
    import transformers

    body = transformers.AutoModel.from_pretrained(model.folder).eval()
    with torch.inference_mode():
        states = body(input_ids=torch.tensor(IDS), attention_mask=torch.tensor(MASK)).last_hidden_state
        mask = torch.tensor(MASK, dtype=torch.float32)[:, :, None]
        pooled = states[:, 0] if model.pooling == "cls" else (states * mask).sum(1) / mask.sum(1)
        found: NDArray[np.float32] = torch.nn.functional.normalize(pooled, dim=-1).numpy()
    return found


def _of_graph(path: Path) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found: NDArray[np.float32] = session.run(["vectors"], {"input_ids": IDS, "attention_mask": MASK})[0]
    return found


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("kind", ["bert", "roberta", "xlm-roberta"])
def test_vectors_are_those_of_torch(tmp_path: Path, kind: str, pooling: str) -> None:
    model = _saved(tmp_path, kind, pooling=pooling)
    assert write_bert_graph(model, tmp_path / "model.onnx") == 32
    np.testing.assert_allclose(_of_graph(tmp_path / "model.onnx"), _of_torch(model), atol=2e-6)


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "gelu_pytorch_tanh", "relu"])
def test_activations(tmp_path: Path, activation: str) -> None:
    model = _saved(tmp_path, "bert", hidden_act=activation, initializer_range=0.5)
    write_bert_graph(model, tmp_path / "model.onnx")
    np.testing.assert_allclose(_of_graph(tmp_path / "model.onnx"), _of_torch(model), atol=5e-6)


def test_names_of_a_model_with_a_head_are_understood(tmp_path: Path) -> None:
    model = _saved(tmp_path, "roberta", headed=True)
    write_bert_graph(model, tmp_path / "model.onnx")
    np.testing.assert_allclose(_of_graph(tmp_path / "model.onnx"), _of_torch(model), atol=2e-6)


@pytest.mark.parametrize(("dtype", "error"), [("float16", 3e-3), ("bfloat16", 3e-2)])
def test_half_precision_weights_are_read(tmp_path: Path, dtype: str, error: float) -> None:
    import torch
    import transformers

    model = _saved(tmp_path, "bert")
    transformers.AutoModel.from_pretrained(tmp_path, dtype=getattr(torch, dtype)).save_pretrained(tmp_path)
    write_bert_graph(model, tmp_path / "model.onnx")
    np.testing.assert_allclose(_of_graph(tmp_path / "model.onnx"), _of_torch(model), atol=error)


def test_weights_beyond_a_single_file_lie_beside_the_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = _saved(tmp_path, "bert", hidden_size=64)
    write_bert_graph(model, tmp_path / "whole.onnx")
    monkeypatch.setattr(bert_graph, "_SINGLE_FILE", 1000)
    (tmp_path / "apart").mkdir()
    graph = tmp_path / "apart" / "model.onnx"
    write_bert_graph(model, graph)
    assert (tmp_path / "apart" / "model.onnx.data").is_file()
    np.testing.assert_array_equal(_of_graph(graph), _of_graph(tmp_path / "whole.onnx"))
    _quantise(graph)
    assert (_of_graph(graph) * _of_torch(model)).sum(axis=1).min() > 0.95


@pytest.mark.parametrize(
    "change",
    [
        {"model_type": "mpnet"},
        {"hidden_act": "silu"},
        {"position_embedding_type": "relative_key"},
        {"num_hidden_layers": 3},
        {"layer_norm_eps": None},
    ],
)
def test_another_form_is_not_guessed_at(tmp_path: Path, change: dict[str, Any]) -> None:
    model = _saved(tmp_path, "bert")
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))
    (tmp_path / "config.json").write_text(json.dumps(config | change), encoding="utf-8")
    with pytest.raises(UnsupportedEncoder):
        write_bert_graph(model, tmp_path / "model.onnx")


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000])
def test_a_damaged_configuration_is_no_form_at_all(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(UnsupportedEncoder, match=r"config\.json"):
        write_cross_graph(tmp_path, tmp_path / "model.onnx")


SEGMENTS = np.array([[0, 0, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0]], np.int64)


def _saved_cross(folder: Path, kind: str, **settings: Any) -> Path:
    import torch
    import transformers

    torch.manual_seed(7)
    config = transformers.AutoConfig.for_model(kind, **SMALL | {"pad_token_id": 1, "num_labels": 1} | settings)
    transformers.AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(("kind", "segments"), [("bert", 2), ("roberta", 1), ("xlm-roberta", 1)])
def test_scores_of_pairs_are_those_of_torch(tmp_path: Path, kind: str, segments: int) -> None:
    import torch
    import transformers

    folder = _saved_cross(tmp_path / "cross", kind, type_vocab_size=segments)
    write_cross_graph(folder, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    given = {"input_ids": IDS, "attention_mask": MASK, "token_type_ids": SEGMENTS}
    found = session.run(["scores"], given)[0]
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    types = torch.tensor(SEGMENTS if segments == 2 else np.zeros_like(SEGMENTS))
    with torch.inference_mode():
        wanted = model(torch.tensor(IDS), attention_mask=torch.tensor(MASK), token_type_ids=types).logits.numpy()
    assert found.shape == (2, 1)
    assert np.allclose(found, wanted, atol=1e-5)


def test_a_classifier_of_several_labels_is_no_cross_encoder(tmp_path: Path) -> None:
    folder = _saved_cross(tmp_path / "cross", "bert", num_labels=3)
    with pytest.raises(UnsupportedEncoder, match="3 scores"):
        write_cross_graph(folder, tmp_path / "model.onnx")
