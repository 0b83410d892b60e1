"""Search queries that a model writes for a question, one for each thing that it asks about, and one list of all hits.

    writer = QueryWriter(engine, model, settings.queries, weights)
    writer.write("Which optimisers do ResNet and ViT use?", options)
    ->  ["ResNet optimiser used for training", "ViT optimiser used for training"]

What the model writes is only searched with. The passages that the question itself finds stay in the lead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Literal

from ragft.answer.escape import as_question
from ragft.answer.prompts.brief_requests import brief_reply
from ragft.corpus.text import one_line
from ragft.corpus.words import words
from ragft.engine.base import Engine, Message, Options
from ragft.index.base import Hit
from ragft.index.search.question import compares

LARGE = 3_000_000_000
"""Weights from which on a model is asked with "auto"."""
MOST = 3
"""How many search queries a model may write for one question."""
_LONGEST = 200
_SYSTEM = "You write search queries for a collection of research papers."
_ORDER = (
    "Write one to three short search queries that together find what answers this question. Give each paper, method or "
    "thing that it asks about a query of its own. Keep names and numbers as they are. Write one query on a line and "
    "nothing else."
)
_EXAMPLES = (
    (
        "How do Word2Vec and GloVe use co-occurrence counts?",
        "Word2Vec use of co-occurrence counts\nGloVe use of co-occurrence counts",
    ),
    ("Why does dropout need a larger learning rate?", "dropout larger learning rate"),
)
_LABEL = re.compile(r"^\W*(?:\d{1,2}[.):]\s+|(?:search )?quer(?:y|ies)(?: \d)?\s*[:：]\s*)*", re.IGNORECASE)


@dataclass(frozen=True)
class QueryWriter:
    """Asks `model` for search queries. `when` is `answer.queries`; `weights` of the model, 0: not known."""

    engine: Engine
    model: str
    when: Literal["off", "auto", "on"] = "off"
    weights: int = 0

    def write(self, question: str, options: Options) -> list[str]:
        """At most `MOST` queries that differ from `question`, which stands alone; none where none are wanted."""
        wanted = self.when == "on" or (self.when == "auto" and self.weights >= LARGE and asks_of_several(question))
        if not wanted:
            return []
        turns = [Message("system", _SYSTEM)]
        for example, reply in _EXAMPLES:
            turns += [Message("user", _asked(example)), Message("assistant", reply)]
        turns.append(Message("user", _asked(as_question(question))))
        return as_queries(question, brief_reply(self.engine, self.model, turns, options))


def asks_of_several(question: str) -> bool:
    """Whether `question` compares, or asks about two names: "ResNet and ViT"."""
    capital = [token for token in question.split()[1:] if token != token.lower()]
    return compares(question, {word for token in capital for word in words(token)})


def as_queries(question: str, reply: str) -> list[str]:
    """The queries in a model's `reply`, each once, without those that say what the question says."""
    found: dict[frozenset[str], str] = {frozenset(words(question)): ""}
    for line in reply.splitlines():
        text = _LABEL.sub("", one_line(line)).strip(" \"“”'*`-")
        if words(text) and len(text) <= _LONGEST:
            found.setdefault(frozenset(words(text)), text)
    return [text for text in found.values() if text][:MOST]


def together(lists: Sequence[Sequence[Hit]], k: int) -> list[Hit]:
    """The best `k` hits of several searches, each once: by turns one of the first search and one of the others."""
    first, *others = lists
    hits = _in_turn([first, _in_turn(others)])[:k]
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)]


def _in_turn(lists: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The first hit of each list, the second of each, and so on, each chunk once."""
    found: dict[str, Hit] = {}
    for hit in chain.from_iterable(zip_longest(*lists)):
        if hit is not None:
            found.setdefault(hit.chunk_id, hit)
    return list(found.values())


def _asked(question: str) -> str:
    return f"{_ORDER}\n\nQuestion: {question}"
