"""A language model as a classifier: its prompt, and how likely it finds each label as the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ragft.engine.base import ChatRequest, Engine, Options, TokenLogprob
from ragft.engine.thinking import NO_THOUGHT, ends_in_thought
from ragft.tasks.classify.baselines import Examples
from ragft.tasks.classify.label_search import CANDIDATES, label_log_probs
from ragft.tasks.classify.prompts import BEGUN, Long, excerpts, messages, written
from ragft.workspace import digest_json

if TYPE_CHECKING:
    from ragft.tasks.classify.base import LogProbs


@dataclass(frozen=True)
class PromptedModel:
    """A model of the engine.

    `listed`: whether its prompt names the categories. `shots`: how many of the `examples` most similar to a document
    are shown before it. `characters` and `long` say what is shown of a document (`prompts.excerpts`); of several
    excerpts the mean log-probability counts.
    """

    engine: Callable[[], Engine]
    model: str
    labels: tuple[str, ...]
    listed: bool = True
    shots: int = 0
    examples: Examples | None = None
    characters: int = 2000
    long: Long = "ends"

    @cached_property
    def digest(self) -> str:
        """Of the model, the prompt and the examples."""
        info = self.engine().show(self.model)
        prompt = [message.to_dict() for message in messages("", self.labels, listed=self.listed)]
        shown = [self.shots, self.examples.digest] if self.shots and self.examples else []
        return digest_json(["whole labels", info.digest, prompt, shown, self.characters, self.long, CANDIDATES])

    def log_probs(self, texts: Sequence[str]) -> LogProbs:
        """See `Classifier`.

        Raises:
            EngineError: the engine failed, does not show its prompts, or tells no log-probabilities.
        """
        import numpy as np

        found = np.array([self._of_one(text) for text in texts]).reshape(len(texts), len(self.labels))
        normed: LogProbs = found - np.logaddexp.reduce(found, axis=1, keepdims=True)
        return normed

    def _of_one(self, text: str) -> LogProbs:
        import numpy as np

        parts = excerpts(text, self.characters, self.long)
        found: LogProbs = np.mean([self._of_part(text, part) for part in parts], axis=0)
        return found

    def _of_part(self, text: str, part: str) -> list[float]:
        shown = self.examples.nearest(text, self.shots) if self.shots and self.examples else ()
        engine = self.engine()
        turns = messages(part, self.labels, listed=self.listed, examples=shown)
        prompt = engine.render(ChatRequest(self.model, turns, Options(), think=False))
        prompt += (NO_THOUGHT if ends_in_thought(prompt) else "") + BEGUN

        def expected(begun: str) -> Sequence[TokenLogprob]:
            return engine.next_tokens(self.model, prompt + begun, top=CANDIDATES)

        return label_log_probs(expected, [written(label) for label in self.labels])
