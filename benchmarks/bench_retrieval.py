"""Retrieval quality of every mode on collections in BEIR form, and how far hybrid lies from the better of its parts.

python benchmarks/bench_retrieval.py ../shared/data/scifact other/beir/folder
python benchmarks/bench_retrieval.py DIR --backend torch      # the float32 reference
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import get_args

from ragft.benchmark.retrieval.collection import RetrievalReport, benchmark_retrieval
from ragft.config import Settings
from ragft.console import progress_bar
from ragft.index.base import Mode


def main() -> None:
    """Print a line for each mode and one comparison for each collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--backend")
    parser.add_argument("--fusion")
    parser.add_argument("--weight", type=float)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    settings = Settings().with_("index", backend=given.backend, fusion=given.fusion, weight=given.weight).index
    everything = {}
    with progress_bar() as progress:
        for folder in given.folders:
            reports = {
                mode: benchmark_retrieval(folder, settings, mode, progress=progress)
                for mode in ("lexical", "dense", "hybrid")
            }
            everything[str(folder)] = {mode: report.to_json() for mode, report in reports.items()}
            if not given.json:
                show(folder, reports)
    if given.json:
        print(json.dumps(everything, indent=2))


def show(folder: Path, reports: dict[str, RetrievalReport]) -> None:
    """A table for a person."""
    assert set(reports) == set(get_args(Mode))
    some = reports["hybrid"]
    print(f"{folder}: {some.documents} documents, {some.queries} queries")
    for mode, report in reports.items():
        figures = "  ".join(f"{name} {value:.4f}" for name, value in list(report.to_json().items())[:5])
        print(f"  {mode:8} {figures}  p50 {report.p50_ms:.1f} ms  p95 {report.p95_ms:.1f} ms")
    better = max(reports["lexical"].ndcg_at_10, reports["dense"].ndcg_at_10)
    print(f"  hybrid over the better part: {some.ndcg_at_10 - better:+.4f} nDCG@10")


if __name__ == "__main__":
    main()
