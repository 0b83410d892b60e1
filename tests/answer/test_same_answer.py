"""An answer is the same on a terminal, where sentences appear as they are checked, in a pipe, as JSON and served."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.answer.asked import AskedDocuments
from ragft.answer.assistant import Assistant
from ragft.answer.chat.chat import Chat
from ragft.answer.chat.conversation import new_conversation
from ragft.answer.shown.as_json import answer_json
from ragft.answer.shown.numbering import numbered
from ragft.answer.written.stream import CheckedPart, Done, Restart
from ragft.engine.base import ChatChunk
from ragft.engine.scripted import Reply
from ragft.workspace import Workspace
from tests.answer.chat.test_chat import Desk, Paper
from tests.answer.fakes import NF4, QLORA, Player, Shelf, asked_of, hit

QUESTION = "How much GPU memory does QLoRA need for a 65B model?"
GOOD = "QLoRA needs a single GPU with 48 GB of memory [1]."
DECLINES = "The documents do not answer this question."
ROUNDS = " ".join(
    f"They then compare {n} four-bit types to show that four-bit types fit in four-bit." for n in range(9)
)
BITS = "The weights are frozen in four bits, and gradients flow into small adapters [1]."
LONE = [
    *(ChatChunk(content=f"{word} ") for word in f"{GOOD} A regular fine-tune takes more than 780 GB [1].".split()),
    ChatChunk(thinking="a thought", void=True),
    ChatChunk(content=DECLINES),
    ChatChunk(done=True, done_reason="stop"),
]
REPLIES: tuple[Reply, ...] = (
    GOOD,
    f"{GOOD} {DECLINES}",
    f"{GOOD} I do not know.",
    f"{GOOD} {ROUNDS}",
    f"{GOOD} <think>Is it {DECLINES}",
    f"{GOOD} Or 780 GB?</think> Bread rises.",
    f"{GOOD} Bread rises in a warm kitchen. QLoRA needs 96 GB [1].",
    f"{BITS} They are small.",
    f"{BITS} {GOOD}",
    f"{DECLINES} {GOOD}",
    DECLINES,
    "",
    LONE,
)


def transcript(reply: Reply, folder: Path, width: int | None) -> list[str]:
    screen = Paper(width)
    talk = Chat(Desk(Player(reply, reply)), screen, new_conversation(Workspace(folder)))  # type: ignore[arg-type]
    talk.handle(QUESTION)
    return screen.lines


def assistant(reply: Reply) -> Assistant:
    documents = AskedDocuments(Shelf(hit(QLORA), hit(NF4, number=1, title="On NF4")))
    return asked_of(Player(reply, reply), documents)


@pytest.mark.parametrize("reply", REPLIES)
def test_what_is_shown_does_not_depend_on_where(reply: Reply, tmp_path: Path) -> None:
    on_terminal, in_pipe = (transcript(reply, tmp_path / str(width), width) for width in (10_000, None))
    assert on_terminal == in_pipe
    printed = answer_json(assistant(reply).ask(QUESTION))
    assert on_terminal[0] == printed["answer"]
    events = list(assistant(reply).stream(QUESTION, checked_parts=True))
    served = numbered(events[-1].answer) if isinstance(events[-1], Done) else None
    assert served is not None
    assert (served.answer, served.refused) == (printed["answer"], printed["refused"])
    early = "".join(event.text for event in events if isinstance(event, CheckedPart))
    assert served.answer.startswith(early) or any(isinstance(event, Restart) for event in events)


def test_a_sentence_that_was_shown_outlives_what_a_small_model_says_next() -> None:
    for rest in (DECLINES, ROUNDS, "Or 780 GB?</think> Bread rises."):
        answer = assistant(f"{GOOD} {rest}").ask(QUESTION)
        assert answer.answer.startswith(GOOD) and "four-bit" not in answer.answer
        assert (answer.refused, answer.metrics.retries) == (False, 0)


def test_a_number_of_another_unit_is_not_shown_before_the_end() -> None:
    events = list(assistant(f"{BITS} They are small.").stream(QUESTION, checked_parts=True))
    assert not any(isinstance(event, CheckedPart) for event in events)


def test_a_thought_that_was_taken_for_the_answer_settles_nothing() -> None:
    answer = assistant(LONE).ask(QUESTION)
    assert answer.refused or answer.metrics.quoted
