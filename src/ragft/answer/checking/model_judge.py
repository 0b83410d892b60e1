"""The answering model as judge of its own sentences: how sure it is that a source says one, by its "Yes" and "No".

    judge = ModelJudge(engine, "qwen3:8b", least=0.7)
    judge.probability("QLoRA needs 48 GB.", ["It fits on one card of 48 GB."])   ->  0.93

Used only where `ragft calibrate --judge` has measured that this model judges better than words and meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from ragft.answer.checking.support import best_passage, sentence_spans
from ragft.answer.escape import as_data
from ragft.engine.base import ChatRequest, Engine, Message, Options
from ragft.engine.expected_word import expected_start

_AROUND = 2
"""Sentences before and behind the closest ones that are shown with them."""
_MOST_SOURCES = 2
_QUESTION = "Does the source say that everything in the statement is true? Answer with Yes or No."


class ModelJudge:
    """Asks `model`, once for each sentence and its sources. `least`: the probability from which on it is believed."""

    def __init__(self, engine: Engine, model: str, least: float) -> None:
        self.least = least
        self._engine = engine
        self._model = model
        self._known: dict[tuple[str, tuple[str, ...]], float] = {}

    def probability(self, sentence: str, texts: Sequence[str]) -> float:
        """How probable it is, 0 to 1, that `texts` say `sentence`, in the judgement of the model.

        Raises:
            EngineError: the engine failed, or tells no log-probabilities.
        """
        shown = tuple(_excerpt(sentence, text) for text in texts[:_MOST_SOURCES])
        if (sentence, shown) not in self._known:
            source = "\n".join(map(as_data, shown))
            content = f"Source: {source}\n\nStatement: {as_data(sentence)}\n\n{_QUESTION}"
            request = ChatRequest(self._model, (Message("user", content),), Options(num_predict=1))
            said = expected_start(self._engine, request, ("Yes", "No"))
            total = sum(said.values())
            self._known[sentence, shown] = said["Yes"] / total if total else 0.0
        return self._known[sentence, shown]


def _excerpt(sentence: str, text: str) -> str:
    """The sentences of `text` closest to `sentence`, and those around them."""
    best = best_passage(sentence, text)
    if best is None:
        return text
    spans = sentence_spans(text)
    first = next(number for number, (start, _) in enumerate(spans) if start == best.start)
    last = next(number for number, (_, end) in enumerate(spans) if end == best.end)
    return text[spans[max(0, first - _AROUND)][0] : spans[min(len(spans) - 1, last + _AROUND)][1]]
