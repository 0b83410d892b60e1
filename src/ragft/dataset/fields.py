"""The fields that lines of a data set share, checked as they come from JSON."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any

from ragft.errors import DatasetError

_ROLES = ("system", "user", "assistant")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
"""A kind of rows."""
_LISTS = ("chunk_ids", "oracle_ids", "document_ids", "groups", "faults")
_OBJECTS = ("checks", "chat_template_kwargs")
_NUMBERS = ("chosen_score", "rejected_score")
_SCALARS: tuple[tuple[str, type[str] | type[int]], ...] = (
    ("id", str),
    ("generator", str),
    ("form", str),
    ("help", str),
    ("seed", int),
)


def provenance_of(value: Mapping[str, Any], form: type[Any]) -> dict[str, Any]:
    """The fields of the dataclass `form` in `value`, checked, with a default for each that is missing.

    Fields that `form` does not have are ignored, as other tools add their own; messages are left as they are.

    Raises:
        DatasetError: a field has the wrong form.
    """
    known = {field.name for field in dataclasses.fields(form)}
    given: dict[str, Any] = {key: item for key, item in value.items() if key in known}
    given.setdefault("kind", "grounded")
    if not isinstance(given["kind"], str) or not _WORD.fullmatch(given["kind"]):
        raise DatasetError(f"has the kind {given['kind']!r}, which is not a word")
    for name in known.intersection(_LISTS):
        items = given.get(name, [])
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise DatasetError(f"has a {name} that is not a list of strings")
        given[name] = tuple(items)
    for name in known.intersection(_OBJECTS):
        if not isinstance(given.setdefault(name, {}), dict):
            raise DatasetError(f"has a {name} that is not an object")
    if not all(map(_is_number, given.get("checks", {}).values())):
        raise DatasetError("has checks that are not numbers")
    for name in known.intersection(_NUMBERS):
        if not _is_number(given.setdefault(name, 0.0)):
            raise DatasetError(f"has a {name} that is not a number")
    for name, expected in _SCALARS:
        if name in known and not isinstance(given.setdefault(name, expected()), expected):
            raise DatasetError(f"has a {name} that is not of the type {expected.__name__}")
    return given


def messages_of(value: Any, name: str) -> tuple[dict[str, str], ...]:
    """Chat messages, from JSON; `name` is the field, for the error.

    Raises:
        DatasetError: it is not a list of messages, or one has no role or no text.
    """
    if not isinstance(value, list | tuple) or not value:
        raise DatasetError(f"has no {name} (a list of messages that is not empty)")
    messages = []
    for message in value:
        if not isinstance(message, Mapping) or message.get("role") not in _ROLES:
            raise DatasetError(f"has a {name} message without a role of system, user or assistant")
        if not isinstance(message.get("content"), str) or not message["content"].strip():
            raise DatasetError(f"has a {name} message without text")
        messages.append({"role": message["role"], "content": message["content"]})
    return tuple(messages)


def assistant_messages(value: Any, name: str) -> tuple[dict[str, str], ...]:
    """Messages that are an answer: they begin with the assistant's.

    Raises:
        DatasetError: they do not.
    """
    messages = messages_of(value, name)
    if messages[0]["role"] != "assistant":
        raise DatasetError(f"has a {name} that is not the assistant's")
    return messages


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
