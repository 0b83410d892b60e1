"""A build that is killed once in each of its stages, beside one that was left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

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


def killed_in_every_stage(task: str, sources: Sequence[Path], base: Path, folder: Path) -> tuple[Manifest, Manifest]:
    """The manifests of a build of `task` that was left alone, and of one that was killed in each stage and resumed.

    Settings come from the environment. The workspaces are `calm` and `disturbed` in `folder`.
    """
    command = [sys.executable, "-m", "ragft.cli.main", "build-model", "--task", task, *map(str, sources), "--json"]
    command += ["--preset", "demo", "--base", str(base), "--engine", "embedded", "--run", RUN, "-w"]
    calm, disturbed = folder / "calm", folder / "disturbed"
    _finish(command, calm)
    undisturbed = _manifest(calm)
    assert undisturbed is not None
    killed = []
    for number, stage in enumerate(undisturbed.stages):
        process = _begin(command, disturbed)
        while len(m.stages if (m := _manifest(disturbed)) else ()) < number and process.poll() is None:
            time.sleep(0.01)
        # Well inside the stage, though the machine were many times as busy when the calm run was timed.
        time.sleep(min(0.2 * stage.seconds, 2.0) + (1.0 if number == 0 else 0.0))
        if process.poll() is None:
            killed.append(stage.name)
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert killed == [stage.name for stage in undisturbed.stages], f"only killed in {killed}"
    _finish(command, disturbed)
    after = _manifest(disturbed)
    assert after is not None
    return undisturbed, after


def _begin(command: Sequence[str], workspace: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*command, str(workspace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _finish(command: Sequence[str], workspace: Path) -> None:
    process = _begin(command, workspace)
    _, err = process.communicate()
    assert process.returncode == 0, err


def _manifest(workspace: Path) -> Manifest | None:
    return load_manifest(Workspace(workspace).runs / RUN)
