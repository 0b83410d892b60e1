"""`ragft search`: find chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from ragft.cli.options import Authors, Documents, Json, Tags, WorkspacePath, YearSpan, emit, open_context

if TYPE_CHECKING:
    from ragft.index.base import Hit


def search(
    query: Annotated[str, typer.Argument(help="A question or a few words.")],
    *,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many chunks.")] = 8,
    mode: Annotated[str | None, typer.Option(help="hybrid, lexical or dense.", show_default="hybrid")] = None,
    document: Documents = None,
    author: Authors = None,
    year: YearSpan = None,
    tag: Tags = None,
    chroma_url: Annotated[str | None, typer.Option(help="Chroma server that has the vectors.")] = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Find the chunks that answer a query best, with title and pages.

    \b
    Example:
        ragft search "How is the key-value cache compressed?" -k 5
        ragft search "NF4" --mode lexical --json
        ragft search "reranking" --author Gao --year 2022-
    """
    from ragft.answer.library.choosing import Choice, choose
    from ragft.errors import UsageError
    from ragft.index.base import Mode
    from ragft.index.store import open_index

    if not query.strip():
        raise UsageError("the query is empty", fix="ragft search WORDS")
    chosen, settings = open_context(workspace)
    settings = settings.with_("index", mode=mode, chroma_url=chroma_url)
    assert settings.index.mode in get_args(Mode)  # noqa: S101
    with open_index(chosen, settings.index) as index:
        documents = choose(index, Choice(document or (), author or (), year or "", tag or ()))
        hits = index.search(query, k, documents=documents)
        searched = index.corrected(query)
    emit({"query": query, "searched_for": searched, "hits": hits}, as_json, lambda: _show(hits, query, searched))


def _show(hits: list[Hit], query: str, searched: str) -> None:
    from ragft.console import safe, safe_line, stdout

    out = stdout()
    if searched != query:
        out.print(safe_line(f"searched for: {searched}"), markup=False)
    if not hits:
        out.print("nothing found", markup=False)
    for hit in hits:
        where = _pages(hit.pages) + (f", {hit.section}" if hit.section else "")
        out.print(safe_line(f"{hit.rank}. {hit.title} ({where})  [{hit.score:.3f}]"), markup=False, style="bold")
        out.print(safe(" ".join(hit.text.split())), markup=False, soft_wrap=False)
        out.print()


def _pages(pages: tuple[int, int]) -> str:
    first, last = pages
    if not first:
        return "no pages"
    return f"page {first}" if first == last else f"pages {first}–{last}"
