"""How likely a model is to answer with each of many labels, without reading its prompt once for each.

The labels form a tree: those that begin alike share a branch. At a node the engine is asked what comes next, and each
next token leads to the labels that go on with it. Only nodes that still hold a noticeable share of the probability are
opened, likeliest first, so a model that is sure is asked about as often as its label has tokens, of 41 labels as of 4.
A branch with one label left is followed, too: what begins like a label may go on as something else.

Every engine can answer that question (`Engine.next_tokens`). The ways to cut a label into tokens are added up. Ollama
tells 20 tokens; a label that begins with none of them is given the most that is left, which can only be too likely.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ragft.engine.base import TokenLogprob

CANDIDATES = 1000
"""Next tokens asked for at a node, of an engine that tells so many."""
NEGLIGIBLE = 1e-3
"""A node with less of the probability than this is not opened; it is divided among its labels."""
MOST_NODES = 40
"""Nodes opened for a document."""
_LEAST = 1e-9
_NEVER = -1e9


@dataclass(order=True)
class _Node:
    """An answer begun: its cost is −log p, and `alive` are the labels that may follow."""

    cost: float
    begun: str
    alive: tuple[int, ...] = field(compare=False)


def label_log_probs(expected: Callable[[str], Sequence[TokenLogprob]], labels: Sequence[str]) -> list[float]:
    """The log-probability of each label, all together adding up to 1.

    Args:
        expected: what comes after the prompt and this beginning of a label, likeliest first.
        labels: as they are written, closed by a sign that is in none of them, so that none is the beginning of another.
    """
    found = [_NEVER] * len(labels)
    waiting = [_Node(0.0, "", tuple(range(len(labels))))]
    opened = 0
    while waiting:
        node = heapq.heappop(waiting)
        settled = _log_sum(found)
        done = len(node.alive) == 1 and node.begun.startswith(labels[node.alive[0]])
        if not done and opened < MOST_NODES and -node.cost > settled + math.log(NEGLIGIBLE):
            opened += 1
            for child in _opened(node, expected(node.begun), labels):
                heapq.heappush(waiting, child)
        else:
            for label in node.alive:
                found[label] = _log_add(found[label], -node.cost - math.log(len(node.alive)))
    total = _log_sum(found)
    return [value - total for value in found]


def _opened(node: _Node, candidates: Sequence[TokenLogprob], labels: Sequence[str]) -> list[_Node]:
    """The nodes below; a label with which no candidate goes on is given the most that it can have."""
    children: list[_Node] = []
    reached: set[int] = set()
    for token in candidates:
        begun = node.begun + token.text
        alive = tuple(
            label for label in node.alive if labels[label].startswith(begun) or begun.startswith(labels[label])
        )
        if token.text and alive:
            reached.update(alive)
            children.append(_Node(node.cost - token.logprob, begun, alive))
    least = _most_of_an_unlisted(candidates)
    unreached = [label for label in node.alive if label not in reached]
    # The labels are ends of their own: nothing more is asked about what is this unlikely.
    return children + [_Node(node.cost - least, labels[label], (label,)) for label in unreached]


def _most_of_an_unlisted(candidates: Sequence[TokenLogprob]) -> float:
    """The log-probability that a token has at most which is not listed: no more than the last of the list, nor than
    what the list leaves."""
    if not candidates:
        return 0.0
    left = 1 - math.fsum(math.exp(token.logprob) for token in candidates)
    return min(candidates[-1].logprob, math.log(max(left, _LEAST)))


def _log_add(left: float, right: float) -> float:
    high, low = max(left, right), min(left, right)
    return high + math.log1p(math.exp(low - high)) if low > _NEVER else high


def _log_sum(values: Sequence[float]) -> float:
    high = max(values)
    return high + math.log(sum(math.exp(value - high) for value in values)) if high > _NEVER else _NEVER
