"""Vectors by OpenAI's own client over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from openai import OpenAI


def test_vectors_come_as_numbers_and_as_base64_alike(client: OpenAI) -> None:
    texts = ["tidal range", "memory of a GPU"]
    packed = client.embeddings.create(model="ragft", input=texts)  # the client asks for base64 by itself
    plain = client.embeddings.create(model="minilm", input=texts, encoding_format="float")
    for one, other in zip(packed.data, plain.data, strict=True):
        assert one.embedding == pytest.approx(other.embedding, abs=1e-6)
        assert sum(x * x for x in one.embedding) == pytest.approx(1.0, abs=1e-4)
    assert plain.usage.prompt_tokens > 0


def test_another_encoder_or_another_length_is_refused(client: OpenAI) -> None:
    import openai

    with pytest.raises(openai.NotFoundError, match="vectors are made by minilm"):
        client.embeddings.create(model="text-embedding-3-small", input="x")
    with pytest.raises(openai.BadRequestError, match="384 dimensions"):
        client.embeddings.create(model="minilm", input="x", dimensions=12)
