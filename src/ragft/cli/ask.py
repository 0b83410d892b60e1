"""`ragft ask`: one question, a question from a pipe, or a chat."""

from __future__ import annotations

import sys
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ragft.cli.ask_formats import print_formatted, require_format
from ragft.cli.options import (
    Authors,
    Documents,
    EngineName,
    Json,
    ModelName,
    Tags,
    WorkspacePath,
    YearSpan,
    open_context,
    print_json,
)
from ragft.cli.piped import PipedText
from ragft.cli.think import FLAG, HELP, ThinkingCommand, think_setting
from ragft.console import input_lines, note
from ragft.errors import REFUSED, NotFoundError, UsageError, WorkspaceError

if TYPE_CHECKING:
    from ragft.answer.base import Evidence
    from ragft.answer.chat import Chat
    from ragft.answer.conversation import Conversation
    from ragft.answer.session import Session
    from ragft.workspace import Workspace

COMMAND = ThinkingCommand
LARGEST = 1_000_000
"""Bytes of a text on standard input; a longer one takes an index."""


class _Asked(NamedTuple):
    """Whom a question goes to, over which documents (ids; None: all), and how the answer is shown."""

    session: Session
    model: str | None
    documents: list[str] | None
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

    Each citation has been looked up: its quote stands in the document it names. Where the documents do not answer,
    ragft says so and names what came nearest.

    \b
    Example:
        ragft ask "How much GPU memory does QLoRA need for a 65B model?"
        echo "What is NF4?" | ragft ask - --json
        ragft ask "What limits the retriever?" --author Gao --year 2022-
        ragft ask "What is NF4?" --format markdown
        pdftotext paper.pdf - | ragft ask "Summarise this"
    """
    from ragft.answer.library.choosing import Choice, choose
    from ragft.answer.session import open_session

    chosen, settings = open_context(workspace)
    settings = settings.with_("engine", name=engine)
    settings = settings.with_("answer", k=k, evidence_tokens=evidence, style=style, think=think_setting(think))
    if evidence is not None and settings.answer.evidence_tokens != "auto":
        settings = settings.with_("answer", capable_evidence_tokens=settings.answer.evidence_tokens)
    if arm is not None and arm not in ("base", "tuned"):
        raise UsageError(f"--arm {arm}: there are base and tuned")
    if sum(map(bool, (arm, model, compare))) > 1:
        raise UsageError("--arm, --model and --compare each say which model answers", fix="give one of them")
    if compare and go_on:
        raise UsageError("--compare goes on with no conversation", fix="leave out --continue")
    text = _question(question)
    if output is not None:
        require_format(output, alone=not (as_json or compare or text is None))
    if text is None and (as_json or compare or fail):
        raise UsageError("a chat prints no JSON, compares nothing and does not fail", fix='ragft ask "QUESTION" --json')
    piped = PipedText(LARGEST) if question not in (None, "-") else None
    arms = _arms(chosen) if arm or compare else {}
    if arm:
        model = arms[arm]
    with open_session(chosen, settings, model=model or (arms["base"] if compare else None)) as session:
        documents = choose(session.index, Choice(document or (), author or (), year or "", tag or ()))
        asked = _Asked(session, model, documents, go_on, as_json, output, verbose, draft)
        if text is None:
            _chat(asked)
            return
        attached = _attached(piped, text, session) if piped else None
        refused = _compare(asked, arms, text, attached) if compare else _once(asked, text, attached)
    if refused and fail:
        raise typer.Exit(REFUSED)


def _attached(piped: PipedText, question: str, session: Session) -> tuple[Evidence, ...] | None:
    """The evidence in a text on standard input; None where there is none."""
    from ragft.answer.attached import attached_evidence, points_at_text, read_attached

    data = piped.take()
    if not data:
        return None
    index, answer = session.settings.index, session.settings.answer
    document = read_attached(data, limit=LARGEST)
    if points_at_text(question):  # whether it is answered cannot be seen by its words, only by the support of sentences
        session.settings = session.settings.with_("answer", judgement=0.0)
    note(f"answering from standard input, {len(data):,} bytes, and not from your documents")
    return attached_evidence(
        document, question, session.index, max_tokens=index.chunk_tokens, overlap=index.chunk_overlap, k=answer.k
    )


def _question(argument: str | None) -> str | None:
    """The question given, or read from the pipe; None for a chat."""
    if argument is None:
        return None
    text = "".join(input_lines()) if argument == "-" else argument
    if not text.strip():
        raise UsageError("the question is empty", fix='ragft ask "QUESTION"')
    return text.strip()


def _arms(workspace: Workspace) -> dict[str, str]:
    """Model names of the latest run that was registered."""
    from ragft.benchmark.arms import read_registration

    found = sorted(workspace.runs.glob("*/registration.json"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise NotFoundError(f"no registered run in {workspace.root}", fix="ragft build-model")
    return read_registration(found[-1].parent)


def _once(asked: _Asked, question: str, evidence: tuple[Evidence, ...] | None) -> bool:
    """Answer one question, from `evidence` where it is given. Whether the answer is a refusal."""
    from ragft.answer.as_json import answer_json
    from ragft.answer.conversation import latest_conversation, one_shot_conversation
    from ragft.answer.numbering import numbered

    session = asked.session
    kept = latest_conversation(session.workspace) if asked.go_on else one_shot_conversation(session.workspace)
    if asked.as_json or asked.output:
        assistant = session.assistant(asked.model, asked.documents)
        answer = assistant.ask(question, history=kept.turns, evidence=evidence)
        if asked.output:
            print_formatted(numbered(answer), session.documents(), asked.output, verbose=asked.verbose)
        else:
            print_json(answer_json(answer))
    else:
        with _screen() as screen:
            found = _made_chat(asked, screen, kept, keep=False).ask(question, evidence=evidence)
        if found is None:
            raise typer.Exit(130)
        answer = found
    with nullcontext() if asked.go_on else suppress(WorkspaceError):  # what cannot be written can still be asked
        kept.add(numbered(answer))
    return answer.refused


def _compare(asked: _Asked, arms: dict[str, str], question: str, attached: tuple[Evidence, ...] | None) -> bool:
    """Both models over evidence that is retrieved once and passes, or fails, the same gate. Whether both refuse."""
    from ragft.answer.as_json import answer_json
    from ragft.answer.numbering import numbered
    from ragft.answer.screen import show_answer
    from ragft.console import safe

    session = asked.session
    arms = {role: session.find(name).name for role, name in arms.items()}
    evidence = attached or session.assistant(arms["base"], asked.documents).retrieve(question)
    answers = {
        role: session.assistant(name).ask(question, evidence=evidence, gated=not attached)
        for role, name in arms.items()
    }
    refused = all(answer.refused for answer in answers.values())
    if asked.as_json:
        print_json({"question": question, "arms": {role: answer_json(answer) for role, answer in answers.items()}})
        return refused
    with _screen() as screen:
        for role, answer in answers.items():
            screen.line(f"{role} ({safe(answer.model)}, {answer.metrics.total_seconds:.1f} s)", "title")
            show_answer(numbered(answer), screen, links={}, verbose=asked.verbose)
            screen.line("")
    return refused


def _chat(asked: _Asked) -> None:
    from ragft.answer.conversation import latest_conversation, new_conversation

    workspace = asked.session.workspace
    conversation = latest_conversation(workspace) if asked.go_on else new_conversation(workspace)
    with _screen() as screen:
        chat = _made_chat(asked, screen, conversation)
        if not sys.stdin.isatty():
            for line in input_lines():
                if not chat.handle(line):
                    return
            chat.end_question()
            return
        chat.banner(workspace.root)
        chat.recall()
        _read_lines(chat, asked.session)


def _made_chat(asked: _Asked, screen: Any, conversation: Conversation, *, keep: bool = True) -> Chat:
    from ragft.answer.chat import Chat

    return Chat(
        asked.session,
        screen,
        conversation,
        model=asked.model,
        documents=asked.documents,
        keep=keep,
        verbose=asked.verbose,
        draft=asked.draft,
    )


def _read_lines(chat: Chat, session: Session) -> None:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    session.workspace.ensure()
    # Whole lines: taken word by word, the slash would be no part of the command.
    lines = [*chat.commands.names, *(f"/model {name}" for name in session.models())]
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(session.workspace.root / "ask.history")),
        completer=WordCompleter(lines, sentence=True),
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
            return
        if not chat.handle(line):
            return


def _screen() -> Any:
    from ragft.cli.screen import TerminalScreen

    return TerminalScreen()
