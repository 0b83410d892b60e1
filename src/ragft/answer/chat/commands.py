"""The commands of the chat: lines that begin with a slash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.answer.base import Citation
from ragft.answer.chat.screen import show_sources
from ragft.answer.checking.support import sentence_spans
from ragft.answer.library.people import by_author
from ragft.answer.shown.bibliography import bibliography
from ragft.answer.shown.render import cited_text, evidence_lines, file_link, place, source_lines, wrap
from ragft.console import safe
from ragft.corpus.fold import fold
from ragft.engine.choosing.choice import model_warnings
from ragft.engine.model_names import same_model
from ragft.machine import expand
from ragft.workspace import write_text

if TYPE_CHECKING:
    from ragft.answer.chat.chat import Chat

FORCE = "--force"
_MARKDOWN = (".md", ".markdown")


class Commands:
    """What each command does, and how they are found. A command returns False to end the chat."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._screen = chat.screen
        self.table: dict[str, tuple[Callable[[str], bool], str]] = {
            "/sources": (self._sources, "the sources of the last answer, and what else was found"),
            "/open": (self._open, "/open N: the whole passage of source N"),
            "/quote": (self._quote, "/quote N: what source N says, with its page and the sentences around it"),
            "/copy": (self._copy, "put the last answer and its sources on the clipboard"),
            "/retry": (self._retry, "ask the last question again; the model writes another answer"),
            "/model": (self._model, "/model NAME: go on with another model; without NAME: the models there are"),
            "/docs": (
                self._docs,
                "/docs FILTER: ask only papers of that title, path, author or year; /docs all: all",
            ),
            "/save": (
                self._save,
                "/save FILE: write the conversation (.md, .json), or the works it cites (.bib); /save!: over a file",
            ),
            "/export": (
                self._export,
                "/export FILE: the same as Markdown or JSON, by the ending; /export! FILE: over one",
            ),
            "/verbose": (self._verbose, "show all remarks below an answer, or at most one"),
            "/clear": (self._clear, "forget the conversation so far"),
            "/help": (self._help, "this list"),
            "/bye": (lambda _: False, "leave, as /quit, exit, quit, :q and Ctrl-D"),
        }
        self._hidden = {"/quit": "/bye", "/exit": "/bye", "/save!": "/save", "/export!": "/export", "/?": "/help"}

    @property
    def names(self) -> list[str]:
        """The names of all commands, which the prompt completes."""
        return [*self.table, "/quit"]

    def run(self, line: str) -> bool:
        """Run the command in `line`; False ends the chat."""
        name, _, argument = line.partition(" ")
        name, argument = name.lower(), argument.strip()
        command = self.table.get(self._hidden.get(name, name))
        if command is None:
            self._say(f"no command {safe(name)}; /help lists them", "error")
            return True
        return command[0](f"{FORCE} {argument}" if name.endswith("!") else argument)

    def _say(self, text: str, style: str = "") -> None:
        """Write a message, wrapped at words."""
        self._screen.line(wrap(text, self._screen.width), style)

    def _sources(self, _: str) -> bool:
        last = self._chat.last
        if last is None or not last.evidence:
            self._say("no answer with sources yet")
            return True
        show_sources(last, self._screen, links=self._chat.links(last))
        self._screen.line("Retrieved:", "title")
        self._screen.line(evidence_lines(last.evidence, self._screen.width))
        return True

    def _open(self, number: str) -> bool:
        evidence = {item.key: item for item in (self._chat.last.evidence if self._chat.last else ())}
        item = evidence.get(number.strip("[] "))
        if item is None:
            return self._no_source(number, evidence)
        path = next((d.path for d in self._chat.backend.documents() if d.id == item.hit.document_id), "")
        link = file_link(path, item.hit.pages[0])
        self._screen.line(place(item.hit.title, item.hit.pages, item.hit.section), "title", link)
        if path:
            self._screen.line(safe(path), "dim", link)
        self._screen.line(wrap(safe(item.hit.text), self._screen.width))
        return True

    def _quote(self, number: str) -> bool:
        last = self._chat.last
        cited = [one for one in (last.citations if last else ()) if one.key == (number.strip("[] ") or "1")]
        if last is None or not cited:
            return self._no_source(number, {one.key: one for one in (last.citations if last else ())})
        texts = {item.hit.chunk_id: item.hit.text for item in last.evidence}
        for citation in cited:
            head = source_lines(citation, self._screen.width)[0]
            self._screen.line(head, "title", self._chat.links(last).get(citation.key, ""))
            before, after = _around(citation, texts.get(citation.chunk_id, ""))
            for text, style in ((before, "dim"), (cited_text(citation), ""), (after, "dim")):
                if text:
                    self._screen.line(wrap(safe(text), self._screen.width), style)
        return True

    def _no_source(self, number: str, known: Iterable[str]) -> bool:
        names = ", ".join(known) or "none yet"
        self._say(f"no source {safe(number) or '?'} (sources: {names})", "error")
        return True

    def _copy(self, _: str) -> bool:
        last = self._chat.last
        if last is None:
            self._say("nothing has been answered yet")
            return True
        lines = [last.answer, *(line for one in last.citations for line in source_lines(one, None))]
        self._say(self._screen.copy(safe("\n".join(lines))), "dim")
        return True

    def _retry(self, _: str) -> bool:
        if self._chat.asked:
            self._chat.retry()
        else:
            self._say("nothing has been asked yet")
        return True

    def _model(self, name: str) -> bool:
        if not name:
            now = self._chat.current().model
            for other in self._chat.backend.models():
                self._screen.line(f"{'*' if same_model(other, now) else ' '} {safe(other)}")
            return True
        model = self._chat.backend.find(name)
        self._chat.choose(model=model.name, documents=self._chat.documents)
        for warning in model_warnings(model):
            self._screen.line(wrap(f"warning: {safe(warning)}", self._screen.width), "error")
        self._say(f"now asking {safe(model.name)}", "dim")
        return True

    def _docs(self, wanted: str) -> bool:
        documents = [d for d in self._chat.backend.documents() if d.is_readable]
        if wanted.lower() in ("all", "*"):
            self._chat.choose(model=self._chat.model)
            self._say(f"asking all {len(documents)} documents", "dim")
            return True
        chosen = [d for d in documents if fold(wanted) in fold(d.title) or fold(wanted) in fold(d.path)]
        chosen = chosen or [d for d in documents if str(d.year) == wanted] or by_author(documents, wanted)
        if wanted and not chosen:
            self._say(f"no document matches {safe(wanted)}; all stay as they were", "error")
            return True
        for document in chosen if wanted else documents:
            inside = self._chat.documents is None or wanted or document.id in self._chat.documents
            self._screen.line(f"{'*' if inside else ' '} {' '.join(safe(document.title).split())}")
        if wanted:
            self._chat.choose(model=self._chat.model, documents=[d.id for d in chosen])
            self._say(f"asking {len(chosen)} of {len(documents)} documents; /docs all takes all again", "dim")
        return True

    def _save(self, argument: str) -> bool:
        return self._write("/save", argument)

    def _export(self, argument: str) -> bool:
        """As `/save`, but only in a form that the ending names."""
        ending = Path(argument.removesuffix(FORCE).strip()).suffix.lower()
        if argument and ending not in (*_MARKDOWN, ".json"):
            self._say("say in what form by the ending: /export FILE.md or /export FILE.json", "error")
            return True
        return self._write("/export", argument)

    def _written(self, path: Path) -> str:
        """The conversation in the form that the ending of `path` names: .json, .bib (the works it cites), Markdown."""
        conversation = self._chat.conversation
        if path.suffix.lower() == ".json":
            return conversation.json()
        cited = [citation for one in conversation.exchanges for citation in one.citations]
        works = bibliography(cited, self._chat.backend.documents())
        if path.suffix.lower() == ".bib":
            return works.bibtex()
        return conversation.markdown() + works.section()

    def _write(self, command: str, argument: str) -> bool:
        """Write to the file that `argument` names; over one that is there only where it says so."""
        over = argument.startswith(FORCE) or argument.endswith(f" {FORCE}")
        name = argument.removeprefix(FORCE).removesuffix(FORCE).strip() if over else argument
        if not name:
            self._say(f"say where to: {command} FILE", "error")
            return True
        if not self._chat.conversation.exchanges:
            self._say("nothing has been said yet")
            return True
        try:
            path = expand(Path(name))
            if len(path.parts) > 1 and path.parts[0].startswith("~"):
                self._say(f"no file can be called {safe(name)[:80]}: no such user", "error")
                return True
            if path.exists() and not over:
                self._say(f"{safe(str(path))} exists; {command}! FILE writes over it", "error")
                return True
            write_text(path, safe(self._written(path)))
        except (OSError, ValueError) as error:  # too long, a NUL in it
            self._say(f"no file can be called {safe(name)[:80]}: {safe(str(error))[:80]}", "error")
            return True
        self._say(f"saved to {safe(str(path))}", "dim")
        return True

    def _verbose(self, _: str) -> bool:
        self._screen.verbose = not self._screen.verbose
        shown = "all remarks" if self._screen.verbose else "at most one remark"
        self._say(f"below an answer: {shown}", "dim")
        return True

    def _clear(self, _: str) -> bool:
        self._chat.conversation.clear()
        self._chat.last = None
        self._say("forgotten", "dim")
        return True

    def _help(self, _: str) -> bool:
        for text in self._help_lines():
            self._screen.line(wrap(text, self._screen.width))
        return True

    def _help_lines(self) -> Iterator[str]:
        for name, (_function, text) in self.table.items():
            yield text if text.startswith(name) else f"{name}: {text}"
        yield 'Enter sends, Alt-Enter breaks the line, Ctrl-C stops an answer; """ begins and ends a long question.'


def _around(citation: Citation, text: str) -> tuple[str, str]:
    """The sentences before and behind the quote in the `text` of its passage, empty where there is none.

    Where the quote is a part of a sentence, they are its other parts.
    """
    spans = sentence_spans(text)
    before = next(((a, min(b, citation.start)) for a, b in reversed(spans) if a < citation.start), (0, 0))
    after = next(((max(a, citation.end), b) for a, b in spans if b > citation.end), (0, 0))
    return " ".join(text[slice(*before)].split()), " ".join(text[slice(*after)].split())
