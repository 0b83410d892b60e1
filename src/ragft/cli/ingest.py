"""`ragft ingest`: read papers into the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import Json, RayAddress, WorkspacePath, emit, open_app

if TYPE_CHECKING:
    from ragft.index.base import IngestReport, ReferenceReport


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Files and folders: PDF, Markdown, text, HTML, DOCX, PPTX, EPUB, LaTeX, XLSX, CSV, mail.",
            metavar="PATH…",
        ),
    ],
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Also remove what has vanished from these folders.")] = False,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="CSV (path,title,authors,year,doi,password), BibTeX (.bib) or CSL-JSON (.json): overrides what files "
            "say."
        ),
    ] = None,
    password: Annotated[str | None, typer.Option(help="Tried on encrypted files.")] = None,
    near_duplicates: Annotated[
        str | None,
        typer.Option(help="skip or keep: documents that say nearly the same as another.", show_default="skip"),
    ] = None,
    chroma_url: Annotated[str | None, typer.Option(help="Keep the vectors on this Chroma server.")] = None,
    executor: Annotated[
        str | None,
        typer.Option(help="local or ray: this machine, or the workers of a Ray cluster.", show_default="local"),
    ] = None,
    ray_address: RayAddress = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Read papers, cut them into chunks and index these. What is unchanged is not read again.

    \b
    Example:
        ragft ingest ~/papers
        ragft ingest ~/papers --prune --json
        ragft ingest ~/papers --manifest library.bib
        ragft ingest /shared/papers --executor ray --ray-address head:6379
    """
    from ragft.console import progress_bar

    given = {"chroma_url": chroma_url, "near_duplicates": near_duplicates}
    elsewhere = {"executor": executor, "ray_address": ray_address}
    with open_app(workspace, index=given, ingest=elsewhere) as app, progress_bar() as progress:
        report = app.ingest(paths, prune=prune, manifest=manifest, passwords=password, progress=progress)
    emit(report, as_json, lambda: _show(report))
    if report.failed and not report.added + report.updated + report.unchanged:
        raise typer.Exit(3)


def _show(report: IngestReport) -> None:
    from ragft.console import safe_line, stdout

    out = stdout()

    def line(text: str) -> None:
        out.print(safe_line(text), markup=False, soft_wrap=True)

    line(
        f"{report.documents} documents, {report.chunks} chunks in {report.seconds:.1f} s: {report.added} added, "
        f"{report.updated} updated, {report.unchanged} unchanged, {report.removed} removed"
    )
    for warning in report.warnings:
        line(f"note       {warning}")
    if report.references is not None:
        _show_references(report.references, line)
    for duplicate in report.duplicates:
        line(f"duplicate  {duplicate.path}: {duplicate.error}")
    for failure in report.failed:
        line(f"failed     {failure.path}: {failure.error}")


def _show_references(report: ReferenceReport, line: Callable[[str], None]) -> None:
    ways = Counter(match.by for match in report.matched)
    by = ", ".join(f"{count} by {way}" for way, count in ways.items())
    every = len(report.matched) + len(report.unmatched)
    line(f"bibliography: {len(report.matched)} of {every} entries matched{f' ({by})' if by else ''}")
    for match in report.matched:
        line(f"matched    {match.key}: {match.title} (by {match.by})")
    for key in report.unmatched:
        line(f"no file    {key}")
