"""Classifiers that are not tuned on two public sets: macro-F1, accuracy, calibration, out-of-scope, speed.

    python benchmarks/bench_classify.py newsgroups20
    python benchmarks/bench_classify.py clinc150 --write clinc150.jsonl     # one file for ragft build-model

The sets lie in ../shared/data/classify or RAGFT_SHARED_DATA. Their own test halves are kept, and near-duplicates of a
test document are not trained on.
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
from ragft.index.encoders.open_encoder import open_encoder
from ragft.setting_sections import ClassifySettings, IndexSettings
from ragft.tasks.classify.base import LabelledDocument, labels_of
from ragft.tasks.classify.classifier_arms import FEW_SHOT, WITHOUT_MODEL, ZERO_SHOT, Kit
from ragft.tasks.classify.document_split import divide
from ragft.tasks.classify.label_calibration import calibrate
from ragft.tasks.classify.labelled_documents import read_labelled
from ragft.tasks.classify.scores import area_under_curve, calibration_error, confidence, macro_f1, pair, placed
from ragft.workspace import Workspace

DATA = Path(os.environ.get("RAGFT_SHARED_DATA", "../shared/data")) / "classify"


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a set, with their split: a sixth of its training half is for validation."""
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
    print(
        f"{name:<8} macro-F1 {float(macro_f1(pairs)):.3f}  accuracy {np.mean(list(hits.values())):.3f}  "
        f"ECE {float(calibration_error(sureness)):.3f}  AUROC {float(auroc):.3f}  "
        f"{len(test) / seconds:.1f} documents/s, fitted in {fitted:.1f} s",
        flush=True,
    )


def main() -> None:
    """Measure one set, or write it as one file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=("newsgroups20", "clinc150"))
    parser.add_argument("--write", type=Path)
    parser.add_argument("--per-class", type=int, default=0)
    parser.add_argument("--judged", type=int, default=0, help="most documents of validation, and of the test")
    parser.add_argument("--model", default="", help="a model that is asked too, with and without examples")
    given = parser.parse_args()
    rows = rows_of(given.set)
    path = given.write or Path(f"{given.set}.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    if given.write:
        return
    settings = ClassifySettings(per_class=given.per_class, judged=given.judged, characters=600, shots=3)
    documents = divide(read_labelled([path]), settings, 0)
    path.unlink()
    train = tuple(one for one in documents if one.split == "train")
    labels = labels_of(documents)
    print(f"{given.set}: {len(labels)} classes, {len(train)} documents to train on")
    with TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Workspace(Path(folder)))
        opened = lambda: open_encoder(IndexSettings())  # noqa: E731
        kit = Kit(train, labels, settings, opened, "minilm", lambda: engine, base=given.model)
        for name in (*WITHOUT_MODEL, *((ZERO_SHOT, FEW_SHOT) if given.model else ())):
            measure(name, documents, kit)
        engine.close()


if __name__ == "__main__":
    main()
