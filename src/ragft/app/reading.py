"""The half of the application that reads papers and answers from them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.app import asking, calibrating, completing, library
from ragft.app.conversations import Conversations
from ragft.app.part import ApplicationPart
from ragft.app.resources import while_open

if TYPE_CHECKING:
    from ragft.answer.base import Answer, Turn
    from ragft.answer.chat.chat import Chat
    from ragft.answer.chat.conversation import Conversation
    from ragft.answer.chat.screen import Screen
    from ragft.answer.library.choosing import DocumentFilter
    from ragft.answer.refusal.calibration import CalibrationReport
    from ragft.answer.refusal.gate import Calibration
    from ragft.answer.refusal.judge_comparison import JudgeReport
    from ragft.answer.refusal.own_word import OwnWordReport
    from ragft.answer.written.stream import Event
    from ragft.app.asking import Text
    from ragft.console import Progress
    from ragft.engine.base import ChatChunk
    from ragft.index.base import IngestReport, Passwords


class ReadingMethods(ApplicationPart):
    """From files to checked answers."""

    # --- documents ----------------------------------------------------------------------------------------------

    @cached_property
    def documents(self) -> library.Documents:
        """The documents: `documents.list()`, `documents.remove(id)`.

        >>> with ragft.open() as app:
        ...     [record.title for record in app.documents.list()]
        ['Fine-tuning on one card', 'Tides at the coast']
        """
        return library.Documents(self._resources)

    @cached_property
    def index(self) -> library.IndexCare:
        """The index: `index.check()`, `index.rebuild()`.

        >>> with ragft.open() as app:
        ...     app.index.check().ok
        True
        """
        return library.IndexCare(self._resources)

    @while_open
    def ingest(
        self,
        paths: library.Paths,
        *,
        prune: bool = False,
        manifest: Path | str | None = None,
        passwords: Passwords | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Bring the index up to date with files and folders; what is unchanged is not read again.

        >>> with ragft.open(Path("new")) as app:
        ...     app.ingest(["qlora.md", "tides.md"]).documents
        2

        Args:
            prune: also remove the documents of files that have vanished from these folders.
            manifest: a CSV that overrides what files say, or a bibliography (BibTeX, CSL-JSON).
            passwords: of encrypted files: one for all, or one a path.
        """
        return self._resources.index.ingest(
            library.checked_paths(paths),
            progress=progress,
            prune=prune,
            passwords=passwords,
            manifest=Path(manifest) if manifest else None,
        )

    @while_open
    def search(self, query: str, *, k: int = 8, within: DocumentFilter | None = None) -> library.SearchResult:
        """The `k` chunks that answer `query` best, among the documents `within`.

        >>> with ragft.open() as app:
        ...     app.search("tidal range", k=1).hits[0].pages
        (0, 0)
        """
        return library.search(self._resources, query, k, within)

    # --- answers ------------------------------------------------------------------------------------------------

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations that are kept: `conversations.new()`, `conversations.latest()`.

        >>> with ragft.open() as app:
        ...     app.conversations.new().exchanges
        []
        """
        return Conversations(self._resources.workspace)

    @while_open
    def ask(
        self,
        question: str,
        *,
        model: str | None = None,
        within: DocumentFilter | None = None,
        text: Text | None = None,
        history: Sequence[Turn] = (),
        on_event: Callable[[Event], None] | None = None,
    ) -> Answer:
        """The checked answer to `question`; a refusal is an answer, too.

        >>> with ragft.open() as app:
        ...     app.ask("How do I cook a mushroom risotto?").refused
        True

        Args:
            model: who answers; None: the model of the settings, the workspace's default, or the best there is.
            within: the documents it is answered from.
            text: text, or bytes of one, to answer from in their place.
            history: what was said before, oldest first, as `Conversation.turns` gives it.
            on_event: sees the answer grow.
        """
        from ragft.answer.written.stream import Done

        for event in self.stream(question, model=model, within=within, text=text, history=history):
            if on_event is not None:
                on_event(event)
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done or an exception")

    def stream(
        self,
        question: str,
        *,
        model: str | None = None,
        within: DocumentFilter | None = None,
        text: Text | None = None,
        history: Sequence[Turn] = (),
        sampling: asking.Sampling | None = None,
        checked_parts: bool = False,
    ) -> Generator[Event, None, None]:
        """The events of an answer as it is written; the last is `Done`. Closing the generator stops the model.

        >>> with ragft.open() as app:
        ...     *_, done = app.stream("How much GPU memory does QLoRA need for a 65B model?")
        >>> done.answer.citations[0].title
        'Fine-tuning on one card'

        Args:
            sampling: how the model's words are drawn, where not as the settings say.
            checked_parts: give parts of the answer as `CheckedPart` once they are checked; these are not taken back.
        """
        asked = asking.AskRequest(question, model, within, text, sampling or asking.Sampling())
        return asking.stream(self._resources, asked, history, checked_parts=checked_parts)

    def complete(
        self,
        messages: Sequence[tuple[str, str]],
        *,
        model: str | None = None,
        sampling: asking.Sampling | None = None,
        schema: Mapping[str, Any] | None = None,
    ) -> Generator[ChatChunk, None, None]:
        """What a model says to `messages` (role, content), without the documents and unchecked, piece by piece.

        Args:
            model: None: the model that answers.
            schema: a JSON schema that the reply follows.
        """
        return completing.complete(self._resources, messages, model, sampling or asking.Sampling(), schema)

    @while_open
    def embed(self, texts: Sequence[str]) -> completing.Embeddings:
        """The vectors of `texts` by the encoder of the index."""
        return completing.embed(self._resources, texts)

    @while_open
    def ask_on(
        self,
        screen: Screen,
        question: str,
        conversation: Conversation,
        *,
        model: str | None = None,
        within: DocumentFilter | None = None,
        text: Text | None = None,
    ) -> Answer | None:
        """An answer that is written to `screen`, with what is being done meanwhile; None where Ctrl-C stopped it."""
        asked = asking.AskRequest(question, model, within, text)
        return asking.ask_on(self._resources, screen, asked, conversation)

    @while_open
    def compare(
        self,
        question: str,
        *,
        within: DocumentFilter | None = None,
        text: Text | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Answer]:
        """The answers of `base` and `tuned` of the latest registered run, from the same evidence.

        Args:
            progress: called with every event of an answer; an error that it raises stops the model.
        """
        return asking.compare(self._resources, asking.AskRequest(question, None, within, text), progress)

    def arms(self) -> dict[str, str]:
        """The names of the models `base` and `tuned` of the latest registered run."""
        return asking.latest_arms(self._resources.workspace)

    @while_open
    def chat(
        self,
        screen: Screen,
        conversation: Conversation,
        *,
        model: str | None = None,
        within: DocumentFilter | None = None,
    ) -> Chat:
        """A chat that takes lines by `handle` and writes to `screen`; each exchange is kept in `conversation`."""
        return asking.chat(self._resources, screen, conversation, model=model, within=within)

    @while_open
    def calibrate(
        self,
        *,
        labelled: Path | str | None = None,
        count: int = 60,
        seed: int = 0,
        model: str | None = None,
        progress: Progress | None = None,
    ) -> CalibrationReport:
        """Fit the refusal threshold to the documents, and keep it with the index.

        Args:
            labelled: a JSONL file of questions that are answerable or not, added to those made.
            count: questions to make from the documents.
        """
        return calibrating.calibrate(
            self._resources,
            labelled=None if labelled is None else Path(labelled),
            count=count,
            seed=seed,
            model=model,
            progress=progress,
        )

    @while_open
    def calibrate_refusals(
        self,
        *,
        labelled: Path | str | None = None,
        count: int = 20,
        seed: int = 0,
        model: str | None = None,
        progress: Progress | None = None,
    ) -> OwnWordReport:
        """Measure whether the model answers better if told how to refuse, and whether its refusals can be trusted.

        Questions are asked of all documents and without the one they came from, in both ways. What is found replaces
        what holds by the model's size, and is kept with the index by the model's digest.

        Args:
            labelled: a JSONL file of questions that are answerable or not, added to those made.
            count: questions to make from the documents.
        """
        return calibrating.calibrate_refusals(
            self._resources,
            labelled=None if labelled is None else Path(labelled),
            count=count,
            seed=seed,
            model=model,
            progress=progress,
        )

    @while_open
    def calibrate_judge(
        self, *, pairs: Path | str | None = None, model: str | None = None, progress: Progress | None = None
    ) -> JudgeReport:
        """Measure whether the model judges its sentences better than words do; where it does, it judges from now on.

        Args:
            pairs: a JSONL file of sentences with their evidence, supported or not, in place of those that ship.
        """
        return calibrating.calibrate_judge(
            self._resources, pairs=None if pairs is None else Path(pairs), model=model, progress=progress
        )

    @while_open
    def reset_calibration(self) -> Calibration:
        """Go back to the thresholds that ship with ragft, and return them."""
        return calibrating.reset(self._resources)
