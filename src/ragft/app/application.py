"""The one object that has every use case of ragft as a method.

    with ragft.open("papers-workspace") as app:
        app.ingest(["papers"])
        print(app.ask("How much GPU memory does QLoRA need?").answer)

It takes and returns dataclasses, raises `RagftError`, reports progress to a callback and messages to the logger
"ragft". It prints nothing and reads neither the command line nor standard input. Threads may share it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ragft.app import asking, building, calibrating, completing, library
from ragft.app.conversations import Conversations
from ragft.app.models import Models
from ragft.app.resources import Overrides, Resources, while_open
from ragft.app.tuning import Tuning

if TYPE_CHECKING:
    from ragft.answer.base import Answer, Turn
    from ragft.answer.chat.chat import Chat
    from ragft.answer.chat.conversation import Conversation
    from ragft.answer.chat.screen import Screen
    from ragft.answer.library.choosing import Choice
    from ragft.answer.refusal.calibrate import CalibrationReport
    from ragft.answer.refusal.gate import Calibration
    from ragft.answer.written.stream import Event
    from ragft.app.asking import Text
    from ragft.config import Settings
    from ragft.console import Progress
    from ragft.engine.base import ChatChunk
    from ragft.index.base import IngestReport, Passwords
    from ragft.pipeline.check import Check
    from ragft.workspace import Workspace


def open_application(path: Path | str | None = None, **settings: Mapping[str, Any]) -> Application:
    """The application over the workspace at `path`; nothing is made there before something is written.

    >>> with ragft.open(answer={"style": "brief"}) as app:
    ...     print(app.ask("How many papers do I have?").answer)
    You have 2 papers.

    Args:
        path: the workspace; None: RAGFT_WORKSPACE, else `.ragft` in the nearest folder upwards that has one.
        settings: values by section over those of the workspace's `config.toml` and the RAGFT_… variables, as
            `engine={"name": "ollama"}`; a value None leaves what is set.

    Raises:
        UsageError: a setting has no such name or value.
        WorkspaceError: the path cannot be used.
    """
    from ragft.config import load_settings
    from ragft.workspace import open_workspace

    workspace = open_workspace(None if path is None else Path(path))
    return Application(workspace, load_settings(workspace.config_file)).with_(**settings)


class Application(Tuning):
    """All that ragft does with one workspace. Use it in a `with`, or `close` it.

    Index, engines and models are opened when they are first needed, and kept. Every method may raise `RagftError`; its
    classes are described in `ragft.errors`.

    >>> app = ragft.open()
    >>> app.search("tidal range", k=1).hits[0].title
    'Tides at the coast'
    >>> app.close()
    """

    def __init__(self, workspace: Workspace, settings: Settings, overrides: Overrides | None = None) -> None:
        super().__init__(Resources(workspace, settings, overrides or {}), overrides or {})
        self.workspace = workspace
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait for the work of other threads, then free models, engines and index; no other work begins afterwards."""
        self._resources.close()

    def with_(self, /, **settings: Mapping[str, Any]) -> Application:
        """An application over the same workspace with other settings, by section; it is opened and closed by itself.

        Raises:
            UsageError: a setting has no such name or value.
        """
        changed, overrides = self.settings, dict(self._overrides)
        for section, values in settings.items():
            changed = changed.with_section(section, values)
            overrides[section] = {**overrides.get(section, {}), **values}
        return Application(self.workspace, changed, overrides)

    # --- documents ----------------------------------------------------------------------------------------------

    @cached_property
    def documents(self) -> library.Documents:
        """The documents: `documents.list()`, `documents.remove(id)`."""
        return library.Documents(self._resources)

    @cached_property
    def index(self) -> library.IndexCare:
        """The index: `index.check()`, `index.rebuild()`."""
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
    def search(self, query: str, *, k: int = 8, within: Choice | None = None) -> library.SearchResult:
        """The `k` chunks that answer `query` best, among the documents `within`."""
        return library.search(self._resources, query, k, within)

    # --- answers ------------------------------------------------------------------------------------------------

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations that are kept: `conversations.new()`, `conversations.latest()`."""
        return Conversations(self.workspace)

    @while_open
    def ask(
        self,
        question: str,
        *,
        model: str | None = None,
        within: Choice | None = None,
        text: Text | None = None,
        history: Sequence[Turn] = (),
        on_event: Callable[[Event], None] | None = None,
    ) -> Answer:
        """The checked answer to `question`; a refusal is an answer, too.

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
        within: Choice | None = None,
        text: Text | None = None,
        history: Sequence[Turn] = (),
        sampling: asking.Sampling | None = None,
        settle: bool = False,
    ) -> Generator[Event, None, None]:
        """The events of an answer as it is written; the last is `Done`. Closing the generator stops the model.

        Args:
            sampling: how the model's words are drawn, where not as the settings say.
            settle: give parts of the answer as `Settled` once they are checked; these are not taken back.
        """
        asked = asking.Question(question, model, within, text, sampling or asking.Sampling())
        return asking.stream(self._resources, asked, history, settle=settle)

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
    def embed(self, texts: Sequence[str]) -> completing.Embedded:
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
        within: Choice | None = None,
        text: Text | None = None,
        verbose: bool = False,
        draft: bool = False,
    ) -> Answer | None:
        """An answer that is written to `screen`, with what is being done meanwhile; None where Ctrl-C stopped it."""
        asked = asking.Question(question, model, within, text)
        return asking.ask_on(self._resources, screen, asked, conversation, verbose=verbose, draft=draft)

    @while_open
    def compare(self, question: str, *, within: Choice | None = None, text: Text | None = None) -> dict[str, Answer]:
        """The answers of `base` and `tuned` of the latest registered run, from the same evidence."""
        return asking.compare(self._resources, asking.Question(question, None, within, text))

    def arms(self) -> dict[str, str]:
        """The names of the models `base` and `tuned` of the latest registered run."""
        return asking.latest_arms(self.workspace)

    @while_open
    def chat(
        self,
        screen: Screen,
        conversation: Conversation,
        *,
        model: str | None = None,
        within: Choice | None = None,
        verbose: bool = False,
        draft: bool = False,
    ) -> Chat:
        """A chat that takes lines by `handle` and writes to `screen`; each exchange is kept in `conversation`."""
        return asking.chat(
            self._resources, screen, conversation, model=model, within=within, verbose=verbose, draft=draft
        )

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
    def reset_calibration(self) -> Calibration:
        """Go back to the thresholds that ship with ragft, and return them."""
        return calibrating.reset(self._resources)

    @cached_property
    def models(self) -> Models:
        """The models at hand: `models.list()`, `models.pull(name)`, `models.default(name)`."""
        return Models(self._resources)

    @while_open
    def doctor(self) -> Sequence[Check]:
        """What works on this machine, and the command that repairs what does not."""
        return building.doctor(self._resources)
