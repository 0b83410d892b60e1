"""POST /key: the page sends the key once and gets a cookie, because pictures and links cannot send a header."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from ragft.server.error_replies import Refused
from ragft.server.guard import COOKIE, cookie_of, same_text
from ragft.server.json_bodies import JsonRoute
from ragft.server.serving import TheServing

router = APIRouter(tags=["page"], route_class=JsonRoute)


class KeyBody(BaseModel):
    """The body of POST /key: the key of the server, as the user typed it."""

    model_config = ConfigDict(extra="forbid")

    key: str


@router.post("/key", status_code=204, response_class=Response)
async def show_key(body: KeyBody, serving: TheServing) -> Response:
    """Exchange the server's key for a cookie that is valid until the browser is closed."""
    key = serving.options.key
    if key and not same_text(body.key.strip(), key):
        raise Refused("the key is wrong", status=401, code="invalid_api_key", fix="the key of ragft serve --api-key")
    response = Response(status_code=204)
    if key:
        response.set_cookie(COOKIE, cookie_of(key), httponly=True, samesite="strict")
    return response
