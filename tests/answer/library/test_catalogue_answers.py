"""Catalogue answers on the way to the user: assistant, chat, what is shown and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ragft.answer.asked import AskedDocuments, AskedModel
from ragft.answer.assistant import Assistant
from ragft.answer.chat.chat import Chat
from ragft.answer.chat.conversation import Conversation, load_conversation
from ragft.answer.chat.screen import Work
from ragft.answer.library.librarian import Librarian
from ragft.answer.shown.notes import footer
from ragft.answer.shown.render import source_lines
from ragft.engine.base import ModelInfo
from ragft.index.base import DocumentRecord
from ragft.setting_sections import AnswerSettings
from tests.answer.fakes import Player, hit
from tests.answer.fakes import Shelf as Found
from tests.answer.library.shelves import DPO, ROBERTA, library

SOURCE = [f"[1] {ROBERTA.title}, p. 1", "    Yinhan Liu, Myle Ott; 2019; robertaarobu.pdf"]


def assistant(engine: Player) -> Assistant:
    found = Found(hit("QLoRA needs 48 GB of GPU memory."))
    return Assistant(
        AskedModel(engine, "tiny"), AskedDocuments(found, librarian=Librarian(library())), AnswerSettings()
    )


class Backend:
    """One assistant over the made-up papers."""

    def __init__(self) -> None:
        self.engine = Player()

    def assistant(self, model: str | None, documents: Sequence[str] | None, *, again: int = 0) -> Assistant:
        return assistant(self.engine)

    def documents(self) -> Sequence[DocumentRecord]:
        return library().documents()

    def models(self) -> Sequence[str]:
        return ["tiny"]

    def find(self, name: str) -> ModelInfo:
        return self.engine.show(name)


class Screen:
    """Keeps what was written."""

    width = None
    verbose = draft = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def line(self, text: str, style: str = "", link: str = "") -> None:
        self.lines.append(text)

    def answer(self, text: str, links: Mapping[str, str]) -> None:
        self.lines.append(text)

    def work(self, work: Work | None) -> None:
        pass

    def copy(self, text: str) -> str:
        return ""


def test_no_model_is_asked_and_the_answer_says_who_answered() -> None:
    engine = Player()
    answer = assistant(engine).ask("Who wrote the RoBERTa paper?")
    assert (answer.model, answer.engine, answer.refused, engine.closed) == ("", "catalogue", False, 0)
    assert footer(answer) == ["From the catalogue of your documents; no model was asked"]
    assert [*source_lines(answer.citations[0], None)] == SOURCE


def test_what_the_library_lacks_is_a_refusal_with_its_reason() -> None:
    answer = assistant(Player()).ask("Who wrote the ELMo paper?")
    assert (answer.refused, answer.reason, answer.citations) == (True, "not_in_library", ())


def test_another_question_goes_to_the_model() -> None:
    engine = Player("QLoRA needs 48 GB [1].")
    answer = assistant(engine).ask("How much GPU memory does QLoRA need?")
    assert (answer.model, engine.closed, answer.metrics.catalogue) == ("tiny", 1, False)


def test_evidence_that_was_chosen_already_is_what_answers() -> None:
    engine = Player("It has 48 GB [1].")
    one = assistant(engine)
    one.ask("How many papers do I have?", evidence=one.retrieve("GPU memory"))
    assert engine.closed == 1


def test_a_chat_goes_on_from_a_catalogue_answer_opens_it_and_keeps_it(tmp_path: Path) -> None:
    screen, path = Screen(), tmp_path / "chat.json"
    chat = Chat(Backend(), screen, Conversation(path))
    for line in ("Who wrote the RoBERTa paper?", "and when?", "/open 1"):
        assert chat.handle(line)
    assert f"“{ROBERTA.title}” is from 2019 [1]." in screen.lines
    assert screen.lines[-1] == ROBERTA.title  # its first passage
    kept = load_conversation(path)
    assert kept.turns[0].documents == (ROBERTA.id,)
    assert kept.exchanges[0].citations[0].document == ROBERTA
    assert f"- [1] {ROBERTA.title}, p. 1: Yinhan Liu, Myle Ott; 2019; robertaarobu.pdf" in kept.markdown()


def test_the_documents_of_a_chat_are_those_that_were_chosen() -> None:
    narrowed = Librarian(library(), [DPO.id]).answer("which of my papers are by Liu?")
    assert narrowed is not None and narrowed.missing
