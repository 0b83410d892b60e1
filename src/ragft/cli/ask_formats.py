"""`ragft ask --format`: an answer for a paper of one's own, with its references."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ragft.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ragft.answer.base import Answer
    from ragft.index.base import DocumentRecord


def require_format(name: str, *, alone: bool) -> None:
    """Pass where `name` is a format and, `alone`, one answer is printed and nothing else.

    Raises:
        UsageError: there is no such format, or there will be no such answer.
    """
    from ragft.app.formats import FORMATS

    if name not in FORMATS:
        raise UsageError(f"--format {name}: there are {' and '.join(FORMATS)}")
    if not alone:
        raise UsageError("--format prints one answer", fix='ragft ask "QUESTION" --format markdown')


def print_formatted(answer: Answer, documents: Sequence[DocumentRecord], form: str, *, verbose: bool) -> None:
    """The answer, or the works it cites, on stdout; what should be known of it goes to stderr."""
    from ragft.app.formats import answer_text, for_reader, remarks
    from ragft.console import note, safe

    text = answer_text(answer, documents, form)
    if not text:  # it cites nothing
        note(safe(for_reader(answer).answer))
    for remark in remarks(answer, verbose=verbose):
        note(remark)
    sys.stdout.write(safe(text))
