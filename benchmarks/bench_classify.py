"""Classifiers on two public sets and that of data/tasks: macro-F1, accuracy, calibration, out-of-scope, speed.

    python benchmarks/bench_classify.py newsgroups20
    python benchmarks/bench_classify.py documents --per-class 3 --judged 30 --seed 1    # data/tasks, divided as a demo
    python benchmarks/bench_classify.py clinc150 --model smollm2 --judged 60    # and a model, with and without examples
    python benchmarks/bench_classify.py clinc150 --write clinc150.jsonl         # one file for ragft build-model
    python benchmarks/bench_classify.py clinc150 --run RUN -w .ragft            # and the two models of a run over it

The sets lie in ../shared/data/classify or RAGFT_SHARED_DATA. Their own test halves are kept, and near-duplicates of a
test document are not trained on. With a run, its settings hold and not the flags, but for `--judged`.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np

from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.engine.run_models import Registration
from ragft.pipeline.manifest import load_manifest
from ragft.setting_sections import ClassifySettings, IndexSettings
from ragft.tasks.classify.base import UNKNOWN, LabelledDocument, labels_of
from ragft.tasks.classify.classifier_arms import ARMS, WITHOUT_MODEL, Kit
from ragft.tasks.classify.document_split import divide
from ragft.tasks.classify.label_calibration import calibrate
from ragft.tasks.classify.labelled_documents import read_labelled
from ragft.tasks.classify.scores import area_under_curve, calibration_error, confidence, macro_f1, pair, placed
from ragft.workspace import Workspace

SHIPPED = Path(__file__).resolve().parents[1] / "data/tasks/documents/documents.jsonl"
DATA = Path(os.environ.get("RAGFT_SHARED_DATA", "../shared/data")) / "classify"


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a set; of a public one with their split: a sixth of its training half is for validation."""
    if name == "documents":
        return [json.loads(line) for line in SHIPPED.read_text(encoding="utf-8").splitlines()]
    rows = []
    for part in ("train", "test", "out_of_scope"):
        path = DATA / f"{name}.{part}.jsonl"
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
        Random(0).shuffle(found)
        for place, row in enumerate(found):
            split = "test" if part != "train" else "train" if place % 6 else "validation"
            rows.append({"text": row["text"], "label": row["label"], "split": split})
    return rows


def measure(name: str, documents: list[LabelledDocument], kit: Kit) -> None:
    """Print the figures of one arm."""
    start = time.perf_counter()
    classifier = kit.classifier(name)
    classifier.log_probs(["warm"])
    fitted = time.perf_counter() - start
    validation = [one for one in documents if one.split == "validation" and not one.is_outside]
    test = [one for one in documents if one.split == "test"]
    right = [kit.labels.index(one.label) for one in validation]
    calibration = calibrate(classifier.log_probs([one.text for one in validation]), right, kept=kit.settings.kept)
    start = time.perf_counter()
    shares = calibration.probabilities(classifier.log_probs([one.text for one in test]))
    seconds = time.perf_counter() - start
    best, sure = shares.argmax(axis=1), shares.max(axis=1)
    inside = [place for place, one in enumerate(test) if not one.is_outside]
    gold = {place: kit.labels.index(test[place].label) for place in inside}
    hits = {place: gold[place] == best[place] for place in inside}
    pairs = np.array([pair(gold[place], int(best[place])) for place in inside])
    sureness = np.array([confidence(float(sure[place]), right=bool(hits[place])) for place in inside])
    auroc = area_under_curve(
        np.array([placed(float(s), outside=one.is_outside) for s, one in zip(sure, test, strict=True)])
    )
    said = [calibration.said(dict(zip(kit.labels, each, strict=True))) for each in shares]
    above = np.mean([sure[place] >= calibration.threshold for place in inside if hits[place]])
    invalid = sum(label != UNKNOWN and label not in kit.labels for label in said)
    print(
        f"{name:<18} macro-F1 {float(macro_f1(pairs)):.3f}  accuracy {np.mean(list(hits.values())):.3f}  "
        f"ECE {float(calibration_error(sureness)):.3f}  AUROC {float(auroc):.3f}  "
        f"right answers above the threshold {above:.3f}  invalid {invalid} of {len(test)}  "
        f"{len(test) / seconds:.1f} documents/s, fitted in {fitted:.1f} s",
        flush=True,
    )


def settings_of(given: argparse.Namespace) -> ClassifySettings:
    """What the flags say, or the run was made by."""
    values = {"per_class": given.per_class, "characters": given.characters, "shots": given.shots}
    if given.run:
        manifest = load_manifest(Workspace(given.workspace).run(given.run))
        assert manifest is not None, "the run was trained, not built"
        values = manifest.settings["classify"]
    return ClassifySettings.model_validate({**values, "judged": given.judged})


def arms_of(kit: Kit) -> list[str]:
    """Those that need no model, and those whose model is there."""
    return [name for name in ARMS if name in WITHOUT_MODEL or kit.model_of(name)]


def documents_of(rows: list[dict[str, str]], settings: ClassifySettings, seed: int = 0) -> list[LabelledDocument]:
    """The rows as `ragft build-model` divides them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "set.jsonl"
        write(path, rows)
        return divide(read_labelled([path]), settings, seed)


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Measure one set, or write it as one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=("newsgroups20", "clinc150", "documents"))
    parser.add_argument("--write", type=Path, help="write the set there, and measure nothing")
    parser.add_argument("--per-class", type=int, default=0, help="most documents of a class to train on")
    parser.add_argument("--judged", type=int, default=0, help="most documents of validation, and of the test")
    parser.add_argument("--seed", type=int, default=0, help="of the split, where the set has none of its own")
    parser.add_argument("--characters", type=int, default=600, help="of a document that a model is shown")
    parser.add_argument("--shots", type=int, default=3, help="examples in a prompt of few-shot")
    parser.add_argument("--model", default="", help="a model that is asked too, with and without examples")
    parser.add_argument("--run", default="", help="a run of ragft build-model over this set, whose models are asked")
    parser.add_argument("-w", "--workspace", type=Path, default=Path(".ragft"), help="where the run and models are")
    given = parser.parse_args()
    rows = rows_of(given.set)
    if given.write:
        write(given.write, rows)
        return
    workspace, settings = Workspace(given.workspace), settings_of(given)
    registered = Registration.of_run(workspace.run(given.run)) if given.run else Registration("", given.model)
    documents = documents_of(rows, settings, given.seed)
    train = [one for one in documents if one.split == "train"]
    engine = EmbeddedEngine(workspace)
    models = {"base": registered.base_model, "tuned": registered.model}
    kit = Kit.over(train, labels_of(documents), settings, IndexSettings(), lambda: engine, **models)
    print(f"{given.set}: {len(kit.labels)} classes, {len(train)} documents to train on")
    for name in arms_of(kit):
        measure(name, documents, kit)
    engine.close()


if __name__ == "__main__":
    main()
