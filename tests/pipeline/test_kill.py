"""Killed inside any stage, `build-model` goes on, and ends with the digests of a run that was never disturbed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ragft.tasks.papers.stages import STAGES
from tests.pipeline.killed_builds import RUN, SMALL, build_command, finish, killed_in_every_stage, manifest_of

ROOT = Path(__file__).resolve().parents[2]
PAPERS = [ROOT / "corpus" / "papers" / f"{name}.pdf" for name in ("qlora", "lora", "rag")]
SCRIPT = {
    "rules": [
        {"match": r"Question: ([^\n]*) …$", "template": r'{"question": "\g<1>?"}', "delay": 0.05},
        {"match": "Sources:", "reply": "QLoRA needs a single GPU with 48 GB of memory [1].", "delay": 0.3},
    ],
    "default": {"reply": "A short and plain answer.", "delay": 0.02},
}
SETTINGS = {
    "RAGFT_GENERATE__HELD_OUT": "0.2",
    "RAGFT_TRAIN__MAX_STEPS": "6",
    "RAGFT_TRAIN__ACCUMULATION": "2",
    "RAGFT_TRAIN__EVAL_STEPS": "2",
    "RAGFT_EXPORT__CHECKS": SMALL["RAGFT_EXPORT__CHECKS"],
    "RAGFT_BENCHMARK__LIMIT": "3",
}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sigkill_inside_every_stage_changes_nothing_in_the_end(
    tmp_path: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    for name, value in {**SETTINGS, "RAGFT_SCRIPT": str(script)}.items():
        monkeypatch.setenv(name, value)
    command = build_command("papers", PAPERS, tiny_base, "--engine", "scripted", "--count", "6")
    undisturbed, after = killed_in_every_stage(command, tmp_path)
    assert [stage.name for stage in undisturbed.stages] == [stage.name for stage in STAGES]
    assert after.digests() == undisturbed.digests()
    disturbed = tmp_path / "disturbed"
    run_dir = disturbed / "runs" / RUN
    assert (run_dir / "report.html").is_file()

    again = finish(command, disturbed)
    assert set(again.values()) <= {"skipped", "done"}
    assert [again[name] for name in ("ingest", "generate", "train", "export")] == ["skipped"] * 4

    (run_dir / "adapter" / "adapter_model.safetensors").write_bytes(b"tampered with")
    assert finish(command, disturbed)["train"] == "done"
    assert manifest_of(disturbed).digests() == undisturbed.digests()
