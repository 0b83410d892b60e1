"""The files that a run of this task writes, and reads again.

DATASET/documents.jsonl          the labelled documents, each with its split
RUN/classifier.json              the labels, and the calibration of each arm
RUN/validation.jsonl             what each arm said of each validation document, so that a killed stage goes on
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, NotFoundError, WorkspaceError
from ragft.journal import append_line, cut_torn_line, whole_lines, write_lines
from ragft.tasks.classify.base import LabelledDocument
from ragft.tasks.classify.label_calibration import LabelCalibration
from ragft.typed_json import parsed, typed
from ragft.workspace import write_json

DOCUMENTS, CLASSIFIER, VALIDATION = "documents.jsonl", "classifier.json", "validation.jsonl"


@dataclass(frozen=True)
class CalibratedArms:
    """The content of classifier.json: the labels in the order of their probabilities, a calibration for each arm, and
    the macro-F1 of each on the validation documents."""

    labels: tuple[str, ...]
    arms: Mapping[str, LabelCalibration] = field(default_factory=dict)
    validation: Mapping[str, float] = field(default_factory=dict)

    def save(self, run_dir: Path) -> None:
        """Write it into the folder of the run, atomically."""
        write_json(run_dir / CLASSIFIER, asdict(self))

    @classmethod
    def of_run(cls, run_dir: Path) -> CalibratedArms:
        """That of a run.

        Raises:
            NotFoundError: the run has none.
            WorkspaceError: the file is damaged.
        """
        path = run_dir / CLASSIFIER
        try:
            return parsed(cls, path.read_bytes())
        except FileNotFoundError as error:
            fix = "ragft build-model --task classify FOLDER"
            raise NotFoundError(f"the run {run_dir.name} has no classifier", fix=fix) from error
        except ValueError as error:
            fix = f"delete it; ragft build-model --task classify --run {run_dir.name} makes it again"
            raise WorkspaceError(f"{path} is damaged: {error}", fix=fix) from error


def write_documents(folder: Path, documents: Sequence[LabelledDocument]) -> None:
    """Write the documents of a run."""
    write_lines(folder / DOCUMENTS, map(asdict, documents))


def read_documents_of(folder: Path) -> list[LabelledDocument]:
    """The documents of a run, in order.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line has another form.
    """
    path = folder / DOCUMENTS
    try:
        return [typed(LabelledDocument, value) for _, value in read_lines(path)]
    except ValueError as error:
        raise DatasetError(f"{path} is damaged: {error}", fix=f"delete {folder} and build again") from error


@dataclass(frozen=True)
class KeptLogProbs:
    """A line of validation.jsonl: the digest of a classifier, the id of a document, and a value for each label."""

    classifier: str
    document: str
    log_probs: tuple[float, ...]


class ValidationStore:
    """Log-probabilities by classifier and document; each is on the disk before the next is asked for.

    A damaged line is left out: its document is asked again.

    Raises:
        DiskFull, WorkspaceError: the file cannot be read.
    """

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / VALIDATION
        self._found: dict[tuple[str, str], tuple[float, ...]] = {}
        cut_torn_line(self._path)
        for _, line in whole_lines(self._path):
            with suppress(ValueError):
                kept = parsed(KeptLogProbs, line)
                self._found[kept.classifier, kept.document] = kept.log_probs

    def get(self, classifier: str, document: str) -> tuple[float, ...] | None:
        """What the classifier of that digest said of the document; None where it was not asked."""
        return self._found.get((classifier, document))

    def add(self, classifier: str, document: str, log_probs: Sequence[float]) -> None:
        """Keep what it said.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        kept = KeptLogProbs(classifier, document, tuple(round(float(value), 6) for value in log_probs))
        append_line(self._path, asdict(kept))
        self._found[classifier, document] = kept.log_probs
