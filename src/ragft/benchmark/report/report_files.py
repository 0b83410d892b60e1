"""The result as files: metrics.json, report.html, report.md, report.csv, questions.csv.

An answer is hostile text: a model may write markup, scripts or spreadsheet formulas. Everything is escaped, and the
page's content policy forbids it to load or run anything but its own few lines of script.
"""

from __future__ import annotations

import base64
import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from ragft.answer.base import Evidence
from ragft.benchmark.base import (
    BenchmarkQuestion,
    BenchmarkReport,
    Difference,
    Recorded,
    RunOrigin,
    ScoredRow,
    cited_keys,
)
from ragft.benchmark.report.figures import forest_plot, strip_plot
from ragft.benchmark.report.page_templates import page_template
from ragft.benchmark.scoring.analysis import MetricsBySuite, all_metrics, shown_name
from ragft.benchmark.scoring.measures import Metric, of_one_question
from ragft.console import safe
from ragft.run_folder import BenchmarkFolder
from ragft.workspace import atomic_writer, write_json, write_text


def write_report(
    report: BenchmarkReport, metrics: MetricsBySuite, folder: Path, *, origin: RunOrigin | None = None
) -> None:
    """Write all forms of `report` into `folder`.

    Raises:
        DiskFull, WorkspaceError: one could not be written.
    """
    files = BenchmarkFolder(folder)
    write_json(files.metrics, as_json(report, metrics))
    write_text(files.page, report_html(report, metrics, origin=origin))
    write_text(files.markdown, as_markdown(report, metrics))
    _write_csv(files.table, _summary_lines(report, metrics))
    _write_csv(files.questions_table, _question_lines(report, metrics))


def as_json(report: BenchmarkReport, metrics: MetricsBySuite) -> dict[str, Any]:
    """The whole result as JSON values: `arms`, `per_question`, `verdict` and all that they rest on."""
    data: dict[str, Any] = _without_nan(
        {
            "arms": report.arms,
            "per_question": [_question_json(report, metrics, rows) for rows in _groups(report)],
            "verdict": report.verdict,
            "reason": report.reason,
            "verdicts": report.verdicts,
            "differences": [asdict(d) for d in report.differences],
            "agreements": [asdict(a) for a in report.agreements],
            "figures": [asdict(figure) for figure in report.figures],
            "recommendation": asdict(report.recommendation) if report.recommendation else None,
            "warnings": report.warnings,
            "settings": report.settings,
        }
    )
    return data


def report_html(report: BenchmarkReport, metrics: MetricsBySuite, *, origin: RunOrigin | None = None) -> str:
    """The report of a benchmark as one HTML page that needs no other file."""
    from markupsafe import Markup

    by_name, origin = all_metrics(metrics), origin or RunOrigin()
    roles = list(report.arms)
    script = (Path(__file__).parent / "templates" / "report.js").read_text(encoding="utf-8")
    answers = {
        (row.arm, row.recorded.key): row.seconds for row in report.rows if row.seconds > 0
    }  # suites share answers
    latencies = {role: [seconds for (arm, _), seconds in answers.items() if arm == role] for role in roles}
    forests = [(role, forest_plot([d for d in report.differences if d.arm == role], by_name)) for role in roles[1:]]
    page = page_template("report.html.j2").render(
        report=report,
        roles=roles,
        lines=_table_lines(report, by_name),
        questions=[_question_view(report, metrics, rows) for rows in _groups(report)],
        forests=[(role, Markup(svg)) for role, svg in forests if svg],  # noqa: S704  escaped where it is drawn
        latency=Markup(strip_plot(latencies, "Latency of each question")),  # noqa: S704
        loss_curve=Markup(origin.loss_curve),  # noqa: S704
        origin=origin.lines,
        script=Markup(script),  # noqa: S704
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        settings=_flat(report.settings),
        show_p=show_p,
        questions_of=questions_of,
        cited_keys=cited_keys,
        agreement=agreement_line(report),
        protocol=protocol_line(report),
        differing=report.settings.get("differing", ()),
    )
    return page + "\n"


