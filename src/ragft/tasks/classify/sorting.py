"""New documents sorted into classes: as a run recommends, or by labels and examples alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ragft.console import Progress
from ragft.corpus.readers import read_documents
from ragft.engine.base import Engine
from ragft.engine.run_models import Registration
from ragft.errors import DocumentError, InputError, NotFoundError, UsageError, WorkspaceError
from ragft.log import log
from ragft.pipeline.manifest import Manifest, load_manifest
from ragft.run_folder import RunFolder
from ragft.setting_sections import ClassifySettings, IndexSettings
from ragft.tasks.classify.base import Classifier, LabelledDocument, SorterChoice, labels_of
from ragft.tasks.classify.classifier_arms import ARMS, FEW_SHOT, NEAREST, TF_IDF, TUNED, WITHOUT_MODEL, ZERO_SHOT, Kit
from ragft.tasks.classify.files import CLASSIFIER, CalibratedArms, read_documents_of
from ragft.tasks.classify.label_calibration import LabelCalibration
from ragft.tasks.classify.labelled_documents import text_of_document
from ragft.workspace import Workspace

OpenModel = Callable[[str], tuple[Engine, str]]
"""The engine that has a model (empty: the one that answers), and the name of the model."""
_UNTRAINED = (NEAREST, ZERO_SHOT, FEW_SHOT)
"""The arms that need no validation documents, and no more than a few examples."""


@dataclass(frozen=True)
class ClassifiedFile:
    """How a file was sorted: `label` is `unknown` where the likeliest is not likely enough; `likely` has all
    labels with their probabilities, the best first. `problem` says why a file could not be read, and is empty for one
    that was."""

    file: Path
    label: str = ""
    likely: Mapping[str, float] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class ClassifiedText:
    """How a text was sorted: `label` is `unknown` where the likeliest is not likely enough; `likely` has all labels
    with their probabilities, the best first."""

    label: str
    likely: Mapping[str, float]


@dataclass(frozen=True)
class Method:
    """What sorted the documents: an arm, its model and its run, each empty where there is none.

    `calibrated`: the probabilities were fitted on validation documents, and `unknown` can be said.
    """

    arm: str
    model: str
    run: str
    labels: tuple[str, ...]
    calibrated: bool


@dataclass(frozen=True)
class Classification(Method):
    """All files, and what sorted them."""

    files: tuple[ClassifiedFile, ...]


@dataclass(frozen=True)
class TextClassification(Method):
    """All texts in order, and what sorted them."""

    texts: tuple[ClassifiedText, ...]


@dataclass(frozen=True)
class Sorter:
    """One way to sort documents, ready for use."""

    kit: Kit
    arm: str
    run: str = ""
    calibration: LabelCalibration | None = None

    @cached_property
    def classifier(self) -> Classifier:
        """What gives each label a probability."""
        return self.kit.classifier(self.arm)

    @property
    def method(self) -> dict[str, Any]:
        """How the documents are sorted, as the fields that `Method` is made from."""
        return {
            "arm": self.arm,
            "model": self.kit.model_of(self.arm),
            "run": self.run,
            "labels": self.kit.labels,
            "calibrated": self.calibration is not None and self.calibration.is_fitted,
        }

    def sort_texts(self, texts: Sequence[str], *, progress: Progress | None = None) -> TextClassification:
        """The class of each text.

        Raises:
            InputError: a text is empty.
            EngineError: the model cannot be asked.
        """
        if empty := [number for number, text in enumerate(texts, start=1) if not text.strip()]:
            raise InputError(f"text {empty[0]} is empty", fix="leave it out")
        found = []
        for number, text in enumerate(texts, start=1):
            found.append(self._labelled(text))
            if progress:
                progress("classifying", number, len(texts))
        return TextClassification(**self.method, texts=tuple(found))

    def sort(
        self, paths: Sequence[Path], *, timeout: float = 120.0, progress: Progress | None = None
    ) -> Classification:
        """The class of each file; one that cannot be read has a `problem`, and a warning says so.

        Raises:
            InputError: no file could be read.
            EngineError: the model cannot be asked.
        """
        found = []
        for number, (path, document) in enumerate(read_documents(paths, timeout=timeout), start=1):
            text = "" if isinstance(document, DocumentError) else text_of_document(document)
            if text:
                labelled = self._labelled(text)
                found.append(ClassifiedFile(path, labelled.label, labelled.likely))
            else:
                problem = str(document) if isinstance(document, DocumentError) else f"{path} holds no text"
                log.warning(problem)
                found.append(ClassifiedFile(path, problem=problem))
            if progress:
                progress("classifying", number, len(paths))
        if all(one.problem for one in found):
            raise InputError(f"none of the {len(found)} files could be read as a document", fix="name other files")
        return Classification(**self.method, files=tuple(found))

    def _labelled(self, text: str) -> ClassifiedText:
        import numpy as np

        calibration = self.calibration or LabelCalibration()
        shares = calibration.probabilities(self.classifier.log_probs([text]))[0]
        order = np.argsort(-shares, kind="stable")
        likely = {self.kit.labels[place]: round(float(shares[place]), 6) for place in order}
        return ClassifiedText(calibration.said(dict(zip(self.kit.labels, shares.tolist(), strict=True))), likely)


def by_examples(
    choice: SorterChoice,
    examples: Sequence[LabelledDocument],
    settings: ClassifySettings,
    index: IndexSettings,
    open_model: OpenModel,
) -> Sorter:
    """A sorter that nothing is trained for. Without an arm: the nearest examples, where there are examples of every
    class and no model was named; else a model that is shown the most similar, or none where there are none.

    Raises:
        UsageError: there are fewer than two classes, or the arm needs what was not given.
    """
    known = tuple(one for one in examples if not one.is_outside)
    classes = tuple(dict.fromkeys([*choice.labels, *labels_of(known)]))
    if len(classes) < 2:
        raise UsageError("there are fewer than two classes to choose from", fix="labels=a,b,c, or examples=FOLDER")
    shown = set(labels_of(known)) >= set(classes)
    chosen = choice.arm or (NEAREST if shown and not choice.model else FEW_SHOT if known else ZERO_SHOT)
    if chosen not in _UNTRAINED:
        raise UsageError(f"the arm {chosen!r} needs a run", fix=f"one of {', '.join(_UNTRAINED)}, or run=RUN")
    if chosen == NEAREST and not shown:
        missing = next(label for label in classes if label not in labels_of(known))
        raise UsageError(f"there is no example of {missing!r}", fix="give two or more of each class")
    if chosen == FEW_SHOT and not known:
        raise UsageError("there are no examples to show", fix="examples=FOLDER, or arm=zero-shot")
    engine, name = (None, "") if chosen in WITHOUT_MODEL else open_model(choice.model)
    kit = Kit.over(known, classes, settings, index, lambda: _there(engine), base=name)
    return Sorter(_with_few_shots(kit), chosen)


def by_run(
    workspace: Workspace, choice: SorterChoice, examples: Sequence[LabelledDocument], open_model: OpenModel
) -> Sorter:
    """A sorter of a run: the arm that its benchmark recommends, or the one named.

    With labels and `examples`, classes that the run does not know come in: the arms are fitted anew, the model is
    given them, and the calibration stays.

    Raises:
        NotFoundError: there is no such run or it has no classifier.
        UsageError: there is no such arm.
        WorkspaceError, DatasetError: a file of the run is damaged.
    """
    run = choice.run
    run_dir = workspace.run(run) if run and run != "latest" else _run_with_classifier(workspace, choice.model)
    calibrated, manifest = CalibratedArms.of_run(run_dir), load_manifest(run_dir)
    if manifest is None:
        raise NotFoundError(f"the run {run_dir.name} has no manifest", fix="ragft build-model --task classify FOLDER")
    benchmark = manifest.stage("benchmark")
    recommended = str(benchmark.report.get("recommended", "")) if benchmark else ""
    chosen = choice.arm or (TUNED if choice.model else recommended or TF_IDF)
    if chosen not in ARMS:
        raise UsageError(f"no arm {chosen!r}", fix=f"the arms are {', '.join(ARMS)}")
    registration = Registration.of_run(run_dir)
    documents = [one for one in read_documents_of(workspace.datasets / run_dir.name) if one.split == "train"]
    known = (*documents, *(one for one in examples if not one.is_outside))
    classes = tuple(dict.fromkeys([*calibrated.labels, *choice.labels, *labels_of(known)]))
    if chosen in WITHOUT_MODEL and (missing := set(classes) - set(labels_of(known))):
        raise UsageError(f"there is no example of {min(missing)!r}", fix="give two or more of each new class")
    settings, index, calibration = _made_by(manifest, calibrated, chosen, run_dir)
    names = {"base": registration.base_model, "tuned": registration.model}
    kit = Kit.over(known, classes, settings, index, lambda: open_model(registration.model)[0], **names)
    return Sorter(_with_few_shots(kit), chosen, run_dir.name, calibration)


def _made_by(
    manifest: Manifest, calibrated: CalibratedArms, arm: str, run_dir: Path
) -> tuple[ClassifySettings, IndexSettings, LabelCalibration]:
    """The settings that the run was made by, and the calibration of the arm.

    Raises:
        WorkspaceError: they are not there, or not what they should be.
    """
    files = RunFolder(run_dir)
    try:
        settings = ClassifySettings.model_validate(manifest.settings["classify"])
        index = IndexSettings.model_validate(manifest.settings["index"])
    except (KeyError, ValueError) as error:
        raise WorkspaceError(
            f"{files.manifest} is damaged: its settings are not those of a run of classify ({_first_line(error)})",
            fix=f"delete it; ragft build-model --task classify FOLDER --run {run_dir.name} makes the run again",
        ) from error
    if arm not in calibrated.arms:
        raise WorkspaceError(
            f"{run_dir / CLASSIFIER} is damaged: it has no calibration of the arm {arm}",
            fix=f"delete it; ragft build-model --task classify FOLDER --run {run_dir.name} makes it again",
        )
    return settings, index, calibrated.arms[arm]


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _with_few_shots(kit: Kit) -> Kit:
    """No more examples are shown than there are."""
    shots = min(kit.settings.shots, max(1, len(kit.documents)))
    return replace(kit, settings=kit.settings.model_copy(update={"shots": shots}))


def _there(engine: Engine | None) -> Engine:
    if engine is None:
        raise UsageError("this arm asks no model", fix=f"arm={FEW_SHOT}")
    return engine


def _run_with_classifier(workspace: Workspace, model: str) -> Path:
    found = sorted(workspace.runs.glob(f"*/{CLASSIFIER}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found:
        if not model or model in {(made := Registration.of_run(path.parent)).model, made.model.partition(":")[0]}:
            return path.parent
    what = f"no run made the model {model}" if model else "there is no run with a classifier"
    fix = "ragft build-model --task classify FOLDER makes one; labels=a,b,c or examples=FOLDER need none"
    raise NotFoundError(f"{what} in {workspace.root}", fix=fix)
