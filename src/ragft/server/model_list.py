"""The list of models for clients: `ragft` and its variants, then the models of the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.errors import NotFoundError
from ragft.server.replies import ARMS, PAPERS

if TYPE_CHECKING:
    from ragft.app.application import Application
    from ragft.app.models import ListedModel


@dataclass(frozen=True)
class NamedModel:
    """A model name for clients. `model` is the engine's model; None for names that answer from the documents."""

    name: str
    owner: str
    description: str
    model: ListedModel | None = None


def known_models(app: Application) -> list[NamedModel]:
    """All model names, those that answer from the documents first."""
    names = [NamedModel(PAPERS, "ragft", "answers from your documents, every citation checked")]
    try:
        arms = app.arms()
    except NotFoundError:
        arms = {}
    for arm in ARMS:
        if arm in arms:
            names.append(NamedModel(f"{PAPERS}/{arm}", "ragft", f"answers from your documents with {arms[arm]}"))
    for model in app.models.list():
        name = model.name.removesuffix(":latest")
        said = "makes vectors" if model.kind == "embedding" else "answers without the documents, unchecked"
        names.append(NamedModel(name, model.engine, said, model))
    encoder = app.settings.index.encoder
    if encoder not in {known.name for known in names}:
        names.append(NamedModel(encoder, "ragft", "makes vectors: the encoder of the index"))
    return names
