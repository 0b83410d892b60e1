"""A run of the task classify as a build leaves it behind, without its model."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ragft.config import Settings
from ragft.engine.run_models import Registration
from ragft.pipeline.manifest import Manifest, StageRecord
from ragft.tasks.classify.base import LabelledDocument
from ragft.tasks.classify.classifier_arms import ARMS
from ragft.tasks.classify.files import CalibratedArms, write_documents
from ragft.tasks.classify.label_calibration import LabelCalibration
from ragft.workspace import Workspace, write_json

SEA = ["The tide lifts the ship at the pier", "A gull sits on the mast of the ship", "Rope and anchor lie on the pier"]
COOK = ["Salt the onion in the pan", "Flour and bread in the oven", "A knife and a spoon by the stove"]


def make_run(root: Path) -> Workspace:
    """A workspace with one run, whose TF-IDF arm is recommended and says nothing below 75 %."""
    found = Workspace(root)
    run_dir = found.runs / "notes"
    run_dir.mkdir(parents=True)
    (found.datasets / "notes").mkdir(parents=True)
    documents = [LabelledDocument(text, "harbour", split="train") for text in SEA]
    documents += [LabelledDocument(text, "kitchen", split="train") for text in COOK]
    write_documents(
        found.datasets / "notes", [*documents, LabelledDocument("Never trained on", "kitchen", split="test")]
    )
    arms = dict.fromkeys(ARMS, LabelCalibration(0.2, 0.75))
    CalibratedArms(("harbour", "kitchen"), arms).save(run_dir)
    write_json(run_dir / "registration.json", asdict(Registration("notes:q8_0", "notes-base:q8_0")))
    settings = {**Settings().model_dump(mode="json"), "task": "classify"}
    benchmark = StageRecord("benchmark", "done", 1.0, report={"recommended": "tf-idf"})
    Manifest("notes", settings, (benchmark,)).save(run_dir)
    return found
