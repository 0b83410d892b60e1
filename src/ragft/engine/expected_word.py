"""Which of a few words a model would begin its answer with: what it expects next, which every engine reports.

    probabilities = expected_start(engine, request, ("Yes", "No"))

Ollama tells the 20 likeliest next tokens and no others; so a word that is not among them counts as 0. What a model
thinks of a whole text cannot be asked of it: see `ragft.benchmark.scoring.likelihood`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ragft.engine.base import ChatRequest, Engine
from ragft.engine.thinking import NO_THOUGHT, ends_in_thought


def expected_start(engine: Engine, request: ChatRequest, words: Sequence[str], *, begun: str = "") -> dict[str, float]:
    """The probability that the reply to `request` goes on with each of `words`, which have different first letters.

    Args:
        begun: what the reply has begun with already.

    Raises:
        EngineError: the engine failed, does not show its prompts, or tells no log-probabilities.
    """
    prompt = engine.render(request)
    prompt += (NO_THOUGHT if ends_in_thought(prompt) else "") + begun
    found = dict.fromkeys(words, 0.0)
    for token in engine.next_tokens(request.model, prompt):
        text = token.text.strip()
        for word in words:
            if text and word.startswith(text):
                found[word] += math.exp(token.logprob)
    return found


def likeliest(probabilities: dict[str, float]) -> str | None:
    """The word with the highest probability; None where none has any."""
    best = max(probabilities, key=lambda word: probabilities[word], default=None)
    return best if best is not None and probabilities[best] > 0 else None
