"""Small jobs for a capable model beside its answer: a translation, a rewritten question, search queries.

None of these jobs may keep an answer from being given: what the model writes is only searched with, and an error of the
engine counts as an empty reply. The notes for a summary take `reply_to`, which lets the error through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragft.corpus.text import one_line
from ragft.engine.base import ChatRequest, Engine, Message, Options
from ragft.errors import EngineError

TOKENS = 96
LONGEST_LINE = 400
"""Characters of a line that can be a question."""
_NAME = re.compile(r"(?a:\w*[A-Z]\w*[A-Z0-9]\w*|\w*\d\w*)")


def brief_reply(
    engine: Engine, model: str, messages: Sequence[Message], options: Options, *, tokens: int = TOKENS
) -> str:
    """What `model` says to `messages` in a few words; empty where the engine fails, which shows at the answer."""
    try:
        return reply_to(engine, model, messages, options, tokens=tokens)
    except EngineError:
        return ""


def reply_to(engine: Engine, model: str, messages: Sequence[Message], options: Options, *, tokens: int) -> str:
    """What `model` says to `messages`, in one paragraph without thoughts.

    Raises:
        EngineError: from the engine, as it comes.
    """
    request = ChatRequest(model, tuple(messages), options.with_(num_predict=tokens, stop=("\n\n",)), think=False)
    return "".join(chunk.content for chunk in engine.chat(request) if not chunk.thinking)


def first_line(reply: str, label: re.Pattern[str]) -> str:
    """The first line of `reply` that says something, without a `label` before it and without quotes around it; empty
    where it is too long."""
    lines = [line for line in map(one_line, reply.splitlines()) if line]
    text = label.sub("", lines[0]).strip(" \"“”'*`") if lines else ""
    return text if len(text) <= LONGEST_LINE else ""


def folded_names(text: str) -> list[str]:
    """Abbreviations, names with a capital inside, and numbers, in small letters: these are written alike everywhere."""
    return [name.casefold() for name in _NAME.findall(text)]
