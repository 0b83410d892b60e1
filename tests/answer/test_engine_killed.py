"""An engine in a process of its own, killed in the middle of an answer, twenty times in one chat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragft.answer.chat.chat import Chat
from ragft.answer.chat.conversation import latest_conversation, new_conversation
from ragft.answer.chat.screen import Work
from ragft.engine.ollama.engine import OllamaEngine
from ragft.workspace import Workspace
from tests.answer.chat.test_chat import QUESTION, Desk, Paper
from tests.engine.nursery import ANSWER, MODEL, Nursery

KILLS = 20


@pytest.fixture
def nursery(slow: None) -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


class KillingPaper(Paper):
    """A screen that kills the engine as soon as the first words of an answer are written."""

    def __init__(self, nursery: Nursery) -> None:
        super().__init__()
        self._nursery = nursery

    def work(self, work: Work | None) -> None:
        super().work(work)
        if work and work.doing.startswith("writing"):
            self._nursery.kill()


class OllamaDesk(Desk):
    """The desk of the chat tests with a real client."""

    def __init__(self, engine: OllamaEngine) -> None:
        super().__init__(engine)  # type: ignore[arg-type]  # it only hands the engine on


def test_twenty_kills_in_one_chat(tmp_path: Path, nursery: Nursery) -> None:
    engine = OllamaEngine(nursery.url)
    screen = KillingPaper(nursery)
    talk = Chat(OllamaDesk(engine), screen, new_conversation(Workspace(tmp_path)), model=MODEL)
    plain = Chat(OllamaDesk(engine), Paper(), talk.conversation, model=MODEL)
    nursery.start(whole=True)
    assert plain.handle(QUESTION)
    kept = [turn.answer for turn in talk.conversation.turns]
    assert kept == [ANSWER]
    for _ in range(KILLS):
        nursery.start(whole=False)
        screen.lines.clear()
        assert talk.handle(QUESTION)
        assert len(screen.lines) == 1
        assert screen.lines[0].startswith("error: ") and "Ollama" in screen.lines[0]
        assert [turn.answer for turn in latest_conversation(Workspace(tmp_path)).turns] == kept
    assert talk.handle(QUESTION), "nothing listens now"
    assert screen.lines[-1].startswith("error: ") and "→" in screen.lines[-1], "it says what to do"
    nursery.start(whole=True)
    assert plain.handle(QUESTION)
    assert [turn.answer for turn in latest_conversation(Workspace(tmp_path)).turns] == [ANSWER, ANSWER]
    engine.close()
