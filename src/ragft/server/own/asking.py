"""Search and questions, with all details of an answer."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse

from ragft.app.asking import Sampling
from ragft.app.formats import answer_json, remarks
from ragft.app.library import choice_of
from ragft.errors import RagftError
from ragft.server.citation_links import link, title
from ragft.server.error_replies import body_of
from ragft.server.json_bodies import JsonRoute, Seed
from ragft.server.replies import PAPERS, Finished, Piece, ReplyRequest, Text, Working, reply, whole_reply
from ragft.server.serving import TheServing, TheUser, while_connected
from ragft.server.streams import GRACE, primed
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.answer.base import Answer
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.console import Progress

router = APIRouter(tags=["ragft"], route_class=JsonRoute)

Words = Annotated[str, Field(min_length=1, max_length=100_000)]


class DocumentScope(BaseModel):
    """Filters that limit a search or question to some documents; empty: all documents."""

    model_config = ConfigDict(extra="forbid")

    documents: list[str] = []
    authors: list[str] = []
    years: str = ""
    tags: list[str] = []

    def choice(self) -> DocumentFilter | None:
        """The filter of the application."""
        return choice_of(self.documents, self.authors, self.years, self.tags)


class SearchBody(DocumentScope):
    """The body of POST /search: the words to search for, and how many passages are wanted."""

    query: Words
    k: Annotated[int, Field(ge=1, le=100)] = 8


class FoundPassage(BaseModel):
    """A passage. `score` is comparable within one search only."""

    rank: int
    score: float
    chunk_id: str
    document_id: str
    title: str
    pages: tuple[int, int]
    section: str
    text: str


class SearchResult(BaseModel):
    """The best passages, best first, and the words that were searched for, which may be spelt otherwise."""

    query: str
    searched_for: str
    hits: list[FoundPassage]


class EarlierExchange(BaseModel):
    """One message before the question, of the user or the assistant."""

    role: Literal["user", "assistant"]
    content: str


class AskBody(DocumentScope):
    """POST /ask. `model` is `ragft`, `ragft/base`, `ragft/tuned` or `ragft/MODEL`; `history` oldest first."""

    question: Words
    model: Annotated[str, Field(pattern=rf"^{PAPERS}(/.+)?$")] = PAPERS
    history: Annotated[list[EarlierExchange], Field(max_length=1000)] = []
    stream: bool = False
    seed: Seed | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None

    def asked(self, user: str) -> ReplyRequest:
        """The request for the queue."""
        said = [(one.role, one.content) for one in self.history]
        sampling = Sampling(seed=self.seed, temperature=self.temperature)
        return ReplyRequest(self.model, [*said, ("user", self.question)], sampling, within=self.choice(), user=user)


class CompareBody(DocumentScope):
    """The body of POST /compare: a question for the base model and the tuned one."""

    question: Words


class CitationLink(BaseModel):
    """The link of each citation, in the order of `citations`."""

    title: str
    url: str


class AnswerBody(BaseModel):
    """An answer with all its details (docs/asking.md), the links of its citations, and at most one remark on how it was
    made.
    """

    model_config = ConfigDict(extra="allow")

    question: str
    answer: str
    refused: bool
    reason: str | None
    citations: list[dict[str, Any]]
    links: list[CitationLink]
    remarks: list[str]


class Comparison(BaseModel):
    """The answers of both models of the latest registered run, from the same evidence."""

    base: AnswerBody
    tuned: AnswerBody


@router.post("/search")
async def search(body: SearchBody, serving: TheServing) -> SearchResult:
    """The passages that answer a query best."""
    found = await in_thread(lambda: serving.app.search(body.query, k=body.k, within=body.choice()))
    hits = [FoundPassage.model_validate(hit, from_attributes=True) for hit in found.hits]
    return SearchResult(query=found.query, searched_for=found.searched_for, hits=hits)


@router.post("/ask", response_model=AnswerBody)
async def ask(body: AskBody, request: Request, serving: TheServing, user: TheUser) -> Any:
    """A checked answer. With `stream`, events: `status`, `text` (final), `answer`, or `error`."""
    base = serving.base(request)
    if not body.stream:
        done = await while_connected(request, whole_reply(serving, body.asked(user)))
        return answer_body(base, done)
    pieces = await while_connected(request, primed(reply(serving, body.asked(user))))
    return EventSourceResponse(_events(base, pieces), sep="\n", shutdown_grace_period=GRACE)


@router.post("/compare")
async def compare(body: CompareBody, request: Request, serving: TheServing, user: TheUser) -> Comparison:
    """The same question to base and tuned."""
    base = serving.base(request)
    within = body.choice()

    def both(progress: Progress) -> dict[str, Answer]:
        return serving.app.compare(body.question, within=within, progress=progress)

    answers = await while_connected(request, serving.in_turn(user, both))
    return Comparison(base=shown_answer(base, answers["base"]), tuned=shown_answer(base, answers["tuned"]))


async def _events(base: str, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[dict[str, str], None]:
    try:
        async for piece in pieces:
            if isinstance(piece, Working):
                yield _event("status", {"doing": piece.doing, "titles": piece.titles})
            elif isinstance(piece, Text):
                yield _event("text", {"text": piece.text})
            elif isinstance(piece, Finished):
                yield {"event": "answer", "data": answer_body(base, piece).model_dump_json()}
    except RagftError as error:
        yield _event("error", body_of(error, "/ask"))
    finally:
        await pieces.aclose()


def _event(name: str, data: Any) -> dict[str, str]:
    return {"event": name, "data": json.dumps(data, ensure_ascii=False)}


def answer_body(base: str, done: Finished) -> AnswerBody:
    """The answer of a reply from the documents."""
    assert done.answer is not None  # noqa: S101  the documents were asked
    return shown_answer(base, done.answer)


def shown_answer(base: str, answer: Answer) -> AnswerBody:
    """An answer with its links."""
    links = [CitationLink(title=title(one), url=link(base, one)) for one in answer.citations]
    return AnswerBody(**_plain(answer_json(answer)), links=links, remarks=remarks(answer))


def _plain(data: Any) -> Any:
    """The value as JSON types, without the paths of files."""
    if is_dataclass(data) and not isinstance(data, type):
        return _plain({key: value for key, value in asdict(data).items() if key != "path"})
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list | tuple) else data
