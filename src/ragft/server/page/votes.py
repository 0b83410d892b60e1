"""Blind votes: two answers without model names, a vote, and the counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict

from ragft.app.formats import for_reader
from ragft.server.json_bodies import JsonRoute
from ragft.server.own.asking import AnswerBody, DocumentScope, Words, shown_answer
from ragft.server.serving import TheServing, TheUser, while_connected
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.answer.base import Answer
    from ragft.app.votes import BlindPair
    from ragft.console import Progress

router = APIRouter(tags=["page"], route_class=JsonRoute)

PairId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]
_TELLING = {"model", "engine", "metrics", "raw", "notes", "budget", "remarks"}
"""Fields that would reveal which model wrote an answer."""


class PairBody(DocumentScope):
    """The body of POST /votes: a question that two models answer without their names."""

    question: Words


class ShownPair(BaseModel):
    """Both answers. The models are revealed after the vote."""

    id: str
    left: AnswerBody
    right: AnswerBody


class VoteBody(BaseModel):
    """The body of POST /votes/{pair}: which of the two answers is better, or that they are alike."""

    model_config = ConfigDict(extra="forbid")

    vote: Literal["left", "right", "same"]


class Revealed(BaseModel):
    """The models of both sides."""

    id: str
    left: str
    right: str
    tuned: Literal["left", "right"]
    vote: Literal["left", "right", "same"]


class Count(BaseModel):
    """Counts of votes on two models. `share` is tuned's part of the votes for either, `low` to `high` its 95 %
    interval.
    """

    base_model: str
    tuned_model: str
    votes: int
    same: int
    for_tuned: int
    share: float | None
    low: float | None
    high: float | None


class Counts(BaseModel):
    """All votes of the workspace."""

    counts: list[Count]


@router.post("/votes")
async def ask_both(body: PairBody, request: Request, serving: TheServing, user: TheUser) -> ShownPair:
    """Answers of base and tuned of the latest run from the same evidence, in random order."""
    base = serving.base(request)
    within = body.choice()

    def both(progress: Progress) -> BlindPair:
        return serving.app.votes.ask(body.question, within=within, progress=progress)

    pair = await while_connected(request, serving.in_turn(user, both))
    return ShownPair(id=pair.id, left=_blind(base, pair.left), right=_blind(base, pair.right))


@router.post("/votes/{pair}")
async def vote(pair: PairId, body: VoteBody, serving: TheServing) -> Revealed:
    """Vote for a side, once. The reply reveals the models."""
    found = await in_thread(lambda: serving.app.votes.choose(pair, body.vote))
    return Revealed.model_validate(found, from_attributes=True)


@router.get("/votes")
async def count_votes(serving: TheServing) -> Counts:
    """The counts of all votes."""
    found = await in_thread(serving.app.votes.tally)
    return Counts(
        counts=[
            Count(
                base_model=one.base_model,
                tuned_model=one.tuned_model,
                votes=one.votes,
                same=one.same,
                for_tuned=one.tuned.count,
                share=one.tuned.share,
                low=one.tuned.low,
                high=one.tuned.high,
            )
            for one in found
        ]
    )


def _blind(base: str, answer: Answer) -> AnswerBody:
    whole = shown_answer(base, for_reader(answer)).model_dump(exclude=_TELLING)
    return AnswerBody(**{**whole, "remarks": []})
