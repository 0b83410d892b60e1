"""Killed inside any stage, `build-model` goes on, and ends with the digests of a run that was never disturbed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ragft.pipeline.manifest import Manifest, load_manifest
from ragft.tasks.papers.stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
PAPERS = [str(ROOT / "corpus" / "papers" / f"{name}.pdf") for name in ("qlora", "lora", "rag")]
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
    # A random model never ends its turn: the other three proofs hold for it as for any.
    "RAGFT_EXPORT__CHECKS": '["prompt", "tokenizer", "logits"]',
    "RAGFT_BENCHMARK__LIMIT": "3",
}


@pytest.fixture
def start(tmp_path: Path, tiny_base: Path):  # type: ignore[no-untyped-def]
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    environment = {**os.environ, **SETTINGS, "RAGFT_SCRIPT": str(script)}
    command = [sys.executable, "-m", "ragft.cli.main", "build-model", *PAPERS, "--engine", "scripted"]
    command += ["--base", str(tiny_base), "--count", "6", "--json", "--run", "killed"]

    def begin(workspace: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*command, "-w", str(workspace)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return begin


def _manifest(workspace: Path) -> Manifest | None:
    return load_manifest(workspace / "runs" / "killed")


def _stages_done(workspace: Path) -> int:
    manifest = _manifest(workspace)
    return 0 if manifest is None else len(manifest.stages)


def _kill(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_sigkill_inside_every_stage_changes_nothing_in_the_end(start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    process = start(calm)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert [stage["name"] for stage in json.loads(out)["stages"]] == [stage.name for stage in STAGES]
    undisturbed = _manifest(calm)
    assert undisturbed is not None

    killed = []
    for number, stage in enumerate(undisturbed.stages):
        process = start(disturbed)
        while _stages_done(disturbed) < number and process.poll() is None:
            time.sleep(0.01)
        # Well inside the stage, though the machine were four times as busy when the calm run was timed.
        time.sleep(0.2 * stage.seconds + (1.0 if number == 0 else 0.0))
        if process.poll() is None:
            killed.append(stage.name)
            _kill(process)

    process = start(disturbed)
    out, err = process.communicate()
    assert process.returncode == 0, err
    after = _manifest(disturbed)
    assert after is not None
    assert len(killed) == len(STAGES), f"only killed in {killed}"
    assert after.digests() == undisturbed.digests()
    assert (disturbed / "runs" / "killed" / "report.html").is_file()

    out, _ = start(disturbed).communicate()
    assert {stage["status"] for stage in json.loads(out)["stages"]} <= {"skipped", "done"}
    assert [
        s["status"] for s in json.loads(out)["stages"] if s["name"] in {"ingest", "generate", "train", "export"}
    ] == ["skipped"] * 4

    adapter = disturbed / "runs" / "killed" / "adapter" / "adapter_model.safetensors"
    adapter.write_bytes(b"tampered with")
    process = start(disturbed)
    out, err = process.communicate()
    assert process.returncode == 0, err
    repaired = _manifest(disturbed)
    assert repaired is not None
    assert repaired.digests() == undisturbed.digests()
    assert {s["name"]: s["status"] for s in json.loads(out)["stages"]}["train"] == "done"
