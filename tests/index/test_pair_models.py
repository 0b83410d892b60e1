"""What the folder of a model with one score tells of it: two texts, one text, or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragft.errors import InputError
from ragft.index.encoders.pair_models import reads_pairs


def told(folder: Path, card: str = "", title: str = "A model", **config: Any) -> bool | None:
    (folder / "config.json").write_text(json.dumps({"id2label": {"0": "LABEL_0"}} | config))
    if card:
        (folder / "README.md").write_text(f"---\n{card}\n---\n# {title}\n")
    return reads_pairs(folder)


@pytest.mark.parametrize(
    ("card", "config"),
    [
        ("", {"sbert_ce_default_activation_function": "torch.nn.modules.linear.Identity"}),
        ("", {"sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid", "version": "4.0.1"}}),
        ("pipeline_tag: text-ranking", {}),
        ("tags:\n- transformers\n- Cross Encoder", {}),
        ("pipeline_tag: text-classification\ntags: [mteb, reranker]", {}),
        ("tags: [rerank]", {}),
        ("pipeline_tag: text-ranking", {"id2label": {"0": "quality"}}),  # the card knows better than a name
    ],
)
def test_a_cross_encoder_is_known_by_its_settings_or_its_card(tmp_path: Path, card: str, config: Any) -> None:
    assert told(tmp_path, card, **config) is True


def test_newer_sentence_transformers_names_the_class(tmp_path: Path) -> None:
    saved = tmp_path / "config_sentence_transformers.json"
    saved.write_text(json.dumps({"model_type": "CrossEncoder"}))
    assert told(tmp_path) is True
    saved.write_text(json.dumps({"model_type": "SentenceTransformer"}))
    assert told(tmp_path) is None


@pytest.mark.parametrize(
    ("card", "config"),
    [
        ("", {"id2label": {"0": "toxicity"}}),
        ("", {"id2label": {"0": "formal"}}),
        ("", {"id2label": {"0": "is_toxic"}}),
        ("", {"id2label": {"0": "Sentiment Score"}}),
        ("", {"id2label": {"0": "POSITIVE"}}),
        ("tags:\n- reward_model", {}),
        ("pipeline_tag: text-classification\ntags: sentiment", {}),
    ],
)
def test_a_classifier_of_one_text_is_known_by_its_label_or_its_card(tmp_path: Path, card: str, config: Any) -> None:
    assert told(tmp_path, card, **config) is False


@pytest.mark.parametrize(
    ("card", "config"),
    [
        ("", {}),
        ("license: mit", {}),
        ("pipeline_tag: text-classification", {"id2label": {"0": "relevance"}}),
        ("tags: [unclosed", {}),
    ],
)
def test_what_tells_nothing_is_not_guessed(tmp_path: Path, card: str, config: Any) -> None:
    assert told(tmp_path, card, **config) is None


@pytest.mark.parametrize(
    "label", ["is_duplicate", "paraphrase", "yes", "true", "faithful", "grounded", "hallucination"]
)
def test_a_label_that_a_judge_of_pairs_may_have_is_not_held_against_it(tmp_path: Path, label: str) -> None:
    assert told(tmp_path, id2label={"0": label}) is None


def test_a_reranker_is_known_by_a_heading_of_its_card(tmp_path: Path) -> None:
    task = "pipeline_tag: text-classification"
    assert told(tmp_path, task, "Reranker") is True
    assert told(tmp_path, f"{task}\ntags: toxicity", "Toxicity, no reranker") is False


def test_damaged_settings_are_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match=r"config\.json is damaged"):
        reads_pairs(tmp_path)
