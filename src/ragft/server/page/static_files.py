"""The page and the files it loads. They reveal nothing about the documents and need no key."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import FileResponse

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""Fixed here, because on some machines the registry gives scripts another type, which a browser refuses."""
POLICY = "; ".join((
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
))  # fmt: skip
"""Only the page's own scripts, nothing from other sites, and no string that is parsed as HTML."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@router.get("/")
async def show_page() -> FileResponse:
    """The page."""
    return _file("index.html")


@router.get("/static/{name}")
async def show_file(name: str) -> FileResponse:
    """A file of the page."""
    if name not in {path.name for path in FOLDER.iterdir()}:
        raise HTTPException(404, "Not Found")
    return _file(name)


def _file(name: str) -> FileResponse:
    path = FOLDER / name
    return FileResponse(path, media_type=f"{KINDS[path.suffix]}; charset=utf-8", headers=HEADERS)
