"""Reading a finished benchmark back from its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ragft.answer.base import Answer
from ragft.benchmark.base import Agreement, BenchmarkReport, Difference, Recommendation, Recorded, ScoredRow, TaskFigure
from ragft.benchmark.scoring.analysis import MetricsBySuite
from ragft.benchmark.scoring.judge import with_judge
from ragft.benchmark.suites.base import Suite
from ragft.errors import NotFoundError, WorkspaceError
from ragft.run_folder import BenchmarkFolder


def load_report(folder: Path, suites: Mapping[str, Suite]) -> tuple[BenchmarkReport, MetricsBySuite]:
    """The table, differences, scores and verdict of `folder/metrics.json`, and the metrics they are in.

    Of the answers only the text comes back; the rest of them lies in `rows.jsonl`. A suite that is not among `suites`
    (one of a later version) is left out, and a warning of the report says so.

    Raises:
        NotFoundError: no benchmark has finished there.
        WorkspaceError: the file is damaged.
    """
    path = BenchmarkFolder(folder).metrics
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        names = [str(name) for name in data["settings"]["suites"]]
        unknown = ", ".join(name for name in names if name not in suites)
        passed_over = (f"this version of ragft does not know the suites {unknown}: not shown",) if unknown else ()
        report = BenchmarkReport(
            arms=_arms(data["arms"]),
            rows=[row for question in data["per_question"] for row in _rows(question)],
            differences=[_difference(d) for d in data["differences"]],
            verdict=data["verdict"],
            reason=data["reason"],
            settings=data["settings"],
            verdicts=data["verdicts"],
            warnings=(*data["warnings"], *passed_over),
            agreements=tuple(Agreement(**a) for a in data.get("agreements", ())),
            figures=tuple(TaskFigure(**figure) for figure in data.get("figures", ())),
            recommendation=Recommendation(**found) if (found := data.get("recommendation")) else None,
        )
        metrics = {name: suites[name].metrics for name in names if name in suites}
        judge = report.settings.get("judge")
        return report, with_judge(metrics, judge["suite"]) if judge else metrics
    except FileNotFoundError as error:
        raise NotFoundError(f"no benchmark in {folder}", fix="ragft benchmark") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WorkspaceError(f"{path} is damaged: {error}", fix="ragft benchmark writes it again") from error


def _arms(data: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
    if not data or not all(isinstance(v, float | int) for values in data.values() for v in values.values()):
        raise ValueError('"arms" is no table of numbers')
    return data


def _difference(data: Mapping[str, Any]) -> Difference:
    found = Difference(**{name: _number(value, name) for name, value in data.items()})
    if not all(isinstance(v, float | int) for v in (found.base, found.tuned, found.change, found.low, found.high)):
        raise ValueError(f"the difference of {found.metric} is no number")
    return found


def _rows(question: Mapping[str, Any]) -> Iterator[ScoredRow]:
    for arm, values in question["arms"].items():
        scores = {name: value for name, value in values.items() if isinstance(value, float | int | None)}
        recorded = Recorded("", arm, question["id"], Answer(question["question"], values["answer"]))
        yield ScoredRow(question["suite"], arm, question["id"], recorded, scores, values["seconds"])


def _number(value: Any, field: str) -> Any:
    """JSON has no NaN: an interval that could not be computed is stored as null."""
    return float("nan") if value is None and field in {"low", "high"} else value
