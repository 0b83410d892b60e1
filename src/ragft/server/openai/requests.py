"""Requests of OpenAI's clients. An unknown field is refused, as OpenAI does.

Known fields without effect here (`store`, `metadata` …) are ignored. Fields that would change the answer and are not
supported are refused with a remedy.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ragft.app.asking import Sampling
from ragft.errors import UsageError
from ragft.server.json_bodies import Seed

Limit = Annotated[int, Field(ge=1, lt=2**31)]


class Strict(BaseModel):
    """A body in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class ContentPart(BaseModel):
    """A part of a message; only text is read."""

    model_config = ConfigDict(extra="allow")

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    """A message of a chat, as clients send it back, with fields of the reply that it came in."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None


class JsonSchema(BaseModel):
    """A named schema of `response_format`."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    name: str = ""
    definition: dict[str, Any] | None = Field(default=None, alias="schema")


class ResponseFormat(BaseModel):
    """Free text, any JSON object, or JSON by a schema."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None

    def schema_asked_for(self) -> dict[str, Any] | None:
        """The JSON schema of the reply; None: free text."""
        if self.type == "text":
            return None
        if self.type == "json_object":
            return {"type": "object"}
        if self.json_schema is None or self.json_schema.definition is None:
            raise UsageError("response_format has no json_schema.schema", fix="give one")
        return self.json_schema.definition


class StreamOptions(BaseModel):
    """The `stream_options` of a request: whether the last chunk tells the usage."""

    model_config = ConfigDict(extra="allow")

    include_usage: bool = False


class ChatBody(Strict):
    """POST /v1/chat/completions. `top_k`, `min_p` and `repeat_penalty` are what local servers add to OpenAI's own."""

    model: str
    messages: Annotated[list[ChatMessage], Field(min_length=1)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    seed: Seed | None = None
    max_tokens: Limit | None = None
    max_completion_tokens: Limit | None = None
    stop: str | Annotated[list[str], Field(max_length=4)] | None = None
    response_format: ResponseFormat | None = None
    user: str | None = None
    n: int | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    functions: list[dict[str, Any]] | None = None
    function_call: str | dict[str, Any] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    modalities: list[str] | None = None
    audio: dict[str, Any] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    logit_bias: dict[str, float] | None = None
    parallel_tool_calls: bool | None = None
    prediction: dict[str, Any] | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    metadata: dict[str, str] | None = None
    moderation: dict[str, Any] | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_options: dict[str, Any] | None = None
    prompt_cache_retention: str | None = None
    web_search_options: dict[str, Any] | None = None
    top_k: int | None = Field(default=None, ge=0)
    min_p: float | None = Field(default=None, ge=0, le=1)
    repeat_penalty: float | None = Field(default=None, gt=0)

    def sampling(self) -> Sampling:
        """The sampling options of the request."""
        stop = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return Sampling(
            temperature=self.temperature,
            seed=self.seed,
            most_tokens=self.max_completion_tokens or self.max_tokens,
            top_p=self.top_p,
            top_k=self.top_k,
            min_p=self.min_p,
            repeat_penalty=self.repeat_penalty,
            stop=tuple(stop),
        )

    def require_possible(self) -> None:
        """Check that the request asks for nothing that is not supported.

        Raises:
            UsageError: more than one choice, a tool that must be called, log-probabilities, audio.
        """
        if self.n not in (None, 1):
            raise UsageError(f"n is {self.n}, and one choice is given", fix="leave out n, and ask again")
        if self.tool_choice not in (None, "none", "auto") or self.function_call not in (None, "none", "auto"):
            raise UsageError("no tools are called here", fix='leave out tool_choice, or give "auto"')
        if self.logprobs:
            raise UsageError("no log-probabilities are given", fix="leave out logprobs")
        if self.audio or "audio" in (self.modalities or []):
            raise UsageError("answers are text", fix='modalities: ["text"]')


class EmbeddingsBody(Strict):
    """The body of POST /v1/embeddings: a model, and one or more texts to encode."""

    model: str
    input: str | Annotated[list[str], Field(min_length=1, max_length=2048)]
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: int | None = None
    user: str | None = None


def message_text(content: str | list[ContentPart] | None) -> str:
    """The text of a message.

    Raises:
        UsageError: it contains an image, audio or a file.
    """
    if content is None or isinstance(content, str):
        return content or ""
    for part in content:
        if part.type not in ("text", "input_text", "output_text", "refusal"):
            raise UsageError(f"a message holds {part.type}, and only text is read", fix="send its text")
    return "\n".join(part.text or "" for part in content)


def spoken(messages: list[ChatMessage]) -> list[tuple[str, str]]:
    """The messages as (role, content), without messages of tools."""
    roles = {"developer": "system"}
    return [
        (roles.get(message.role, message.role), message_text(message.content))
        for message in messages
        if message.role not in ("tool", "function")
    ]
