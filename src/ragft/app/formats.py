"""Answers in the forms that front ends show: a JSON document, lines on a screen, Markdown or BibTeX for a paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ragft.errors import UsageError

if TYPE_CHECKING:
    from ragft.answer.base import Answer
    from ragft.answer.chat.screen import Screen
    from ragft.index.base import DocumentRecord

FORMATS = ("markdown", "bibtex")


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer with all that is known of it, for `json.dumps`; docs/asking.md describes every field."""
    from ragft.answer.shown.as_json import answer_json as whole

    return whole(answer)


def for_reader(answer: Answer) -> Answer:
    """`answer` with its sources numbered in the order in which a reader meets them, in place of the prompt's keys."""
    from ragft.answer.shown.numbering import numbered

    return numbered(answer)


def answer_text(answer: Answer, documents: Sequence[DocumentRecord], form: str) -> str:
    """The answer for a paper of one's own, with citation keys and references, or (bibtex) the works it cites alone.

    Raises:
        UsageError: `form` is neither markdown nor bibtex.
    """
    from ragft.answer.shown.bibliography import bibliography, markdown_answer

    if form not in FORMATS:
        raise UsageError(f"no format {form!r}", fix=f"one of {', '.join(FORMATS)}")
    shown = for_reader(answer)
    works = bibliography(shown.citations, documents)
    if form == "bibtex":
        return works.bibtex()
    return markdown_answer(shown.answer, shown.citations, works) + works.section()


def remarks(answer: Answer, *, verbose: bool = False) -> list[str]:
    """What a reader should know of how the answer came about: all with `verbose`, else at most one line."""
    from ragft.answer.shown.notes import footer

    return footer(for_reader(answer), verbose=verbose)


def show_on(screen: Screen, answer: Answer) -> None:
    """Write text, sources and remarks of an answer to `screen`."""
    from ragft.answer.chat.screen import show_answer

    show_answer(for_reader(answer), screen, links={})
