"""POST /v1/responses: a search in the documents and the reply, as items; at once or as server-sent events."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sse_starlette import EventSourceResponse

from ragft.errors import RagftError
from ragft.server.citation_links import MARK, url_citations
from ragft.server.json_bodies import JsonRoute
from ragft.server.kept_responses import KeptResponses
from ragft.server.openai.response_forms import (
    FileCitation,
    FileSearchCall,
    FoundFile,
    Incomplete,
    LinkCitation,
    Message,
    OutputMessage,
    OutputText,
    Response,
    ResponsesBody,
    ResponseUsage,
)
from ragft.server.replies import Finished, Piece, ReplyRequest, Text, reply, whole_reply
from ragft.server.serving import TheServing, TheUser, while_connected
from ragft.server.streams import GRACE, primed

if TYPE_CHECKING:
    from ragft.answer.base import Answer, Evidence

router = APIRouter(tags=["OpenAI"], route_class=JsonRoute)


@router.post("/v1/responses", response_model=Response)
async def responses(body: ResponsesBody, request: Request, serving: TheServing, user: TheUser) -> Any:
    """Answer the last message; from the documents, with the search as a `file_search_call`."""
    body.require_possible()
    conversation = [*serving.responses.before(body.previous_response_id), *body.messages()]
    instructions = [("system", body.instructions)] if body.instructions else []  # of this request alone
    asked = ReplyRequest(
        body.model, [*instructions, *conversation], body.sampling(), body.schema_asked_for(), user=body.user or user
    )
    made = _Made(body, asked, serving.base(request), None if body.store is False else serving.responses, conversation)
    if not body.stream:
        return made.finished(await while_connected(request, whole_reply(serving, asked)))
    pieces = await while_connected(request, primed(reply(serving, asked)))
    return EventSourceResponse(made.events(pieces), sep="\n", shutdown_grace_period=GRACE)


class _Made:
    """A response in progress: its constant fields, and the sequence numbers of its events."""

    def __init__(
        self,
        body: ResponsesBody,
        asked: ReplyRequest,
        base: str,
        kept: KeptResponses | None,
        conversation: Sequence[Message],
    ) -> None:
        self._asked = asked
        self._base = base
        self._kept = kept
        self._conversation = conversation
        self._message_id = f"msg_{secrets.token_hex(12)}"
        self._search_id = f"fs_{secrets.token_hex(12)}"
        self._number = 0
        self._begun = Response(
            id=f"resp_{secrets.token_hex(12)}",
            created_at=int(time.time()),
            model=body.model,
            status="in_progress",
            instructions=body.instructions,
            metadata=body.metadata or {},
            temperature=body.temperature,
            top_p=body.top_p,
            tools=body.tools or [],
            store=kept is not None,
            previous_response_id=body.previous_response_id,
        )

    def finished(self, done: Finished) -> Response:
        """The whole response, kept so that a later request can continue it."""
        if self._kept is not None:
            self._kept.keep(self._begun.id, [*self._conversation, ("assistant", done.text)])
        cut = done.reason == "length"
        total = done.prompt_tokens + done.written_tokens
        usage = ResponseUsage(input_tokens=done.prompt_tokens, output_tokens=done.written_tokens, total_tokens=total)
        message = self._message("incomplete" if cut else "completed", [self._text(done)])
        return self._begun.model_copy(
            update={
                "status": "incomplete" if cut else "completed",
                "output": [*self._search(done.answer), message],
                "usage": usage,
                "incomplete_details": Incomplete() if cut else None,
            }
        )

    async def events(self, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[dict[str, str], None]:
        """The events of a stream, from `response.created` to `response.completed`."""
        index = 1 if self._asked.from_papers else 0
        place = {"item_id": self._message_id, "output_index": index, "content_index": 0}
        yield self._event("response.created", response=self._begun)
        yield self._event("response.in_progress", response=self._begun)
        if self._asked.from_papers:
            searching = FileSearchCall(id=self._search_id, queries=[self._question], status="searching")
            yield self._event("response.output_item.added", output_index=0, item=searching)
            yield self._event("response.file_search_call.searching", output_index=0, item_id=self._search_id)
        opened = False
        try:
            async for piece in pieces:
                if isinstance(piece, Text) and not opened:
                    opened = True
                    for event in self._opening(place):
                        yield event
                if isinstance(piece, Text):
                    yield self._event("response.output_text.delta", **place, delta=piece.text, logprobs=[])
                elif isinstance(piece, Finished):
                    for event in self._closing(piece, place, opened=opened):
                        yield event
        except RagftError as error:
            failure = {"code": "server_error", "message": str(error)}
            failed = self._begun.model_copy(update={"status": "failed", "error": failure})
            yield self._event("response.failed", response=failed)
        finally:
            await pieces.aclose()

    def _opening(self, place: dict[str, Any]) -> Iterator[dict[str, str]]:
        message = self._message("in_progress", [])
        yield self._event("response.output_item.added", output_index=place["output_index"], item=message)
        yield self._event("response.content_part.added", **place, part=OutputText(text="", annotations=[]))

    def _closing(self, done: Finished, place: dict[str, Any], *, opened: bool) -> Iterator[dict[str, str]]:
        """The events after the text: citations, then the finished items and the finished response."""
        if not opened:
            yield from self._opening(place)
        response = self.finished(done)
        message = response.output[-1]
        part = self._text(done)
        for number, note in enumerate(part.annotations):
            yield self._event(
                "response.output_text.annotation.added", **place, annotation_index=number, annotation=note
            )
        yield self._event("response.output_text.done", **place, text=done.text, logprobs=[])
        yield self._event("response.content_part.done", **place, part=part)
        for search in response.output[:-1]:
            yield self._event("response.file_search_call.completed", output_index=0, item_id=search.id)
            yield self._event("response.output_item.done", output_index=0, item=search)
        yield self._event("response.output_item.done", output_index=place["output_index"], item=message)
        yield self._event(f"response.{response.status}", response=response)

    def _event(self, kind: str, **fields: Any) -> dict[str, str]:
        event = _Event.model_validate({"type": kind, "sequence_number": self._number, **fields})
        self._number += 1
        return {"event": kind, "data": event.model_dump_json()}

    @property
    def _question(self) -> str:
        return self._asked.messages[-1][1]

    def _message(self, status: Any, content: list[OutputText]) -> OutputMessage:
        return OutputMessage(id=self._message_id, status=status, content=content)

    def _text(self, done: Finished) -> OutputText:
        cited = done.answer.citations if done.answer else ()
        links = [LinkCitation(**one.model_dump()) for one in url_citations(self._base, done.text, cited)]
        by_key = {one.key: one for one in reversed(cited)}
        files = [
            FileCitation(index=mark.start(), file_id=by_key[mark[1]].document_id, filename=by_key[mark[1]].title)
            for mark in MARK.finditer(done.text)
            if mark[1] in by_key
        ]
        return OutputText(text=done.text, annotations=[*links, *files])

    def _search(self, answer: Answer | None) -> Sequence[FileSearchCall]:
        """The search of an answer from the documents; scores are between 0 and 1."""
        if answer is None:
            return []
        found = answer.retrieved or answer.evidence
        best = max((item.hit.score for item in found), default=1.0) or 1.0
        results = [_found(item, best) for item in found]
        return [FileSearchCall(id=self._search_id, queries=[self._question], status="completed", results=results)]


class _Event(BaseModel, extra="allow"):
    type: str
    sequence_number: int


def _found(item: Evidence, best: float) -> FoundFile:
    hit = item.hit
    return FoundFile(
        file_id=hit.document_id,
        filename=hit.title,
        score=max(0.0, min(1.0, hit.score / best)),
        text=hit.text,
        attributes={"chunk_id": hit.chunk_id, "first_page": hit.pages[0], "last_page": hit.pages[1]},
    )
