"""The chat as a machine that takes lines and writes to a screen; the terminal itself is glued on in `cli.ask`.

chat = Chat(session, screen)
while chat.handle(input("> ")): ...
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Protocol

from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer
from ragft.answer.bibliography import bibliography
from ragft.answer.conversation import Conversation
from ragft.answer.library.people import by_author
from ragft.answer.render import answer_text, evidence_lines, notes, place, source_lines, wrap
from ragft.answer.stream import Delta, Done, Event, Restart, Status, Thinking
from ragft.console import safe
from ragft.corpus.fold import fold
from ragft.engine.base import ModelInfo
from ragft.engine.choice import warnings_of
from ragft.engine.names import same_model
from ragft.errors import RagftError
from ragft.index.base import DocumentRecord
from ragft.machine import expand
from ragft.workspace import write_text

THOUGHT_CHARACTERS = 400
"""How much of a model's thinking is shown at a time: its end."""


class Screen(Protocol):
    """Where a chat writes. `width` is None where nothing should be wrapped."""

    @property
    def width(self) -> int | None:
        """Columns."""
        ...

    def line(self, text: str, style: str = "") -> None:
        """Write `text` and a line break. `style` is "", "dim", "title" or "error"."""
        ...

    def draft(self, text: str) -> None:
        """Show what has been written of an answer so far, in place of the draft before it; "" takes it away."""
        ...


class Backend(Protocol):
    """What a chat needs around it: an assistant for a model and a choice of documents, and what there is to choose."""

    def assistant(self, model: str | None, documents: Sequence[str] | None) -> Assistant:
        """The assistant for `model` (None: the default) over `documents` (ids; None: all)."""
        ...

    def documents(self) -> Sequence[DocumentRecord]:
        """What is indexed."""
        ...

    def models(self) -> Sequence[str]:
        """Names of the models at hand that can chat."""
        ...

    def find(self, name: str) -> ModelInfo:
        """The model of that name, or an error that says where it is, or that it cannot chat."""
        ...


