"""A training in a process of its own, killed in its midst."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from ragft.setting_sections import TrainSettings

_TRAIN = (
    "import sys; from pathlib import Path\n"
    "from ragft.config import TrainSettings; from ragft.train.lora import train\n"
    "train(*map(Path, sys.argv[1:4]), TrainSettings.model_validate_json(sys.argv[4]))"
)


def train_until(reached: str, dataset: Path, base: Path, run: Path, settings: TrainSettings) -> None:
    """Train, and kill the process as soon as the run has the file `reached`."""
    command = [sys.executable, "-c", _TRAIN, str(dataset), str(base), str(run), settings.model_dump_json()]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 240
        while not (run / reached).exists():
            assert child.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.005)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert not (run / "training.json").exists()
