"""A model can be freed at any time after it was loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from llama_cpp_tools import convert_model
from tests.pipeline.conftest import tiny_base

__all__ = ["tiny_base"]
LOAD_AND_FREE = """
import sys
from pathlib import Path
import psutil
from ragft.engine.embedded.server import LlamaServer, LoadSettings

if hasattr(psutil.Process, "cpu_affinity"):
    process = psutil.Process()
    process.cpu_affinity(process.cpu_affinity()[:1])  # on a single core threads begin late
for _ in range(20):
    LlamaServer(LoadSettings(Path(sys.argv[1]), 512, 1), timeout=30)
"""


def test_a_model_that_is_freed_at_once_is_not_waited_for_without_end(tiny_base: Path, tmp_path: Path) -> None:
    convert_model(tiny_base, tmp_path / "base.gguf", outtype="f32")
    command = [sys.executable, "-c", LOAD_AND_FREE, str(tmp_path / "base.gguf")]
    assert subprocess.run(command, timeout=120, check=False).returncode == 0
