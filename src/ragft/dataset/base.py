"""Training rows and the set they form.

A data set is a folder:

    rows.jsonl         kept rows, training split
    held_out.jsonl     kept rows, held-out split (no document on both sides)
    preferences.jsonl  pairs of a better and a worse answer (`ragft.dataset.preference`); not every set has them
    rejected.jsonl     rejected attempts, with the reason, and answers that were worse than a row's
    dataset.json       card: counts, settings, digests
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One training example: chat messages up to the answer (`prompt`), the answer (`completion`), provenance.

    `kind` is a word; each task has its own. `groups` name what must not lie on both sides of a split; empty: the
    documents. `chunk_ids` are the chunks by their keys ([1] is the first), `oracle_ids` those that answer; `checks`
    maps each check to its value. `form` says in a word how the question is put; empty where nobody said.
    `help` is what the base may read before the prompt when it teaches itself by prompt distillation; empty: worked
    examples of other rows.
    """

    prompt: tuple[Mapping[str, str], ...]
    completion: tuple[Mapping[str, str], ...]
    kind: str
    id: str = ""
    chunk_ids: tuple[str, ...] = ()
    oracle_ids: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    checks: Mapping[str, float] = field(default_factory=dict)
    generator: str = ""
    seed: int = 0
    chat_template_kwargs: Mapping[str, Any] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    form: str = ""
    help: str = ""

    @property
    def kept_together(self) -> tuple[str, ...]:
        """What must be on one side of a split as a whole."""
        return self.groups or self.document_ids


@dataclass(frozen=True)
class LineProblem:
    """Something wrong with a line of a file (line 0: with the file or the set as a whole).

    `where` names the line as messages do ("line 3", "entry 3" of an array); empty: by its number.
    """

    file: str
    line: int
    problem: str
    where: str = ""

    def __str__(self) -> str:
        place = f", {self.where or f'line {self.line}'}" if self.line else ""
        return f"{self.file}{place}: {self.problem}"


@dataclass(frozen=True)
class GenerateReport:
    """What `generate` made: the folder's name, kept rows by kind, rejected attempts by reason, and in `notes` what it
    could not do, and why."""

    dataset: str
    kept: Mapping[str, int]
    rejected: Mapping[str, int]
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def rows_a_minute(self) -> float:
        """Kept rows of all kinds a minute; 0 where no time passed."""
        return 60 * sum(self.kept.values()) / self.seconds if self.seconds > 0 else 0.0
