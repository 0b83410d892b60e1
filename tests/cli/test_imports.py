"""The command line reaches the rest of ragft through the application alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_command_line_imports_the_application_alone() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--config", "importlinter-cli.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
