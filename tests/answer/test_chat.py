"""Whole transcripts of a chat: what is typed, what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from ragft.answer.assistant import Assistant
from ragft.answer.chat import Chat
from ragft.answer.conversation import latest_conversation, new_conversation
from ragft.config import AnswerSettings
from ragft.engine.base import ChatChunk, ModelInfo
from ragft.engine.names import same_model
from ragft.errors import GenerationError, ModelNotFound, UsageError
from ragft.index.base import DocumentRecord
from ragft.workspace import Workspace
from tests.answer.fakes import NF4, QLORA, Player, Shelf, dying, hit

GOOD = "QLoRA needs a single GPU with 48 GB of memory [1]."
QUESTION = "How much GPU memory does QLoRA need for a 65B model?"


class Paper:
    """A screen that keeps everything."""

    def __init__(self, width: int | None = None) -> None:
        self.width = width
        self.lines: list[str] = []
        self.drafts: list[str] = []

    def line(self, text: str, style: str = "") -> None:
        self.lines += text.split("\n")

    def draft(self, text: str) -> None:
        self.drafts.append(text)


class Desk:
    """A backend over fixed hits."""

    def __init__(self, engine: Player) -> None:
        self.engine = engine
        self.made: list[tuple[str | None, Sequence[str] | None]] = []
        self.settings = AnswerSettings()

    def assistant(self, model: str | None, documents: Sequence[str] | None) -> Assistant:
        self.made.append((model, documents))
        return Assistant(
            self.engine, Shelf(hit(QLORA), hit(NF4, number=1, title="On NF4")), self.settings, model=model or "tiny"
        )

    def documents(self) -> Sequence[DocumentRecord]:
        return [
            DocumentRecord("doc-0", "/papers/qlora.pdf", "On QLoRA", (), 2023, 4, 3, "indexed"),
            DocumentRecord("doc-1", "/papers/nf4.pdf", "On NF4", (), 2023, 4, 3, "indexed"),
            DocumentRecord("doc-2", "/papers/broken.pdf", "", (), None, 0, 0, "failed", "cut short"),
        ]

    def models(self) -> Sequence[str]:
        return ["tiny", "other:latest"]

    def find(self, name: str) -> ModelInfo:
        if name == "minilm":
            raise UsageError("minilm cannot chat", fix="choose a chat model")
        try:
            full = next(known for known in self.models() if same_model(known, name))
        except StopIteration:
            raise ModelNotFound(f"no model {name!r}", fix="ollama pull it") from None
        return ModelInfo(full, "", 0, "ollama", template="" if full == "tiny" else "<|user|>{{ .Prompt }}<|assistant|>")


def chat(tmp_path: Path, *replies: str | Exception, width: int | None = None) -> tuple[Chat, Paper, Desk]:
    screen, desk = Paper(width), Desk(Player(*replies))
    return Chat(desk, screen, new_conversation(Workspace(tmp_path))), screen, desk


def transcript(made: tuple[Chat, Paper, Desk], *lines: str) -> list[str]:
    talk, screen, _ = made
    for line in lines:
        screen.lines.append(f"> {line}")
        if not talk.handle(line):
            break
    return screen.lines


def test_a_question_and_its_sources(tmp_path: Path) -> None:
    assert transcript(chat(tmp_path, GOOD), QUESTION, "/sources", "/open 1", "/open 7") == [
        f"> {QUESTION}",
        "QLoRA needs a single GPU with 48 GB of memory [1].",
        "[1] On QLoRA, p. 2",
        "    “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”",
        "> /sources",
        "[1] On QLoRA, p. 2",
        "    “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”",
        "Retrieved:",
        "[1] On QLoRA, p. 2",
        f"    {QLORA[:100]}…",
        "[2] On NF4, p. 2",
        f"    {NF4[:100]}…",
        "> /open 1",
        "On QLoRA, p. 2",
        "/papers/qlora.pdf",
        QLORA,
        "> /open 7",
        "no source 7 (sources: 1, 2)",
    ]


def test_commands(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD)
    assert transcript(
        made,
        *("/model", "/model nobody", "/model minilm", "/model other", "/model"),
        *("/docs nf4", "/docs bread", QUESTION, "/docs all", "/nope"),
    ) == [
        "> /model",
        "* tiny",
        "  other:latest",
        "> /model nobody",
        "error: no model 'nobody' → ollama pull it",
        "> /model minilm",
        "error: minilm cannot chat → choose a chat model",
        "> /model other",
        "now asking other:latest",
        "> /model",
        "  tiny",
        "* other:latest",
        "> /docs nf4",
        "* On NF4",
        "asking 1 of 2 documents; /docs all takes all again",
        "> /docs bread",
        "no document matches bread; all stay as they were",
        f"> {QUESTION}",
        "QLoRA needs a single GPU with 48 GB of memory [1].",
        "[1] On QLoRA, p. 2",
        "    “QLoRA brings the same job down to a single GPU with 48 GB of memory [1].”",
        "> /docs all",
        "asking all 2 documents",
        "> /nope",
        "no command /nope; /help lists them",
    ]
    assert made[2].made[-1] == ("other:latest", ["doc-1"])


def test_a_model_without_a_chat_template_is_warned_of(tmp_path: Path) -> None:
    lines = transcript(chat(tmp_path), "/model tiny")
    assert lines[1].startswith("warning: tiny has no chat template")
    assert lines[-1] == "now asking tiny"


def test_nothing_is_wider_than_sixty_columns(tmp_path: Path) -> None:
    lines = transcript(chat(tmp_path, GOOD, width=60), QUESTION, "/sources", "/open 2", "/help")
    assert max(len(line) for line in lines if not line.startswith("> ")) <= 60


def test_an_engine_that_dies_is_one_line_and_the_conversation_goes_on(tmp_path: Path) -> None:
    lines = transcript(
        chat(tmp_path, GOOD, dying("QLoRA", GenerationError("the engine stopped", fix="ask again")), GOOD),
        QUESTION,
        QUESTION,
        QUESTION,
    )
    assert lines.count("error: the engine stopped → ask again") == 1
    assert lines.count("QLoRA needs a single GPU with 48 GB of memory [1].") == 2
    assert len(latest_conversation(Workspace(tmp_path)).turns) == 2


def test_twenty_deaths_leave_the_conversation_intact(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, *[dying("QLoRA", GenerationError("the engine stopped"))] * 20, GOOD)
    transcript(made, *[QUESTION] * 22)
    assert [turn.answer for turn in latest_conversation(Workspace(tmp_path)).turns] == [GOOD, GOOD]


def test_ctrl_c_stops_the_answer_and_keeps_the_conversation(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD)
    talk, screen, desk = made
    talk.handle(QUESTION)

    def interrupt(text: str) -> None:
        if "single" in text:
            raise KeyboardInterrupt

    screen.draft = interrupt  # type: ignore[method-assign]
    assert talk.handle(QUESTION)
    assert screen.lines[-1].startswith("(stopped")
    assert len(talk.conversation.turns) == 1
    assert desk.engine.closed == 2


def test_the_conversation_is_history_of_the_next_question(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD)
    transcript(made, QUESTION, "and its weights, are they frozen in four bits?")
    assert [m.content for m in made[2].engine.requests[1].messages][1] == QUESTION


def test_clear_forgets(tmp_path: Path) -> None:
    made = chat(tmp_path, GOOD, GOOD)
    transcript(made, QUESTION, "/clear", QUESTION)
    assert len(made[2].engine.requests[1].messages) == 2


def test_save_writes_markdown_and_never_over_a_file(tmp_path: Path) -> None:
    target = tmp_path / "notes.md"
    lines = transcript(chat(tmp_path, GOOD), QUESTION, f"/save {target}", f"/save {target}")
    assert target.read_text().startswith(f"## {QUESTION}\n\n{GOOD}")
    assert lines[-1].endswith("exists; choose another name")


def test_escape_sequences_never_reach_the_screen(tmp_path: Path) -> None:
    made = chat(tmp_path, f"\x1b[2J{GOOD}\x1b]0;owned\x07")
    lines = transcript(made, QUESTION, "/model \x1b[31mred", "/\x1b[31mred", "/docs \x1b[31m")
    shown = [*lines, *made[1].drafts]
    assert not any("\x1b" in line or "\x07" in line for line in shown if not line.startswith("> "))


def test_help_lists_every_command(tmp_path: Path) -> None:
    made = chat(tmp_path)
    text = "\n".join(transcript(made, "/help"))
    assert all(name in text for name in made[0].commands)


def test_thinking_is_shown_while_it_grows_and_never_kept(tmp_path: Path) -> None:
    thinking = [ChatChunk(thinking="48 or "), ChatChunk(thinking="780?"), ChatChunk(content=GOOD), ChatChunk(done=True)]
    talk, screen, desk = chat(tmp_path, thinking)
    desk.settings = AnswerSettings(think=True)
    assert talk.ask(QUESTION)
    assert "thinking: 48 or 780?" in screen.drafts
    assert "780?" not in "\n".join(screen.lines)
    assert desk.engine.requests[0].options.num_predict > AnswerSettings().num_predict


@pytest.mark.parametrize("name", ["~nobody-of-that-name/x", "a\0b", "x" * 400, "/proc/none/x"])
def test_a_name_that_cannot_be_saved_to_is_an_error_and_the_chat_goes_on(tmp_path: Path, name: str) -> None:
    made = chat(tmp_path, GOOD)
    shown = transcript(made, QUESTION, f"/save {name}", "/sources")
    assert any("no file can be called" in line or "error: cannot write" in line for line in shown)
    assert "Retrieved:" in shown
    assert not Path("~nobody-of-that-name").exists()


def test_an_empty_conversation_is_not_saved(tmp_path: Path) -> None:
    made = chat(tmp_path)
    assert transcript(made, f"/save {tmp_path / 'x.md'}")[-1] == "nothing has been said yet"
    assert not (tmp_path / "x.md").exists()


def test_a_refusal_is_looked_back_at_but_not_shown_to_the_model(tmp_path: Path) -> None:
    """The title of the nearest document stands in it, and may be hostile; and a small model repeats refusals."""
    made = chat(tmp_path, "The documents do not answer this question.", GOOD)
    made[2].settings = AnswerSettings(gate=0.0)
    transcript(made, "Who baked the QLoRA cake?", QUESTION)
    asked = made[2].engine.requests[-1].messages
    assert [turn.question for turn in made[0].conversation.turns] == ["Who baked the QLoRA cake?", QUESTION]
    assert [message.role for message in asked] == ["system", "user"]
