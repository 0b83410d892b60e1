"""Answers as text for a terminal or a pipe, word-wrapped, nothing in it that a document or model smuggled in."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import PurePath

from ragft.answer.base import Answer, Citation, Evidence
from ragft.answer.budget import FIRST_TOKEN_SECONDS
from ragft.console import safe

LEAST_WIDTH = 20


def answer_text(answer: Answer, width: int | None) -> str:
    """The answer's text; wrapped where a width is given."""
    return wrap(safe(answer.answer), width)


def source_lines(answer: Answer, width: int | None) -> str:
    """The sources below an answer: key, title, page or section, quote; one entry a quote."""
    return "\n".join(_source(citation, width) for citation in answer.citations)


def notes(answer: Answer) -> list[str]:
    """One line for each thing that was mended on the way and that a reader should know of."""
    metrics = answer.metrics
    found = []
    if metrics.catalogue:
        found.append("from the catalogue; no model was asked")
    if metrics.quoted:
        found.append("the model gave no answer the sources support; this is a quotation")
    elif not answer.refused and metrics.aligned_sentences:
        found.append(
            f"{_count(metrics.aligned_sentences, 'sentence')} aligned to a source afterwards, not cited by the model"
        )
    if not answer.refused and metrics.unsupported_sentences and not metrics.quoted:
        found.append(f"{_count(metrics.unsupported_sentences, 'sentence')} without support in the sources, marked")
    if metrics.unknown_keys:
        found.append(f"{_count(metrics.unknown_keys, 'citation')} of sources that do not exist, removed")
    if metrics.orders_withheld:
        found.append(
            f"{_count(metrics.orders_withheld, 'sentence')} of the sources that give a model orders, not shown to it"
        )
    if metrics.evidence_dropped or metrics.evidence_trimmed:
        kept = f"evidence kept to {metrics.evidence_tokens} tokens"
        if metrics.reading_speed is not None:
            kept = f"answered from {metrics.evidence_share:.0%} of the evidence, {metrics.evidence_tokens} tokens"
            kept += f", {FIRST_TOKEN_SECONDS:.0f} s of reading at {metrics.reading_speed:.0f} a second"
        found.append(f"{kept}: {metrics.evidence_dropped} left out, {metrics.evidence_trimmed} shortened")
    if metrics.history_dropped:
        found.append(f"{_count(metrics.history_dropped, 'earlier turn')} did not fit and was left out")
    if metrics.degenerate and not metrics.quoted:
        found.append(f"the model's output was degenerate ({metrics.degenerate.replace('_', ' ')})")
    return [*found, *(safe(warning) for warning in metrics.warnings)]


def evidence_lines(evidence: Sequence[Evidence], width: int | None) -> str:
    """What was retrieved: key, title, page, first words."""
    lines = []
    for item in evidence:
        start = " ".join(safe(item.hit.text).split())
        lines.append(
            _entry(item.key, place(item.hit.title, item.hit.pages, item.hit.section), f"{start[:100]}…", width)
        )
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
    return "\n".join(textwrap.fill(line, max(LEAST_WIDTH, width), break_on_hyphens=False) for line in text.split("\n"))


def cited_text(citation: Citation) -> str:
    """What a citation shows: its quote, or what the catalogue knows of the document."""
    document = citation.document
    if document is None:
        return f"“{' '.join(safe(citation.quote).split())}”"
    known = [", ".join(document.authors), str(document.year or ""), PurePath(document.path).name]
    return "; ".join(" ".join(safe(part).split()) for part in known if part)


def _source(citation: Citation, width: int | None) -> str:
    aligned = " (aligned)" if citation.origin == "aligned" else ""
    return _entry(
        citation.key,
        place(citation.title, citation.pages, citation.section, citation.page_labels) + aligned,
        cited_text(citation),
        width,
    )


def _entry(key: str, head: str, body: str, width: int | None) -> str:
    if width is None:
        return f"[{key}] {head}\n    {body}"
    kept = max(LEAST_WIDTH, width)
    top = textwrap.fill(f"[{key}] {head}", kept, subsequent_indent="    ", break_on_hyphens=False)
    return (
        top + "\n" + textwrap.fill(body, kept, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
