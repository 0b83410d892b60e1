"""Orders the passages of one document by their best sentences.

A passage has other sentences beside the answer, and all passages of a document are about equally related to the
question. Therefore the first `DEPTH` passages are compared sentence by sentence. Encoding a sentence takes a few
milliseconds, so the number is small.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ragft.corpus.base import Chunk
from ragft.corpus.sections import is_abstract
from ragft.corpus.stems import stem
from ragft.corpus.tables import CELL
from ragft.corpus.text import split_sentences
from ragft.corpus.words import words
from ragft.index.search.defining import asked_term, defines
from ragft.index.search.hybrid import Ranking
from ragft.index.search.question import asks_what
from ragft.index.vectors.matrix import inner_products

if TYPE_CHECKING:
    from ragft.index.encoders.base import Vectors

DEPTH = 12
"""Passages that are compared; more do not change the result."""
_SENTENCES = 3
"""Sentences of a passage that are compared by meaning: those with most of the question's words."""
_COVERED, _CLOSE, _ABSTRACT, _STATED, _EARLY, _TABLE, _DEFINED = 1.0, 2.0, 0.5, 0.5, 0.5, 0.5, 0.5
"""Weights relative to the fused score, which is in standard deviations."""
_EARLY_CHUNKS = 5
"""The bonus for an early passage halves after so many passages."""
_COUNTED = re.compile(
    r"\bhow (?:many|much|large|big|long|far|fast|old|high|often|deep|wide)\b"
    r"|\b(?:what|which) (?:is the |was the )?(?:\w+ ){0,2}(?:number|size|rate|score|accuracy|amount|speed|temperature"
    r"|ratio|length|year|date|percentage|percent|proportion|bleu|f1|rouge\S*|perplexity|auroc)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|half|twice)\b", re.I)


Encode = Callable[[Sequence[str]], "Vectors"]
"""Texts to unit vectors, float32 [len(texts), dimension]."""


@dataclass(frozen=True)
class Query:
    """What is asked: the whole question with its vector, and the share of all passages that hold each of `terms`.

    `terms` are the stems that are looked for, which need not be all of the question's; `weights` say how much each
    of them tells.
    """

    question: str
    vector: Vectors
    weights: Mapping[str, float]


def by_sentences(ranking: Ranking, query: Query, encode: Encode) -> Ranking:
    """`ranking` with its first passages in the order of their best sentences and of what they are."""
    head = ranking.chunks[:DEPTH]
    close = _closeness(head, query, encode)
    added = [
        _COVERED * _best_two(chunk.text, query.weights)
        + _CLOSE * near
        + _ABSTRACT * is_abstract(chunk.section)
        + _fitness(chunk, query.question)
        for chunk, near in zip(head, close, strict=True)
    ]
    return _with_more(ranking, added)


def by_fitness(ranking: Ranking, question: str) -> Ranking:
    """`ranking` with its first passages in an order that also counts whether they can hold the kind of answer."""
    return _with_more(ranking, [_fitness(chunk, question) for chunk in ranking.chunks[:DEPTH]])


def _fitness(chunk: Chunk, question: str) -> float:
    """The bonus of a passage: for numbers if one is asked for; for a definition, an early place and prose if one is."""
    if states_what_is_asked(chunk.text, question):
        return _STATED
    if not asks_what(question) or _COUNTED.search(question):
        return 0.0
    defined = _DEFINED * defines(chunk.text, asked_term(question))
    return _EARLY / (1 + chunk.position / _EARLY_CHUNKS) - _TABLE * (CELL in chunk.text) + defined


def states_what_is_asked(text: str, question: str) -> bool:
    """Whether `question` asks for a number and `text` has one that the question does not."""
    if not _COUNTED.search(question):
        return False
    return not set(_NUMBER.findall(text.lower())) <= set(_NUMBER.findall(question.lower()))


def _with_more(ranking: Ranking, added: Sequence[float]) -> Ranking:
    """`ranking` with its first passages in the order of their scores and what is `added` to each."""
    return reordered(
        ranking, [ranking.scores[chunk.id] + more for chunk, more in zip(ranking.chunks, added, strict=False)]
    )


def reordered(ranking: Ranking, worths: Sequence[float]) -> Ranking:
    """`ranking` with as many of its first passages as there are `worths` in the order of these.

    Their new scores lie above those of the passages after them.
    """
    head, tail = ranking.chunks[: len(worths)], ranking.chunks[len(worths) :]
    worth = {chunk.id: value for chunk, value in zip(head, worths, strict=True)}
    lacking = max(0.0, ranking.scores[tail[0].id] - min(worth.values())) if head and tail else 0.0
    scores = {**ranking.scores, **{chunk_id: value + lacking for chunk_id, value in worth.items()}}
    return replace(ranking, chunks=[*sorted(head, key=lambda one: -worth[one.id]), *tail], scores=scores)


def _closeness(chunks: Sequence[Chunk], query: Query, encode: Encode) -> list[float]:
    """The cosine of the question with the closest sentence of each of `chunks`."""
    chosen = [_most_covering(chunk.text, query.weights) for chunk in chunks]
    texts = list(dict.fromkeys(text for sentences in chosen for text in sentences))
    if not texts:
        return [0.0] * len(chunks)
    cosines = dict(zip(texts, inner_products(encode(texts), query.vector).tolist(), strict=True))
    return [max((cosines[text] for text in sentences), default=0.0) for sentences in chosen]


def _most_covering(text: str, weights: Mapping[str, float]) -> list[str]:
    found = sorted(_sentences(text), key=lambda sentence: -_covered(sentence.stems, weights))
    return [sentence.text for sentence in found[:_SENTENCES]]


def _best_two(text: str, weights: Mapping[str, float]) -> float:
    """The share of what is asked, 0 to 1 by weight, that the best two neighbouring sentences have."""
    found = [sentence.stems for sentence in _sentences(text)]
    pairs = zip(found, [*found[1:], frozenset[str]()], strict=True)
    return max((_covered(one | other, weights) for one, other in pairs), default=0.0)


def best_window(text: str, weights: Mapping[str, float], most: int) -> str:
    """The neighbouring sentences of `text`, at most `most` characters, that have most of the query's words by weight.

    `weights` say how much each stem tells. Of equal windows it is the first; a longer sentence stands alone.
    """
    if len(text) <= most:
        return text
    sentences = _sentences(text)
    best, chosen = -1.0, text[:most]
    for start in range(len(sentences)):
        end, length = start + 1, len(sentences[start].text)
        while end < len(sentences) and length + 1 + len(sentences[end].text) <= most:
            length += 1 + len(sentences[end].text)
            end += 1
        window = sentences[start:end]
        covered = _covered(frozenset[str]().union(*(sentence.stems for sentence in window)), weights)
        if covered > best:
            best, chosen = covered, " ".join(sentence.text for sentence in window)
    return chosen


def _covered(found: frozenset[str], weights: Mapping[str, float]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in found) / total if total else 0.0


class _Sentence(NamedTuple):
    text: str
    stems: frozenset[str]


@lru_cache(maxsize=512)
def _sentences(text: str) -> Sequence[_Sentence]:
    """The sentences of a passage; who asks about a document asks about its passages again and again."""
    found = (line[start:end] for line in text.split("\n") for start, end in split_sentences(line))
    return [_Sentence(sentence, frozenset(map(stem, words(sentence)))) for sentence in found]
