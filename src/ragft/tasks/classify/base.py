"""Labelled documents, and what a classifier is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    LogProbs = NDArray[np.float64]
    """Natural-log probabilities, shape [documents, labels]; those of a document add up to 1."""

UNKNOWN = "unknown"
"""Said of a document where no label is likely enough."""
OUTSIDE = frozenset((UNKNOWN, "oos", "out_of_scope", "out-of-scope"))
"""Labels in the data of documents that belong to no class: nothing is trained on them, but all arms are tested."""
Split = Literal["", "train", "validation", "test"]


@dataclass(frozen=True)
class LabelledDocument:
    """A document and its class. `origin` is its file, with the line in a table; `split` is empty until it is chosen."""

    text: str
    label: str
    origin: str = ""
    split: Split = ""

    @property
    def id(self) -> str:
        """16 hexadecimal digits of the digest of the text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def is_outside(self) -> bool:
        """Whether it belongs to no class."""
        return self.label.casefold() in OUTSIDE


def labels_of(documents: Sequence[LabelledDocument]) -> tuple[str, ...]:
    """The classes that the documents belong to, sorted; documents outside all classes add none."""
    return tuple(sorted({document.label for document in documents if not document.is_outside}))


@dataclass(frozen=True)
class SorterChoice:
    """How new documents are to be sorted.

    `run`: its name; None or "latest": that of `model`, or else the latest that has a classifier. `arm`: None for the
    recommended one. `model`: of a run, which is then asked, or the one that is asked without one; empty: that of the
    arm. `labels`: classes beside those of the run and of the examples.
    """

    run: str | None = None
    arm: str | None = None
    model: str = ""
    labels: Sequence[str] = ()


class Classifier(Protocol):
    """Gives each label a probability."""

    @property
    def digest(self) -> str:
        """Changes when its probabilities may; known before anything is fitted."""
        ...

    def log_probs(self, texts: Sequence[str]) -> LogProbs:
        """The log-probabilities of the labels, in their order, for each text."""
        ...
