"""Conversations that are kept in the workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.answer.base import Answer
    from ragft.answer.chat.conversation import Conversation
    from ragft.workspace import Workspace


class Conversations:
    """The conversations of one workspace: `app.conversations`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def new(self) -> Conversation:
        """A conversation without an exchange; its file is written with the first."""
        from ragft.answer.chat.conversation import new_conversation

        return new_conversation(self._workspace)

    def latest(self) -> Conversation:
        """The conversation that was written last.

        Raises:
            NotFoundError: there is none.
            InputError: its file is damaged.
        """
        from ragft.answer.chat.conversation import latest_conversation

        return latest_conversation(self._workspace)

    def last_question(self) -> Conversation:
        """The place of the last question asked outside a chat: one file, written over by the next such question."""
        from ragft.answer.chat.conversation import one_shot_conversation

        return one_shot_conversation(self._workspace)

    @staticmethod
    def add(conversation: Conversation, answer: Answer) -> None:
        """Append an answer, its sources numbered in order of use, and save.

        Raises:
            DiskFull, WorkspaceError: it could not be written; it is in `conversation` anyway.
        """
        from ragft.app.formats import for_reader

        conversation.add(for_reader(answer))
