"""`ragft ask --format`: an answer for a paper of one's own, with its references."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ragft.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragft.answer.base import Answer
    from ragft.index.base import DocumentRecord

FORMATS = ("markdown", "bibtex")


def require_format(name: str, *, alone: bool) -> None:
    """Pass where `name` is a format and, `alone`, one answer is printed and nothing else.

    Raises:
        UsageError: it is none, or there is no such answer.
    """
    if name not in FORMATS:
        raise UsageError(f"--format {name}: there are {' and '.join(FORMATS)}")
    if not alone:
        raise UsageError("--format prints one answer", fix='ragft ask "QUESTION" --format markdown')


def print_formatted(answer: Answer, documents: Sequence[DocumentRecord], output: str, *, verbose: bool) -> None:
    """The answer, or the works it cites, on stdout; what should be known of it goes to stderr."""
    from ragft.answer.bibliography import bibliography, markdown_answer
    from ragft.answer.notes import footer
    from ragft.console import note, safe

    works = bibliography(answer.citations, documents)
    if output == "bibtex":
        if not works.works:
            note(safe(answer.answer))
        text = works.bibtex()
    else:
        text = markdown_answer(answer.answer, answer.citations, works) + works.section()
    for remark in footer(answer, verbose=verbose):
        note(remark)
    sys.stdout.write(safe(text))
