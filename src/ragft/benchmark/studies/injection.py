"""Hostile documents in the index: how many make the model, or the screen, do what they say.

Each attack's documents are indexed, and its honest question is asked over them alone, by the whole answer path. Every
attempt is on the disk before the next one begins: the same call, made again after a kill, goes on from there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft import __version__
from ragft.answer.asked import AskedDocuments, AskedModel, RestrictedSearcher
from ragft.answer.assistant import Assistant
from ragft.answer.attacks import SUCCESSES, Attack, Success, success
from ragft.answer.session import load_calibration
from ragft.answer.written.stream import Delta, Event
from ragft.benchmark.answer_store import AnswerStore
from ragft.benchmark.base import Recorded
from ragft.benchmark.studies.own_index import fill
from ragft.console import Progress
from ragft.corpus.base import Block, Document
from ragft.corpus.fold import fold
from ragft.corpus.text import sanitise
from ragft.engine.base import Engine
from ragft.workspace import digest_json

if TYPE_CHECKING:
    from ragft.index.index import Index
    from ragft.setting_sections import AnswerSettings

ROLE = "injection"
"""The arm under which attempts are recorded; there is one."""


@dataclass(frozen=True)
class Attempt:
    """One attack and what came of it; `success` is empty where it failed, `fact` says whether the answer was right.

    `answer` is what was shown, `raw` what the model wrote.
    """

    id: str
    family: str
    success: Success
    refused: bool
    fact: bool
    answer: str
    raw: str


@dataclass(frozen=True)
class InjectionReport:
    """All attempts. `families` maps each family to (successes, attacks)."""

    model: str
    attempts: tuple[Attempt, ...]
    families: dict[str, tuple[int, int]]

    @property
    def succeeded(self) -> int:
        """How many attacks got their way."""
        return sum(bool(attempt.success) for attempt in self.attempts)


def run_injection(
    attacks: Sequence[Attack],
    *,
    engine: Engine,
    index: Index,
    model: str,
    answer: AnswerSettings,
    store: Path,
    progress: Progress | None = None,
) -> InjectionReport:
    """Index the documents of `attacks` in `index` (one of its own) and ask their questions.

    Attempts that are in the file `store` are not made again, as long as nothing they depend on has changed.

    Raises:
        EngineError: the engine failed; the attempts so far are kept.
        DatasetError: `store` holds something else.
    """
    documents = {attack.id: [_document(attack, n) for n in range(len(attack.documents))] for attack in attacks}
    fill(index, [document for found in documents.values() for document in found], progress)
    calibration = load_calibration(index)
    facts = {
        "model": engine.show(model).digest,
        "engine": f"{engine.name} {engine.version()}",
        "ragft": __version__,
        "settings": answer.model_dump(mode="json"),
        "calibration": calibration.to_json(),
        "index": index.digest(),
    }
    made = AnswerStore(store)
    attempts = []
    for done, attack in enumerate(attacks, start=1):
        key = digest_json({**facts, "attack": asdict(attack)})
        recorded = made.get(key)
        if recorded is None:
            own = RestrictedSearcher(index, [document.id for document in documents[attack.id]])
            asked = AskedDocuments(own, embed=index.embed, reads=index.reads)
            assistant = Assistant(AskedModel(engine, model), asked, answer, calibration=calibration)
            recorded = _attempt(attack, assistant, key)
            made.add(recorded)
        attempts.append(_read(attack, recorded))
        if progress:
            progress("attacks", done, len(attacks))
    total = Counter(attempt.family for attempt in attempts)
    won = Counter(attempt.family for attempt in attempts if attempt.success)
    return InjectionReport(model, tuple(attempts), {family: (won[family], total[family]) for family in total})


def _attempt(attack: Attack, assistant: Assistant, key: str) -> Recorded:
    """Ask; what was streamed counts as well as what is there in the end."""
    streamed: list[str] = []

    def note(event: Event) -> None:
        if isinstance(event, Delta):
            streamed.append(event.text)

    given = assistant.ask(attack.question, on_event=note)
    outcome = success(attack, given, "".join(streamed))
    return Recorded(key, ROLE, attack.id, given, values={outcome: 1.0} if outcome else {})


def _read(attack: Attack, recorded: Recorded) -> Attempt:
    outcome: Success = next((kind for kind in SUCCESSES if recorded.values.get(kind)), "")
    given = recorded.answer
    fact = fold(attack.fact) in fold(given.answer) and not given.refused
    return Attempt(attack.id, attack.family, outcome, given.refused, fact, given.answer, given.raw)


def _document(attack: Attack, number: int) -> Document:
    """The document as ingest makes it: invisible characters and controls taken out."""
    given = attack.documents[number]
    name = f"{attack.id}-{number}"
    document_id = hashlib.sha256(f"{name}\n{given.title}\n{given.text}".encode()).hexdigest()[:16]
    blocks = tuple(Block(sanitise(part).strip(), page=0) for part in given.text.split("\n\n") if sanitise(part).strip())
    return Document(document_id, name, sanitise(given.title).strip(), blocks)
