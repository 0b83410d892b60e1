"""JSON from a model, validated here: an engine may ignore the schema it was sent, or put the reply elsewhere.

    text = ask_json(engine, ChatRequest(model, messages, format=SCHEMA))      # None: there is no such JSON

Seen on Ollama: a pattern that is ignored; JSON in the thoughts instead of the answer; an answer that stays empty while
the model thinks; blanks without end before or after the JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ragft.engine.base import ChatChunk, ChatRequest, Engine
from ragft.errors import ContextOverflow, EngineError, EngineUnavailable, ModelNotFound

BLANKS_AFTER = 8
"""So many blanks after whole JSON, and nothing more is waited for."""
BLANKS_WITHIN = 200
"""So many blanks in a row inside of it, and it will not come to an end."""
_OPENING = re.compile(r"\{\s*[\"}]")
"""How a JSON object begins; a set {a, b} or a formula does not."""
_MOST_TRIED = 200
"""How many beginnings are looked at: each may be read to the end of the text, and some texts are made to cost."""
_MORE_TO_THINK = 1024
"""Tokens for thoughts where the second attempt thinks and the first did not."""


def ask_json(engine: Engine, request: ChatRequest) -> str | None:
    """The reply to `request` as JSON that `request.format` allows; None where the model gives none.

    A model that can think is asked a second time with the other setting of `think`.

    Raises:
        EngineError: the engine failed.
    """
    schema = request.format or {}
    found = _attempt(engine, request, schema)
    if found is None and engine.show(request.model).thinks:
        found = _attempt(engine, _with_other_think(request), schema)
    return found


def find_json(text: str, schema: Mapping[str, Any]) -> str | None:
    """The first JSON object in `text` that `schema` allows; None where there is none.

    Objects within another are not replies of their own, also where the outer one is not finished.
    """
    return next((found for found, value in _objects(text) if allows(schema, value)), None)


def allows(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether `value` is as the JSON schema has it."""
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator(dict(schema)).is_valid(value))


def _objects(text: str) -> Iterator[tuple[str, Any]]:
    """The whole JSON objects in `text`, one after the other, as they are there and as values."""
    end = tried = 0
    while tried < _MOST_TRIED and (opening := _OPENING.search(text, end)):
        start, tried = opening.start(), tried + 1
        try:
            value, end = json.JSONDecoder().raw_decode(text, start)
        except json.JSONDecodeError as error:
            if error.msg.startswith("Unterminated string") or not text[error.pos :].strip():
                return
            end = start + 1
        except (ValueError, RecursionError):  # too long a number, too deep
            end = start + 1
        else:
            yield text[start:end], value


def _attempt(engine: Engine, request: ChatRequest, schema: Mapping[str, Any]) -> str | None:
    """One reply; None also where the server does not take the schema."""
    try:
        content, thinking = _listen(engine.chat(request))
    except (ContextOverflow, EngineUnavailable, ModelNotFound):
        raise
    except EngineError as error:
        if not _refuses_schema(error):
            raise
        content, thinking = _listen(engine.chat(replace(request, format=None)))
    return find_json(content, schema) or find_json(thinking, schema)


def _listen(chunks: Iterator[ChatChunk]) -> tuple[str, str]:
    """Answer and thoughts, as far as they are worth waiting for."""
    content = thinking = ""
    try:
        for chunk in chunks:
            content = ("" if chunk.void else content) + chunk.content
            thinking += chunk.thinking
            if chunk.done or _is_over(content):
                break
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    return content, thinking


def _is_over(content: str) -> bool:
    """Whether only blanks come, after whole JSON or for too long."""
    blanks = len(content) - len(content.rstrip())
    if blanks < BLANKS_AFTER:
        return False
    return blanks >= BLANKS_WITHIN or find_json(content, {}) is not None


def _with_other_think(request: ChatRequest) -> ChatRequest:
    if request.think:
        return replace(request, think=False)
    options = request.options
    return replace(request, think=True, options=options.with_(num_predict=options.num_predict + _MORE_TO_THINK))


def _refuses_schema(error: EngineError) -> bool:
    """Whether the engine's trouble is the schema: what it cannot translate, one version ignores and another refuses."""
    text = error.message.lower()
    return "json" in text and ("schema" in text or "grammar" in text)
