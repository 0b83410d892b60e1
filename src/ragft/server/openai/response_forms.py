"""The objects of OpenAI's Responses API that this server uses."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ragft.app.asking import Sampling
from ragft.errors import UsageError
from ragft.server.openai.requests import ContentPart, Limit, Strict, message_text

Message = tuple[str, str]
"""One message of a conversation: its role and its text."""


class InputItem(BaseModel):
    """A message of the input, or an item of an earlier output that is sent back."""

    model_config = ConfigDict(extra="allow")

    type: str = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | list[ContentPart] | None = None


class TextFormat(BaseModel):
    """The form of the text."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    type: Literal["text", "json_object", "json_schema"] = "text"
    definition: dict[str, Any] | None = Field(default=None, alias="schema")


class TextOptions(BaseModel):
    """How the text is to be."""

    model_config = ConfigDict(extra="allow")

    format: TextFormat | None = None


class ResponsesBody(Strict):
    """The body of POST /v1/responses: a model, what is said to it, and how it is to answer."""

    model: str
    input: str | list[InputItem]
    instructions: str | None = None
    stream: bool | None = False
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    max_output_tokens: Limit | None = None
    text: TextOptions | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    user: str | None = None
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    background: bool | None = None
    context_management: list[dict[str, Any]] | None = None
    include: list[str] | None = None
    max_tool_calls: int | None = None
    metadata: dict[str, str] | None = None
    parallel_tool_calls: bool | None = None
    prompt: dict[str, Any] | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    reasoning: dict[str, Any] | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    stream_options: dict[str, Any] | None = None
    top_logprobs: int | None = None
    truncation: str | None = None

    def require_possible(self) -> None:
        """Check that the request asks for nothing that is not supported.

        Raises:
            UsageError: a conversation object, a tool that must be called, a background response.
        """
        if self.conversation:
            raise UsageError("conversations are not kept here", fix="give previous_response_id, or all turns as input")
        if self.background or self.prompt:
            raise UsageError("no responses are made in the background or from stored prompts", fix="leave it out")
        if self.tool_choice not in (None, "none", "auto", {"type": "file_search"}):
            raise UsageError("no tool but file_search is called here", fix='leave out tool_choice, or give "auto"')

    def messages(self) -> list[Message]:
        """The messages that this request adds, without its instructions and items of tools."""
        if isinstance(self.input, str):
            return [("user", self.input)]
        return [
            ("system" if item.role == "developer" else item.role, message_text(item.content))
            for item in self.input
            if item.type == "message" and item.role
        ]

    def schema_asked_for(self) -> dict[str, Any] | None:
        """The JSON schema of the reply; None: free text."""
        form = self.text.format if self.text else None
        if form is None or form.type == "text":
            return None
        return form.definition or {"type": "object"}

    def sampling(self) -> Sampling:
        """The sampling options of the request."""
        return Sampling(temperature=self.temperature, top_p=self.top_p, most_tokens=self.max_output_tokens)


class FileCitation(BaseModel):
    """The file that a mark at `index` of the text cites."""

    type: Literal["file_citation"] = "file_citation"
    index: int
    file_id: str
    filename: str


class LinkCitation(BaseModel):
    """The place [start_index, end_index) of a mark in the text, and the link behind it."""

    type: Literal["url_citation"] = "url_citation"
    start_index: int
    end_index: int
    title: str
    url: str


class OutputText(BaseModel):
    """The text of the reply."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[Annotated[LinkCitation | FileCitation, Field(discriminator="type")]]
    logprobs: list[Any] = []


class OutputMessage(BaseModel):
    """The message of the assistant in a reply to POST /v1/responses."""

    type: Literal["message"] = "message"
    id: str
    role: Literal["assistant"] = "assistant"
    status: Literal["in_progress", "completed", "incomplete"]
    content: list[OutputText]


class FoundFile(BaseModel):
    """A passage that the search found."""

    file_id: str
    filename: str
    score: float
    text: str
    attributes: dict[str, str | float | bool] = {}


class FileSearchCall(BaseModel):
    """The search in the documents."""

    type: Literal["file_search_call"] = "file_search_call"
    id: str
    queries: list[str]
    status: Literal["in_progress", "searching", "completed"]
    results: list[FoundFile] | None = None


class InputDetails(BaseModel):
    """Of the tokens read, those from a cache."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0


class OutputDetails(BaseModel):
    """Of the tokens written, those of thoughts."""

    reasoning_tokens: int = 0


class ResponseUsage(BaseModel):
    """Token counts of prompt and completion."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    input_tokens_details: InputDetails = InputDetails()
    output_tokens_details: OutputDetails = OutputDetails()


class Incomplete(BaseModel):
    """The reason why a reply ended early."""

    reason: Literal["max_output_tokens"] = "max_output_tokens"


class Response(BaseModel):
    """A reply, finished or in progress."""

    id: str
    object: Literal["response"] = "response"
    created_at: int
    model: str
    status: Literal["in_progress", "completed", "incomplete", "failed"]
    output: list[Annotated[FileSearchCall | OutputMessage, Field(discriminator="type")]] = []
    usage: ResponseUsage | None = None
    error: dict[str, Any] | None = None
    incomplete_details: Incomplete | None = None
    instructions: str | None = None
    metadata: dict[str, str] = {}
    parallel_tool_calls: bool = False
    temperature: float | None = None
    top_p: float | None = None
    tool_choice: str = "auto"
    tools: list[dict[str, Any]] = []
    store: bool = True
    previous_response_id: str | None = None
