"""`ragft search`: find the chunks of the index that match a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Authors, Documents, Json, Tags, WorkspacePath, YearSpan, choice, emit, open_app

if TYPE_CHECKING:
    from ragft.app.library import SearchResult


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
    with open_app(workspace, index={"mode": mode, "chroma_url": chroma_url}) as app:
        found = app.search(query, k=k, within=choice(document, author, year, tag))
    emit(found, as_json, lambda: _show(found))


def _show(found: SearchResult) -> None:
    from ragft.console import safe, safe_line, stdout

    out = stdout()
    if found.searched_for != found.query:
        out.print(safe_line(f"searched for: {found.searched_for}"), markup=False)
    if not found.hits:
        out.print("nothing found", markup=False)
    for hit in found.hits:
        where = _pages(hit.pages) + (f", {hit.section}" if hit.section else "")
        out.print(safe_line(f"{hit.rank}. {hit.title} ({where})  [{hit.score:.3f}]"), markup=False, style="bold")
        out.print(safe(" ".join(hit.text.split())), markup=False, soft_wrap=False)
        out.print()


def _pages(pages: tuple[int, int]) -> str:
    first, last = pages
    if not first:
        return "no pages"
    return f"page {first}" if first == last else f"pages {first}–{last}"
