"""POST /v1/chat/completions: a reply at once, or as server-sent events."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import AsyncGenerator
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sse_starlette import EventSourceResponse
from starlette.responses import Response

from ragft.errors import RagftError
from ragft.server.citation_links import UrlCitation, url_citations, webui_sources
from ragft.server.error_replies import body_of
from ragft.server.json_bodies import JsonRoute
from ragft.server.openai.requests import ChatBody, spoken
from ragft.server.replies import Begun, Finished, Piece, ReplyRequest, Text, reply, whole_reply
from ragft.server.serving import TheServing, TheUser, while_connected
from ragft.server.streams import GRACE, primed

router = APIRouter(tags=["OpenAI"], route_class=JsonRoute)


class Annotation(BaseModel):
    """A citation, in the form of OpenAI's web search."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class ReplyMessage(BaseModel):
    """The message of the model."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = None
    annotations: list[Annotation] = []


class ChatChoice(BaseModel):
    """The reply of the assistant; a completion has one choice only."""

    index: int = 0
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop", "length"]


class Usage(BaseModel):
    """Token counts of prompt and completion."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class AnswerDetails(BaseModel):
    """Details that ragft adds: whether the documents answer the question, the reason if not, and the model."""

    refused: bool
    reason: str | None
    model: str


class ChatCompletion(BaseModel):
    """The whole reply to POST /v1/chat/completions, where it is not streamed."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: Usage
    system_fingerprint: str | None = None
    sources: list[dict[str, Any]] | None = None
    ragft: AnswerDetails | None = None


@router.post("/v1/chat/completions", response_model=ChatCompletion)
async def chat_completions(body: ChatBody, request: Request, serving: TheServing, user: TheUser) -> Any:
    """Answer the last message; from the documents if the model is `ragft` or `ragft/…`."""
    body.require_possible()
    schema = body.response_format.schema_asked_for() if body.response_format else None
    asked = ReplyRequest(body.model, spoken(body.messages), body.sampling(), schema, user=body.user or user)
    base = serving.base(request)
    if not body.stream:
        return completion(body.model, await while_connected(request, whole_reply(serving, asked)), base)
    pieces = await while_connected(request, primed(reply(serving, asked)))
    usage = bool(body.stream_options and body.stream_options.include_usage)
    return _sse(_chunks(body.model, pieces, base, usage=usage))


def completion(model: str, done: Finished, base: str) -> ChatCompletion:
    """The reply as one object."""
    cited = done.answer.citations if done.answer else ()
    message = ReplyMessage(content=done.text, annotations=_annotations(base, done.text, cited))
    return ChatCompletion(
        id=_new_id(),
        created=int(time.time()),
        model=model,
        choices=[ChatChoice(message=message, finish_reason=_reason(done))],
        usage=usage_of(done),
        sources=webui_sources(base, done.answer) if done.answer else None,
        ragft=outcome(done),
    )


async def _chunks(
    model: str, pieces: AsyncGenerator[Piece, None], base: str, *, usage: bool
) -> AsyncGenerator[dict[str, str], None]:
    """The events of a stream: role, text, the citations at the end, usage on request, [DONE]."""
    head = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": model}

    def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> dict[str, str]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return {"data": json.dumps({**head, "choices": [choice], **more}, ensure_ascii=False)}

    try:
        async for piece in pieces:
            if isinstance(piece, Begun):
                yield chunk({"role": "assistant", "content": ""})
            elif isinstance(piece, Text):
                yield chunk({"content": piece.text})
            elif isinstance(piece, Finished):
                for source in webui_sources(base, piece.answer) if piece.answer else []:
                    yield chunk({}, event={"type": "source", "data": source})
                cited = piece.answer.citations if piece.answer else ()
                if found := _annotations(base, piece.text, cited):
                    yield chunk({"annotations": [one.model_dump() for one in found]})
                ours = outcome(piece)
                yield chunk({}, _reason(piece), **({"ragft": ours.model_dump()} if ours else {}))
                if usage:
                    total = usage_of(piece).model_dump()
                    yield {"data": json.dumps({**head, "choices": [], "usage": total})}
    except RagftError as error:
        yield {"data": json.dumps(body_of(error, "/v1/"), ensure_ascii=False)}
    finally:
        await pieces.aclose()
    yield {"data": "[DONE]"}


def _sse(events: AsyncGenerator[dict[str, str], None]) -> Response:
    return EventSourceResponse(events, sep="\n", shutdown_grace_period=GRACE)


def usage_of(done: Finished) -> Usage:
    """The tokens of a reply."""
    total = done.prompt_tokens + done.written_tokens
    return Usage(prompt_tokens=done.prompt_tokens, completion_tokens=done.written_tokens, total_tokens=total)


def outcome(done: Finished) -> AnswerDetails | None:
    """The outcome of a question to the documents; None if they were not asked."""
    answer = done.answer
    return AnswerDetails(refused=answer.refused, reason=answer.reason, model=answer.model) if answer else None


def _annotations(base: str, text: str, cited: Any) -> list[Annotation]:
    return [Annotation(url_citation=one) for one in url_citations(base, text, cited)]


def _reason(done: Finished) -> Literal["stop", "length"]:
    return "length" if done.reason == "length" else "stop"


def _new_id() -> str:
    return f"chatcmpl-{secrets.token_hex(12)}"
