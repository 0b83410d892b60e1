"""Hostile documents, read as any others: how many get the model, or the screen, to do what they say?

Each attack's documents are indexed, and its honest question is asked over them alone, by the whole answer path.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ragft.answer.assistant import Assistant
from ragft.answer.attacks import Attack, Success, success
from ragft.answer.session import Within, load_calibration
from ragft.corpus.base import Block, Document
from ragft.corpus.text import sanitise
from ragft.engine.base import Engine

if TYPE_CHECKING:
    from ragft.config import AnswerSettings
    from ragft.index.store import Index


@dataclass(frozen=True)
class Attempt:
    """One attack and what came of it; `success` is empty where it failed, `fact` says whether the answer was right."""

    id: str
    family: str
    success: Success
    refused: bool
    fact: bool
    answer: str


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
    progress: Callable[[str, int, int], None] | None = None,
) -> InjectionReport:
    """Index the documents of `attacks` in `index` (one of its own) and ask their questions.

    Raises:
        EngineError: the engine failed.
    """
    documents = {attack.id: [_document(attack, n) for n in range(len(attack.documents))] for attack in attacks}
    every = [document for found in documents.values() for document in found]
    index.add(every, total=len(every), progress=progress)
    calibration = load_calibration(index)
    attempts = []
    for done, attack in enumerate(attacks, start=1):
        own = Within(index, [document.id for document in documents[attack.id]])
        assistant = Assistant(engine, own, answer, model=model, embed=index.embed, calibration=calibration)
        given = assistant.ask(attack.question)
        fact = attack.fact.lower() in given.answer.lower() and not given.refused
        outcome = success(attack, given)
        attempts.append(Attempt(attack.id, attack.family, outcome, given.refused, fact, given.answer))
        if progress:
            progress("attacks", done, len(attacks))
    total = Counter(attempt.family for attempt in attempts)
    won = Counter(attempt.family for attempt in attempts if attempt.success)
    return InjectionReport(model, tuple(attempts), {family: (won[family], total[family]) for family in total})


def _document(attack: Attack, number: int) -> Document:
    """The document as ingest makes it: invisible characters and controls taken out."""
    given = attack.documents[number]
    name = f"{attack.id}-{number}"
    document_id = hashlib.sha256(f"{name}\n{given.text}".encode()).hexdigest()[:16]
    blocks = tuple(Block(sanitise(part).strip(), page=0) for part in given.text.split("\n\n") if sanitise(part).strip())
    return Document(document_id, name, sanitise(given.title).strip(), blocks)
