"""Everything an answer needs, opened together: engine, index, calibration, speed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ragft.answer.asked import AskedDocuments, AskedModel, Observations
from ragft.answer.assistant import RETRY_TEMPERATURE, Assistant
from ragft.answer.checking.model_judge import ModelJudge
from ragft.answer.prompts.budget import SpeedFile
from ragft.answer.prompts.form import OwnWord
from ragft.answer.refusal.gate import Calibration
from ragft.answer.refusal.shipped import SHIPPED
from ragft.answer.written.thinking_models import ThinkerFile, Warming
from ragft.config import Settings
from ragft.engine.absent import NO_MODEL, AbsentEngine, absent
from ragft.engine.model_names import full_name, same_model
from ragft.errors import EngineError, ModelNotFound, NotFoundError
from ragft.index.base import DocumentRecord
from ragft.setting_sections import AnswerSettings
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.corpus.base import Chunk
    from ragft.engine.base import Engine, ModelInfo
    from ragft.index.index import Index

CALIBRATION_KEY = "calibration"
"""Under which `ragft calibrate` stores its result with the index."""
CAPABLE_EVIDENCE = frozenset({"capable_evidence_tokens", "capable_evidence_share"})
"""The answer settings that say how much evidence a capable model sees."""


@dataclass
class Session:
    """An open engine and index; makes assistants for models and choices of documents.

    `model` is the one that answers where no other is named; it is loaded from the beginning, another one once an
    assistant is made for it. `given` are the names of those `settings.answer` that somebody asked for here and now.
    `attached` is a text that came with the question.
    """

    workspace: Workspace
    settings: Settings
    engine: Engine
    model: ModelInfo
    index: Index
    calibration: Calibration = field(default=SHIPPED)
    given: frozenset[str] = frozenset()
    attached: Sequence[Chunk] = ()
    _warmings: dict[str, Warming] = field(default_factory=dict)
    _asked_by_policy: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._warming(self.model.name)

    def assistant(
        self,
        model: str | None = None,
        documents: Sequence[str] | None = None,
        *,
        again: int = 0,
        changes: Mapping[str, Any] | None = None,
    ) -> Assistant:
        """An assistant for `model` (None: the session's) over `documents` (ids; None: all).

        Where a question was asked `again` times before, the model gets another seed each time, and a temperature at
        which a seed matters. `changes` are answer settings of this assistant alone.
        """
        same = model is None or same_model(model, self.model.name)
        chosen = self.model.name if model is None or same else model
        settings = self._answer_settings(chosen).model_copy(update=dict(changes or {}))
        asked = (
            AskedDocuments.of_text(self.attached, self.index)
            if self.attached
            else AskedDocuments.of(self.index, documents)
        )
        return Assistant(
            AskedModel(self.engine, chosen, self._weights(chosen), self._own_word(chosen)),
            asked,
            retried(settings, again) if again else settings,
            calibration=self.calibration,
            judge=self._judge(chosen),
            observed=Observations(
                speed=SpeedFile(self.workspace.root / "speed.json", self.engine),
                thinkers=ThinkerFile(self.workspace.root / "thinkers.json", self.engine),
                warming=self._warming(chosen),
            ),
        )

    def _judge(self, model: str) -> ModelJudge | None:
        """`model` as judge of its own sentences, where `ragft calibrate --judge` found it better than words."""
        if not self.calibration.judge or not model:
            return None
        with suppress(ModelNotFound):
            if self.find(model).digest == self.calibration.judge:
                return ModelJudge(self.engine, model, self.calibration.judge_least)
        return None

    def _own_word(self, model: str) -> OwnWord | None:
        """What `ragft calibrate --refusals` measured of `model`; None for one that is asked as it was trained."""
        if not self.calibration.own_words or not model or self.is_made_here(model):
            return None
        with suppress(ModelNotFound):
            return self.calibration.own_words.get(self.find(model).digest)
        return None

    def _answer_settings(self, model: str) -> AnswerSettings:
        """The settings; a model that a run registered is asked with the prompts it was trained on."""
        from ragft.answer.prompts.model_policy import policy_of_model

        policy = policy_of_model(self.workspace, self.engine, model) if model else None
        settings = self._with_given_evidence()
        if policy is None:
            return settings
        if model not in self._asked_by_policy:  # once a model, not once a question
            self._asked_by_policy.add(model)
            policy.warn_of_other_ranking(model)
        return policy.over(settings, given=self.given)

    def _with_given_evidence(self) -> AnswerSettings:
        """The settings; a number of tokens of evidence that somebody asked for holds for capable models, too, where
        nothing was asked for these alone."""
        answer = self.settings.answer
        tokens = answer.evidence_tokens
        if "evidence_tokens" not in self.given or self.given & CAPABLE_EVIDENCE or tokens == "auto":
            return answer
        return answer.model_copy(update={"capable_evidence_tokens": tokens})

    def _weights(self, model: str) -> int:
        """The number of weights of `model`; 0 where it is not known, or where a run registered it: such a model is
        asked in the form of its training rows."""
        if self.is_made_here(model):
            return 0
        if same_model(model, self.model.name):
            return self.model.parameter_size
        with suppress(ModelNotFound):  # the engine says so when it is asked
            return self.find(model).parameter_size
        return 0

    def is_made_here(self, model: str) -> bool:
        """Whether a run of ragft made `model`."""
        from ragft.answer.prompts.model_policy import kept_policy
        from ragft.engine.choosing.made_here import registered_by_runs

        return bool(registered_by_runs(self.workspace)(model) or kept_policy(self.workspace, self.engine, model))

    def _warming(self, model: str) -> Warming | None:
        """What loads `model`; one for all its assistants. None where there is no engine."""
        if isinstance(self.engine, AbsentEngine):
            return None
        if (known := self._warmings.get(full_name(model))) is None:
            known = self._warmings[full_name(model)] = Warming(self.engine, model)
        return known

    def documents(self) -> Sequence[DocumentRecord]:
        """The records of all documents in the index; none before something is ingested."""
        return self.index.documents() if self.workspace.catalogue.exists() else ()

    def models(self) -> Sequence[str]:
        """Names of the models that the engine has and that can chat."""
        return [model.name for model in self.engine.models() if model.can_chat]

    def find(self, name: str) -> ModelInfo:
        """A model of the engine by any of its names.

        Raises:
            ModelNotFound: it is not there; the message says where it is, or what to pull.
            UsageError: it cannot chat.
        """
        from ragft.engine.choosing.open_engine import find_model

        return find_model(self.engine, name, self.settings.engine, self.workspace)


@contextmanager
def open_session(workspace: Workspace, settings: Settings, *, model: str | None = None) -> Iterator[Session]:
    """Engine and index of `workspace`, closed again at the end. Raises as `require_documents` and `start_session`."""
    from ragft.index.index import open_index

    require_documents(workspace)
    with ExitStack() as opened:
        index = opened.enter_context(open_index(workspace, settings.index))
        session = start_session(workspace, settings, index, model=model)
        opened.callback(session.engine.close)
        yield session


def start_session(
    workspace: Workspace,
    settings: Settings,
    index: Index,
    *,
    model: str | None = None,
    missing_ok: bool = False,
    given: frozenset[str] = frozenset(),
) -> Session:
    """A session over an index that is open. The engine is opened for it, and is the caller's to close.

    `given` are the answer settings that a model's own prompts give way to. With `missing_ok`, where no engine or no
    model answers, it has an engine that raises that error: the catalogue can be asked anyway. Nothing needs to
    be ingested where a text will come with the question.

    Raises:
        IndexCorrupted, EngineUnavailable, ModelNotFound: as index and engine say.
        UsageError: the model cannot chat.
    """
    from ragft.engine.choosing.open_engine import open_model

    calibration = load_calibration(index) if workspace.catalogue.exists() else SHIPPED
    encoder = threading.Thread(target=_open_encoder, args=(index,), name="open encoder")
    encoder.start()  # takes as long as finding the engine and its model does
    try:
        # The model is looked up now: a refusal before it is asked must not hide that there is none.
        found = open_model(settings.engine, workspace, model, num_ctx=settings.answer.num_ctx)
        return Session(workspace, settings, found.engine, found.model, index, calibration, given)
    except EngineError as error:
        if not missing_ok:
            raise
        return Session(workspace, settings, absent(error), NO_MODEL, index, calibration, given)
    finally:
        encoder.join()


def retried(settings: AnswerSettings, again: int) -> AnswerSettings:
    """The settings for a question that was asked `again` times before. An attempt may itself take two seeds."""
    temperature = max(settings.temperature, RETRY_TEMPERATURE)
    return settings.model_copy(update={"seed": settings.seed + 2 * again, "temperature": temperature})


def _open_encoder(index: Index) -> None:
    """Open what the first search needs; an error is left for the search to meet."""
    with suppress(Exception):
        _ = index.encoder


def require_documents(workspace: Workspace) -> None:
    """Pass where something has been ingested.

    Raises:
        NotFoundError: nothing has.
    """
    if not workspace.catalogue.exists():
        raise NotFoundError(f"no documents in {workspace.root} yet", fix="ragft ingest PATH…")


class Notes(Protocol):
    """What is kept with an index under a key; `ragft.index.index.Index` has it."""

    def read_meta(self, key: str) -> str | None:
        """What was stored under `key`."""
        ...


def load_calibration(index: Notes) -> Calibration:
    """What `ragft calibrate` stored with the index, else (nothing stored, or reset) the shipped calibration.

    Raises:
        IndexCorrupted: what is stored does not parse.
    """
    stored = index.read_meta(CALIBRATION_KEY)
    return Calibration.from_json(stored) if stored else SHIPPED
