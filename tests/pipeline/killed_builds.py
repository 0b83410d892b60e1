"""A build that is killed once in each of its stages, beside one that was left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ragft.pipeline.manifest import Manifest, load_manifest
from ragft.workspace import Workspace

RUN = "killed"
SMALL = {
    "RAGFT_TRAIN__MAX_STEPS": "4",
    "RAGFT_ANSWER__NUM_PREDICT": "16",
    "RAGFT_BENCHMARK__LIMIT": "6",
    "RAGFT_ENGINE__THREADS": "1",
    # A random model never ends its turn: the other three proofs hold for it as for any.
    "RAGFT_EXPORT__CHECKS": '["prompt", "tokenizer", "logits"]',
}
"""Settings by which a build of the tiny model takes seconds."""


def build_command(task: str, sources: Sequence[Path], base: Path, *options: str) -> list[str]:
    """`ragft build-model` for the run `RUN`; the workspace is to be added. Settings come from the environment."""
    command = [sys.executable, "-m", "ragft.cli.main", "build-model", "--task", task, *map(str, sources), *options]
    return [*command, "--base", str(base), "--run", RUN, "--json", "-w"]


def killed_in_every_stage(command: Sequence[str], folder: Path) -> tuple[Manifest, Manifest]:
    """The manifests of a build that was left alone, and of one that was killed in each stage and resumed.

    The workspaces are `calm` and `disturbed` in `folder`.
    """
    calm, disturbed = folder / "calm", folder / "disturbed"
    finish(command, calm)
    undisturbed = manifest_of(calm)
    killed = []
    for number, stage in enumerate(undisturbed.stages):
        process = _begin(command, disturbed)
        while _stages_done(disturbed) < number and process.poll() is None:
            time.sleep(0.01)
        # Well inside the stage, though the machine were many times as busy when the calm run was timed.
        time.sleep(min(0.2 * stage.seconds, 2.0) + (1.0 if number == 0 else 0.0))
        if process.poll() is None:
            killed.append(stage.name)
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert killed == [stage.name for stage in undisturbed.stages], f"only killed in {killed}"
    finish(command, disturbed)
    return undisturbed, manifest_of(disturbed)


def finish(command: Sequence[str], workspace: Path) -> dict[str, str]:
    """Run the build to its end: the status of each stage."""
    process = _begin(command, workspace)
    out, err = process.communicate()
    assert process.returncode == 0, err
    report: dict[str, Any] = json.loads(out)
    return {stage["name"]: stage["status"] for stage in report["stages"]}


def manifest_of(workspace: Path) -> Manifest:
    """The manifest of the run, which must be there."""
    found = load_manifest(Workspace(workspace).runs / RUN)
    assert found is not None
    return found


def _begin(command: Sequence[str], workspace: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command, str(workspace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _stages_done(workspace: Path) -> int:
    found = load_manifest(Workspace(workspace).runs / RUN)
    return len(found.stages) if found else 0