def as_markdown(report: BenchmarkReport, metrics: MetricsBySuite) -> str:
    """Verdict, table and per-question changes as GitHub-flavoured Markdown."""
    roles = list(report.arms)
    lines = [f"# {report.verdict.capitalize()}", "", _cell(report.reason), ""]
    if report.recommendation is not None:
        lines += [f"Recommended: **{_cell(report.recommendation.arm)}**. {_cell(report.recommendation.reason)}", ""]
    lines += [f"> {_cell(warning)}" for warning in report.warnings] + [""] * bool(report.warnings)
    lines += [f"> differs: {_cell(line)}" for line in report.settings.get("differing", ())] + [""]
    header = ["Metric", *map(_cell, roles[:1])]
    for role in map(_cell, roles[1:]):
        header += [role, "change", "95 % interval", "p"]
    lines += [_row(header), _row(["---"] + ["---:"] * (len(header) - 1))]
    for metric, values, differences in _table_lines(report, all_metrics(metrics)):
        cells = [metric.label + (" *" if metric.primary else ""), metric.show(values[0])]
        for value, d in zip(values[1:], differences, strict=True):
            cells += [metric.show(value), *_change_cells(metric, d, questions_of(report, d))]
        lines.append(_row(cells))
    lines += ["", "\\* decides the verdict. p is Holm-adjusted for those.", ""]
    lines += [f"- {_cell(f.label)}: **{_cell(f.value)}** ({_cell(f.note)})" for f in report.figures]
    lines += [""] * bool(report.figures)
    lines += [protocol_line(report), ""] if protocol_line(report) else []
    lines += [agreement_line(report), ""] if report.agreements else []
    lines += ["## Questions", ""]
    for rows in _groups(report):
        question = _question_of(report, rows)
        lines += [f"### {_cell(question.topic or question.id)} ({rows[0].suite})", "", _cell(question.question), ""]
        for row in rows:
            lines += [f"- **{_cell(row.arm)}**: {_cell(row.recorded.answer.answer) or '(nothing)'}"]
        lines.append("")
    return "\n".join(lines)


def _table_lines(
    report: BenchmarkReport, by_name: Mapping[str, Metric]
) -> list[tuple[Metric, list[float | None], list[Difference | None]]]:
    roles = list(report.arms)
    changes = {(d.metric, d.arm): d for d in report.differences}
    return [
        (
            metric,
            [report.arms[role].get(name) for role in roles],
            [changes.get((name, role)) for role in roles[1:]],
        )
        for name, metric in by_name.items()
        if any(name in report.arms[role] for role in roles)
    ]


def _change_cells(metric: Metric, d: Difference | None, whole: int) -> list[str]:
    if d is None:
        return ["–", "–", "–"]
    change = metric.show_paired(d.change, d.n, whole)
    if metric.control:
        return [change, "control", "–"]
    return [change, metric.show_interval(d) or "–", show_p(d)]


def questions_of(report: BenchmarkReport, difference: Difference | None) -> int:
    """How many questions the suite of a difference asked, as far as its other metrics tell."""
    if difference is None:
        return 0
    suite = difference.metric.rpartition(".")[0]
    return max(d.n for d in report.differences if d.metric.rpartition(".")[0] == suite)


def agreement_line(report: BenchmarkReport) -> str:
    """How far the judge goes with the metrics that need none; "" where there was no judge."""
    if not report.agreements:
        return ""
    parts = [
        f"{a.label.lower()} {a.share * 100:.0f} % of {a.n} questions"
        + (f" (Cohen's kappa {a.kappa:.2f})" if a.kappa is not None else "")
        for a in report.agreements
    ]
    model = report.settings["judge"]["model"]
    return f"The judge, {model}, has no part in the verdict. It says the same as the metrics: {'; '.join(parts)}."


def protocol_line(report: BenchmarkReport) -> str:
    """The digest of the metrics, margins and questions, which were written down before the first answer."""
    found = report.settings.get("protocol")
    if not found:
        return ""
    when = "changed afterwards" if found["changed"] else "fixed before the first answer"
    return f"Protocol {found['digest']}, {when}."


def show_p(difference: Difference) -> str:
    """The p-value that counts: Holm's for primary metrics, else the plain one."""
    p = difference.adjusted if difference.adjusted is not None else difference.p_value
    return "–" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _groups(report: BenchmarkReport) -> list[list[ScoredRow]]:
    """The rows of each question of each suite, one an arm."""
    return [list(rows) for _, rows in groupby(report.rows, key=lambda row: (row.suite, row.question_id))]


def _question_of(report: BenchmarkReport, rows: Sequence[ScoredRow]) -> BenchmarkQuestion:
    return report.questions[rows[0].suite, rows[0].question_id]


def _question_json(report: BenchmarkReport, metrics: MetricsBySuite, rows: Sequence[ScoredRow]) -> dict[str, Any]:
    question = _question_of(report, rows)
    return {
        "suite": rows[0].suite,
        "id": question.id,
        "topic": question.topic,
        "question": question.question,
        "outcome": _outcome(metrics, rows),
        "arms": {
            row.arm: {
                "answer": row.recorded.answer.answer,
                "refused": row.recorded.answer.refused,
                "reason": row.recorded.answer.reason,
                "citations": list(cited_keys(row.recorded.answer)),
                "seconds": row.seconds,
                "evidence": [
                    {
                        "key": item.key,
                        "chunk_id": item.hit.chunk_id,
                        "file": report.files.get(item.hit.document_id, ""),
                        "title": item.hit.title,
                        "pages": item.hit.pages,
                    }
                    for item in row.recorded.answer.evidence
                ],
                **row.scores,
            }
            for row in rows
        },
    }


