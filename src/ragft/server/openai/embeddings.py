"""POST /v1/embeddings: vectors by the encoder of the index."""

from __future__ import annotations

import base64
from array import array
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from ragft.errors import ModelNotFound, UsageError
from ragft.server.json_bodies import JsonRoute
from ragft.server.openai.requests import EmbeddingsBody
from ragft.server.replies import PAPERS
from ragft.server.serving import TheServing

router = APIRouter(tags=["OpenAI"], route_class=JsonRoute)


class Embedding(BaseModel):
    """The vector of one input: numbers, or float32 (little endian) in base64."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    """How many tokens of the texts were read."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingList(BaseModel):
    """The vectors, in the order of the inputs."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage


@router.post("/v1/embeddings")
async def embeddings(body: EmbeddingsBody, serving: TheServing) -> EmbeddingList:
    """Vectors of length 1, as those of the passages in the index."""
    encoder = serving.app.settings.index.encoder
    require_encoder(body.model, encoder)
    texts = [body.input] if isinstance(body.input, str) else body.input
    made = await serving.threads.result(lambda _: serving.app.embed(texts))
    if body.dimensions not in (None, len(made.vectors[0])):
        raise UsageError(
            f"{encoder} gives {len(made.vectors[0])} dimensions, not {body.dimensions}", fix="leave out dimensions"
        )
    data = [
        Embedding(index=number, embedding=_base64(vector) if body.encoding_format == "base64" else vector)
        for number, vector in enumerate(made.vectors)
    ]
    usage = EmbeddingUsage(prompt_tokens=made.tokens, total_tokens=made.tokens)
    return EmbeddingList(data=data, model=body.model, usage=usage)


def require_encoder(model: str, encoder: str) -> None:
    """Check that `model` names the encoder of the index.

    Raises:
        ModelNotFound: it is another one.
    """
    if model.removesuffix(":latest") not in (PAPERS, encoder):
        raise ModelNotFound(f"vectors are made by {encoder}, and not by {model}", fix=f'model: "{encoder}"')


def _base64(vector: list[float]) -> str:
    numbers = array("f", vector)
    return base64.b64encode(numbers.tobytes()).decode("ascii")
