"""Reading a finished benchmark back from its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ragft.benchmark.analysis import MetricsBySuite
from ragft.benchmark.base import BenchmarkReport, Difference
from ragft.benchmark.suites import suite
from ragft.errors import NotFoundError, WorkspaceError


def load_report(folder: Path) -> tuple[BenchmarkReport, MetricsBySuite]:
    """The table, differences and verdict of `folder/metrics.json`, without the rows, and the metrics they are in.

    Raises:
        NotFoundError: no benchmark has finished there.
        WorkspaceError: the file is damaged.
    """
    path = folder / "metrics.json"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        report = BenchmarkReport(
            arms=data["arms"],
            rows=(),
            differences=[Difference(**{k: _number(v, k) for k, v in d.items()}) for d in data["differences"]],
            verdict=data["verdict"],
            reason=data["reason"],
            settings=data["settings"],
            verdicts=data["verdicts"],
            warnings=tuple(data["warnings"]),
        )
        return report, {name: suite(name).metrics for name in data["settings"]["suites"]}
    except FileNotFoundError as error:
        raise NotFoundError(f"no benchmark in {folder}", fix="ragft benchmark") from error
    except (ValueError, TypeError, KeyError) as error:
        raise WorkspaceError(f"{path} is damaged: {error}", fix="ragft benchmark writes it again") from error


def _number(value: Any, field: str) -> Any:
    """JSON has no NaN: an interval that could not be computed is stored as null."""
    return float("nan") if value is None and field in {"low", "high"} else value
