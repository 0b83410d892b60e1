"""Checks of every request: Host and Origin (against DNS rebinding), the key, the size of the body."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ragft.server.error_replies import Refused, response_to
from ragft.server.server_options import LOCAL_NAMES, ServerOptions

OPEN_PATHS = ("/health", "/", "/key")
OPEN_FOLDER = "/static/"
"""Paths that reveal nothing about the documents and need no key."""
COOKIE = "ragft-key"
"""The cookie that holds `cookie_of(key)`. The page needs it because pictures and links cannot send a header."""
UPLOADS = "/documents"


class AccessGuard:
    """ASGI middleware that passes requests that the options allow, and refuses others with an error that names the
    flag.

    A page of another site can make a browser send requests to this server; the Origin header reveals that. With a
    domain that points to this machine (DNS rebinding) it could also read the replies; the Host header reveals that.
    """

    def __init__(self, app: ASGIApp, options: ServerOptions) -> None:
        self._app = app
        self._options = options
        self._hosts = frozenset(name.lower() for name in (*LOCAL_NAMES, options.host, *options.hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if the options allow it; else answer it with the error."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            self._check(scope, headers)
            limit = self._limit(scope)
            length = headers.get("content-length", "0")
            if length.isdecimal() and int(length) > limit:  # the HTTP parser refuses a value that is not a number
                raise _too_large(limit, scope)
        except Refused as error:
            await response_to(error, scope["path"])(scope, receive, send)
            return
        await self._app(scope, _Limited(receive, limit, str(_too_large(limit, scope))), send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = headers.get("host", "")
        if not self._is_known(host, scope):
            raise Refused(
                f"this server is not called {host or 'by no name'}",
                status=421,
                code="host",
                fix=f"ragft serve --allow-host {_name(host) or 'NAME'}",
            )
        origin = headers.get("origin")
        if origin and origin not in self._options.origins and _place(origin) != host.lower():
            raise Refused(
                f"pages of {origin} may not use this server",
                status=403,
                code="origin",
                fix=f"ragft serve --allow-origin {origin}",
            )
        preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        free = scope["path"] in OPEN_PATHS or scope["path"].startswith(OPEN_FOLDER) or preflight
        if self._options.key and not free and not self._knows_key(headers):
            raise Refused(
                "the key is missing or wrong", status=401, code="invalid_api_key", fix="Authorization: Bearer KEY"
            )

    def _is_known(self, host: str, scope: Scope) -> bool:
        """Whether a Host header is a name of this server. The address at which the request arrived is one, too: in DNS
        rebinding the header holds the domain of the attacker, never the address.
        """
        name = _name(host)
        arrived = str((scope.get("server") or ("",))[0]).partition("%")[0]
        return name in self._hosts or host.lower() in self._hosts or (bool(name) and name.strip("[]") == arrived)

    def _knows_key(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return same_text(given.strip(), self._options.key)
        return same_text(cookie_parser(headers.get("cookie", "")).get(COOKIE, ""), cookie_of(self._options.key))

    def _limit(self, scope: Scope) -> int:
        return self._options.largest_upload if _is_upload(scope) else self._options.largest_request


class _Limited:
    """The body of a request up to a limit, for requests without a Content-Length."""

    def __init__(self, receive: Receive, limit: int, refusal: str) -> None:
        self._receive = receive
        self._limit = limit
        self._refusal = refusal
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > self._limit:
                raise HTTPException(413, self._refusal)  # FastAPI makes a 400 of any other
        return message


def same_text(one: str, other: str) -> bool:
    """Whether two secrets are equal, compared in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def cookie_of(key: str) -> str:
    """The value of the page's cookie: a digest from which the key cannot be recovered."""
    return hmac.new(key.encode(), b"the page of ragft", "sha256").hexdigest()


def _name(host: str) -> str:
    """A Host header without its port."""
    host = host.lower()
    if host.startswith("["):
        return host[: host.find("]") + 1]
    return host.partition(":")[0]


def _place(origin: str) -> str:
    """Host and port of an Origin header; empty if there are none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_upload(scope: Scope) -> bool:
    return bool(scope["path"] == UPLOADS and scope["method"] == "POST")


def _too_large(limit: int, scope: Scope) -> Refused:
    fix = "ragft serve --max-upload MB" if _is_upload(scope) else "send less at once"
    return Refused(f"the request is larger than {limit:,} bytes", status=413, code="too_large", fix=fix)
