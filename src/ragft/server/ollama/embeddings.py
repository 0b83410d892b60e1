"""Ollama's `/api/embed`, and `/api/embeddings` of older clients."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from ragft.server.json_bodies import UntypedJsonRoute
from ragft.server.openai.embeddings import require_encoder
from ragft.server.serving import TheServing

router = APIRouter(tags=["Ollama"], route_class=UntypedJsonRoute)


class EmbedBody(BaseModel):
    """The body of POST /api/embed: a model, and one or more texts to encode."""

    model: str
    input: str | list[str] = []


class EmbedReply(BaseModel):
    """Vectors of length 1, in the order of the inputs."""

    model: str
    embeddings: list[list[float]]
    prompt_eval_count: int


class OneEmbedBody(BaseModel):
    """The body of POST /api/embeddings: a model, and one text to encode."""

    model: str
    prompt: str = ""


class OneEmbedReply(BaseModel):
    """The vector of the prompt; empty if there is none."""

    embedding: list[float]


@router.post("/api/embed")
async def embed(body: EmbedBody, serving: TheServing) -> EmbedReply:
    """Vectors by the encoder of the index."""
    require_encoder(body.model, serving.app.settings.index.encoder)
    texts = [body.input] if isinstance(body.input, str) else body.input
    if not texts:
        return EmbedReply(model=body.model, embeddings=[], prompt_eval_count=0)
    made = await serving.threads.result(lambda _: serving.app.embed(texts))
    return EmbedReply(model=body.model, embeddings=made.vectors, prompt_eval_count=made.tokens)


@router.post("/api/embeddings")
async def embed_one(body: OneEmbedBody, serving: TheServing) -> OneEmbedReply:
    """The vector of one text."""
    reply = await embed(EmbedBody(model=body.model, input=[body.prompt] if body.prompt else []), serving)
    return OneEmbedReply(embedding=reply.embeddings[0] if reply.embeddings else [])
