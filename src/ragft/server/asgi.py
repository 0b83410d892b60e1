"""The ASGI application: routes, error handlers and middleware."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import anyio
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from ragft import __version__
from ragft.errors import RagftError
from ragft.log import log
from ragft.server.engine_queue import Turns
from ragft.server.error_replies import OllamaError, OpenAIError, OwnError, Refused, response_to
from ragft.server.guard import AccessGuard
from ragft.server.head_requests import HeadAsGet
from ragft.server.mcp_http import McpEndpoint
from ragft.server.ollama import chat as ollama_chat
from ragft.server.ollama import embeddings as ollama_embeddings
from ragft.server.ollama import models as ollama_models
from ragft.server.openai import chat_completions, embeddings, models, responses
from ragft.server.own import asking, documents, health, jobs, predicting, runs
from ragft.server.page import key, static_files, views, votes
from ragft.server.prometheus import Counted, ServerMetrics
from ragft.server.server_options import ServerOptions
from ragft.server.serving import ServerState
from ragft.server.threads import FAILED, in_thread

if TYPE_CHECKING:
    from ragft.app.application import Application


_PARTS: dict[type[BaseModel], tuple[ModuleType, ...]] = {
    OwnError: (health, documents, asking, predicting, jobs, runs, static_files, key, views, votes),
    OpenAIError: (models, chat_completions, responses, embeddings),
    OllamaError: (ollama_models, ollama_chat, ollama_embeddings),
}
"""The prefixes of routes by the form of their errors."""


def make_server(app: Application, options: ServerOptions) -> FastAPI:
    """The ASGI application that uvicorn runs. It closes `app` when it ends."""
    turns = Turns(options.parallel, options.waiting)
    serving = ServerState(app, options, turns, ServerMetrics(turns))
    mcp = McpEndpoint(serving)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threads = anyio.to_thread.current_default_thread_limiter()
        threads.total_tokens += options.parallel  # answers hold so many for long; short work keeps the usual number
        await in_thread(app.jobs.resume_interrupted)
        async with mcp.running():
            yield
            serving.stop()
        await serving.threads.finish()
        await in_thread(app.close)

    api = FastAPI(
        title="ragft", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        description="Ask your papers: answers with checked citations.",
    )  # fmt: skip
    api.state.serving = serving
    for form, parts in _PARTS.items():
        errors: dict[int | str, dict[str, Any]] = {"4XX": {"model": form}, "5XX": {"model": form}}
        for part in parts:
            api.include_router(part.router, responses=errors)
    api.router.routes.append(Route("/mcp", endpoint=mcp, include_in_schema=False))
    api.add_exception_handler(RagftError, _ours)
    api.add_exception_handler(RequestValidationError, _malformed)
    api.add_exception_handler(HTTPException, _of_http)
    api.add_exception_handler(Exception, _unforeseen)
    api.add_middleware(Counted, metrics=serving.metrics)
    api.add_middleware(HeadAsGet)
    if options.origins:
        api.add_middleware(
            CORSMiddleware, allow_origins=options.origins, allow_methods=["*"], allow_headers=["*"], max_age=600
        )
    api.add_middleware(AccessGuard, options=options)
    return api


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RagftError)  # noqa: S101  it is registered for these
    serving: ServerState = request.app.state.serving
    return response_to(serving.shown(error), request.url.path)


async def _malformed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  it is registered for these
    problem = error.errors()[0]
    if problem["loc"] == ("body",) and isinstance(error.body, bytes):
        unread = "the body was not read, because it is not said to be JSON"
        refused = Refused(unread, status=400, code="invalid_request", fix="Content-Type: application/json")
        return response_to(refused, request.url.path)
    where = ".".join(str(part) for part in problem["loc"] if part not in ("body", "query", "path"))
    message = f"{where}: {problem['msg']}" if where else str(problem["msg"])
    return response_to(Refused(message, status=400, code="invalid_request", fix="GET /openapi.json"), request.url.path)


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  it is registered for these
    said = f"{request.method} {request.url.path}: {error.detail}"
    codes = {400: "invalid_request", 404: "no_such_path", 405: "method_not_allowed", 413: "too_large"}
    refused = Refused(said, status=error.status_code, code=codes.get(error.status_code, "http"))
    return response_to(refused, request.url.path, error.headers)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    """Log a bug of ragft with its traceback; the client only learns that there was an error."""
    log.error(f"{request.method} {request.url.path} failed: {type(error).__name__}: {error}", exc_info=error)
    return response_to(RagftError(FAILED), request.url.path)
