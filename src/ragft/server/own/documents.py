"""Routes of the documents: list, upload, read, remove, read again."""

from __future__ import annotations

import mimetypes
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Query, UploadFile
from pydantic import BaseModel
from starlette.responses import FileResponse, Response

from ragft.errors import NotFoundError
from ragft.server.own.jobs import JobState, failure_text, job_state
from ragft.server.serving import TheServing
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.index.base import DocumentRecord

router = APIRouter(tags=["ragft"])

SHOWN_INLINE = ("application/pdf", "text/plain")
"""Media types that a browser may display. An HTML document would run its scripts with the rights of the page."""
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
Uploaded = Annotated[list[UploadFile], File(description="Papers in any format that is read.")]
PageNumber = Annotated[int, Query(ge=1, le=2**31)]


class DocumentReply(BaseModel):
    """A document, or a file that failed or is a duplicate (`status`, `error`)."""

    id: str
    name: str
    title: str
    authors: list[str]
    year: int | None
    pages: int
    chunks: int
    status: str
    error: str | None
    doi: str | None
    tags: list[str]


class DocumentList(BaseModel):
    """The reply to GET /documents: all documents in the index."""

    documents: list[DocumentReply]


class PageText(BaseModel):
    """The text of a page (0: the format has no pages), and what is printed on it if that differs."""

    page: int
    label: str
    text: str


class PageList(BaseModel):
    """The id, the title and the pages of one document."""

    id: str
    title: str
    pages: list[PageText]


class PassageReply(BaseModel):
    """A passage; the offsets of a citation count in its text."""

    id: str
    document_id: str
    title: str
    section: str
    pages: tuple[int, int]
    text: str


@router.get("/documents")
async def list_documents(serving: TheServing) -> DocumentList:
    """The documents of the index; an empty list before the first ingest."""
    app = serving.app
    if not app.workspace.catalogue.exists():
        return DocumentList(documents=[])
    records = await in_thread(app.documents.list)
    return DocumentList(documents=[document_reply(record) for record in records])


@router.post("/documents", status_code=202)
async def send_documents(files: Uploaded, serving: TheServing) -> JobState:
    """Upload files. The job in the reply reads them."""
    app = serving.app

    def keep() -> list[str]:
        return [str(app.documents.receive(one.filename or "paper", one.file)) for one in files]

    paths = await in_thread(keep)
    return job_state(serving, await in_thread(lambda: app.jobs.start("ingest", {"paths": paths})))


@router.get("/documents/{document}")
async def show_document(document: str, serving: TheServing) -> DocumentReply:
    """One document, by its id, the beginning of one, or the name of its file."""
    return document_reply(await in_thread(lambda: serving.app.documents.get(document)))


@router.delete("/documents/{document}")
async def remove_document(document: str, serving: TheServing) -> DocumentReply:
    """Remove a document from the index; also its file if it was uploaded."""
    return document_reply(await in_thread(lambda: serving.app.documents.discard(document)))


@router.post("/documents/{document}/reread", status_code=202)
async def reread_document(document: str, serving: TheServing) -> JobState:
    """Read its file again. The job in the reply does that."""
    record = await in_thread(lambda: serving.app.documents.get(document))
    return job_state(serving, await in_thread(lambda: serving.app.jobs.start("reread", {"document": record.id})))


@router.get("/documents/{document}/pages")
async def read_pages(
    document: str, serving: TheServing, first: PageNumber = 1, last: PageNumber | None = None
) -> PageList:
    """Its text, page by page, as it was read."""
    documents = serving.app.documents
    record = await in_thread(lambda: documents.get(document))
    found = await in_thread(lambda: documents.pages(record.id, first, last))
    pages = [PageText(page=one.page, label=one.label, text=one.text) for one in found]
    return PageList(id=record.id, title=record.title, pages=pages)


@router.get("/documents/{document}/chunks/{chunk}")
async def read_chunk(document: str, chunk: str, serving: TheServing) -> PassageReply:
    """A passage, as citations name it."""
    record = await in_thread(lambda: serving.app.documents.get(document))
    found = await in_thread(lambda: serving.app.documents.chunk(chunk))
    if found.document_id != record.id:
        raise NotFoundError(f"no chunk {chunk!r} in {record.title}", fix="POST /search")
    return PassageReply(
        id=found.id,
        document_id=found.document_id,
        title=found.title,
        section=found.section,
        pages=found.pages,
        text=found.text,
    )


@router.get("/documents/{document}/file", response_class=Response)
async def show_file(document: str, serving: TheServing) -> Response:
    """The file, if it has not changed since it was read. PDF and text are displayed, others downloaded."""
    path = await in_thread(lambda: serving.app.documents.file(document))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = "text/plain" if kind in ("text/markdown", "text/x-markdown") else kind
    inline = kind in SHOWN_INLINE
    # A browser's PDF viewer does not work in a sandbox, and runs no script with the page's origin.
    headers = {"X-Content-Type-Options": "nosniff"} if kind == "application/pdf" else _HEADERS
    return FileResponse(
        path,
        media_type=f"{kind}; charset=utf-8" if kind == "text/plain" else kind,
        filename=path.name,
        content_disposition_type="inline" if inline else "attachment",
        headers=headers,
    )


def document_reply(record: DocumentRecord) -> DocumentReply:
    """The reply for a document, with the file name only: clients must not learn the folders of this machine."""
    return DocumentReply(
        id=record.id,
        name=FilePath(record.path).name,
        title=record.title,
        authors=list(record.authors),
        year=record.year,
        pages=record.pages,
        chunks=record.chunks,
        status=record.status,
        error=failure_text(record.path, record.error) if record.error else None,
        doi=record.doi,
        tags=list(record.tags),
    )
