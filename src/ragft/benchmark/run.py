"""The referee: asks every arm the same questions, scores the answers, gives the verdict and writes the report.

    run_benchmark(arms=[Arm("base", "papers-base:q8_0"), Arm("tuned", "papers:q8_0")], engine=…, index=…, …)

In the folder:

    protocol.json   what is measured, written before the first answer
    answers.jsonl   every answer ever given, appended as it comes; the same command goes on from there
    rows.jsonl      the scored rows of this comparison
    metrics.json    the whole result; report.html, report.md and report.csv show it
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft import __version__
from ragft.benchmark.arms import check_fairness, unchecked_facts
from ragft.benchmark.base import Arm, BenchmarkReport, Question, Recorded, ScoredRow
from ragft.benchmark.bench import Bench
from ragft.benchmark.library import Library
from ragft.benchmark.protocol import protocol_of, register
from ragft.benchmark.questions import select
from ragft.benchmark.relevance import answerable_here
from ragft.benchmark.scoring import analysis
from ragft.benchmark.scoring.judge import Judge, Judged, judge_answers, judged_suite
from ragft.benchmark.scoring.likelihood import Scorer
from ragft.benchmark.scoring.measures import Metric
from ragft.benchmark.store import AnswerStore
from ragft.benchmark.suites.base import Suite
from ragft.benchmark.suites.forgetting import FORGOT
from ragft.console import Progress
from ragft.engine.base import Engine
from ragft.errors import UsageError, WorkspaceLocked
from ragft.extras import need
from ragft.machine import composed
from ragft.workspace import atomic_writer, make_directory

if TYPE_CHECKING:
    from ragft.config import AnswerSettings, BenchmarkSettings


def run_benchmark(
    *,
    arms: Sequence[Arm],
    engine: Engine,
    index: Library,
    settings: BenchmarkSettings,
    answer: AnswerSettings,
    folder: Path,
    suites: Sequence[Suite],
    progress: Progress | None = None,
    only: Sequence[str] = (),
    unequal: bool = False,
    loss_curve: str = "",
    judge: str = "",
    quote: bool = False,
    needs_forgetting: bool = False,
    scorer: Scorer | None = None,
) -> BenchmarkReport:
    """Compare `arms`; the first is the baseline. Answers already in `folder` are not asked for again.

    Args:
        only: ids or topics of questions; all where empty.
        unequal: compare arms that differ in more than their weights, and mark the table so.
        loss_curve: an SVG of the training loss, shown in the report.
        suites: what is asked.
        judge: a model that compares the two arms' answers as well; it has no part in the verdict.
        needs_forgetting: without a figure of forgetting no arm is better, even where no suite was to measure it.
        quote: let a source be quoted where the model gives nothing usable, as `ragft ask` does.
        scorer: tells likelihoods where the engine cannot; it has the very models of the arms, under the same names.

    Raises:
        UsageError: no suite that this engine can run, no question that the documents can answer, two arms of one name,
            or a judge over other than two.
        ModelNotFound: the engine lacks a model.
        ComparisonError: the arms cannot fairly be set side by side.
        EngineError: the engine failed; the answers so far are kept.
        WorkspaceLocked: another process is at work in `folder`.
    """
    from ragft.benchmark.report.write import write_report

    need("benchmark")
    roles = [arm.role for arm in arms]
    if not arms or len(set(roles)) < len(roles):
        raise UsageError("a benchmark needs at least one arm, each with a name of its own")
    guards = {metric.guard for suite in suites for metric in suite.metrics if metric.guard}
    needed = [guard for guard in guards if guard.missing] + ([FORGOT] if needs_forgetting else [])
    suites, left_out = _possible(suites, engine, scorer)
    metrics: dict[str, Sequence[Metric]] = {suite.name: suite.metrics for suite in suites}
    asked = _select(suites, settings, only)
    if judge:  # what cannot be judged is reported before anything is asked
        judged_suite(metrics, asked, arms)
        engine.show(judge)
    differing = check_fairness(arms, engine, unequal=unequal)
    unchecked = unchecked_facts(arms, engine)
    bench = Bench(engine, index, answer, quote=quote, baseline=arms[0].model, scorer=scorer)
    missing: tuple[str, ...] = ()
    if any(arm.condition != "closed_book" for arm in arms):
        ships = not settings.questions
        asked, missing = answerable_here(asked, index.documents(), bench.document_id, ships=ships)
    make_directory(folder)
    with _lock(folder):
        started = time.time()
        store = AnswerStore(folder / "answers.jsonl")
        protocol = register(folder, protocol_of(metrics, asked, needed), answered=bool(len(store)))
        new = [
            row
            for suite in suites
            for row in _ask(bench, store, suite, arms, asked[suite.name], settings.seed, progress)
        ]
        asked_until = time.time()
        if progress:
            progress("scoring", 0, 1)
        rows = [row for suite in suites for row in _score(bench, store, suite, arms, asked[suite.name])]
        judged = Judged(rows, metrics)
        if judge:
            asked_of = Judge(engine, judge, settings.seed, answer.num_ctx)
            judged = judge_answers(asked_of, rows, metrics, arms, asked, folder / "judgements.jsonl", progress)
            rows, metrics = judged.rows, judged.metrics
        differences = [
            d for role in roles[1:] for d in analysis.compare(rows, roles[0], role, metrics, seed=settings.seed)
        ]
        decisions = analysis.verdicts(differences, roles, metrics, needed=needed)
        decision = decisions.get("tuned") or next(iter(decisions.values()), None)
        report = BenchmarkReport(
            arms=analysis.table(rows, roles, metrics),
            rows=rows,
            differences=differences,
            verdict=decision.verdict if decision else "undecided",
            reason=decision.reason if decision else "There is one arm, so there is nothing to compare.",
            settings={
                "arms": [_arm_facts(bench, arm) for arm in arms],
                "suites": [suite.name for suite in suites],
                "benchmark": settings.model_dump(mode="json"),
                "answer": answer.model_dump(mode="json"),
                "protocol": asdict(protocol),
                "unequal": list(differing.unfair),
                "differing": list(differing.own),
                "unchecked": list(unchecked),
                **judged.settings,
                **_likelihood_facts(bench, arms),
                "environment": _environment(bench),
                "time": _time_spent(new, asked_until - started, time.time() - asked_until),
            },
            questions={(name, q.id): q for name, found in asked.items() for q in found},
            files=bench.files,
            verdicts={role: decision.verdict for role, decision in decisions.items()},
            warnings=(
                *filter(None, [protocol.warning]),
                *(f"not a fair comparison: {line}" for line in differing.unfair),
                *missing,
                *unchecked,
                *left_out,
                *judged.warnings,
            ),
            agreements=judged.agreements,
        )
        _write_rows(folder / "rows.jsonl", rows)
        write_report(report, metrics, folder, loss_curve=loss_curve)
        if progress:
            progress("scoring", 1, 1)
    return report


def _possible(suites: Sequence[Suite], engine: Engine, scorer: Scorer | None) -> tuple[list[Suite], tuple[str, ...]]:
    """The suites that can be run with this engine and scorer, and a line about those that cannot."""
    can_score = scorer is not None or isinstance(engine, Scorer)
    possible = [suite for suite in suites if can_score or "logprobs" not in suite.needs]
    lacking = ", ".join(suite.name for suite in suites if suite not in possible)
    if lacking and not possible:
        raise UsageError(
            f"engine {engine.name} tells no log-probabilities of a given text: no {lacking}", fix="engine.name=embedded"
        )
    line = f"left out: {lacking}, since the engine {engine.name} tells no log-probabilities of a given text"
    return possible, (line,) if lacking else ()


def _select(suites: Sequence[Suite], settings: BenchmarkSettings, only: Sequence[str]) -> dict[str, list[Question]]:
    """What each suite asks; a name in `only` need be known to one of them."""
    only = [composed(name) for name in only]
    every = {suite.name: suite.questions(settings) for suite in suites}
    select([question for found in every.values() for question in found], only=only)
    named = {
        name: [o for o in only if any(o in (q.id, q.topic) for q in found)] if only else []
        for name, found in every.items()
    }
    return {
        name: select(found, only=named[name], limit=settings.limit) if named[name] or not only else []
        for name, found in every.items()
    }


def _ask(
    bench: Bench,
    store: AnswerStore,
    suite: Suite,
    arms: Sequence[Arm],
    questions: Sequence[Question],
    seed: int,
    progress: Progress | None,
) -> Iterator[Recorded]:
    """Ask what has not been asked yet; yields the new answers.

    The arms take turns question by question, and the order turns round with each question (base, tuned; tuned,
    base; …): a machine that slows down slows both, and the engine changes models once a question and not twice.
    """
    total = len(questions) * len(arms)
    for number, question in enumerate(questions):
        for place, arm in enumerate(arms if (number + seed) % 2 == 0 else reversed(arms)):
            key = bench.key(arm, question, suite.kind)
            if store.get(key) is None:
                recorded = replace(suite.ask(bench, arm, question), key=key)
                store.add(recorded)
                yield recorded
            if progress:
                progress(f"benchmark {suite.name}", number * len(arms) + place + 1, total)


def _score(
    bench: Bench, store: AnswerStore, suite: Suite, arms: Sequence[Arm], questions: Sequence[Question]
) -> Iterator[ScoredRow]:
    answers = {(q.id, a.role): store.get(bench.key(a, q, suite.kind)) for q in questions for a in arms}
    if "corpus" in suite.needs:  # the texts are compared by the encoder of the index
        references = [question.reference for question in questions if question.reference]
        bench.remember([answer.answer.answer for answer in answers.values() if answer] + references)
    for question in questions:
        for arm in arms:
            found = answers[question.id, arm.role]
            if found is not None:
                scores = suite.score(bench, question, found)
                yield ScoredRow(suite.name, arm.role, question.id, found, scores, found.seconds)


def _write_rows(path: Path, rows: Sequence[ScoredRow]) -> None:
    with atomic_writer(path) as handle:
        for row in rows:
            handle.write(json.dumps(asdict(row)) + "\n")  # ASCII: a U+2028 in an answer would end a line for some


def _arm_facts(bench: Bench, arm: Arm) -> dict[str, Any]:
    info = bench.info(arm.model)
    return {
        "role": arm.role,
        "model": arm.model,
        "condition": arm.condition,
        "digest": info.digest,
        "quantization": info.quantization,
        "size": info.size,
        **{name: info.details[name] for name in ("converter", "template_digest") if name in info.details},
    }


def _likelihood_facts(bench: Bench, arms: Sequence[Arm]) -> dict[str, Any]:
    """Who computed the likelihoods, of which files, where that was not the engine."""
    scorer = bench.scorer
    if scorer is None or scorer is bench.engine:
        return {}
    weights = {arm.role: scorer.show(arm.model).digest for arm in arms}
    return {"likelihoods": {"engine": scorer.name, "engine_version": scorer.version(), "weights": weights}}


def _environment(bench: Bench) -> dict[str, Any]:
    import psutil

    return {
        "ragft": __version__,
        "engine": bench.meter.name,
        "engine_version": bench.meter.version(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "index": bench.library.digest(),
    }


def _time_spent(new: Sequence[Recorded], asking: float, scoring: float) -> dict[str, float]:
    """Seconds of this call, how much of them the engine had, and how much was scoring; the rest is ours, too."""
    engine = sum(recorded.cost.engine for recorded in new)
    asked = float(len(new))
    return {
        "wall_seconds": asking + scoring,
        "engine_seconds": engine,
        "scoring_seconds": scoring,
        "asked": asked,
    }


def _lock(folder: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "benchmark.lock")
    try:
        return lock.acquire(timeout=0)
    except Timeout as error:
        raise WorkspaceLocked(f"another ragft process is benchmarking in {folder}", fix="wait for it") from error
