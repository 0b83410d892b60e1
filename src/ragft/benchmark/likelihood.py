"""How likely a model finds a text, token by token; the same for every arm, and no sampling in it.

Only an engine that tells log-probabilities can say (the embedded one). The likeliest `TOP` tokens are asked for at
each position; a token that is not among them is given the last one's log-probability, so a text can only be found
too likely, never too unlikely.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from ragft.engine.base import Engine, TokenLogprob
from ragft.errors import UsageError

TOP = 1_000


class _Scorer(Protocol):
    def logprobs(
        self, model: str, tokens: Sequence[int], *, top: int = 20, start: int = 0
    ) -> list[list[TokenLogprob]]: ...


def can_score(engine: Engine) -> bool:
    """Whether `engine` tells log-probabilities."""
    return hasattr(engine, "logprobs")


def log_likelihood(engine: Engine, model: str, prompt: str, continuation: str) -> tuple[float, int]:
    """Log-probability (nats) of the tokens of `continuation` after `prompt`, and how many they are.

    With an empty prompt the first token is not counted: nothing foretells it. The boundary is where the token ids of
    the prompt and of the whole text part, so that a token spanning it belongs to the continuation.

    Raises:
        UsageError: the engine does not tell log-probabilities.
    """
    if not can_score(engine):
        raise UsageError(f"engine {engine.name} does not tell log-probabilities", fix="--engine embedded")
    tokens, before = engine.tokenize(model, prompt + continuation), engine.tokenize(model, prompt) if prompt else []
    shared = next((i for i, (a, b) in enumerate(zip(tokens, before, strict=False)) if a != b), len(before))
    first = max(1, shared)
    expected = cast(_Scorer, engine).logprobs(model, tokens[:-1], top=TOP, start=first - 1)
    total = sum(_of(token, found) for token, found in zip(tokens[first:], expected, strict=True))
    return total, len(tokens) - first


def _of(token: int, found: Sequence[TokenLogprob]) -> float:
    return next((entry.logprob for entry in found if entry.token_id == token), found[-1].logprob)
