"""Questions: answered at once, as a stream of events, by two models on the same evidence, or in a chat."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ragft.log import log

if TYPE_CHECKING:
    from ragft.answer.base import Answer, Evidence, Turn
    from ragft.answer.chat.chat import Chat
    from ragft.answer.chat.conversation import Conversation
    from ragft.answer.chat.screen import Screen
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.answer.session import Session
    from ragft.answer.written.stream import Event
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.workspace import Workspace

Text = bytes | str | Callable[[], bytes]
"""A text that comes with a question, or a function that gives it once the models are on their way into memory."""

LARGEST_TEXT = 1_000_000
"""Bytes of such a text; a longer one takes an index."""


@dataclass(frozen=True)
class Sampling:
    """How a model's words are drawn for one question; None: as the settings say. `most_tokens` are those of an answer.

    From the documents, a model is asked with temperature, seed and most_tokens alone; the rest is for `complete`.

    >>> with ragft.open() as app:
    ...     *_, last = app.stream("How much memory does QLoRA need for a 65B model?", sampling=ragft.Sampling(seed=7))
    >>> last.answer.refused
    False
    """

    temperature: float | None = None
    seed: int | None = None
    most_tokens: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskRequest:
    """A question, who answers it (None: the model that answers), and from what.

    `within` narrows the documents. A `text` that is not empty is answered from in their place.
    """

    text: str
    model: str | None = None
    within: DocumentFilter | None = None
    attached: Text | None = None
    sampling: Sampling = Sampling()


@dataclass(frozen=True)
class _Opened:
    """What answers a question: a session, the documents (ids; None: all), the evidence that is given with it."""

    session: Session
    documents: list[str] | None
    evidence: tuple[Evidence, ...] | None


def stream(
    resources: Resources, question: AskRequest, history: Sequence[Turn] = (), *, checked_parts: bool = False
) -> Generator[Event, None, None]:
    """The events of one answer; see `Application.stream`."""
    with resources.used():
        opened = _open(resources, question)
        assistant = opened.session.assistant(question.model, opened.documents, changes=_changes(question.sampling))
        events = assistant.stream(question.text, history=history, evidence=opened.evidence, checked_parts=checked_parts)
    with closing(events):
        while True:
            with resources.used():  # not while the reader holds the event: closing would wait for the reader
                event = next(events, None)
            if event is None:
                return
            yield event


def ask_on(resources: Resources, screen: Screen, question: AskRequest, conversation: Conversation) -> Answer | None:
    """One answer that is written to `screen`; see `Application.ask_on`."""
    from ragft.answer.chat.chat import Chat

    opened = _open(resources, question)
    chat = Chat(opened.session, screen, conversation, model=question.model, documents=opened.documents, keep=False)
    return chat.ask(question.text, evidence=opened.evidence)


def compare(resources: Resources, question: AskRequest, progress: Progress | None) -> dict[str, Answer]:
    """Answers of both models of the latest run; see `Application.compare`."""
    arms = latest_arms(resources.workspace)
    opened = _open(resources, replace(question, model=arms["base"]))
    session = opened.session
    names = {role: session.find(name).name for role, name in arms.items()}
    given = opened.evidence
    evidence = given or session.assistant(names["base"], opened.documents).retrieve(question.text)
    answers: dict[str, Answer] = {}

    def report(_: Event) -> None:
        if progress:
            progress("answering", len(answers), len(names))

    for role, name in names.items():
        answers[role] = session.assistant(name).ask(question.text, evidence=evidence, gated=not given, on_event=report)
    return answers


def chat(
    resources: Resources,
    screen: Screen,
    conversation: Conversation,
    *,
    model: str | None = None,
    within: DocumentFilter | None = None,
) -> Chat:
    """A chat that writes to `screen`; see `Application.chat`."""
    from ragft.answer.chat.chat import Chat

    session = resources.session(model)
    documents = chosen(resources, within)
    return Chat(session, screen, conversation, model=model, documents=documents)


def chosen(resources: Resources, within: DocumentFilter | None) -> list[str] | None:
    """Ids of the documents that a question is kept to; None: all.

    Raises:
        UsageError, NotFoundError: as `ragft.answer.library.choosing.filter_documents`.
    """
    from ragft.answer.library.choosing import filter_documents

    return filter_documents(resources.index, within) if within else None


def latest_arms(workspace: Workspace) -> dict[str, str]:
    """The names of the models `base` and `tuned` of the latest run that was registered.

    Raises:
        NotFoundError: there is none.
        ExportError: its record is damaged.
    """
    from ragft.engine.run_models import Registration

    return Registration.latest(workspace).roles


def turns_of(messages: Sequence[tuple[str, str]]) -> list[Turn]:
    """The exchanges of a chat that was kept elsewhere, as (role, content): each question with what was said to it."""
    from ragft.answer.base import Turn
    from ragft.answer.shown.messages import LANGUAGES, say

    refusals = tuple(say("refusal", language) for language in LANGUAGES)
    turns = []
    question = ""
    for role, content in messages:
        if role == "user":
            question = content
        elif role == "assistant" and question:
            turns.append(Turn(question, content, content.startswith(refusals)))
            question = ""
    return turns


def needs_text(question: str) -> bool:
    """Whether `question` asks for a summary of a text that has to come with it: "Summarise this"."""
    from ragft.answer.summary.summary_questions import names_no_text

    return names_no_text(question)


def _changes(sampling: Sampling) -> dict[str, float]:
    """The answer settings that differ for one question."""
    changes = {
        "temperature": sampling.temperature,
        "seed": sampling.seed,
        "num_predict": sampling.most_tokens,
        "capable_num_predict": sampling.most_tokens,
    }
    return {name: value for name, value in changes.items() if value is not None}


def _open(resources: Resources, question: AskRequest) -> _Opened:
    """Where no model was named and none is there, the catalogue alone answers. A text needs no documents."""
    from ragft.answer.session import require_documents

    session = resources.session(question.model, missing_ok=question.model is None, documents=question.attached is None)
    documents = chosen(resources, question.within)
    data = question.attached() if callable(question.attached) else question.attached
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if not data:
        require_documents(resources.workspace)
        return _Opened(session, documents, None)
    return _with_text(session, documents, question.text, data)


def _with_text(session: Session, documents: list[str] | None, question: str, data: bytes) -> _Opened:
    """`data` as the only source.

    Raises:
        InputError: it is too large, binary, or holds no text.
    """
    from ragft.answer.attached import attached_chunks, attached_evidence, read_attached
    from ragft.answer.summary.summary_questions import points_at_text

    index, answer = session.settings.index, session.settings.answer
    document = read_attached(data, limit=LARGEST_TEXT)
    if points_at_text(question):  # whether it is answered cannot be seen by its words, only by the support of sentences
        session = replace(session, settings=session.settings.with_("answer", judgement=0.0))
    log.info(f"answering from standard input, {len(data):,} bytes, and not from your documents")
    chunks = attached_chunks(document, session.index, max_tokens=index.chunk_tokens, overlap=index.chunk_overlap)
    evidence = attached_evidence(chunks, question, session.index, k=answer.k)
    return _Opened(replace(session, attached=chunks), documents, evidence)
