"""The page and the files it loads. They reveal nothing about the documents and need no key."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import FileResponse, Response

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".pfb": "application/octet-stream",
}
"""Fixed here, because on some machines the registry gives scripts another type, which a browser refuses."""
POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types pdf-worker",
))  # fmt: skip
"""Only the page's own scripts, nothing from other sites, and no string that is parsed as HTML. The policy `pdf-worker`
of `static/paper.js` permits one string, the address of a script: that of the worker of pdf.js.
"""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@router.get("/")
async def show_page(request: Request) -> Response:
    """The HTML of the page."""
    return _file("index.html", request)


@router.get("/static/{name:path}")
async def show_file(name: str, request: Request) -> Response:
    """A file of the page."""
    if name not in _names():
        raise HTTPException(404, "Not Found")
    return _file(name, request)


@cache
def _names() -> frozenset[str]:
    return frozenset(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.suffix in KINDS)


def _file(name: str, request: Request) -> Response:
    """The file, or that the browser has it already."""
    path = FOLDER / name
    whole = FileResponse(path, media_type=KINDS[path.suffix], headers=HEADERS, stat_result=path.stat())
    mark = whole.headers["etag"]
    if mark in (known.strip() for known in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers={**HEADERS, "ETag": mark})
    return whole
