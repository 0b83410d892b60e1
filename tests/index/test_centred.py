"""An encoder that puts all texts close to each other loses what they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragft.errors import NotFoundError
from ragft.index.encoders.base import EncoderIdentity
from ragft.index.encoders.centred import NARROW, SENTENCES, CentredEncoder, _kept_means, centred
from ragft.index.encoders.local_models import ALIASES, find_sentence_model
from ragft.index.encoders.open_encoder import open_encoder
from ragft.setting_sections import IndexSettings


class Cone:
    """Random directions, `common` times one direction added; the empty text cannot be encoded."""

    max_tokens = 100

    def __init__(self, common: float, digest: str = "a") -> None:
        self.identity = EncoderIdentity("x/cone", digest, 64, "float32", 100)
        self._common = common
        self.calls = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def encode(self, texts: Sequence[str], *, advance: Any = None) -> Any:
        self.calls += 1
        rows = np.stack([np.random.default_rng(list(text.encode()) or [0]).normal(size=64) for text in texts])
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        rows[:, 0] += self._common
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        rows[[not text for text in texts]] = 0
        return rows

    def encode_query(self, text: str) -> Any:
        return self.encode([text])[0]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAGFT_CACHE", str(tmp_path))
    return tmp_path


def test_unrelated_texts_of_a_narrow_cone_come_apart() -> None:
    made = centred(Cone(2.0))
    texts = ["The moon pulls.", "Bread rises.", "", "A third."]
    vectors = made.encode(texts)
    before = Cone(2.0).encode(texts)
    assert float(before[0] @ before[1]) > 0.6
    assert abs(float(vectors[0] @ vectors[1])) < 0.4
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0, 1], atol=1e-5)
    assert abs(float(made.encode_query("Bread rises.") @ vectors[1])) > 0.9
    assert made.identity.centred


def test_other_encoders_stay_as_they_are() -> None:
    wide = Cone(0.2)
    assert centred(wide) is wide


def test_the_mean_is_measured_once_a_model(cache: Path) -> None:
    centred(Cone(2.0))
    again, other = Cone(2.0), Cone(2.0, digest="b")
    assert isinstance(centred(again), CentredEncoder)
    centred(other)
    assert again.calls == 0
    assert other.calls > 0
    for file in (cache / "encoders").glob("mean-*"):
        file.write_bytes(b"damaged")
    assert isinstance(centred(Cone(2.0)), CentredEncoder)


def test_a_cache_that_cannot_be_written_is_no_hindrance(cache: Path) -> None:
    (cache / "encoders").write_text("a file")
    assert isinstance(centred(Cone(2.0)), CentredEncoder)


@pytest.mark.slow
def test_the_default_encoder_needs_none_of_it() -> None:
    encoder = open_encoder(IndexSettings())
    assert float(np.linalg.norm(_kept_means(encoder)[0])) < NARROW
    assert not encoder.identity.centred
    assert "centred" not in encoder.identity.to_json(), "indexes of before keep their identity"


def test_an_identity_comes_back_from_its_text() -> None:
    for identity in (Cone(2.0).identity, centred(Cone(2.0)).identity):
        assert EncoderIdentity.from_json(identity.to_json()) == identity


def test_no_sentence_comes_twice() -> None:
    assert len(set(SENTENCES)) == len(SENTENCES) > 50


def test_the_recommended_encoder_says_how_it_is_had() -> None:
    with pytest.raises(NotFoundError) as caught:
        find_sentence_model("multilingual")
    assert f"hf download {ALIASES['multilingual']}" in (caught.value.fix or "")
