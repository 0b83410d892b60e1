"""The chat: takes lines of input and writes to a screen; `cli.ask` connects both to the terminal.

chat = Chat(session, screen, conversation)
chat.run(sys.stdin)
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ragft.answer.assistant import Assistant
from ragft.answer.base import Answer, Evidence
from ragft.answer.chat.commands import Commands
from ragft.answer.chat.conversation import Conversation
from ragft.answer.chat.screen import Screen, Work, show_answer
from ragft.answer.checked_parts import last_sentence_start
from ragft.answer.shown.numbering import numbered, numbered_draft
from ragft.answer.shown.render import source_links, wrap
from ragft.answer.written.stream import CheckedPart, Delta, Done, Event, Restart, Status, Thinking
from ragft.console import safe
from ragft.corpus.text import sanitise
from ragft.engine.base import ModelInfo
from ragft.errors import RagftError
from ragft.index.base import DocumentRecord
from ragft.machine import output_fails, reader_is_gone

THOUGHT_CHARACTERS = 400
"""How much of a model's thinking is shown at a time: its end."""
LEAVE = ("exit", "quit", ":q")
"""Words that end the chat where a line holds nothing else, as commands do."""
FENCE = '"""'
"""Begins and ends a question of several lines, as in Ollama's chat."""
UNCHECKED = "(stopped: this text was not checked against the sources)"
REST_UNCHECKED = "(stopped: the text below was not checked against the sources)"
"""Between the checked sentences of an answer that was stopped and what was written after them."""


