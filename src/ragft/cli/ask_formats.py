"""`ragft ask --format`: an answer for a paper of one's own, with its references."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ragft.errors import UsageError

if TYPE_CHECKING:
    from ragft.answer.assistant import Assistant
    from ragft.answer.session import Session

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


def print_formatted(session: Session, assistant: Assistant, question: str, output: str, go_on: bool) -> None:
    """The answer, or the works it cites, on stdout; what was done to it goes to stderr."""
    from ragft.answer.bibliography import bibliography, markdown_answer
    from ragft.answer.conversation import latest_conversation
    from ragft.answer.render import notes
    from ragft.console import note, safe

    conversation = latest_conversation(session.workspace) if go_on else None
    answer = assistant.ask(question, history=conversation.turns if conversation else ())
    if conversation:
        conversation.add(answer)
    works = bibliography(answer.citations, session.documents())
    if output == "bibtex":
        if not works.works:
            note(safe(answer.answer))
        text = works.bibtex()
    else:
        text = markdown_answer(answer.answer, answer.citations, works) + works.section()
    for remark in notes(answer):
        note(remark)
    sys.stdout.write(safe(text))
