"""What a report says of how its run came about."""

from __future__ import annotations

from pathlib import Path

from ragft.benchmark.base import RunOrigin
from ragft.pipeline.manifest import Manifest, StageRecord
from ragft.pipeline.run_origin import experiment_id, origin_of

TRAIN = StageRecord(
    "train",
    "done",
    1.0,
    inputs={"rows.jsonl": "sha256:aa", "held_out.jsonl": ""},
    outputs={"adapter_model.safetensors": "sha256:bb"},
    settings={"train": {"rank": 16, "learning_rate": 0.0005}},
    report={"steps": 75, "train_loss": 0.31415926, "eval_loss": None, "scale": "?", "run": "demo"},
)


def test_a_run_that_was_not_built_here_has_none(tmp_path: Path) -> None:
    assert origin_of(None) == origin_of(tmp_path) == RunOrigin()


def test_an_experiment_is_named_by_its_time_and_its_run() -> None:
    assert experiment_id(Manifest("demo-1", {}, started="2026-11-29T12:57:00+00:00")) == "EXP-20261129-125700-demo-1"


def test_settings_digests_and_losses_are_shown(tmp_path: Path) -> None:
    manifest = Manifest("demo", {"task": "belief", "base": "smollm2"}, (TRAIN,), started="2026-11-29T12:57:00+00:00")
    manifest.save(tmp_path)
    lines = dict(origin_of(tmp_path).lines)
    assert lines["experiment"] == "EXP-20261129-125700-demo"
    assert (lines["task"], lines["base"], lines["train.rank"]) == ("belief", "smollm2", "16")
    assert lines["train: rows.jsonl, read"] == "sha256:aa"
    assert lines["train: adapter_model.safetensors, made"] == "sha256:bb"
    assert (lines["steps"], lines["training loss, nats a token"]) == ("75", "0.314159")
    assert not {"train: held_out.jsonl, read", "validation loss", "scale of the adapter"} & lines.keys()
