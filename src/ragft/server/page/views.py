"""Pages of documents as pictures, and passages with the boxes around them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from anyio import to_thread
from fastapi import APIRouter, Path, Query
from pydantic import BaseModel
from starlette.responses import Response

from ragft.server.own.documents import DocumentReply, document_reply
from ragft.server.serving import TheServing

if TYPE_CHECKING:
    from ragft.app.page_views import ChunkPassage

router = APIRouter(tags=["page"])

Offset = Annotated[int, Query(ge=0, le=2**31)]
PageNumber = Annotated[int, Path(ge=1, le=2**31)]
Width = Annotated[int, Query(ge=100, le=3000)]


class MarkedPage(BaseModel):
    """A page that has a picture, and boxes on it: left, top, width, height in shares of the page."""

    page: int
    label: str
    boxes: list[tuple[float, float, float, float]]


class ShownPassage(BaseModel):
    """A passage of a document; characters `start` to `end` are marked. `pages` is empty if it is not a PDF."""

    document: DocumentReply
    section: str
    text: str
    start: int
    end: int
    pages: list[MarkedPage]


@router.get("/passages/{chunk}")
async def show_passage(chunk: str, serving: TheServing, start: Offset = 0, end: Offset | None = None) -> ShownPassage:
    """A passage with the boxes around its cited part."""
    found = await to_thread.run_sync(lambda: serving.app.documents.passage(chunk, start, end), limiter=serving.drawing)
    return _shown(found)


@router.get("/documents/{document}/pages/{page}/picture", response_class=Response)
async def show_picture(document: str, page: PageNumber, serving: TheServing, width: Width = 1200) -> Response:
    """A page of a PDF as a PNG."""
    png = await to_thread.run_sync(
        lambda: serving.app.documents.picture(document, page, width=width), limiter=serving.drawing
    )
    # An id is a digest of the file, so the picture never changes.
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return Response(png, media_type="image/png", headers=headers)


def _shown(passage: ChunkPassage) -> ShownPassage:
    pages = [MarkedPage(page=one.page, label=one.label, boxes=list(one.boxes)) for one in passage.pages]
    return ShownPassage(
        document=document_reply(passage.document),
        section=passage.chunk.section,
        text=passage.chunk.text,
        start=passage.start,
        end=passage.end,
        pages=pages,
    )