class Backend(Protocol):
    """What a chat needs around it: an assistant for a model and a choice of documents, and what there is to choose."""

    def assistant(self, model: str | None, documents: Sequence[str] | None, *, again: int = 0) -> Assistant:
        """The assistant for `model` (None: the default) over `documents` (ids; None: all).

        `again` counts how often the same question was asked before: each time the model writes something else.
        """
        ...

    def documents(self) -> Sequence[DocumentRecord]:
        """The records of all documents in the index."""
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
        self.asked = ""
        self.documents = documents
        self.commands = Commands(self)
        self._again = 0
        self._lines: list[str] | None = None
        self._assistant: Assistant | None = None

    @property
    def in_question(self) -> bool:
        """Whether a question of several lines has begun and not ended."""
        return self._lines is not None

    @property
    def known_lines(self) -> list[str]:
        """Whole lines that mean something to a chat: its commands, and the choice of each model."""
        return [*self.commands.names, *(f"/model {name}" for name in self.backend.models())]

    def run(self, lines: Iterable[str]) -> None:
        """Handle line after line, until one ends the chat or there are no more; a question that has begun is asked."""
        for line in lines:
            if not self.handle(line):
                return
        self._end_question()

    def handle(self, line: str) -> bool:
        """Answer a question or run a command; False ends the chat. No error ends it: each is shown in one line."""
        if self._lines is None and line.strip().startswith(FENCE):
            self._lines, line = [], line.strip().removeprefix(FENCE)
        if self._lines is not None:
            text = line.rstrip()
            self._lines.append(text.removesuffix(FENCE))
            return self._end_question() if text.endswith(FENCE) else True
        line = line.strip()
        if not line:
            return True
        if line.lower() in LEAVE:
            return False
        return self._guarded(line)

    def drop_question(self) -> None:
        """Forget the lines of a question that has begun."""
        self._lines = None

    def banner(self, workspace: Path) -> None:
        """Say who answers from what, and how to go on."""
        now = self.current()
        papers = sum(document.is_readable for document in self.backend.documents())
        papers_said = f"{papers} paper{'' if papers == 1 else 's'}"
        for text, style in (
            (f"{safe(now.model)} ({now.engine.name}) · {papers_said} · {safe(str(workspace))}", "title"),
            ("Ask your documents. /help lists the commands, /bye leaves.", "dim"),
        ):
            self.screen.line(wrap(text, self.screen.width), style)

    def recall(self, exchanges: int = 3) -> None:
        """Show the last exchanges of the conversation that is continued."""
        for one in self.conversation.exchanges[-exchanges:]:
            self.screen.line(wrap(safe(f"> {one.question}"), self.screen.width), "dim")
            self.screen.line(wrap(safe(one.answer), self.screen.width), "dim")

    def ask(self, question: str, *, evidence: Sequence[Evidence] | None = None) -> Answer | None:
        """Answer one question. Ctrl-C stops it: what was written by then is shown and kept, what is unchecked marked.

        `evidence`, where given, is what it is answered from. None where it was stopped.
        """
        self.asked, self._again = sanitise(question).strip(), 0  # as the answer has it
        return self._ask(question, self.current(), evidence)

    def retry(self) -> None:
        """Ask the last question once more; its answer takes the place of the one before."""
        self._again += 1
        assistant = self.backend.assistant(self.model, self.documents, again=self._again)
        self._ask(self.asked, assistant, None)

    def current(self) -> Assistant:
        """The assistant for the model and the documents that are chosen."""
        if self._assistant is None:
            self._assistant = self.backend.assistant(self.model, self.documents)
        return self._assistant

    def choose(self, *, model: str | None = None, documents: list[str] | None = None) -> None:
        """Go on with this model over these documents (ids; None: all)."""
        self.model, self.documents, self._assistant = model, documents, None

    def links(self, answer: Answer) -> dict[str, str]:
        """Where the files of an answer's sources are, by number; none where nobody could follow a link."""
        if self.screen.width is None or not answer.citations:
            return {}
        return source_links(answer.citations, {document.id: document.path for document in self.backend.documents()})

    def _end_question(self) -> bool:
        """Ask the question of several lines that has begun, if one has."""
        text = "\n".join(self._lines or ()).strip()
        self._lines = None
        return self._guarded(text, command=False) if text else True

    def _guarded(self, line: str, *, command: bool = True) -> bool:
        try:
            if command and line.startswith("/"):
                return self.commands.run(line)
            self.ask(line)
        except (RagftError, OSError) as error:
            if isinstance(error, OSError) and (reader_is_gone(error) or output_fails(error)):
                raise  # nobody reads what would be said of it
            self.screen.work(None)
            self.screen.line(f"error: {safe(str(error))}", "error")
        return True

    def _ask(self, question: str, assistant: Assistant, evidence: Sequence[Evidence] | None) -> Answer | None:
        written, settled = "", 0
        answer: Answer | None = None
        history = self.conversation.turns[: -1 if self._repeats else None]
        work = Work("searching", time.perf_counter())
        events: Generator[Event, None, None] | None = None
        try:
            events = assistant.stream(question, history=history, evidence=evidence, checked_parts=self._in_parts)
            for event in events:
                if isinstance(event, Done):
                    answer = event.answer
                elif isinstance(event, Restart):
                    written, settled, work = "", 0, replace(work, checked="")
                elif isinstance(event, Delta):
                    written += event.text
                elif isinstance(event, CheckedPart):
                    settled = last_sentence_start(written)
                if not isinstance(event, Done):
                    work = self._went_on(work, event, written)
                    self.screen.work(work)
        except KeyboardInterrupt:
            self._stopped(question, assistant.model, work.checked, _draft_from(written, settled))
        except (RagftError, OSError):
            self._keep_shown(work)
            raise
        finally:
            if events is not None:
                events.close()
        self.screen.work(None)
        if answer is not None:
            self._finished(numbered(answer))
        return answer

    def _went_on(self, work: Work, event: Event, written: str) -> Work:
        """What is being done, after `event`."""
        if isinstance(event, Status):
            return replace(work, doing=event.text, titles=event.titles or work.titles, text="")
        if isinstance(event, Thinking):
            return replace(work, doing="thinking", text=(work.text + safe(event.text))[-THOUGHT_CHARACTERS:])
        if isinstance(event, CheckedPart):
            return replace(work, checked=work.checked + safe(event.text))
        words = len(written.split())
        doing = f"writing, {words} word{'' if words == 1 else 's'}" if words else "writing"
        return replace(work, doing=doing, text=numbered_draft(written) if self.screen.draft else "")

    @property
    def _in_parts(self) -> bool:
        """Whether sentences appear as they are checked: not in a pipe, and not beside a draft, which is replaced."""
        return self.screen.width is not None and not self.screen.draft

    @property
    def _repeats(self) -> bool:
        """Whether the question that is asked is the last of the conversation once more."""
        exchanges = self.conversation.exchanges
        return bool(self._again and exchanges and exchanges[-1].question == self.asked)

    def _finished(self, answer: Answer) -> None:
        show_answer(answer, self.screen, links=self.links(answer))
        self.last = answer
        if self.keep:
            if self._repeats:
                self.conversation.exchanges.pop()
            self.conversation.add(answer)

    def _keep_shown(self, work: Work) -> None:
        """Write the checked sentences that were shown of an answer whose end is not known."""
        if work.checked:
            self.screen.answer(work.checked, {})

    def _stopped(self, question: str, model: str, checked: str, rest: str) -> None:
        """Show and keep what was written by now: the checked sentences that were shown, and the unchecked `rest`."""
        self.screen.work(None)
        if not (checked or rest):
            self.screen.line("(stopped before the first word)", "dim")
            return
        if checked:
            self.screen.answer(checked, {})
            self.screen.line(wrap(REST_UNCHECKED, self.screen.width), "dim")
        self.screen.line(wrap(rest, self.screen.width))
        if not checked:
            self.screen.line(wrap(UNCHECKED, self.screen.width), "dim")
        if self.keep:
            kept = f"{checked}\n{REST_UNCHECKED}\n{rest}" if checked else f"{rest}\n{UNCHECKED}"
            self.conversation.add_unchecked(question, kept, model)


def _draft_from(written: str, start: int) -> str:
    """What was written from `start` on, its sources numbered in the order of their use in the whole text."""
    before = numbered_draft(safe(written[:start]))
    return numbered_draft(safe(written))[len(before) :].strip()
