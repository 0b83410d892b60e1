"""JSON bodies, parsed strictly: no halves of a character, no NaN, no nesting that exhausts the stack."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar

from fastapi import HTTPException
from fastapi.routing import APIRoute
from pydantic import Field
from pydantic_core import from_json
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

Seed = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""A seed that every engine takes."""


class JsonRequest(Request):
    """A request whose JSON can be written again as UTF-8, in a reply or to an engine."""

    async def json(self) -> Any:
        """The body.

        Raises:
            HTTPException: it is not JSON, or nested too deeply.
        """
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except ValueError as error:
            raise HTTPException(400, f"the body is not JSON: {error}") from error


class JsonRoute(APIRoute):
    """A route that takes a JSON body."""

    any_content_type: ClassVar[bool] = False
    """Whether the body is read as JSON whatever its Content-Type."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's, with a strict parser."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            if self.any_content_type:
                MutableHeaders(scope=request.scope)["content-type"] = "application/json"
            return await handle(JsonRequest(request.scope, request.receive))

        return handle_strictly


class UntypedJsonRoute(JsonRoute):
    """A route that takes JSON of any Content-Type, as Ollama does: the examples in its documentation send none.

    A page of another site could send such a request without asking; its Origin is checked, see `guard`.
    """

    any_content_type = True
