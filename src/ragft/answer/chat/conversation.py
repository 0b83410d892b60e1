"""Conversations kept in the workspace, one JSON file each, rewritten whole and atomically after every turn."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

from ragft.answer.base import Answer, Citation, Turn
from ragft.answer.shown.render import cited_text
from ragft.errors import InputError, NotFoundError
from ragft.workspace import Workspace, jsonable, write_json

FORMAT = 1


@dataclass(frozen=True)
class Exchange:
    """A question and its answer, as they are kept; not `checked` where the answer was stopped while it was written."""

    question: str
    answer: str
    refused: bool = False
    model: str = ""
    citations: tuple[Citation, ...] = ()
    checked: bool = True


@dataclass(frozen=True)
class _File:
    turns: tuple[Exchange, ...]
    format: int = FORMAT


@dataclass
class Conversation:
    """The exchanges of one chat, in order, and the file it is kept in.

    >>> with ragft.open() as app:
    ...     conversation = app.conversations.new()
    ...     answer = app.ask("How much memory does QLoRA need for a 65B model?", history=conversation.turns)
    ...     app.conversations.add(conversation, answer)
    >>> [exchange.question for exchange in conversation.exchanges]
    ['How much memory does QLoRA need for a 65B model?']
    """

    path: Path
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def turns(self) -> list[Turn]:
        """The exchanges as the next answer needs them; what was not checked is not shown to a model."""
        return [
            Turn(
                one.question,
                one.answer,
                one.refused or not one.checked,
                tuple(dict.fromkeys(citation.document_id for citation in one.citations)),
            )
            for one in self.exchanges
        ]

    def add(self, answer: Answer) -> None:
        """Append a finished exchange and save.

        Raises:
            DiskFull, WorkspaceError: it could not be written; the exchanges in memory stay.
        """
        self._keep(Exchange(answer.question, answer.answer, answer.refused, answer.model, answer.citations))

    def add_unchecked(self, question: str, text: str, model: str) -> None:
        """Append what was written of an answer before it was stopped, and save.

        Raises:
            DiskFull, WorkspaceError: as `add`.
        """
        self._keep(Exchange(question, text, model=model, checked=False))

    def _keep(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        write_json(self.path, _File(tuple(self.exchanges)))

    def clear(self) -> None:
        """Forget the exchanges; the file follows with the next one."""
        self.exchanges.clear()

    def markdown(self) -> str:
        """The whole conversation for a reader: questions as headings, answers, sources with their quotes."""
        parts = []
        for one in self.exchanges:
            parts.append(f"## {_line(one.question)}\n\n{one.answer}\n")
            for citation in one.citations:
                page = f", p. {citation.pages[0]}" if citation.pages[0] else ""
                parts.append(f"- [{citation.key}] {_line(citation.title)}{page}: {_line(cited_text(citation))}")
            parts.append("")
        return "\n".join(parts).strip() + "\n"

    def json(self) -> str:
        """The whole conversation as it is kept: questions, answers, citations."""
        return json.dumps(jsonable(_File(tuple(self.exchanges))), ensure_ascii=False, indent=2) + "\n"


def new_conversation(workspace: Workspace) -> Conversation:
    """A conversation that has a name but no file yet: an empty chat leaves nothing behind."""
    name = time.strftime("%Y%m%d-%H%M%S") + "-" + secrets.token_hex(2)
    return Conversation(workspace.chats / f"{name}.json")


def one_shot_conversation(workspace: Workspace) -> Conversation:
    """The place of the last question asked outside a chat: one file, written over by the next such question."""
    return Conversation(workspace.chats / "last-question.json")


def latest_conversation(workspace: Workspace) -> Conversation:
    """The conversation last written.

    Raises:
        NotFoundError: there is none.
        InputError: its file is damaged.
    """
    files = sorted(workspace.chats.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    if not files:
        raise NotFoundError(f"no conversation in {workspace.chats}", fix="ragft ask")
    return load_conversation(files[-1])


def load_conversation(path: Path) -> Conversation:
    """Read a conversation.

    Raises:
        InputError: the file is damaged.
    """
    from ragft.typed_json import parsed

    try:
        kept = parsed(_File, path.read_bytes())
        if kept.format != FORMAT:
            raise ValueError(f"format {kept.format} is of another version of ragft")
    except (OSError, ValueError) as error:
        raise InputError(f"the conversation {path} cannot be read: {error}", fix=f"move {path} away") from error
    return Conversation(path, list(kept.turns))


def _line(text: str) -> str:
    return " ".join(str(text).split())
