"""`ragft ask`: one question, a question from a pipe, or a chat."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

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
from ragft.cli.think import FLAG, HELP, ThinkingCommand, think_setting
from ragft.console import input_lines
from ragft.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from ragft.answer.base import Answer
    from ragft.answer.session import Session
    from ragft.workspace import Workspace

COMMAND = ThinkingCommand


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
    go_on: Annotated[bool, typer.Option("--continue", help="Go on with the last conversation.")] = False,
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
    if text is None and (as_json or compare):
        raise UsageError("a chat prints no JSON and compares nothing", fix='ragft ask "QUESTION" --json')
    arms = _arms(chosen) if arm or compare else {}
    if arm:
        model = arms[arm]
    with open_session(chosen, settings, model=model or (arms["base"] if compare else None)) as session:
        documents = choose(session.index, Choice(document or (), author or (), year or "", tag or ()))
        if text is None:
            _chat(session, model, documents, go_on)
        elif compare:
            _compare(session, arms, documents, text, as_json)
        elif output is not None:
            print_formatted(session, session.assistant(model, documents), text, output, go_on)
        else:
            _once(session, model, documents, text, as_json, go_on)


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


def _once(
    session: Session, model: str | None, documents: list[str] | None, question: str, as_json: bool, go_on: bool
) -> None:
    from ragft.answer.chat import Chat
    from ragft.answer.conversation import latest_conversation, new_conversation

    conversation = latest_conversation(session.workspace) if go_on else None
    if as_json:
        answer = session.assistant(model, documents).ask(question, history=conversation.turns if conversation else ())
        if conversation:
            conversation.add(answer)
        print_json(answer_json(answer))
        return
    with _screen() as screen:
        conversation = conversation or new_conversation(session.workspace)
        chat = Chat(session, screen, conversation, model=model, documents=documents, keep=go_on)
        finished = chat.ask(question)
    if not finished:
        raise typer.Exit(130)


def _compare(session: Session, arms: dict[str, str], documents: list[str] | None, question: str, as_json: bool) -> None:
    """Both models over evidence that is retrieved once and passes, or fails, the same gate."""
    from ragft.answer.render import answer_text, notes, source_lines
    from ragft.console import safe

    arms = {role: session.find(name).name for role, name in arms.items()}
    first = session.assistant(arms["base"], documents)
    evidence = first.retrieve(question)
    answers = {
        role: session.assistant(name).ask(question, evidence=evidence, gated=True) for role, name in arms.items()
    }
    if as_json:
        print_json({"question": question, "arms": {role: answer_json(answer) for role, answer in answers.items()}})
        return
    with _screen() as screen:
        for role, answer in answers.items():
            screen.line(f"{role} ({safe(answer.model)}, {answer.metrics.total_seconds:.1f} s)", "title")
            screen.line(answer_text(answer, screen.width))
            if answer.citations:
                screen.line(source_lines(answer, screen.width), "dim")
            for note in notes(answer):
                screen.line(f"({note})", "dim")
            screen.line("")


def _chat(session: Session, model: str | None, documents: list[str] | None, go_on: bool) -> None:
    from ragft.answer.chat import Chat
    from ragft.answer.conversation import latest_conversation, new_conversation

    conversation = latest_conversation(session.workspace) if go_on else new_conversation(session.workspace)
    with _screen() as screen:
        chat = Chat(session, screen, conversation, model=model, documents=documents)
        if not sys.stdin.isatty():
            for line in input_lines():
                if not chat.handle(line):
                    break
            return
        screen.line("Ask your documents. /help lists the commands, Ctrl-D leaves.", "dim")
        chat.recall()
        _read_lines(chat, session)


def _read_lines(chat: Any, session: Session) -> None:
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
    lines = [*chat.commands, *(f"/model {name}" for name in session.models())]
    prompt: PromptSession[str] = PromptSession(
        history=FileHistory(str(session.workspace.root / "ask.history")),
        completer=WordCompleter(lines, sentence=True),
        complete_while_typing=False,
        key_bindings=keys,
    )
    while True:
        try:
            line = prompt.prompt("> ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if not chat.handle(line):
            return


def answer_json(answer: Answer) -> dict[str, Any]:
    """The answer as `--json` prints it; `evidence` lists what was retrieved, without its text."""
    return {
        "answer": answer.answer,
        "refused": answer.refused,
        "reason": answer.reason,
        "citations": answer.citations,
        "model": answer.model,
        "engine": answer.engine,
        "metrics": answer.metrics,
        "question": answer.question,
        "sentences": answer.sentences,
        "evidence": [
            {
                "key": item.key,
                "chunk_id": item.hit.chunk_id,
                "document_id": item.hit.document_id,
                "title": item.hit.title,
                "pages": item.hit.pages,
                "section": item.hit.section,
                "score": item.hit.score,
            }
            for item in answer.evidence
        ],
    }


def _screen() -> Any:
    from ragft.cli.screen import TerminalScreen

    return TerminalScreen()
