"""The digest of a benchmark's answers, by which a build knows that the stage is done."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ragft.answer.base import Answer
from ragft.benchmark.base import Recorded, ScoredRow
from ragft.pipeline.stages.benchmark import PUBLISHED, _benchmark_outputs
from ragft.run_folder import RunFolder
from ragft.workspace import write_text


def outputs(run_dir: Path, row: dict[str, Any]) -> Any:
    files = RunFolder(run_dir)
    for path in (*(run_dir / name for name in PUBLISHED), files.benchmark / "rows.jsonl"):
        write_text(path, json.dumps(row) + "\n")
    return _benchmark_outputs(SimpleNamespace(files=files, run_dir=run_dir))  # type: ignore[arg-type]


def row(text: str) -> dict[str, Any]:
    return asdict(ScoredRow("papers", "base", "q", Recorded("k", "base", "q", Answer("Why?", text)), {}, 1.0))


def test_the_answers_decide_and_not_their_times(tmp_path: Path) -> None:
    found = outputs(tmp_path, row("So."))
    assert found == outputs(tmp_path, row("So.") | {"seconds": 2.0})
    assert found != outputs(tmp_path, row("Otherwise."))


def test_rows_of_another_shape_have_no_digest(tmp_path: Path) -> None:
    assert outputs(tmp_path, row("So.") | {"recorded": {"answer": "So."}}) == {}
