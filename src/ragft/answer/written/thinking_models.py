"""Models that think before they answer: whether they do so unasked, and the tokens they get for it.

thinks_unasked(engine, "deepseek-r1:1.5b")      # True: its template opens a thought, whatever it is asked
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from ragft.answer.model_notes import ModelNotes
from ragft.engine.base import ChatRequest, Engine, Message
from ragft.engine.thinking import ends_in_thought
from ragft.errors import EngineError
from ragft.setting_sections import AnswerSettings

ALWAYS_THINKS = frozenset({"gptoss", "gpt-oss"})
"""Families that cannot be kept from thinking, and whose prompt does not show it."""


class ThinkerBook(Protocol):
    """Remembers which models think though they are asked not to."""

    def knows(self, model: str) -> bool:
        """Whether the model was seen to."""
        ...

    def note(self, model: str) -> None:
        """Remember that `model` wrote thoughts though it was asked not to."""
        ...


class ThinkerFile:
    """A book in a small JSON file; see `ModelNotes`."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self._notes = ModelNotes(path, engine)

    def knows(self, model: str) -> bool:
        """Whether `model` has been seen to think unasked."""
        return self._notes.read(model) is True

    def note(self, model: str) -> None:
        """Keep that `model` thinks unasked."""
        self._notes.write(model, lambda _: True)


class Warming:
    """A model on its way into memory, and the answer to whether it thinks unasked.

    It is loaded in the background where that holds up nothing else, else by the first who wants the answer: a question
    that is refused needs no model. The thread ends with the engine, which loads nothing once it is closed.
    """

    def __init__(self, engine: Engine, model: str) -> None:
        self.model = model
        self._engine = engine
        self._thinks: Future[bool] = Future()
        self._begin = threading.Lock()
        self._begun = False
        if engine.loads_aside:
            self._start()

    @property
    def ready(self) -> bool:
        """Whether the model is loaded, or could not be."""
        return self._thinks.done()

    def thinks(self) -> bool:
        """Whether it thinks unasked; waits until it is loaded."""
        self._start()
        while True:
            with suppress(TimeoutError):
                return self._thinks.result(timeout=0.5)  # with a limit, so that Ctrl-C is heard on Windows too

    def _start(self) -> None:
        with self._begin:
            begun, self._begun = self._begun, True
        if not begun:
            threading.Thread(target=self._run, daemon=True, name=f"load {self.model}").start()

    def _run(self) -> None:
        try:
            self._engine.load(self.model)
            self._thinks.set_result(thinks_unasked(self._engine, self.model))
        except Exception:  # whatever it is, the question itself meets it again and says it
            self._thinks.set_result(False)


def thinks_unasked(engine: Engine, model: str) -> bool:
    """Whether `model` thinks though it is asked not to: its family always does, or its template opens a thought."""
    try:
        known = engine.show(model)
        if known.family in ALWAYS_THINKS:
            return True
        if not known.thinks and "<think" not in known.template:
            return False
        return ends_in_thought(engine.render(ChatRequest(model, (Message("user", "?"),), think=False)))
    except (EngineError, NotImplementedError):
        return False


def thinking_tokens(settings: AnswerSettings) -> int:
    """What is added to `num_predict` for thoughts, which count against it: at most half of the rest of the window."""
    left = max(0, settings.num_ctx - settings.num_predict)
    return min(settings.thinking_tokens, left // 2)
