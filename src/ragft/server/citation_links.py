"""The citations of an answer as links: OpenAI's `url_citation` and the sources that Open WebUI shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from pydantic import BaseModel

if TYPE_CHECKING:
    from ragft.answer.base import Answer, Citation

MARK = re.compile(r"\[(\d+)\]")


class UrlCitation(BaseModel):
    """The place [start_index, end_index) of a mark like [1] in the text, and the link behind it."""

    start_index: int
    end_index: int
    title: str
    url: str


def link(base: str, citation: Citation) -> str:
    """The address of a cited page: the file, opened at the page, with the cited span named in the query.

    `start` and `end` are offsets in the text of the chunk; `GET /documents/{id}/chunks/{chunk}` gives it.
    """
    span: dict[str, str | int] = {}
    if citation.quote:
        span = {"chunk": citation.chunk_id, "start": citation.start, "end": citation.end}
    return document_url(base, citation.document_id, citation.pages[0], span)


def document_url(base: str, document: str, page: int, span: Mapping[str, str | int] | None = None) -> str:
    """The address of a document's file, opened at a page (0: at its beginning)."""
    place = f"{base}/documents/{quote(document, safe='')}/file"
    if span:
        place += f"?{urlencode(span)}"
    return f"{place}#page={page}" if page else place


def title(citation: Citation) -> str:
    """The label of a cited place: the title, and the page if there is one."""
    page = citation.page_labels[0] or citation.pages[0]
    return f"{citation.title}, p. {page}" if page else citation.title


def url_citations(base: str, text: str, citations: Sequence[Citation]) -> list[UrlCitation]:
    """One citation for every mark in the text."""
    by_key = {citation.key: citation for citation in reversed(citations)}
    return [
        UrlCitation(start_index=m.start(), end_index=m.end(), title=title(by_key[m[1]]), url=link(base, by_key[m[1]]))
        for m in MARK.finditer(text)
        if m[1] in by_key
    ]


def webui_sources(base: str, answer: Answer) -> list[dict[str, Any]]:
    """The sources as Open WebUI's `source` events carry them, in the order of their numbers.

    Its chat shows [1] as a link to the first source, and groups what has the same `metadata.source`.
    """
    by_key: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_key.setdefault(citation.key, []).append(citation)
    sources = []
    for _, cited in sorted(by_key.items(), key=lambda item: int(item[0])):
        url = link(base, cited[0])
        places = [{"source": url, "name": title(one), **_page(one)} for one in cited]
        name = {"id": url, "name": title(cited[0]), "url": url}
        sources.append({"source": name, "document": [one.quote or one.title for one in cited], "metadata": places})
    return sources


def _page(citation: Citation) -> dict[str, int]:
    """Open WebUI counts pages from 0."""
    return {"page": citation.pages[0] - 1} if citation.pages[0] else {}
