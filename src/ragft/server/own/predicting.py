"""Classes of texts, by a run of the task classify or by examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from ragft.server.json_bodies import JsonRoute
from ragft.server.own.asking import Words
from ragft.server.serving import ServerState, TheServing, TheUser, while_connected

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.tasks.classify.sorting import TextClassification

router = APIRouter(tags=["ragft"], route_class=JsonRoute)

MOST_TEXTS = 100
"""In one request: a model may take seconds for each."""


class ClassifyBody(BaseModel):
    """By what texts are sorted: the latest run of the task classify and the arm that it recommends, unless named."""

    model_config = ConfigDict(extra="forbid")

    run: str | None = None
    arm: str | None = None
    model: str | None = None


class PredictBody(ClassifyBody):
    """The body of POST /predict: one text to classify."""

    text: Words


class PredictBatchBody(ClassifyBody):
    """The body of POST /predict_batch: several texts to classify."""

    texts: Annotated[list[Words], Field(min_length=1, max_length=MOST_TEXTS)]


class LabelledExample(BaseModel):
    """A document and its class."""

    model_config = ConfigDict(extra="forbid")

    document: Words
    label: Annotated[str, Field(min_length=1, max_length=200)]


class PredictFewshotBody(ClassifyBody):
    """POST /predict_fewshot. With `run`, the classes of the examples are added to those of the run."""

    text: Words
    examples: Annotated[list[LabelledExample], Field(min_length=1, max_length=1000)]
    labels: Annotated[list[str], Field(max_length=1000)] = []


class PredictedClass(BaseModel):
    """The likeliest class, or `unknown`, and all classes with their probabilities, the likeliest first."""

    label: str
    likely: dict[str, float]


class ClassifiedBy(BaseModel):
    """What sorted the texts. `calibrated`: the probabilities were fitted on documents that training never saw."""

    arm: str
    model: str
    run: str
    calibrated: bool


class Prediction(PredictedClass, ClassifiedBy):
    """The class of a text."""


class Predictions(ClassifiedBy):
    """The classes of texts, in their order."""

    predictions: list[PredictedClass]


@router.post("/predict")
async def predict(body: PredictBody, request: Request, serving: TheServing, user: TheUser) -> Prediction:
    """The class of one text."""
    return _only(await while_connected(request, _classified(serving, user, body, [body.text])))


@router.post("/predict_batch")
async def predict_batch(body: PredictBatchBody, request: Request, serving: TheServing, user: TheUser) -> Predictions:
    """The classes of several texts."""
    return await while_connected(request, _classified(serving, user, body, body.texts))


@router.post("/predict_fewshot")
async def predict_fewshot(body: PredictFewshotBody, request: Request, serving: TheServing, user: TheUser) -> Prediction:
    """The class of one text, among those of a few examples; nothing is trained."""
    examples = [(one.document, one.label) for one in body.examples]
    return _only(
        await while_connected(request, _classified(serving, user, body, [body.text], examples, labels=body.labels))
    )


async def _classified(
    serving: ServerState,
    user: str,
    body: ClassifyBody,
    texts: Sequence[str],
    examples: Sequence[tuple[str, str]] = (),
    *,
    labels: Sequence[str] = (),
) -> Predictions:
    def sort(progress: Progress) -> TextClassification:
        return serving.app.classify_texts(
            texts,
            run=body.run,
            arm=body.arm,
            model=body.model,
            labels=labels,
            examples=examples,
            progress=progress,
        )

    found = await serving.in_turn(user, sort)
    return Predictions(
        arm=found.arm,
        model=found.model,
        run=found.run,
        calibrated=found.calibrated,
        predictions=[PredictedClass(label=one.label, likely=dict(one.likely)) for one in found.texts],
    )


def _only(found: Predictions) -> Prediction:
    (one,) = found.predictions
    return Prediction(**one.model_dump(), **found.model_dump(exclude={"predictions"}))
