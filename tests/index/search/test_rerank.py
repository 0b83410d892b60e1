"""A cross-encoder from a folder: a tiny one with random weights; and the order that scores make."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragft.corpus.base import Chunk
from ragft.errors import InputError, NotFoundError
from ragft.index.encoders.cross_encoders import PAIR_TOKENS, open_scorer
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.index import Index
from ragft.index.search.hybrid import Ranking
from ragft.index.search.rerank import DEPTH, Reranker, open_reranker

Open = Callable[..., Index]

QUESTION = "the moon and the oceans"
PASSAGES = ["The moon pulls the oceans.", "Bread needs yeast.", "The tide turns twice a day. " * 60]


def saved(folder: Path, kind: str = "bert", **settings: Any) -> Path:
    """A tiny cross-encoder with random weights and MiniLM's tokeniser."""
    transformers = pytest.importorskip("transformers")
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    if kind == "distilbert":
        sizes = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16}
    transformers.set_seed(0)
    config = transformers.AutoConfig.for_model(kind, **{"vocab_size": 30522, "num_labels": 1} | sizes | settings)
    transformers.AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    for file in find_sentence_model("minilm").folder.glob("*token*"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("cross-encoder"))


def ranked(*scores: float) -> Ranking:
    chunks = [Chunk(f"c{i}", "d", i, f"passage {i}", "Title", "", (1, 1)) for i in range(len(scores))]
    return Ranking(chunks, {chunk.id: score for chunk, score in zip(chunks, scores, strict=True)})


def order(ranking: Ranking) -> list[str]:
    return [chunk.id for chunk in ranking.chunks]


@pytest.mark.slow
def test_a_search_counts_the_cross_encoder_of_the_settings(opened: Open, notes: Path, cross_encoder: Path) -> None:
    opened().ingest([notes])
    plain = opened()
    found = plain.rank(QUESTION)
    wanted = open_reranker(str(cross_encoder)).rerank(QUESTION, found, plain.weights(QUESTION))
    index = opened(rerank=str(cross_encoder))
    hits = index.search(QUESTION, 10)
    assert [(hit.chunk_id, hit.score) for hit in hits] == [(one, wanted.scores[one]) for one in order(wanted)[:10]]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert wanted.scores != found.scores
    assert index.search(QUESTION, 2) == hits[:2]


@pytest.mark.slow
def test_scores_are_those_of_the_model_but_for_int8(cross_encoder: Path) -> None:
    sentence_transformers = pytest.importorskip("sentence_transformers")
    torch = pytest.importorskip("torch")
    model = sentence_transformers.CrossEncoder(str(cross_encoder), device="cpu")
    model.max_seq_length = PAIR_TOKENS
    wanted = model.predict([(QUESTION, passage) for passage in PASSAGES], activation_fn=torch.nn.Identity())
    assert np.allclose(open_scorer(str(cross_encoder))(QUESTION, PASSAGES), wanted, atol=0.02)


@pytest.mark.slow
def test_torch_runs_a_model_of_another_form(tmp_path: Path) -> None:
    scores = open_scorer(str(saved(tmp_path / "distil", "distilbert")))(QUESTION, PASSAGES)
    assert len(set(scores)) == len(PASSAGES)


def test_a_classifier_of_several_labels_is_refused_by_name(tmp_path: Path) -> None:
    folder = saved(tmp_path / "nli", num_labels=3)
    with pytest.raises(InputError, match=f"{folder.name} gives 3 scores a pair"):
        open_reranker(str(folder))


def test_a_classifier_of_single_texts_is_refused_by_name(tmp_path: Path) -> None:
    folder = saved(tmp_path / "toxicity", id2label={0: "toxicity"}, label2id={"toxicity": 0})
    with pytest.raises(InputError, match="toxicity scores single texts"):
        open_reranker(str(folder))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tokenizer.json", "{"),
        ("model.safetensors", "no weights"),
        ("config.json", '{"max_position_embeddings": "many"}'),
    ],
)
def test_a_damaged_cross_encoder_is_named(cross_encoder: Path, tmp_path: Path, file: str, content: str) -> None:
    folder = shutil.copytree(cross_encoder, tmp_path / "damaged")
    (folder / file).write_text(content)
    with pytest.raises(InputError, match="damaged"):
        open_reranker(str(folder))


def test_a_cross_encoder_that_is_not_here_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError) as caught:
        open_reranker(str(tmp_path / "none"))
    assert "hf download" in caught.value.fix


def test_the_search_counts_more_than_the_model() -> None:
    def scorer(_: str, passages: Sequence[str]) -> list[float]:
        return [{"0": -9.0, "1": 50.0, "2": 40.0}[passage[-1]] for passage in passages]

    found = Reranker(scorer).rerank("q", ranked(3.0, 1.0, 2.9), {})
    assert order(found) == ["c2", "c0", "c1"]  # c2 is second for both, and close to the first of either


def test_a_model_that_says_nothing_leaves_the_order() -> None:
    assert order(Reranker(lambda _, passages: [0.5] * len(passages)).rerank("q", ranked(3, 2, 1), {})) == [
        "c0",
        "c1",
        "c2",
    ]


def test_only_the_first_are_read_and_stay_above_the_others() -> None:
    read: list[str] = []

    def scorer(_: str, passages: Sequence[str]) -> list[float]:
        read.extend(passages)
        return [float(i) for i in range(len(passages))]

    ranking = ranked(*[100.0 - i for i in range(DEPTH + 5)])
    found = Reranker(scorer).rerank("q", ranking, {})
    assert len(read) == DEPTH
    assert order(found)[DEPTH:] == order(ranking)[DEPTH:]
    scores = [found.scores[chunk_id] for chunk_id in order(found)]
    assert scores == sorted(scores, reverse=True)
