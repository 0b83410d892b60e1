"""The likelihood of a text under a model, token by token: the same method for every arm, without sampling.

Only an engine that tells log-probabilities can say: a `Scorer`, which the embedded one is. The likeliest `TOP` tokens
are asked for at each position; a token that is not among them is given the last one's log-probability, so a text can
only be found too likely, never too unlikely.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ragft.engine.base import Engine, TokenLogprob

CROSS_ENTROPY, GENERAL, CHOICE = "cross_entropy", "general", "choice"
"""Kinds of answer: a text that is read, a question of general knowledge (a likelihood where it has options and there is
a scorer), an option that is chosen by its likelihood."""
BY_LIKELIHOOD = frozenset({CROSS_ENTROPY, GENERAL, CHOICE})
"""The kinds that need a scorer."""
TOP = 1_000
_LEAST = 1e-6
"""Smallest probability of all unlisted tokens together: below it lies what an engine's rounding leaves of none."""


@runtime_checkable
class Scorer(Engine, Protocol):
    """An engine that tells log-probabilities."""

    def logprobs(self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0) -> list[list[TokenLogprob]]:
        """The `top` likeliest tokens after each prefix of `tokens` that ends at or after `start`, best first."""
        ...


@dataclass(frozen=True)
class Expectation:
    """The tokens of a text, and what a model expected before each: natural-log probabilities by token id, likeliest
    first."""

    tokens: tuple[int, ...]
    expected: tuple[Mapping[int, float], ...]

    @property
    def log_likelihood(self) -> float:
        """Log-probability of all tokens together, in nats."""
        pairs = zip(self.tokens, self.expected, strict=True)
        return sum(found.get(token, min(found.values())) for token, found in pairs)


Known = dict[tuple[int, ...], Mapping[int, float]]
"""What a model expects after each run of tokens that it has read."""


def expectation(scorer: Scorer, model: str, prompt: str, continuation: str, known: Known | None = None) -> Expectation:
    """What `model` expects at each token of `continuation` after `prompt`; what is in `known` is not read again.

    With an empty prompt the first token is not counted: nothing foretells it. The boundary is where the token ids of
    the prompt and of the whole text part, so that a token spanning it belongs to the continuation.
    """
    known = {} if known is None else known
    tokens = tuple(scorer.tokenize(model, prompt + continuation))
    before = scorer.tokenize(model, prompt) if prompt else []
    shared = next((i for i, (a, b) in enumerate(zip(tokens, before, strict=False)) if a != b), len(before))
    first = max(1, shared)
    unread = next((end for end in range(first, len(tokens)) if tokens[:end] not in known), len(tokens))
    if unread < len(tokens):
        found = scorer.logprobs(model, tokens[:-1], top=TOP, start=unread - 1)
        for end, entries in enumerate(found, start=unread):
            known[tokens[:end]] = {entry.token_id: entry.logprob for entry in entries}
    return Expectation(tokens[first:], tuple(known[tokens[:end]] for end in range(first, len(tokens))))


def log_likelihoods(scorer: Scorer, model: str, prompt: str, continuations: Sequence[str]) -> dict[str, float]:
    """Log-probability (nats) of each continuation after `prompt`; the tokens that several begin with are read once."""
    known: Known = {}
    return {text: expectation(scorer, model, prompt, text, known).log_likelihood for text in continuations}


def divergence(base: Expectation, other: Expectation) -> float | None:
    """KL(base ‖ other), mean over the positions, in nats a token; None where the two cut the text differently.

    Tokens that both list are distinguished, all others are one event. To merge events can only lower a divergence (the
    log-sum inequality; Cover and Thomas, Elements of Information Theory, 2006, theorem 2.7.1), so this is a lower
    bound: never more than the divergence over the whole vocabulary, and close to it where the list holds nearly all
    of the probability.
    """
    if base.tokens != other.tokens or not base.tokens:
        return None
    pairs = zip(base.expected, other.expected, strict=True)
    return sum(_divergence(p, q) for p, q in pairs) / len(base.tokens)


def _divergence(base: Mapping[int, float], other: Mapping[int, float]) -> float:
    shared = [(base[token], other[token]) for token in base.keys() & other.keys()]
    rest_p, rest_q = (max(_LEAST, 1 - math.fsum(math.exp(pair[side]) for pair in shared)) for side in (0, 1))
    listed = math.fsum(math.exp(p) * (p - q) for p, q in shared)
    return max(0.0, listed + rest_p * math.log(rest_p / rest_q))
