"""Asks the model for the question that a claim answers: JSON mode, the beginning given, a few examples before it.

The prompt is short, because reading it is most of the cost: about 150 tokens, of which the model writes fifteen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ragft.engine.base import ChatRequest, Message, Options
from ragft.tasks.papers.recipe.angles import Angle
from ragft.tasks.papers.recipe.claims import Claim
from ragft.typed_json import parsed_or_none

_SYSTEM = "You finish questions. The question must be answered by the fact."
_EXAMPLES = (
    (
        "Beam search is slow in practice because every beam needs a pass of its own.",
        "Why is beam search",
        "Why is beam search slow in practice?",
    ),
    (
        "Dropout switches off random units during training.",
        "What does dropout switch off",
        "What does dropout switch off during training?",
    ),
)
LONGEST_TAIL = 120
"""Characters the model may add to the beginning of a question."""
_IN_TAIL = r'[^"?!;\\\x00-\x1f]'
"""Such a character, in any script: it ends neither the question nor the JSON string."""


def question_request(model: str, claim: Claim, angle: Angle, *, seed: int) -> ChatRequest:
    """The request whose reply holds the question."""
    messages = [Message("system", _SYSTEM)]
    for fact, start, question in _EXAMPLES:
        messages.append(Message("user", _task(fact, start)))
        messages.append(Message("assistant", json.dumps({"question": question})))
    messages.append(Message("user", _task(claim.text, angle.start)))
    return ChatRequest(
        model=model,
        messages=tuple(messages),
        options=Options(temperature=0.0, seed=seed, num_predict=64),
        format=schema(angle.start),
        think=False,
    )


def schema(start: str) -> Mapping[str, Any]:
    """A JSON schema for `{"question": …}` that begins with `start` and ends with a question mark."""
    pattern = f"^{_literal(start)}{_IN_TAIL}{{0,{LONGEST_TAIL}}}[?]$"
    return {
        "type": "object",
        "properties": {"question": {"type": "string", "pattern": pattern}},
        "required": ["question"],
        "additionalProperties": False,
    }


def parse_question(reply: str) -> str | None:
    """The question in a reply; None where the reply is no such JSON (an engine may ignore the schema)."""
    found = parsed_or_none(_QuestionReply, reply)
    return " ".join(found.question.split()) or None if found else None


@dataclass(frozen=True)
class _QuestionReply:
    question: str


def _task(fact: str, start: str) -> str:
    return f"Fact: {fact}\nQuestion: {start} …"


def _literal(text: str) -> str:
    """`text` for a regular expression inside a JSON schema.

    Only what is special outside a class is escaped: llama.cpp gives up on the whole pattern at an escaped slash.
    """
    return re.sub(r"[.+*?()\[\]{}|^$\\]", lambda match: f"\\{match[0]}", text)
