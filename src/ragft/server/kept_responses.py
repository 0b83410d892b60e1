"""Responses that a later request continues by `previous_response_id`. They are kept in memory only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragft.errors import UsageError

if TYPE_CHECKING:
    from ragft.server.openai.response_forms import Message

MOST_KEPT = 1000
MOST_CHARACTERS = 20_000_000
"""How many are kept, and how many characters of them in all; the oldest are dropped first."""


class KeptResponses:
    """Conversations by the id of their last response, a random id. Use it only from the event loop."""

    def __init__(self, most: int = MOST_KEPT, characters: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._most_characters = characters
        self._characters = 0
        self._conversations: OrderedDict[str, Sequence[Message]] = OrderedDict()

    def keep(self, response_id: str, conversation: Sequence[Message]) -> None:
        """Keep the conversation up to and with this response."""
        self._conversations[response_id] = conversation
        self._characters += _length(conversation)
        while len(self._conversations) > self._most or self._characters > self._most_characters:
            _, dropped = self._conversations.popitem(last=False)
            self._characters -= _length(dropped)

    def before(self, previous_response_id: str | None) -> Sequence[Message]:
        """The conversation up to a response; empty for None.

        Raises:
            UsageError: it was not kept, or was dropped.
        """
        if previous_response_id is None:
            return ()
        if previous_response_id not in self._conversations:
            raise UsageError(
                f"previous response {previous_response_id!r} is not kept (store: false, or older than this server)",
                fix="send the conversation so far as input",
            )
        return self._conversations[previous_response_id]


def _length(conversation: Sequence[Message]) -> int:
    return sum(len(text) for _, text in conversation)
