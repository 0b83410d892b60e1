"""Chat templates without a system role (Gemma 2, the first Mistrals): one way to serve them, in training and in use.

    messages = fitted(messages, template)       # folded where the template has no system role, else as they were

The system text is put in front of the user's first turn. Training renders the rows so, parity compares so, and the
engines send so: the model sees in use the prompt that it was trained on. llama.cpp would fold too, but with one line
break between the two texts, and only at the start of a conversation.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ragft.engine.base import Message

_SYSTEM, _QUESTION = "Answer in one line.", "How high is the tower?"
_BETWEEN = "\n\n"
_GO_ACTION = re.compile(r"\{\{-?\s*(?:\.|\$|if |range |end\b|or |and )")


def fitted(messages: Sequence[Message], template: Any) -> tuple[Message, ...]:
    """`messages` as the template takes them; most templates take them as they are.

    Args:
        template: the text of a template, or a tokenizer that has one.
    """
    text = _text_of(template)
    if not any(message.role == "system" for message in messages):
        return tuple(messages)
    if not accepts_system(text):
        return fold_system(messages)
    if not all(message.content.strip() for message in messages) and not _accepts_empty_system(text):
        return tuple(message for message in messages if message.role != "system" or message.content.strip())
    return tuple(messages)


def fold_system(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The same conversation without a system turn: each system text is in front of the user turn after it.

    A system text with no user turn before the next answer becomes a user turn of its own; an empty one is left out.
    """
    folded: list[Message] = []
    waiting: list[str] = []
    for message in messages:
        if message.role == "system":
            waiting += [message.content] if message.content.strip() else []
        elif message.role == "user":
            folded.append(replace(message, content=_BETWEEN.join([*waiting, message.content])))
            waiting = []
        else:
            folded += [Message("user", _BETWEEN.join(waiting)), message] if waiting else [message]
            waiting = []
    return (*folded, Message("user", _BETWEEN.join(waiting))) if waiting else tuple(folded)


def accepts_system(template: Any) -> bool:
    """Whether a system text reaches the prompt; False where the template raises an error on it or leaves it out.

    A template that cannot be tried here (none at all, or one that takes no plain conversation either) counts as one
    that accepts it: the engine then says what is wrong with it.

    Args:
        template: Jinja as in a tokenizer or a GGUF file, Go as in Ollama, or a tokenizer.
    """
    return _accepts_system(_text_of(template))


@functools.lru_cache(maxsize=32)
def _accepts_system(text: str) -> bool:
    if _GO_ACTION.search(text):
        return ".System" in text or ".Role" in text or '"system"' in text
    question = Message("user", _QUESTION)
    if not _render(text, [question]):
        return True
    whole = _render(text, [Message("system", _SYSTEM), question])
    return whole is not None and _SYSTEM in whole


@functools.lru_cache(maxsize=32)
def _accepts_empty_system(text: str) -> bool:
    if _GO_ACTION.search(text):
        return True
    return _render(text, [Message("system", ""), Message("user", _QUESTION)]) is not None


def _text_of(template: Any) -> str:
    """The text of `template`; of several that a tokenizer has by name, the one for plain conversations."""
    found = template if isinstance(template, str) else getattr(template, "chat_template", None)
    if isinstance(found, dict):
        found = found.get("default")
    return found if isinstance(found, str) else ""


def _render(text: str, messages: Sequence[Message]) -> str | None:
    """The prompt, or None where the template raises an error."""
    try:
        prompt: str = _compiled(text).render(
            messages=[message.to_dict() for message in messages],
            add_generation_prompt=True,
            enable_thinking=False,
            bos_token="",
            eos_token="",
            pad_token="",
            unk_token="",
        )
    except Exception:  # whatever a stranger's template raises, from a syntax error to a division by zero
        return None
    return prompt


def _compiled(text: str) -> Any:
    """The template as transformers compiles it."""
    import json
    from datetime import datetime

    from jinja2 import TemplateError, nodes
    from jinja2.ext import Extension, loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """`{% generation %}` marks what the assistant writes; what it encloses is rendered as it is."""

        tags = {"generation"}  # noqa: RUF012

        def parse(self, parser: Any) -> nodes.Node:
            line = next(parser.stream).lineno
            return nodes.Scope(parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line)

    def refuse(message: str) -> None:
        raise TemplateError(message)

    def tojson(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
        return json.dumps(value, ensure_ascii=ensure_ascii, **options)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)
    return environment.from_string(text)
