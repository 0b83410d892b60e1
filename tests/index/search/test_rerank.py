"""A cross-encoder from a folder: a tiny one with random weights."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ragft.errors import NotFoundError
from ragft.index.encoders.local_models import find_sentence_model
from ragft.index.index import Index
from ragft.index.search.rerank import open_reranker

Open = Callable[..., Index]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import BertConfig, BertForSequenceClassification, set_seed

    folder = tmp_path_factory.mktemp("cross-encoder")
    set_seed(0)
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=1
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    for file in find_sentence_model("minilm").folder.glob("*token*"):
        shutil.copy(file, folder)
    return folder


@pytest.mark.slow
def test_a_search_takes_the_order_of_the_cross_encoder_of_the_settings(
    opened: Open, notes: Path, cross_encoder: Path
) -> None:
    opened().ingest([notes])
    index = opened(rerank=str(cross_encoder))
    query = "the moon and the oceans"
    hits = index.search(query, 10)
    read = open_reranker(str(cross_encoder))._model.predict([(query, f"{hit.title}\n{hit.text}") for hit in hits])
    assert len(hits) == len(index.chunks())
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.score for hit in hits}) == len(hits)
    assert all(0 <= float(score) <= 1 for score in read)
    assert index.search(query, 2) == hits[:2]


def test_a_cross_encoder_that_is_not_here_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="hf download"):
        open_reranker(str(tmp_path / "none"))
