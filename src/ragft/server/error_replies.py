"""Error replies: in the form of the API that was called, with an HTTP status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from ragft.errors import (
    ContextOverflow,
    DiskFull,
    EngineUnavailable,
    InputError,
    MissingExtra,
    ModelNotFound,
    NotFoundError,
    RagftError,
    UsageError,
    WorkspaceLocked,
)


class OpenAIProblem(BaseModel):
    """The error object of OpenAI's API."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """An error of OpenAI's API."""

    error: OpenAIProblem


class OllamaError(BaseModel):
    """An error of Ollama's API."""

    error: str


class OwnProblem(BaseModel):
    """The error: a code for programs, a message for people, and a remedy."""

    code: str
    message: str
    fix: str | None


class OwnError(BaseModel):
    """An error of ragft's own API."""

    error: OwnProblem


class Busy(RagftError):
    """The queue is full. Try again after `retry_after` seconds."""

    code = "busy"

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message, fix=f"try again in {retry_after} s, or start the server with a larger --waiting")
        self.retry_after = retry_after


class Stopping(RagftError):
    """A request came while the server was being stopped, and was not taken."""

    code = "stopping"

    def __init__(self) -> None:
        super().__init__("the server is being stopped", fix="ask again once it runs")


class Gone(RagftError):
    """The client has closed the connection."""

    code = "gone"


class Refused(RagftError):
    """A request that is not allowed, with its HTTP status."""

    def __init__(self, message: str, *, status: int, code: str, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.status = status
        self.code = code


_STATUS: dict[type[RagftError], int] = {
    MissingExtra: 501,
    UsageError: 400,
    InputError: 400,
    ModelNotFound: 404,
    NotFoundError: 404,
    ContextOverflow: 400,
    EngineUnavailable: 503,
    WorkspaceLocked: 503,
    Busy: 503,
    Stopping: 503,
    Gone: 499,
    DiskFull: 507,
    RagftError: 500,
}
"""HTTP status by class of error; a class that is missing has the status of its parent."""

_TYPES = {400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error"}


def status_of(error: RagftError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, Refused):
        return error.status
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def body_of(error: RagftError, path: str) -> dict[str, Any]:
    """An error as the API at `path` writes it: OpenAI's below /v1, Ollama's below /api, ragft's own elsewhere."""
    text = str(error)
    found: OpenAIError | OllamaError | OwnError
    if path.startswith("/v1/"):
        status = status_of(error)
        kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
        found = OpenAIError(error=OpenAIProblem(message=text, type=kind, param=None, code=error.code))
    elif path.startswith("/api/"):
        found = OllamaError(error=text)
    else:
        found = OwnError(error=OwnProblem(code=error.code, message=error.message, fix=error.fix))
    return found.model_dump()


def response_to(error: RagftError, path: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The reply that reports the error."""
    extra = dict(headers or {})
    status = status_of(error)
    if status == 503:
        extra["Retry-After"] = str(error.retry_after if isinstance(error, Busy) else 5)
    if status == 401:
        extra["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body_of(error, path), status, headers=extra)
