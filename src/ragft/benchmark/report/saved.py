"""Reading a finished benchmark back from its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ragft.answer.base import Answer
from ragft.benchmark.base import (
    Agreement,
    BenchmarkReport,
    Difference,
    Recommendation,
    Recorded,
    ScoredRow,
    TaskFigure,
    Verdict,
)
from ragft.benchmark.scoring.analysis import MetricsBySuite
from ragft.benchmark.scoring.judge import with_judge
from ragft.benchmark.suites.base import Suite
from ragft.errors import NotFoundError, WorkspaceError
from ragft.run_folder import BenchmarkFolder
from ragft.typed_json import parsed, typed


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
        return _loaded(parsed(_Saved, path.read_bytes()), suites)
    except FileNotFoundError as error:
        raise NotFoundError(f"no benchmark in {folder}", fix="ragft benchmark") from error
    except (ValueError, KeyError) as error:
        raise WorkspaceError(f"{path} is damaged: {error}", fix="ragft benchmark writes it again") from error


@dataclass(frozen=True)
class _Question:
    """A question, and for each arm its answer, seconds and scores."""

    suite: str
    id: str
    question: str
    arms: Mapping[str, Mapping[str, Any]]

    def rows(self) -> Iterator[ScoredRow]:
        for arm, values in self.arms.items():
            scores = {name: value for name, value in values.items() if isinstance(value, float | int | None)}
            recorded = Recorded("", arm, self.id, Answer(self.question, values["answer"]))
            yield ScoredRow(self.suite, arm, self.id, recorded, scores, values["seconds"])


@dataclass(frozen=True)
class _Saved:
    """The file as `report_files.as_json` writes it."""

    arms: Mapping[str, Mapping[str, float]]
    per_question: tuple[_Question, ...]
    differences: tuple[Mapping[str, Any], ...]
    verdict: Verdict
    reason: str
    settings: Mapping[str, Any]
    verdicts: Mapping[str, Verdict]
    warnings: tuple[str, ...]
    agreements: tuple[Agreement, ...]
    figures: tuple[TaskFigure, ...]
    recommendation: Recommendation | None


def _loaded(saved: _Saved, suites: Mapping[str, Suite]) -> tuple[BenchmarkReport, MetricsBySuite]:
    if not saved.arms:
        raise ValueError('"arms" is empty')
    names = typed(list[str], saved.settings.get("suites"))
    unknown = ", ".join(name for name in names if name not in suites)
    left_out = (f"this version of ragft does not know the suites {unknown}: not shown",) if unknown else ()
    report = BenchmarkReport(
        arms=saved.arms,
        rows=[row for question in saved.per_question for row in question.rows()],
        differences=[_difference(difference) for difference in saved.differences],
        verdict=saved.verdict,
        reason=saved.reason,
        settings=saved.settings,
        verdicts=saved.verdicts,
        warnings=(*saved.warnings, *left_out),
        agreements=saved.agreements,
        figures=saved.figures,
        recommendation=saved.recommendation,
    )
    metrics = {name: suites[name].metrics for name in names if name in suites}
    judge = typed(dict[str, Any], saved.settings.get("judge") or {})
    return report, with_judge(metrics, judge["suite"]) if judge else metrics


def _difference(data: Mapping[str, Any]) -> Difference:
    """JSON has no NaN: an interval that could not be computed is stored as null."""
    unknown = {name: float("nan") for name in ("low", "high") if data.get(name, 0.0) is None}
    return typed(Difference, {**data, **unknown})
