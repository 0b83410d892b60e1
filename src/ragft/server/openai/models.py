"""GET /v1/models: the names that can be asked."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from ragft.errors import ModelNotFound
from ragft.server.model_list import known_models
from ragft.server.serving import TheServing
from ragft.server.threads import in_thread

router = APIRouter(tags=["OpenAI"])


class Model(BaseModel):
    """A model in the list. `description` says what answers."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str
    description: str


class ModelList(BaseModel):
    """The reply to GET /v1/models: all models that can be asked."""

    object: Literal["list"] = "list"
    data: list[Model]


@router.get("/v1/models")
async def list_models(serving: TheServing) -> ModelList:
    """`ragft` and `ragft/…` answer from the documents; other names are models of the engine."""
    found = await in_thread(lambda: known_models(serving.app))
    return ModelList(
        data=[Model(id=one.name, created=0, owned_by=one.owner, description=one.description) for one in found]
    )


@router.get("/v1/models/{model:path}")
async def show_model(model: str, serving: TheServing) -> Model:
    """One model by its id; status 404 where there is none of this id."""
    for one in (await list_models(serving)).data:
        if one.id == model.removesuffix(":latest"):
            return one
    raise ModelNotFound(f"no model {model!r}", fix="GET /v1/models")
