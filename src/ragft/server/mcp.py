"""The papers for MCP hosts: tools and resources, over stdio or streamable HTTP.

`search` and `fetch` have the form that ChatGPT's connectors ask for: one text item that holds a JSON document.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.types import Resource, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.requests import Request

from ragft import __version__
from ragft.errors import NotFoundError, RagftError
from ragft.server.citation_links import document_url, link
from ragft.server.own.jobs import allowed_path, failure_text
from ragft.server.replies import PAPERS, ReplyRequest, whole_reply
from ragft.server.serving import ServerState, user_of
from ragft.server.threads import in_thread

if TYPE_CHECKING:
    from ragft.console import Progress

T = TypeVar("T")

MOST_FETCHED = 200_000
"""Most characters of a document in a reply of `fetch`; `read_pages` returns any page."""
RESULTS = 10
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "The user's own papers. `ask` answers a question with citations that were checked in code, or says that the papers "
    "do not answer it. `search` finds papers, `fetch` and `read_pages` read them."
)


class Quoted(BaseModel):
    """A citation: its number in the answer, the paper, the page (0: none), and the quote."""

    number: str
    title: str
    document: str
    page: int
    quote: str
    url: str


class Asking(BaseModel):
    """A checked answer; `refused` if the papers do not answer the question."""

    answer: str
    refused: bool
    reason: str | None
    citations: list[Quoted]


class Paper(BaseModel):
    """A paper of the library."""

    id: str
    title: str
    authors: list[str]
    year: int | None
    pages: int


class LibraryReply(BaseModel):
    """All papers of the library."""

    papers: list[Paper]


class PageOf(BaseModel):
    """The text of a page (0: the format has no pages)."""

    page: int
    text: str


class Pages(BaseModel):
    """The title of a paper and the pages that were asked for."""

    title: str
    pages: list[PageOf]


class Ingested(BaseModel):
    """The result of reading files into the library."""

    added: int
    updated: int
    unchanged: int
    failed: list[str]


class PapersServer(MCPServer):
    """MCP tools over the application of a server. Files are read only from allowed folders."""

    def __init__(self, serving: ServerState) -> None:
        super().__init__(
            "ragft", title="Your papers", version=__version__, instructions=_INSTRUCTIONS, log_level="WARNING"
        )
        self._serving = serving
        self._app = serving.app
        for tool in (self.search, self.fetch):
            self.add_tool(tool, annotations=_READS, structured_output=False)
        for structured in (self.ask, self.list_papers, self.read_pages):
            self.add_tool(structured, annotations=_READS)
        if serving.options.folders:
            self.add_tool(self.ingest, annotations=ToolAnnotations(destructive_hint=False, idempotent_hint=True))
        self.resource("ragft://documents/{document}", name="paper", mime_type="text/plain")(self._text)

    async def search(self, query: Annotated[str, Field(min_length=1)], ctx: Context) -> str:
        """Find the papers that answer a query best. Returns ids for `fetch`, titles and links."""
        found = await self._tool(lambda _: self._app.search(query, k=3 * RESULTS))
        results: dict[str, dict[str, str]] = {}
        for hit in found.hits:
            url = self._url(hit.document_id, hit.pages[0], ctx)
            results.setdefault(hit.document_id, {"id": hit.document_id, "title": hit.title, "url": url})
        return json.dumps({"results": list(results.values())[:RESULTS]}, ensure_ascii=False)

    async def fetch(self, id: str, ctx: Context) -> str:  # noqa: A002  ChatGPT calls it so
        """The text of a paper, by an id that `search` returned."""
        record = await self._tool(lambda _: self._app.documents.get(id))
        pages = await self._tool(lambda _: self._app.documents.pages(record.id))
        text = "\n\n".join(f"[page {one.page}]\n{one.text}" if one.page else one.text for one in pages)
        metadata = {"authors": ", ".join(record.authors), "year": str(record.year or ""), "pages": str(record.pages)}
        if len(text) > MOST_FETCHED:
            text, metadata["cut"] = text[:MOST_FETCHED], "the rest: read_pages"
        url = self._url(record.id, 0, ctx)
        found = {"id": record.id, "title": record.title, "text": text, "url": url, "metadata": metadata}
        return json.dumps(found, ensure_ascii=False)

    async def ask(self, question: Annotated[str, Field(min_length=1)], ctx: Context) -> Asking:
        """Ask the papers. Every citation of the answer was checked: its quote stands on that page."""
        try:
            done = await whole_reply(self._serving, ReplyRequest(PAPERS, [("user", question)], user=self._user(ctx)))
        except RagftError as error:
            raise ToolError(str(error)) from error
        answer = done.answer
        assert answer is not None  # noqa: S101  the documents were asked
        citations = [
            Quoted(
                number=one.key,
                title=one.title,
                document=one.document_id,
                page=one.pages[0],
                quote=one.quote,
                url=link(base, one) if (base := self._base(ctx)) else self._url(one.document_id, one.pages[0], ctx),
            )
            for one in answer.citations
        ]
        return Asking(answer=answer.answer, refused=answer.refused, reason=answer.reason, citations=citations)

    async def list_papers(self) -> LibraryReply:
        """All papers of the library."""
        return LibraryReply(papers=await self._tool(lambda _: self._papers()))

    async def read_pages(
        self,
        document: Annotated[str, Field(description="Its id, or the name of its file.")],
        first: Annotated[int, Field(ge=1)] = 1,
        last: Annotated[int, Field(ge=1)] | None = None,
    ) -> Pages:
        """The text of pages of a paper, as it was read."""
        record = await self._tool(lambda _: self._app.documents.get(document))
        found = await self._tool(lambda _: self._app.documents.pages(record.id, first, last))
        return Pages(title=record.title, pages=[PageOf(page=one.page, text=one.text) for one in found])

    async def ingest(self, paths: Annotated[list[str], Field(min_length=1)]) -> Ingested:
        """Read files or folders of this machine into the library."""

        def read(progress: Progress) -> Ingested:
            report = self._app.ingest([allowed_path(self._serving, path) for path in paths], progress=progress)
            failed = [failure_text(one.path, one.error) for one in report.failed]
            return Ingested(
                added=report.added, updated=report.updated, unchanged=report.unchanged, failed=failed
            )  # fmt: skip

        return await self._tool(read)

    async def list_resources(self) -> list[Resource]:
        """The papers as MCP resources, each with the address `ragft://documents/ID`."""
        return [
            Resource(uri=f"ragft://documents/{one.id}", name=one.title, title=one.title, mime_type="text/plain")
            for one in await in_thread(self._papers)
        ]

    async def _text(self, document: str) -> str:
        """The text of a paper."""
        try:
            pages = await in_thread(lambda: self._app.documents.pages(document))
        except NotFoundError as error:
            raise ResourceNotFoundError(str(self._serving.shown(error))) from error
        except RagftError as error:
            raise ResourceError(str(self._serving.shown(error))) from error
        return "\n\n".join(one.text for one in pages)

    def _papers(self) -> list[Paper]:
        if not self._app.workspace.catalogue.exists():
            return []
        return [
            Paper(id=one.id, title=one.title, authors=list(one.authors), year=one.year, pages=one.pages)
            for one in self._app.documents.list()
            if one.is_readable
        ]

    def _user(self, ctx: Context) -> str:
        """Whose turn a question is, as over HTTP."""
        request = ctx.request_context.request
        return user_of(request) if isinstance(request, Request) else ""

    def _base(self, ctx: Context) -> str:
        """The address under which the host reached the server; empty over stdio."""
        request = ctx.request_context.request
        return self._serving.base(request) if isinstance(request, Request) else ""

    def _url(self, document: str, page: int, ctx: Context) -> str:
        """The URL of a paper: on this server, or, over stdio, its file on this machine."""
        if base := self._base(ctx):
            return document_url(base, document, page)
        place = Path(self._app.documents.get(document).path).as_uri()
        return f"{place}#page={page}" if page else place

    async def _tool(self, work: Callable[[Progress], T]) -> T:
        """The result of some work for a tool.

        Raises:
            ToolError: it failed; the host shows why.
        """
        try:
            return await self._serving.threads.result(work)
        except RagftError as error:
            raise ToolError(str(self._serving.shown(error))) from error
