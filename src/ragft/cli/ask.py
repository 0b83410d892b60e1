"""`ragft ask`: one question, a question from a pipe, or a chat."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ragft.cli.ask_formats import print_formatted, require_format
from ragft.cli.exit_codes import REFUSED
from ragft.cli.options import (
    Authors,
    Documents,
    EngineName,
    Json,
    ModelName,
    Tags,
    WorkspacePath,
    YearSpan,
    choice,
    open_app,
    print_json,
)
from ragft.cli.piped import PipedText
from ragft.cli.think import FLAG, HELP, ThinkingCommand, think_setting
from ragft.console import input_lines
from ragft.errors import InputError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prompt_toolkit.history import History

    from ragft.answer.chat.chat import Chat
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.app.application import Application
    from ragft.cli.terminal_screen import TerminalScreen
    from ragft.workspace import Workspace

COMMAND = ThinkingCommand
MOST_UNREADABLE = 0.1
"""Share of the signs of a question that are not text, from which on it is none: a program, a picture."""
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd\udc80-\udcff]")


class _Asked(NamedTuple):
    """Whom a question goes to, over which documents, and how the answer is shown."""

    app: Application
    model: str | None
    within: DocumentFilter | None
    text: Callable[[], bytes] | None
    go_on: bool
    as_json: bool
    output: str | None
    verbose: bool
    draft: bool


def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question; - reads it from a pipe; none starts a chat.")
    ] = None,
    *,
    as_json: Json = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="markdown: with citation keys and references; bibtex: the works it cites.",
        ),
    ] = None,
    workspace: WorkspacePath = None,
    engine: EngineName = None,
    model: ModelName = None,
    arm: Annotated[str | None, typer.Option(help="base or tuned: a model of the latest run.", metavar="ARM")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Base and tuned model on the same evidence.")] = False,
    k: Annotated[int | None, typer.Option("-k", min=1, max=50, help="Passages to retrieve.", show_default="8")] = None,
    evidence: Annotated[
        str | None,
        typer.Option(
            help="Tokens of evidence to show the model; auto: as many as it reads in 4 s.",
            show_default="600; 1200 from 1B weights on",
            metavar="TOKENS",
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(help="brief, full, list or table; auto: by model and question.", show_default="auto"),
    ] = None,
    document: Documents = None,
    author: Authors = None,
    year: YearSpan = None,
    tag: Tags = None,
    think: Annotated[str | None, typer.Option(FLAG, metavar="LEVEL", help=HELP)] = None,
    go_on: Annotated[bool, typer.Option("--continue", help="Go on with the last conversation or question.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every remark on an answer, not only one.")] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Show what the model writes before it has been checked.")
    ] = False,
    fail: Annotated[
        bool, typer.Option("--fail-on-refusal", help=f"Exit with code {REFUSED} where the answer is a refusal.")
    ] = False,
) -> None:
    """Answer a question from your documents, with checked citations; without a question, chat.

    Each citation has been checked: its quote is verbatim in the document it names. If the documents do not answer,
    ragft says so and names the nearest passages.

    \b
    Example:
        ragft ask "How much GPU memory does QLoRA need for a 65B model?"
        echo "What is NF4?" | ragft ask - --json
        ragft ask "What limits the retriever?" --author Gao --year 2022-
        ragft ask "What is NF4?" --format markdown
        pdftotext paper.pdf - | ragft ask "Summarise this"
    """
    from ragft.app.asking import LARGEST_TEXT, needs_text

    answer = {"k": k, "evidence_tokens": evidence, "style": style, "think": think_setting(think)}
    app = open_app(workspace, engine={"name": engine}, answer=answer)
    _check_models(arm, model, compare=compare, go_on=go_on)
    text = _question(question)
    if output is not None:
        require_format(output, alone=not (as_json or compare or text is None))
    if text is None and (as_json or compare or fail):
        raise UsageError("a chat prints no JSON, compares nothing and does not fail", fix='ragft ask "QUESTION" --json')
    piped = None
    if text is not None and question != "-":
        named = go_on or any((document, author, year, tag))
        came = PipedText(LARGEST_TEXT, needed=needs_text(text) and not named)
        piped = came.take if came.may_come else None
    if arm:
        model = app.arms()[arm]
    with app:
        within = choice(document, author, year, tag)
        asked = _Asked(app, model, within, piped, go_on, as_json, output, verbose, draft)
        if text is None:
            _chat(asked)
            return
        refused = _compare(asked, text) if compare else _once(asked, text)
    if refused and fail:
        raise typer.Exit(REFUSED)


def _check_models(arm: str | None, model: str | None, *, compare: bool, go_on: bool) -> None:
    """Raise UsageError where the flags do not say one way which model answers."""
    if arm is not None and arm not in ("base", "tuned"):
        raise UsageError(f"--arm {arm}: there are base and tuned")
    if sum(map(bool, (arm, model, compare))) > 1:
        raise UsageError("--arm, --model and --compare each say which model answers", fix="give one of them")
    if compare and go_on:
        raise UsageError("--compare continues no conversation", fix="leave out --continue")


def _question(argument: str | None) -> str | None:
    """The question given, or read from the pipe; None for a chat."""
    if argument is None:
        return None
    text = "".join(input_lines()) if argument == "-" else argument
    if not text.strip():
        raise UsageError("the question is empty", fix='ragft ask "QUESTION"')
    # In the C locale the arguments of a command arrive as surrogates; they are decoded later.
    if argument == "-" and _UNREADABLE.subn("", text)[1] > MOST_UNREADABLE * len(text):
        raise InputError("the question is no text", fix='ragft ask "QUESTION"')
    return text.strip()


def _once(asked: _Asked, question: str) -> bool:
    """Answer one question. Whether the answer is a refusal."""
    from ragft.app.formats import answer_json

    app = asked.app
    kept = app.conversations.latest() if asked.go_on else app.conversations.last_question()
    if asked.as_json or asked.output:
        answer = app.ask(question, model=asked.model, within=asked.within, text=asked.text, history=kept.turns)
        if asked.output:
            known = app.documents.list() if app.workspace.catalogue.exists() else ()
            print_formatted(answer, known, asked.output, verbose=asked.verbose)
        else:
            print_json(answer_json(answer))
    else:
        with _screen(asked) as screen:
            found = app.ask_on(screen, question, kept, model=asked.model, within=asked.within, text=asked.text)
        if found is None:
            raise typer.Exit(130)
        answer = found
    if app.workspace.root.is_dir():  # a text from a pipe makes none
        with nullcontext() if asked.go_on else suppress(WorkspaceError):  # what cannot be written can still be asked
            app.conversations.add(kept, answer)
    return answer.refused


def _compare(asked: _Asked, question: str) -> bool:
    """Both models over the same evidence. Whether both refuse."""
    from ragft.app.formats import answer_json, show_on
    from ragft.console import safe

    answers = asked.app.compare(question, within=asked.within, text=asked.text)
    refused = all(answer.refused for answer in answers.values())
    if asked.as_json:
        print_json({"question": question, "arms": {role: answer_json(answer) for role, answer in answers.items()}})
        return refused
    with _screen(asked) as screen:
        for role, answer in answers.items():
            screen.line(f"{role} ({safe(answer.model)}, {answer.metrics.total_seconds:.1f} s)", "title")
            show_on(screen, answer)
            screen.line("")
    return refused


def _chat(asked: _Asked) -> None:
    app = asked.app
    conversation = app.conversations.latest() if asked.go_on else app.conversations.new()
    with _screen(asked) as screen:
        chat = app.chat(screen, conversation, model=asked.model, within=asked.within)
        if sys.stdin.isatty():
            chat.banner(app.workspace.root)
            chat.recall()
            chat.run(_typed_lines(chat, app.workspace))
        else:
            chat.run(input_lines())


def _typed_lines(chat: Chat, workspace: Workspace) -> Iterator[str]:
    """What is typed. Ctrl-C gives up a question of several lines that has begun, and so does Ctrl-D, which ends."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    prompt: PromptSession[str] = PromptSession(
        history=_history(workspace),
        # Whole lines: taken word by word, the slash would be no part of the command.
        completer=WordCompleter(chat.known_lines, sentence=True),
        complete_while_typing=False,
        key_bindings=keys,
    )
    while True:
        try:
            line = prompt.prompt(". " if chat.in_question else "> ")
        except KeyboardInterrupt:
            chat.drop_question()
            continue
        except EOFError:
            chat.drop_question()
            return
        yield line


def _history(workspace: Workspace) -> History:
    """The lines typed so far, kept in the workspace as long as it can be written."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class KeptHistory(FileHistory):
        def store_string(self, string: str) -> None:
            """Keep a line; a full disk does not end the chat."""
            with suppress(OSError):
                super().store_string(string)

    try:
        workspace.ensure()
    except WorkspaceError:
        return InMemoryHistory()
    return KeptHistory(str(workspace.root / "ask.history"))


def _screen(asked: _Asked) -> TerminalScreen:
    from ragft.cli.terminal_screen import TerminalScreen

    return TerminalScreen(verbose=asked.verbose, draft=asked.draft)
