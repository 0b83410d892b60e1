"""What a run of this task leaves on the disk, and reads again.

DATASET/documents.jsonl          the labelled documents, each with its split
RUN/classifier.json              the labels, and the calibration of each arm
RUN/validation.jsonl             what each arm said of each validation document, so that a killed stage goes on
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ragft.dataset.store import read_lines
from ragft.errors import DatasetError, NotFoundError, WorkspaceError
from ragft.json_lines import without_surrogates
from ragft.tasks.classify.base import LabelledDocument
from ragft.tasks.classify.label_calibration import LabelCalibration
from ragft.typed_json import parsed
from ragft.workspace import atomic_writer, disk_error, write_json

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
    with atomic_writer(folder / DOCUMENTS) as handle:
        for document in documents:
            handle.write(json.dumps(asdict(document)) + "\n")


def read_documents_of(folder: Path) -> list[LabelledDocument]:
    """The documents of a run, in order.

    Raises:
        NotFoundError: there is no such file.
        DatasetError: a line is none of it.
    """
    path = folder / DOCUMENTS
    try:
        return [parsed(LabelledDocument, json.dumps(value)) for _, value in read_lines(path)]
    except ValueError as error:
        raise DatasetError(f"{path} is damaged: {error}", fix=f"delete {folder} and build again") from error


class ValidationStore:
    """Log-probabilities by classifier and document; each is on the disk before the next is asked for."""

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / VALIDATION
        self._found: dict[tuple[str, str], list[float]] = {}
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return
        for line in data[: data.rfind(b"\n") + 1].splitlines():
            value: Any = json.loads(line)
            self._found[value["classifier"], value["document"]] = value["log_probs"]

    def get(self, classifier: str, document: str) -> list[float] | None:
        """What the classifier of that digest said of the document; None where it was not asked."""
        return self._found.get((classifier, document))

    def add(self, classifier: str, document: str, log_probs: Sequence[float]) -> None:
        """Keep what it said.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        values = [round(float(value), 6) for value in log_probs]
        line = without_surrogates(json.dumps({"classifier": classifier, "document": document, "log_probs": values}))
        try:
            with self._path.open("a", encoding="utf-8", newline="\n") as handle:
                handle.write(line + "\n")
        except OSError as error:
            raise disk_error(error, self._path) from error
        self._found[classifier, document] = values
