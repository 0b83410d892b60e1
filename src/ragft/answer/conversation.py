"""Conversations kept in the workspace, one JSON file each, rewritten whole and atomically after every turn."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ragft.answer.base import Answer, Turn
from ragft.errors import InputError, NotFoundError
from ragft.workspace import Workspace, write_json


@dataclass
class Conversation:
    """The turns of one chat, in order, and the file it is kept in."""

    path: Path
    turns: list[Turn] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        """Append a finished exchange and save.

        Raises:
            DiskFull, WorkspaceError: it could not be written; the turns in memory stay.
        """
        self.turns.append(Turn(answer.question, answer.answer))
        self.records.append(
            {
                "question": answer.question,
                "answer": answer.answer,
                "refused": answer.refused,
                "model": answer.model,
                "citations": [asdict(citation) for citation in answer.citations],
            }
        )
        self.save()

    def clear(self) -> None:
        """Forget the turns; the file follows with the next turn."""
        self.turns.clear()
        self.records.clear()

    def save(self) -> None:
        """Write the file."""
        write_json(self.path, {"format": 1, "turns": self.records})

    def markdown(self) -> str:
        """The whole conversation for a reader: questions as headings, answers, sources with their quotes."""
        parts = []
        for record in self.records:
            parts.append(f"## {_line(record['question'])}\n\n{record['answer']}\n")
            for citation in record["citations"]:
                pages = citation["pages"]
                page = f", p. {pages[0]}" if pages and pages[0] else ""
                parts.append(f"- [{citation['key']}] {_line(citation['title'])}{page}: “{_line(citation['quote'])}”")
            parts.append("")
        return "\n".join(parts).strip() + "\n"


def new_conversation(workspace: Workspace) -> Conversation:
    """A conversation that has a name but no file yet: an empty chat leaves nothing behind."""
    name = time.strftime("%Y%m%d-%H%M%S") + "-" + secrets.token_hex(2)
    return Conversation(workspace.chats / f"{name}.json")


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
    try:
        data = json.loads(path.read_text("utf-8"))
        records = [dict(record) for record in data["turns"]]
        for record in records:
            record["citations"] = [dict(citation) for citation in record.get("citations", [])]
        turns = [Turn(str(record["question"]), str(record["answer"])) for record in records]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the conversation {path} cannot be read: {error}", fix=f"remove {path}") from error
    return Conversation(path, turns, records)


def _line(text: str) -> str:
    return " ".join(str(text).split())
