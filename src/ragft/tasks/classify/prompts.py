"""What a model is asked: the categories, perhaps examples, the document; and the JSON that it answers with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from ragft.engine.base import Message
from ragft.tasks.classify.base import LabelledDocument

BEGUN = '{"label": "'
"""How every answer begins; what follows is the label."""
EXAMPLE = 400
"""Most characters of an example document in a prompt."""
_HEAD = 2 / 3
_GAP = "\n[…]\n"
Long = Literal["ends", "vote"]


def messages(
    text: str, labels: Sequence[str], *, listed: bool = True, examples: Sequence[LabelledDocument] = ()
) -> tuple[Message, ...]:
    """The chat that ends with the document. What is the same for all documents comes first, so that it is read once.

    Args:
        listed: whether the categories are named.
        examples: shown as turns of the conversation, in this order.
    """
    categories = f" The categories are: {', '.join(labels)}." if listed else ""
    system = f'Sort documents into categories.{categories} Answer with {BEGUN}CATEGORY"}} and nothing else.'
    turns = [Message("system", system)]
    for example in examples:
        turns += [
            Message("user", _asked(excerpts(example.text, EXAMPLE)[0])),
            Message("assistant", answer(example.label)),
        ]
    return (*turns, Message("user", _asked(text)))


def answer(label: str) -> str:
    """The answer that names a label."""
    return BEGUN + written(label)


def written(label: str) -> str:
    """The label as it stands in the answer after `BEGUN`, and the end of the answer."""
    return json.dumps(label, ensure_ascii=False)[1:] + "}"


def excerpts(text: str, characters: int, long: Long = "ends") -> list[str]:
    """The parts of a text that are shown, of at most so many characters each.

    "ends": one part, two thirds of it from the beginning and the rest from the end. "vote": the whole text in parts.
    """
    text = text.strip()
    if len(text) <= characters:
        return [text]
    if long == "ends":
        head = round(_HEAD * characters)
        return [text[:head].rstrip() + _GAP + text[len(text) - (characters - head) :].lstrip()]
    count = -(-len(text) // characters)
    size = -(-len(text) // count)
    return [text[start : start + size].strip() for start in range(0, len(text), size)]


def _asked(document: str) -> str:
    return f"Document:\n{document}\n\nCategory of this document?"