def _question_view(report: BenchmarkReport, metrics: MetricsBySuite, rows: Sequence[ScoredRow]) -> dict[str, Any]:
    own = metrics[rows[0].suite]
    reported = [m for m in own if not m.single and any(row.scores.get(m.score) is not None for row in rows)]
    by_score = {m.score: m for m in reversed(reported)}
    scores = [
        (m.label.partition(",")[0], [m.show(row.scores.get(m.score)) for row in rows])
        for m in (by_score[score] for score in dict.fromkeys(m.score for m in reported))
    ]
    main = next(
        (m for m in (of_one_question(m, own) for m in own if m.leads) if m in reported), next(iter(reported), None)
    )
    headline = ""
    if main is not None:
        values = " → ".join(main.show(row.scores.get(main.score)) for row in rows)
        headline = f"{main.label.partition(',')[0]} {values}"
    return {
        "suite": rows[0].suite,
        "question": _question_of(report, rows),
        "rows": rows,
        "written": any(_is_written(row.recorded) for row in rows),
        "scores": scores,
        "outcome": _outcome(metrics, rows),
        "refused": any(row.recorded.answer.refused for row in rows),
        "headline": headline,
        "evidence": _evidence(rows),
    }


def _is_written(recorded: Recorded) -> bool:
    """Whether a text was asked for, be it one that stayed empty."""
    return bool(recorded.answer.answer or recorded.cost.done_reason or recorded.answer.refused)


def _evidence(rows: Sequence[ScoredRow]) -> list[tuple[str, tuple[Evidence, ...]]]:
    """Each list of passages under the arms that were given it; an arm without evidence has none."""
    given: dict[tuple[Evidence, ...], list[str]] = {}
    for row in rows:
        if row.recorded.answer.evidence:
            given.setdefault(row.recorded.answer.evidence, []).append(row.arm)
    every = len(rows) > 1 and any(len(arms) == len(rows) for arms in given.values())
    return [("the same for every arm" if every else ", ".join(arms), evidence) for evidence, arms in given.items()]


def _outcome(metrics: MetricsBySuite, rows: Sequence[ScoredRow]) -> str:
    """Whether the second arm's first leading score rose ("improved"), fell ("worse") or stayed ("same")."""
    if len(rows) < 2:
        return "same"
    own = metrics[rows[0].suite]
    for metric in (of_one_question(m, own) for m in own if m.leads):
        before, after = rows[0].scores.get(metric.score), rows[1].scores.get(metric.score)
        if before is not None and after is not None:
            change = (after - before) * metric.better
            return "improved" if change > 1e-9 else "worse" if change < -1e-9 else "same"
    return "same"


def _summary_lines(report: BenchmarkReport, metrics: MetricsBySuite) -> list[list[Any]]:
    lines: list[list[Any]] = [["metric", "arm", "value", "change", "low", "high", "p", "p_holm", "n", "effect_size"]]
    changes = {(d.metric, d.arm): d for d in report.differences}
    for suite, found in metrics.items():
        for name in (shown_name(suite, metric) for metric in found):
            for role, values in report.arms.items():
                if name in values:
                    d = changes.get((name, role))
                    rest = [d.change, d.low, d.high, d.p_value, d.adjusted, d.n, d.effect_size] if d else [None] * 7
                    lines.append([name, role, values[name], *rest])
    return lines


def _question_lines(report: BenchmarkReport, metrics: MetricsBySuite) -> list[list[Any]]:
    scores = list(dict.fromkeys(m.score for found in metrics.values() for m in found))
    lines: list[list[Any]] = [["suite", "question_id", "question", "arm", "answer", "refused", *scores]]
    for row in report.rows:
        question = report.questions[row.suite, row.question_id].question
        cells = [row.suite, row.question_id, question, row.arm, row.recorded.answer.answer, row.recorded.answer.refused]
        lines.append([*cells, *(row.scores.get(score) for score in scores)])
    return lines


def _write_csv(path: Path, lines: Sequence[Sequence[Any]]) -> None:
    with atomic_writer(path) as handle:
        writer = csv.writer(handle, lineterminator="\n")
        for line in lines:
            writer.writerow([_inert(cell) if isinstance(cell, str) else cell for cell in line])


def _inert(text: str) -> str:
    """`text` that no spreadsheet takes for a formula (OWASP: a leading apostrophe)."""
    text = safe(text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _cell(text: str) -> str:
    """`text` as one line of Markdown in which it can neither open markup nor end a table cell."""
    flat = " ".join(safe(text).split())
    for sign in ("\\", "`", "*", "_", "[", "]", "|", "#", "!"):
        flat = flat.replace(sign, f"\\{sign}")
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _flat(data: Any, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(data, Mapping):
        return [pair for key, value in data.items() for pair in _flat(value, f"{prefix}{key}.")]
    if isinstance(data, list | tuple) and any(isinstance(item, Mapping) for item in data):
        return [pair for number, item in enumerate(data) for pair in _flat(item, f"{prefix}{number}.")]
    shown = ", ".join(map(str, data)) if isinstance(data, list | tuple) else str(data)
    return [(prefix.rstrip("."), shown)]


def _without_nan(data: Any) -> Any:
    """JSON has no NaN: null instead."""
    if isinstance(data, Mapping):
        return {str(key): _without_nan(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_without_nan(value) for value in data]
    return None if isinstance(data, float) and data != data else data  # noqa: PLR0124
