"""Ollama's `/api/…`: version, models, chat, embeddings. Unknown fields of a request are ignored, as Ollama does."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from ragft.app.asking import Sampling
from ragft.errors import ModelNotFound, RagftError, UsageError
from ragft.server.citation_links import link, title
from ragft.server.error_replies import body_of
from ragft.server.model_list import NamedModel, known_models
from ragft.server.openai.embeddings import require_encoder
from ragft.server.replies import Finished, Piece, ReplyRequest, Text, reply, whole_reply
from ragft.server.serving import TheServing, TheUser, in_thread, while_connected
from ragft.server.streams import primed

if TYPE_CHECKING:
    from ragft.answer.base import Answer

router = APIRouter(tags=["Ollama"])

API_VERSION = "0.12.0"
"""The version of Ollama whose API this is; clients check it."""
SOURCES = "\n\nSources:\n"
"""The separator before the list of sources, which follows the text because Ollama's replies have no field for it."""
_STARTED = datetime.now(UTC)


class RequestOptions(BaseModel):
    """Sampling options; others of Ollama's are ignored."""

    temperature: float | None = None
    seed: int | None = None
    num_predict: int | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    stop: list[str] | str | None = None


class ChatMessage(BaseModel):
    """A message of a chat."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    images: list[str] | None = None


class ChatBody(BaseModel):
    """POST /api/chat."""

    model: str
    messages: list[ChatMessage] = []
    stream: bool | None = None
    format: Literal["", "json"] | dict[str, Any] | None = None
    options: RequestOptions | None = None

    def asked(self, user: str) -> ReplyRequest:
        """The request for the queue.

        Raises:
            UsageError: a message holds an image.
        """
        if any(message.images for message in self.messages):
            raise UsageError("a message holds an image, and only text is read", fix="send its text")
        schema: dict[str, Any] | None = {"type": "object"} if self.format == "json" else None
        if isinstance(self.format, dict):
            schema = self.format
        said = [(one.role, _without_sources(one)) for one in self.messages if one.role != "tool"]
        return ReplyRequest(self.model, said, _sampling(self.options or RequestOptions()), schema, user=user)


class Details(BaseModel):
    """Details of a model."""

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
    """All of them."""

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


class EmbedBody(BaseModel):
    """POST /api/embed."""

    model: str
    input: str | list[str] = []


class EmbedReply(BaseModel):
    """Vectors of length 1, in the order of the inputs."""

    model: str
    embeddings: list[list[float]]
    prompt_eval_count: int


class Version(BaseModel):
    """The version of Ollama whose API this is."""

    version: str


class Reply(BaseModel):
    """The message of the model."""

    role: Literal["assistant"] = "assistant"
    content: str


class ChatReply(BaseModel):
    """A reply, or a piece of one. Durations are not measured here."""

    model: str
    created_at: datetime
    message: Reply
    done: bool
    done_reason: str | None = None
    total_duration: int | None = None
    prompt_eval_count: int | None = None
    eval_count: int | None = None


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
    wanted = (body.model or body.name).removesuffix(":latest")
    found = [one for one in await in_thread(lambda: known_models(serving.app)) if one.name == wanted]
    if not found:
        raise ModelNotFound(f"model {wanted!r} not found", fix="GET /api/tags")
    known = found[0]
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


@router.post("/api/embed")
async def embed(body: EmbedBody, serving: TheServing) -> EmbedReply:
    """Vectors by the encoder of the index."""
    require_encoder(body.model, serving.app.settings.index.encoder)
    texts = [body.input] if isinstance(body.input, str) else body.input
    if not texts:
        return EmbedReply(model=body.model, embeddings=[], prompt_eval_count=0)
    made = await in_thread(lambda: serving.app.embed(texts))
    return EmbedReply(model=body.model, embeddings=made.vectors, prompt_eval_count=made.tokens)


@router.post("/api/chat", response_model=ChatReply)
async def chat(body: ChatBody, request: Request, serving: TheServing, user: TheUser) -> Any:
    """Answer the last message; in lines of JSON unless `stream` is false."""
    if not body.messages:  # Ollama's clients send this to load a model
        return ChatReply(
            model=body.model, created_at=_now(), message=Reply(content=""), done=True, done_reason="load"
        )  # fmt: skip
    base = serving.base(request)
    asked = body.asked(user)
    if body.stream is False:
        done = await while_connected(request, whole_reply(serving, asked))
        return _last(body.model, done, done.text + _sources(base, done.answer))
    pieces = await while_connected(request, primed(reply(serving, asked)))
    return StreamingResponse(_lines(body.model, pieces, base), media_type="application/x-ndjson")


async def _lines(model: str, pieces: AsyncGenerator[Piece, None], base: str) -> AsyncGenerator[str, None]:
    try:
        async for piece in pieces:
            if isinstance(piece, Text):
                yield _line(_piece(model, piece.text))
            elif isinstance(piece, Finished):
                if sources := _sources(base, piece.answer):
                    yield _line(_piece(model, sources))
                yield _line(_last(model, piece, ""))
    except RagftError as error:
        yield json.dumps(body_of(error, "/api/"), ensure_ascii=False) + "\n"
    finally:
        await pieces.aclose()


def _line(reply: ChatReply) -> str:
    return reply.model_dump_json(exclude_none=True) + "\n"


def _piece(model: str, text: str) -> ChatReply:
    return ChatReply(model=model, created_at=_now(), message=Reply(content=text), done=False)


def _last(model: str, done: Finished, text: str) -> ChatReply:
    return ChatReply(
        model=model,
        created_at=_now(),
        message=Reply(content=text),
        done=True,
        done_reason=done.reason,
        total_duration=0,
        prompt_eval_count=done.prompt_tokens,
        eval_count=done.written_tokens,
    )


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


def _sampling(options: RequestOptions) -> Sampling:
    stop = [options.stop] if isinstance(options.stop, str) else options.stop or []
    most = options.num_predict
    return Sampling(
        temperature=options.temperature,
        seed=options.seed,
        most_tokens=most if most is not None and most > 0 else None,
        top_p=options.top_p,
        top_k=options.top_k,
        min_p=options.min_p,
        repeat_penalty=options.repeat_penalty,
        stop=tuple(stop),
    )


def _tag(known: NamedModel) -> Tag:
    name = known.name if ":" in known.name else f"{known.name}:latest"
    model = known.model
    return Tag(
        name=name,
        model=name,
        modified_at=_STARTED,
        size=model.size if model else 0,
        digest=(model.digest if model else "").removeprefix("sha256:"),
        details=_details(known),
    )


def _details(known: NamedModel) -> Details:
    model = known.model
    size = f"{model.parameter_size / 1e9:.1f}B" if model and model.parameter_size else ""
    quantization = model.quantization if model else ""
    return Details(
        format="gguf", family=known.owner, families=[known.owner], parameter_size=size, quantization_level=quantization
    )  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)
