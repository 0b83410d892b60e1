"""Ollama's `/api/version`, `tags`, `ps` and `show`."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from ragft.errors import ModelNotFound
from ragft.server.json_bodies import UntypedJsonRoute
from ragft.server.model_list import NamedModel, known_models
from ragft.server.serving import ServerState, TheServing
from ragft.server.threads import in_thread

router = APIRouter(tags=["Ollama"], route_class=UntypedJsonRoute)

API_VERSION = "0.12.0"
"""The version of Ollama whose API this is; clients check it."""
_STARTED = datetime.now(UTC)


class Details(BaseModel):
    """The format, family, size and quantization of a model, as Ollama gives them."""

    parent_model: str = ""
    format: str
    family: str
    families: list[str]
    parameter_size: str
    quantization_level: str


class Tag(BaseModel):
    """A model in the list."""

    name: str
    model: str
    modified_at: datetime
    size: int
    digest: str
    details: Details


class Tags(BaseModel):
    """The reply to GET /api/tags: all models that can be asked."""

    models: list[Tag]


class ShowBody(BaseModel):
    """POST /api/show; `name` is what older clients call it."""

    model: str = ""
    name: str = ""


class ShowReply(BaseModel):
    """Everything known about a model."""

    modelfile: str
    parameters: str
    template: str
    details: Details
    model_info: dict[str, Any]
    capabilities: list[str]
    modified_at: datetime


class Version(BaseModel):
    """The version of Ollama whose API this is."""

    version: str


@router.get("/api/version")
async def version() -> Version:
    """The version of the API."""
    return Version(version=API_VERSION)


@router.get("/api/tags")
async def tags(serving: TheServing) -> Tags:
    """The names that can be asked; `ragft` answers from the documents."""
    return Tags(models=[_tag(known) for known in await in_thread(lambda: known_models(serving.app))])


@router.get("/api/ps")
async def loaded() -> Tags:
    """An empty list: the engine manages which models are in memory."""
    return Tags(models=[])


@router.post("/api/show")
async def show(body: ShowBody, serving: TheServing) -> ShowReply:
    """What is known of one of them."""
    known = await find_known(serving, body.model or body.name)
    is_encoder = known.description.startswith("makes vectors")
    length = known.model.context_length if known.model else serving.app.settings.answer.num_ctx
    return ShowReply(
        modelfile=f"# {known.description}\nFROM {known.name}\n",
        parameters="",
        template="{{ .Prompt }}",
        details=_details(known),
        model_info={"general.architecture": known.owner, f"{known.owner}.context_length": length},
        capabilities=["embedding"] if is_encoder else ["completion"],
        modified_at=_STARTED,
    )


async def find_known(serving: ServerState, name: str) -> NamedModel:
    """The model that a client names.

    Raises:
        ModelNotFound: there is none of that name.
    """
    wanted = name.removesuffix(":latest")
    for known in await in_thread(lambda: known_models(serving.app)):
        if known.name == wanted:
            return known
    raise ModelNotFound(f"model {wanted!r} not found", fix="GET /api/tags")


def _tag(known: NamedModel) -> Tag:
    name = known.name if ":" in known.name else f"{known.name}:latest"
    model = known.model
    return Tag(
        name=name,
        model=name,
        modified_at=_STARTED,
        size=model.size if model else 0,
        digest=_digest(known),
        details=_details(known),
    )


def _details(known: NamedModel) -> Details:
    model = known.model
    size = f"{model.parameter_size / 1e9:.1f}B" if model and model.parameter_size else ""
    quantization = model.quantization if model else ""
    return Details(
        format="gguf", family=known.owner, families=[known.owner], parameter_size=size, quantization_level=quantization
    )  # fmt: skip


def _digest(known: NamedModel) -> str:
    """A digest in hex. Ollama's command shows its first twelve digits, and ends where there are fewer."""
    given = known.model.digest.removeprefix("sha256:") if known.model else ""
    return given if len(given) >= 12 else hashlib.sha256(known.name.encode()).hexdigest()
