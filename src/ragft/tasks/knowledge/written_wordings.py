"""What a capable local model adds to the facts: the parts of a plain statement, and other wordings of its question.

Nothing of it is believed. Parts must stand in the statement. A wording must name the entity, give nothing away, claim
nothing of its own; and the model, given all statements about the entity, must answer it with the value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from ragft.corpus.fold import fold
from ragft.corpus.words import count_words, words
from ragft.engine.base import ChatRequest, Message, Options
from ragft.tasks.knowledge.fact_graph import FactGraph, names
from ragft.tasks.knowledge.stated_facts import StatedFact
from ragft.typed_json import parsed_or_none

WORDINGS = 5
"""Wordings of one call; a few fail the checks."""
_PARTS = (
    "Split the statement into three parts: the thing that it is about (entity), what it says of it in a noun of one to "
    "three words (attribute), and what that is (value). Copy entity and value word for word from the statement."
)
_WORDINGS = (
    f"Write {WORDINGS} questions, each worded in another way, that somebody would ask to learn the last part of the "
    "statement. Name the entity in each. Never use the value. Write in the language of the statement."
)
_ANSWER = "Answer the question from the statements, in one short sentence."
_NAME = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][\w-]+|\d[\d.,]*")
"""A name within a sentence, or a number: what a question may not bring in."""


class ReplySource(Protocol):
    """Answers requests, each once; `ragft.dataset.reply_cache.Replies` is one."""

    def get(self, request: ChatRequest) -> str:
        """The whole reply to `request`."""
        ...


class WordingWriter:
    """Asks `model` through `replies`; `rejected` counts what failed a check, by reason."""

    def __init__(self, replies: ReplySource, model: str, seed: int) -> None:
        self._replies = replies
        self._model = model
        self._seed = seed
        self.rejected: Counter[str] = Counter()

    def with_parts(self, fact: StatedFact) -> StatedFact:
        """The fact with its parts, where it has none and the model finds some that stand in it."""
        if fact.has_parts:
            return fact
        reply = self._ask(_PARTS, f"Statement: {fact.text}", _PARTS_SCHEMA)
        entity, attribute, value = (str(reply.get(part, "")).strip() for part in ("entity", "attribute", "value"))
        if fault := parts_fault(fact.text, entity, attribute, value):
            self.rejected[fault] += 1
            return fact
        return replace(fact, entity=entity, attribute=attribute, value=value)

    def with_wordings(self, fact: StatedFact, graph: FactGraph) -> StatedFact:
        """The fact with those wordings that pass all checks behind its own."""
        if not fact.has_parts:
            return fact
        task = f"Statement: {fact.text}\nEntity: {fact.entity}\nValue: {fact.value}"
        found = list(fact.questions)
        for question in _texts(self._ask(_WORDINGS, task, _WORDINGS_SCHEMA).get("questions")):
            fault = wording_fault(question, fact, found) or self._answer_fault(question, fact, graph)
            if fault:
                self.rejected[fault] += 1
            else:
                found.append(question)
        return replace(fact, questions=tuple(found))

    def _answer_fault(self, question: str, fact: StatedFact, graph: FactGraph) -> str:
        """Asked with every statement about the entity before it, it must be answered with the value."""
        known = "\n".join(other.text for other in graph.about(fact.entity))
        reply = self._replies.get(self._request(_ANSWER, f"{known}\n\nQuestion: {question}", None))
        return "" if names(reply, fact.value) else "asks_something_else"

    def _ask(self, task: str, text: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return parsed_or_none(dict[str, Any], self._replies.get(self._request(task, text, schema))) or {}

    def _request(self, task: str, text: str, schema: Mapping[str, Any] | None) -> ChatRequest:
        messages = (Message("system", task), Message("user", text))
        options = Options(temperature=0.0, seed=self._seed, num_predict=256)
        return ChatRequest(self._model, messages, options, format=schema, think=False)


def parts_fault(text: str, entity: str, attribute: str, value: str) -> str:
    """Why these are not parts of the statement; "" where they are."""
    if not (names(text, entity) and names(text, value)) or not entity or not value:
        return "parts_not_in_statement"
    if names(entity, value) or names(value, entity):
        return "parts_overlap"
    if not 1 <= count_words(attribute) <= 6 or names(attribute, value):
        return "no_attribute"
    return ""


def wording_fault(question: str, fact: StatedFact, others: Sequence[str]) -> str:
    """Why a wording cannot be trained on; "" where it can, as far as words show."""
    if not question.endswith(("?", "？", ".")) or not 3 <= count_words(question) <= 30:
        return "malformed"
    if not names(question, fact.entity):
        return "unnamed_entity"
    if names(question, fact.value):
        return "gives_answer_away"
    if any(words(question) == words(other) for other in (*others, fact.asked)):
        return "near_duplicate"
    known = fold(f"{fact.text} {fact.entity} {fact.attribute}")
    if any(fold(name) not in known for name in _NAME.findall(question)):
        return "claims_more"
    return ""


def _texts(value: Any) -> Iterator[str]:
    for text in value if isinstance(value, list) else ():
        if isinstance(text, str) and text.strip():
            yield " ".join(text.split())


def _schema(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_PARTS_SCHEMA = _schema({part: {"type": "string"} for part in ("entity", "attribute", "value")})
_WORDINGS_SCHEMA = _schema({"questions": {"type": "array", "items": {"type": "string"}, "maxItems": WORDINGS}})
