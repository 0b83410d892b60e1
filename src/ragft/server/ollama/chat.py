"""Ollama's `/api/chat` and `/api/generate`. Unknown fields of a request are ignored, as Ollama does."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from ragft.errors import RagftError, UsageError
from ragft.server.citation_links import link, title
from ragft.server.error_replies import body_of
from ragft.server.json_bodies import UntypedJsonRoute
from ragft.server.ollama.models import find_known
from ragft.server.ollama.options import RequestOptions
from ragft.server.replies import Finished, Piece, ReplyRequest, Text, reply, whole_reply
from ragft.server.serving import ServerState, TheServing, TheUser, while_connected
from ragft.server.streams import primed

if TYPE_CHECKING:
    from ragft.answer.base import Answer

router = APIRouter(tags=["Ollama"], route_class=UntypedJsonRoute)

SOURCES = "\n\nSources:\n"
"""The separator before the list of sources, which follows the text because Ollama's replies have no field for it."""


class ChatMessage(BaseModel):
    """A message of a chat."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    images: list[str] | None = None


class OllamaBody(BaseModel):
    """What both requests have. `keep_alive` 0 asks to unload the model."""

    model: str
    stream: bool | None = None
    format: Literal["", "json"] | dict[str, Any] | None = None
    options: RequestOptions | None = None
    keep_alive: str | float | None = None

    def request_of(self, messages: list[ChatMessage], user: str) -> ReplyRequest:
        """The request for the queue.

        Raises:
            UsageError: a message holds an image.
        """
        if any(message.images for message in messages):
            raise UsageError("a message holds an image, and only text is read", fix="send its text")
        schema: dict[str, Any] | None = {"type": "object"} if self.format == "json" else None
        if isinstance(self.format, dict):
            schema = self.format
        said = [(one.role, _without_sources(one)) for one in messages if one.role != "tool"]
        return ReplyRequest(self.model, said, (self.options or RequestOptions()).sampling(), schema, user=user)


class ChatBody(OllamaBody):
    """POST /api/chat. Without messages the model is loaded."""

    messages: list[ChatMessage] = []


class GenerateBody(OllamaBody):
    """POST /api/generate. Without a prompt the model is loaded; `context`, `raw` and `template` are ignored."""

    prompt: str = ""
    system: str = ""
    images: list[str] | None = None


class ReplyLine(BaseModel):
    """What replies have, and pieces of them. Durations are not measured here."""

    model: str
    created_at: datetime
    done: bool
    done_reason: str | None = None
    total_duration: int | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None

    @classmethod
    def of(cls, model: str, text: str, *, done: bool = False, **fields: Any) -> Self:
        """A line with this text."""
        return cls(model=model, created_at=datetime.now(UTC), done=done, **cls.text_field(text), **fields)

    @classmethod
    def last(cls, model: str, finished: Finished, text: str) -> Self:
        """The last line of a reply, or the only one."""
        return cls.of(
            model,
            text,
            done=True,
            done_reason=finished.reason,
            total_duration=0,
            prompt_eval_count=finished.prompt_tokens,
            eval_count=finished.written_tokens,
        )

    @classmethod
    def text_field(cls, text: str) -> dict[str, Any]:
        """The field that holds the text."""
        raise NotImplementedError


class Reply(BaseModel):
    """The message of the model."""

    role: Literal["assistant"] = "assistant"
    content: str


class ChatReply(ReplyLine):
    """One line of the reply to /api/chat, with a message."""

    message: Reply

    @classmethod
    def text_field(cls, text: str) -> dict[str, Any]:
        """The field of a line that holds `text`: a message of the assistant."""
        return {"message": Reply(content=text)}


class GenerateReply(ReplyLine):
    """One line of the reply to /api/generate, with plain text."""

    response: str

    @classmethod
    def text_field(cls, text: str) -> dict[str, Any]:
        """The field of a line that holds `text`: the text as it is."""
        return {"response": text}


@router.post("/api/chat", response_model=ChatReply)
async def chat(body: ChatBody, request: Request, serving: TheServing, user: TheUser) -> Any:
    """Answer the last message; in lines of JSON unless `stream` is false."""
    if not body.messages:
        return await _loaded(ChatReply, body, serving)
    asked = body.request_of(body.messages, user)
    return await _answered(ChatReply, asked, request, serving, stream=body.stream is not False)


@router.post("/api/generate", response_model=GenerateReply)
async def generate(body: GenerateBody, request: Request, serving: TheServing, user: TheUser) -> Any:
    """Answer the prompt; in lines of JSON unless `stream` is false."""
    if not body.prompt:
        return await _loaded(GenerateReply, body, serving)
    system = [ChatMessage(role="system", content=body.system)] if body.system else []
    prompt = ChatMessage(role="user", content=body.prompt, images=body.images)
    asked = body.request_of([*system, prompt], user)
    return await _answered(GenerateReply, asked, request, serving, stream=body.stream is not False)


async def _loaded(form: type[ReplyLine], body: OllamaBody, serving: ServerState) -> ReplyLine:
    """The reply to a request to load or unload a model, which the engine does by itself."""
    await find_known(serving, body.model)
    return form.of(body.model, "", done=True, done_reason="unload" if body.keep_alive in (0, "0") else "load")


async def _answered(
    form: type[ReplyLine], asked: ReplyRequest, request: Request, serving: ServerState, *, stream: bool
) -> ReplyLine | StreamingResponse:
    base = serving.base(request)
    if not stream:
        done = await while_connected(request, whole_reply(serving, asked))
        return form.last(asked.model, done, done.text + _sources(base, done.answer))
    pieces = await while_connected(request, primed(reply(serving, asked)))
    return StreamingResponse(_lines(form, asked.model, pieces, base), media_type="application/x-ndjson")


async def _lines(
    form: type[ReplyLine], model: str, pieces: AsyncGenerator[Piece, None], base: str
) -> AsyncGenerator[str, None]:
    try:
        async for piece in pieces:
            if isinstance(piece, Text):
                yield _line(form.of(model, piece.text))
            elif isinstance(piece, Finished):
                if sources := _sources(base, piece.answer):
                    yield _line(form.of(model, sources))
                yield _line(form.last(model, piece, ""))
    except RagftError as error:
        yield json.dumps(body_of(error, "/api/"), ensure_ascii=False) + "\n"
    finally:
        await pieces.aclose()


def _line(reply: ReplyLine) -> str:
    return reply.model_dump_json(exclude_none=True) + "\n"


def _sources(base: str, answer: Answer | None) -> str:
    """The sources as lines of Markdown with links; empty where nothing is cited."""
    if answer is None or not answer.citations:
        return ""
    first = {citation.key: citation for citation in reversed(answer.citations)}
    ordered = sorted(first.values(), key=lambda citation: int(citation.key))
    return SOURCES + "\n".join(f"- [{one.key}] [{_escaped(title(one))}]({link(base, one)})" for one in ordered)


def _escaped(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").replace("\n", " ")


def _without_sources(message: ChatMessage) -> str:
    """An earlier answer without the list of sources that this server added."""
    return message.content.partition(SOURCES)[0] if message.role == "assistant" else message.content
