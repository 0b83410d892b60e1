"""How long `ragft --help` and `import ragft` take: median of ten runs, warm cache, beside Python's own start-up."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 10


def median_seconds(command: list[str]) -> float:
    """Median wall time of `RUNS` runs after one that warms the cache."""
    seconds = []
    for run in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if run:
            seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Print the figures."""
    ragft = str(Path(sys.executable).parent / "ragft")
    ours = median_seconds([ragft, "--help"])
    python = median_seconds([sys.executable, "-c", ""])
    package = median_seconds([sys.executable, "-c", "import ragft"])
    libraries = median_seconds([sys.executable, "-c", "import typer, rich.console"])
    print(f"ragft --help       {1000 * ours:6.0f} ms (median of {RUNS}, warm cache)")
    print(f"import ragft       {1000 * package:6.0f} ms")
    print(f"python -c ''       {1000 * python:6.0f} ms")
    print(f"import typer, rich {1000 * libraries:6.0f} ms")


if __name__ == "__main__":
    main()
