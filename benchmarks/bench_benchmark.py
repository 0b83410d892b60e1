"""What `ragft benchmark` adds to the engine's own time: retrieval, checks, storing, scoring, statistics, the report.

    python benchmarks/bench_benchmark.py [--workspace .ragft] [--limit 15] [--model smollm2] [--suites papers]

Both parts come from one run, so that a busy machine slows both. What is neither engine nor scoring is the answer path
that `ask` has, too: searching, and checking each sentence against its source. Without a workspace, `corpus/papers` is
read into a new one first; that is not timed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from ragft.benchmark.base import Arm
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.run import AskingSetup, run_benchmark
from ragft.benchmark.suites.base import suites_called
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.index.index import open_index
from ragft.setting_sections import AnswerSettings, BenchmarkSettings, IndexSettings
from ragft.tasks.papers.presets import PRESETS
from ragft.tasks.papers.suites import SUITES
from ragft.workspace import Workspace

PAPERS = Path(__file__).resolve().parents[1] / "corpus" / "papers"
LIMIT = 0.05
"""What may be added to the engine's time."""


def main() -> int:
    """Print the ratio; exit code 1 where it is over `LIMIT`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--suites", default="papers,degeneration,forgetting")
    parser.add_argument("--threads", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Workspace(given.workspace or Path(scratch) / "workspace")
        engine = EmbeddedEngine(place, threads=given.threads)
        with open_index(place, IndexSettings()) as index:
            if given.workspace is None:
                index.ingest([PAPERS])
            suites = suites_called(given.suites.split(","), SUITES)
            report = run_benchmark(
                ComparisonPlan([Arm("base", given.model), Arm("tuned", given.model)], suites),
                AskingSetup(engine, index, AnswerSettings(**PRESETS["demo"]["answer"])),
                settings=BenchmarkSettings(suites=tuple(given.suites.split(",")), limit=given.limit),
                folder=Path(scratch) / "benchmark",
            )
        engine.close()
    time = report.settings["time"]
    added = time["wall_seconds"] - time["engine_seconds"]
    path = added - time["scoring_seconds"]
    print(f"{time['asked']:.0f} answers in {time['wall_seconds']:.1f} s, engine {time['engine_seconds']:.1f} s")
    print(f"added: {added / time['engine_seconds']:.1%} of the engine's time")
    print(f"  searching, checking, storing: {path / time['engine_seconds']:.1%}")
    print(f"  scores, statistics, report:   {time['scoring_seconds'] / time['engine_seconds']:.1%}")
    return int(added / time["engine_seconds"] > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
