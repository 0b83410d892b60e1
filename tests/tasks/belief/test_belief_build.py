"""`ragft build-model --task belief`, whole, with a tiny random model."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragft.config import load_settings
from ragft.data import shipped
from ragft.dataset.store import TRAIN, read_rows
from ragft.pipeline.build import build_model
from ragft.pipeline.build_plan import BuildPlan
from ragft.tasks.belief import BELIEF
from ragft.workspace import Workspace


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_beliefs_become_a_model_and_a_verdict_over_four_arms(tmp_path: Path, tiny_base: Path) -> None:
    settings = load_settings(preset=BELIEF.preset("demo")).with_("engine", name="embedded", threads=1)
    settings = settings.with_("belief", examples=3).with_("train", max_steps=2).with_("answer", num_predict=16)
    # A random model never ends its turn: the other three proofs hold for it as for any.
    settings = settings.with_("export", checks=("prompt", "tokenizer", "logits")).with_("benchmark", limit=4)
    workspace = Workspace(tmp_path / "ws")
    plan = BuildPlan(BELIEF, settings, [shipped("tasks/beliefs.jsonl")], str(tiny_base))
    report = build_model(workspace, plan, "demo", progress=lambda *_: None)
    assert list(report.arms) == ["base", "tuned", "base@evidence", "tuned@evidence"]
    for values in report.arms.values():
        assert {"belief.adopted", "belief.old", "belief_choice.chosen", "general.accuracy"} <= set(values)
    assert "earned" in report.reason, "the verdict says whether it was learned"
    assert len(read_rows(workspace.datasets / report.run / TRAIN)) == 6 * 3
    assert not workspace.catalogue.exists()
