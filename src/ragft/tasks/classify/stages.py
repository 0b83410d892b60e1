"""The stages of this task: documents become rows and questions, and every arm is calibrated before it is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ragft.benchmark.base import Arm
from ragft.dataset.base import Row
from ragft.dataset.store import HELD_OUT, TRAIN
from ragft.journal import write_lines
from ragft.pipeline.made_data import keep_rows
from ragft.pipeline.stage import Context, Stage, StageResult, file_digests, section_values
from ragft.pipeline.stages import BENCHMARK, CHECK, EXPORT, REGISTER, TRAINING
from ragft.tasks.classify.base import UNKNOWN, LabelledDocument, labels_of
from ragft.tasks.classify.classifier_arms import ARMS, Kit
from ragft.tasks.classify.files import (
    CLASSIFIER,
    DOCUMENTS,
    CalibratedArms,
    ValidationStore,
    read_documents_of,
    write_documents,
)
from ragft.tasks.classify.label_calibration import ESTIMATE, calibrate, warn_of_bounds
from ragft.tasks.classify.prompts import answer, excerpts, messages
from ragft.tasks.classify.suites import SortingAsker
from ragft.workspace import digest_file

if TYPE_CHECKING:
    from ragft.pipeline.task import BuiltRun
    from ragft.setting_sections import ClassifySettings

MOST_HELD_OUT = 24
"""Validation rows whose loss is measured while training; the calibration uses all documents."""


def rows_of(document: LabelledDocument, labels: Sequence[str], settings: ClassifySettings) -> list[Row]:
    """The training rows of a document: one for each part of it that a model is shown."""
    completion = ({"role": "assistant", "content": answer(document.label)},)
    return [
        Row(
            tuple(turn.to_dict() for turn in messages(part, labels, listed=settings.categories)),
            completion,
            "label",
            groups=(document.id,),
        )
        for part in excerpts(document.text, settings.characters, settings.long)
    ]


def _generate(context: Context) -> StageResult:
    from ragft.tasks.classify.document_split import divide
    from ragft.tasks.classify.labelled_documents import read_labelled

    settings = context.settings.classify
    read = read_labelled(context.sources, timeout=context.settings.index.file_timeout, progress=context.progress)
    documents = divide(read, settings, context.settings.generate.seed)
    labels = labels_of(documents)
    train = [row for one in documents if one.split == "train" for row in rows_of(one, labels, settings)]
    validation = [one for one in documents if one.split == "validation" and not one.is_outside]
    held_out = [row for one in validation for row in rows_of(one, labels, settings)][:MOST_HELD_OUT]
    keep_rows(context, train, held_out)
    write_documents(context.dataset_dir, documents)
    _write_questions(context, [one for one in documents if one.split == "test"])
    counts = Counter(one.split for one in documents)
    outside = sum(one.is_outside for one in documents)
    report = {"classes": len(labels), "documents": dict(counts), "out_of_scope": outside}
    return StageResult(_generated(context), report)


def _write_questions(context: Context, documents: Sequence[LabelledDocument]) -> None:
    different = {document.id: document for document in documents}
    classes = {name: UNKNOWN if one.is_outside else one.label for name, one in different.items()}
    write_lines(
        context.files.questions,
        (
            {"id": name, "question": one.text, "topic": classes[name], "reference": classes[name]}
            for name, one in different.items()
        ),
    )


def _generated(context: Context) -> Mapping[str, str]:
    made = {"questions": digest_file(context.files.questions)} if context.files.questions.is_file() else {}
    return {**file_digests(context.dataset_dir, (TRAIN, HELD_OUT, DOCUMENTS)), **made}


def _generate_inputs(context: Context) -> Mapping[str, str]:
    from ragft.tasks.classify.labelled_documents import find_labelled

    return {str(path): digest_file(path) for path in find_labelled(context.sources)}


def kit_of(run: BuiltRun) -> Kit:
    """All that the classifiers of a built run are made of."""
    from ragft.engine.run_models import Registration

    documents = read_documents_of(run.dataset_dir)
    registration = Registration.of_run(run.run_dir)
    return Kit.over(
        (one for one in documents if one.split == "train"),
        labels_of(documents),
        run.settings.classify,
        run.settings.index,
        lambda: run.engine,
        base=registration.base_model,
        tuned=registration.model,
    )


def arms_of(run: BuiltRun) -> list[Arm]:
    """The calibrated arms, the simplest first: the baseline of the comparison."""
    kit, calibrated = kit_of(run), CalibratedArms.of_run(run.run_dir)
    return [
        Arm(name, kit.model_of(name), asker=SortingAsker(kit.classifier(name), kit.labels, calibrated.arms[name]))
        for name in ARMS
    ]


def _calibrate(context: Context) -> StageResult:
    import numpy as np

    from ragft.tasks.classify.scores import macro_f1, pair

    kit, store = kit_of(context), ValidationStore(context.run_dir)
    known = [
        one for one in read_documents_of(context.dataset_dir) if one.split == "validation" and one.label in kit.labels
    ]
    right = [kit.labels.index(one.label) for one in known]
    found = CalibratedArms(kit.labels)
    for name in ARMS:
        classifier = kit.classifier(name)
        for number, one in enumerate(known, start=1):
            if store.get(classifier.digest, one.id) is None:
                store.add(classifier.digest, one.id, classifier.log_probs([one.text])[0].tolist())
            context.progress(f"calibrating {name}", number, len(known))
        said = np.array([store.get(classifier.digest, one.id) for one in known]).reshape(len(known), len(kit.labels))
        pairs = np.array([pair(a, int(b)) for a, b in zip(right, said.argmax(axis=1), strict=True)])
        found = CalibratedArms(
            kit.labels,
            {**found.arms, name: calibrate(said, right, kept=context.settings.classify.kept)},
            {**found.validation, name: float(macro_f1(pairs)) if len(pairs) else 0.0},
        )
    found.save(context.run_dir)
    warn_of_bounds(found.arms)
    return StageResult(_calibrated(context), {"documents": len(known), "macro_f1": dict(found.validation)})


def _calibrated(context: Context) -> Mapping[str, str]:
    return file_digests(context.run_dir, (CLASSIFIER,))


GENERATE = Stage(
    "generate",
    _generate_inputs,
    lambda c: {**section_values(c, "classify"), "seed": c.settings.generate.seed},
    _generate,
    _generated,
)
CALIBRATE = Stage(
    "calibrate",
    lambda c: {
        **(dict(r.outputs) if (r := c.manifest.stage("register")) else {}),
        "documents": c.output("generate", DOCUMENTS),
    },
    lambda c: {**section_values(c, "classify"), "encoder": c.settings.index.encoder, "estimate": ESTIMATE},
    _calibrate,
    _calibrated,
)
STAGES: tuple[Stage, ...] = (CHECK, GENERATE, TRAINING, EXPORT, REGISTER, CALIBRATE, BENCHMARK)
"""In the order they run."""
