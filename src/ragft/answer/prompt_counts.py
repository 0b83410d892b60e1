"""What the engine's own count of a prompt teaches: how long texts are for its model, and how fast that reads."""

from __future__ import annotations

from ragft.answer.outcome import QuestionState
from ragft.answer.prompts.budget import SpeedBook, TokenCounter

ENOUGH_TOKENS = 100
ENOUGH_SECONDS = 0.2
"""Of a prompt that was read, from which the speed of reading can be told."""


def compare_counts(state: QuestionState, counter: TokenCounter, speed: SpeedBook | None) -> None:
    """Learn from the engine's own count of the prompt, and warn where it is not ours: something was cut.

    Without a `speed` book nothing is learnt.
    """
    metrics = state.last.metrics
    if metrics is None or state.fitted is None:
        return
    ours, theirs = state.fitted.prompt_tokens, metrics.prompt_tokens
    if theirs:
        if speed is not None:
            counter.learn(sum(len(message.content) for message in state.fitted.messages), theirs)
        if counter.disagrees(ours, theirs):
            state.warnings.append(f"the engine read {theirs} tokens of prompt where {ours} were counted")
    if speed is not None and theirs >= ENOUGH_TOKENS and metrics.prompt_seconds > ENOUGH_SECONDS:
        speed.note(state.model, theirs / metrics.prompt_seconds)
