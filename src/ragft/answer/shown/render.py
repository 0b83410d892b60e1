"""Answers as text for a terminal or a pipe, word-wrapped, without control sequences from documents or models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from ragft.answer.base import Citation, Evidence
from ragft.console import fill, safe

LEAST_WIDTH = 20


def source_lines(citation: Citation, width: int | None, *, verbose: bool = False) -> tuple[str, str]:
    """A source as two texts: number, title, page or section; and its quote. `verbose`: whether the model named it."""
    matched = " (matched by ragft)" if verbose and citation.origin == "aligned" else ""
    head = place(citation.title, citation.pages, citation.section, citation.page_labels) + matched
    return _entry(citation.key, head, cited_text(citation), width)


def source_links(citations: Iterable[Citation], paths: Mapping[str, str]) -> dict[str, str]:
    """Where the file of each cited source is, by its number; `paths` are those of the documents by their ids."""
    links: dict[str, str] = {}
    for citation in citations:
        if link := file_link(paths.get(citation.document_id, ""), citation.pages[0]):
            links.setdefault(citation.key, link)
    return links


def file_link(path: str, page: int = 0) -> str:
    """The address of a file, of a page of it where it is a PDF; empty where `path` is not absolute."""
    file = Path(path)
    if not file.is_absolute():
        return ""
    return file.as_uri() + (f"#page={page}" if page and file.suffix.lower() == ".pdf" else "")


def evidence_lines(evidence: Sequence[Evidence], width: int | None) -> str:
    """What was retrieved: key, title, page, first words."""
    lines: list[str] = []
    for item in evidence:
        start = " ".join(safe(item.hit.text).split())
        lines += _entry(item.key, place(item.hit.title, item.hit.pages, item.hit.section), f"{start[:100]}…", width)
    return "\n".join(lines)


def place(title: str, pages: tuple[int, int], section: str, labels: tuple[str, str] = ("", "")) -> str:
    """Where a passage stands: title and page, or title and section in a format without pages.

    Where other `labels` are printed on the pages than their numbers, both are given.
    """
    name = " ".join(safe(title).split()) or "untitled"
    first, last = pages
    if first and any(labels):
        one, other = (safe(label) or str(page) for label, page in zip(labels, pages, strict=True))
        if first == last:
            return f"{name}, p. {one} (page {first} of the file)"
        return f"{name}, pp. {one}–{other} (pages {first}–{last} of the file)"
    if first:
        return f"{name}, p. {first}" if first == last else f"{name}, pp. {first}–{last}"
    return f"{name}, {' '.join(safe(section).split())}" if section else name


def wrap(text: str, width: int | None) -> str:
    """`text` broken at words; line breaks stay."""
    if width is None:
        return text
    return "\n".join(fill(line, max(LEAST_WIDTH, width)) for line in text.split("\n"))


def cited_text(citation: Citation) -> str:
    """What a citation shows: its quote, or what the catalogue knows of the document."""
    document = citation.document
    if document is None:
        return f"“{' '.join(safe(citation.quote).split())}”"
    known = [", ".join(document.authors), str(document.year or ""), PurePath(document.path).name]
    return "; ".join(" ".join(safe(part).split()) for part in known if part)


def _entry(key: str, head: str, body: str, width: int | None) -> tuple[str, str]:
    if width is None:
        return f"[{key}] {head}", f"    {body}"
    kept = max(LEAST_WIDTH, width)
    return fill(f"[{key}] {head}", kept, indent="    "), fill(body, kept, first="    ", indent="    ")