class Chat:
    """A conversation: questions are answered, lines that begin with a slash are commands.

    With `keep` every finished exchange is saved in the workspace. `documents` (ids; None: all) are asked at first.
    """

    def __init__(
        self,
        backend: Backend,
        screen: Screen,
        conversation: Conversation,
        *,
        model: str | None = None,
        documents: list[str] | None = None,
        keep: bool = True,
    ) -> None:
        self.backend = backend
        self.screen = screen
        self.conversation = conversation
        self.model = model
        self.keep = keep
        self.last: Answer | None = None
        self._documents = documents
        self._assistant: Assistant | None = None
        self.commands: dict[str, tuple[Callable[[str], bool], str]] = {
            "/sources": (self._sources, "the sources of the last answer, and what else was found"),
            "/open": (self._open, "/open N: the whole passage of source N"),
            "/model": (self._model, "/model NAME: go on with another model; without NAME: the models there are"),
            "/docs": (
                self._docs,
                "/docs FILTER: ask only documents of that title, path, author or year; /docs all: all",
            ),
            "/save": (self._save, "/save FILE: write the conversation as Markdown; FILE.bib: the works it cites"),
            "/clear": (self._clear, "forget the conversation so far"),
            "/help": (self._help, "this list"),
            "/quit": (lambda _: False, "leave (as Ctrl-D)"),
        }

    def handle(self, line: str) -> bool:
        """Answer a question or run a command; False ends the chat. No error ends it: each is shown in one line."""
        line = line.strip()
        if not line:
            return True
        try:
            if line.startswith("/"):
                name, _, argument = line.partition(" ")
                command = self.commands.get(name.lower())
                if command is None:
                    self.screen.line(f"no command {safe(name)}; /help lists them", "error")
                    return True
                return command[0](argument.strip())
            self.ask(line)
        except (RagftError, OSError) as error:
            self.screen.draft("")
            self.screen.line(f"error: {safe(str(error))}", "error")
        return True

    def recall(self, exchanges: int = 3) -> None:
        """Show the last exchanges of the conversation that is gone on with."""
        for one in self.conversation.exchanges[-exchanges:]:
            self.screen.line(wrap(safe(f"> {one.question}"), self.screen.width), "dim")
            self.screen.line(wrap(safe(one.answer), self.screen.width), "dim")

    def ask(self, question: str) -> bool:
        """Answer one question, shown while it is written; Ctrl-C stops it and leaves the conversation as it was.

        Returns whether it was finished.
        """
        written = thought = ""
        events: Generator[Event, None, None] | None = None
        try:
            events = self._current().stream(question, history=self.conversation.turns)
            for event in events:
                if isinstance(event, Done):
                    self.screen.draft("")
                    self._show(event.answer)
                elif isinstance(event, Restart):
                    written = ""
                elif isinstance(event, Delta):
                    written += event.text
                    self.screen.draft(written)
                elif isinstance(event, Thinking):
                    thought += safe(event.text)
                    self.screen.draft(f"thinking: {thought[-THOUGHT_CHARACTERS:]}")
                elif isinstance(event, Status):
                    self.screen.draft(f"{event.text}…")
        except KeyboardInterrupt:
            self.screen.draft("")
            if written.strip():
                self.screen.line(wrap(safe(written).strip(), self.screen.width))
            self.screen.line("(stopped; nothing of this answer was checked or kept)", "dim")
            return False
        finally:
            if events is not None:
                events.close()
        return True

    def _show(self, answer: Answer) -> None:
        self.screen.line(answer_text(answer, self.screen.width))
        if answer.citations:
            self.screen.line(source_lines(answer, self.screen.width), "dim")
        for note in notes(answer):
            self.screen.line(wrap(f"({note})", self.screen.width), "dim")
        self.last = answer
        if self.keep:
            self.conversation.add(answer)

    def _current(self) -> Assistant:
        if self._assistant is None:
            self._assistant = self.backend.assistant(self.model, self._documents)
        return self._assistant

    def _sources(self, _: str) -> bool:
        if self.last is None or not self.last.evidence:
            self.screen.line("no answer with sources yet")
            return True
        if self.last.citations:
            self.screen.line(source_lines(self.last, self.screen.width))
        self.screen.line("Retrieved:", "title")
        self.screen.line(evidence_lines(self.last.evidence, self.screen.width))
        return True

    def _open(self, number: str) -> bool:
        evidence = {item.key: item for item in (self.last.evidence if self.last else ())}
        item = evidence.get(number.strip("[] "))
        if item is None:
            known = ", ".join(evidence) or "none yet"
            self.screen.line(f"no source {safe(number) or '?'} (sources: {known})", "error")
            return True
        path = next((d.path for d in self.backend.documents() if d.id == item.hit.document_id), "")
        self.screen.line(place(item.hit.title, item.hit.pages, item.hit.section), "title")
        if path:
            self.screen.line(safe(path), "dim")
        self.screen.line(wrap(safe(item.hit.text), self.screen.width))
        return True

    def _model(self, name: str) -> bool:
        if not name:
            now = self._current().model
            for other in self.backend.models():
                self.screen.line(f"{'*' if same_model(other, now) else ' '} {safe(other)}")
            return True
        model = self.backend.find(name)
        self.model, self._assistant = model.name, None
        for warning in warnings_of(model):
            self.screen.line(wrap(f"warning: {safe(warning)}", self.screen.width), "error")
        self.screen.line(f"now asking {safe(model.name)}", "dim")
        return True

    def _docs(self, wanted: str) -> bool:
        documents = [d for d in self.backend.documents() if d.status in ("indexed", "partial")]
        if wanted.lower() in ("all", "*"):
            self._documents, self._assistant = None, None
            self.screen.line(f"asking all {len(documents)} documents", "dim")
            return True
        chosen = [d for d in documents if fold(wanted) in fold(d.title) or fold(wanted) in fold(d.path)]
        chosen = chosen or [d for d in documents if str(d.year) == wanted] or by_author(documents, wanted)
        if wanted and not chosen:
            self.screen.line(f"no document matches {safe(wanted)}; all stay as they were", "error")
            return True
        for document in chosen if wanted else documents:
            inside = self._documents is None or wanted or document.id in self._documents
            self.screen.line(f"{'*' if inside else ' '} {' '.join(safe(document.title).split())}")
        if wanted:
            self._documents, self._assistant = [d.id for d in chosen], None
            self.screen.line(f"asking {len(chosen)} of {len(documents)} documents; /docs all takes all again", "dim")
        return True

    def _save(self, name: str) -> bool:
        if not name:
            self.screen.line("say where to: /save FILE", "error")
            return True
        if not self.conversation.exchanges:
            self.screen.line("nothing has been said yet")
            return True
        try:
            path = expand(Path(name))
            if len(path.parts) > 1 and path.parts[0].startswith("~"):
                self.screen.line(f"no file can be called {safe(name)[:80]}: no such user", "error")
                return True
            if path.exists():
                self.screen.line(f"{safe(str(path))} exists; choose another name", "error")
                return True
            write_text(path, safe(self._written(path)))
        except (OSError, ValueError) as error:  # too long, a NUL in it
            self.screen.line(f"no file can be called {safe(name)[:80]}: {safe(str(error))[:80]}", "error")
            return True
        self.screen.line(f"saved to {safe(str(path))}", "dim")
        return True

    def _written(self, path: Path) -> str:
        """The conversation, or for a name that ends in .bib the works it cites."""
        cited = [citation for one in self.conversation.exchanges for citation in one.citations]
        works = bibliography(cited, self.backend.documents())
        if path.suffix.lower() == ".bib":
            return works.bibtex()
        return self.conversation.markdown() + works.section()

    def _clear(self, _: str) -> bool:
        self.conversation.clear()
        self.last = None
        self.screen.line("forgotten", "dim")
        return True

    def _help(self, _: str) -> bool:
        for name, (_function, text) in self.commands.items():
            self.screen.line(wrap(text if text.startswith(name) else f"{name}: {text}", self.screen.width))
        self.screen.line(wrap("Enter sends, Alt-Enter breaks the line, Ctrl-C stops an answer.", self.screen.width))
        return True
