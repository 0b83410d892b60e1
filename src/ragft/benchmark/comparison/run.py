"""The benchmark: asks every arm the same questions, scores the answers, gives the verdict and writes the report.

    plan = ComparisonPlan([Arm("base", "papers-base:q8_0"), Arm("tuned", "papers:q8_0")], suites)
    run_benchmark(plan, AskingSetup(engine, index, settings.answer), settings=settings.benchmark, folder=folder)

In the folder:

    protocol.json   what is measured, written before the first answer
    answers.jsonl   every answer ever given, appended as it comes; the same command goes on from there
    rows.jsonl      the scored rows of this comparison
    metrics.json    the whole result; report.html, report.md and report.csv show it
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.benchmark.answer_store import AnswerStore
from ragft.benchmark.asking.bench import Bench
from ragft.benchmark.asking.lookups import SearchableIndex
from ragft.benchmark.base import Arm, BenchmarkQuestion, BenchmarkReport, Recorded, RunOrigin, ScoredRow
from ragft.benchmark.comparison.arms import Differences, check_fairness, unchecked_facts
from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
from ragft.benchmark.comparison.facts import arm_facts, environment, likelihood_facts, time_spent
from ragft.benchmark.comparison.protocol import RegisteredProtocol, protocol_of, register_protocol
from ragft.benchmark.comparison.turns import AskedTurn, answers_to
from ragft.benchmark.questions import select_questions
from ragft.benchmark.relevance import answerable_here
from ragft.benchmark.scored_rows import write_scored_rows
from ragft.benchmark.scoring import analysis
from ragft.benchmark.scoring.judge import Judge, JudgedComparison, judge_answers, judged_suite
from ragft.benchmark.scoring.likelihood import Scorer
from ragft.benchmark.scoring.measures import GuardRule, Metric
from ragft.benchmark.scoring.recommend import recommend
from ragft.benchmark.suites.base import Suite
from ragft.console import Progress
from ragft.engine.base import Engine
from ragft.errors import UsageError, WorkspaceLocked
from ragft.extras import need
from ragft.machine import composed
from ragft.run_folder import BenchmarkFolder
from ragft.workspace import make_directory

if TYPE_CHECKING:
    from ragft.setting_sections import AnswerSettings, BenchmarkSettings


@dataclass(frozen=True)
class AskingSetup:
    """What all arms are asked with.

    Attributes:
        engine: has the models of the arms.
        index: the documents that are searched.
        answer: the settings of answers.
        scorer: gives likelihoods where the engine cannot; it has the same models as the arms, under the same names.
    """

    engine: Engine
    index: SearchableIndex
    answer: AnswerSettings
    scorer: Scorer | None = None


def run_benchmark(
    plan: ComparisonPlan,
    setup: AskingSetup,
    *,
    settings: BenchmarkSettings,
    folder: Path,
    origin: RunOrigin = RunOrigin(),  # noqa: B008  frozen
    progress: Progress | None = None,
) -> BenchmarkReport:
    """Compare the arms of `plan`. Answers already in `folder` are not asked for again.

    Args:
        origin: of the run, shown in the report.

    Raises:
        UsageError: no suite that this engine can run, no question that the documents can answer, two arms of one name,
            or a judge over other than two.
        ModelNotFound: the engine lacks a model.
        ComparisonError: a comparison of these arms would be unfair.
        EngineError: the engine failed; the answers so far are kept.
        WorkspaceLocked: another process is at work in `folder`.
    """
    need("benchmark")
    prepared = _prepare(plan, setup.engine, settings, setup.scorer)
    bench = Bench(
        setup.engine,
        setup.index,
        setup.answer,
        quote=plan.quote,
        baseline=plan.arms[0].model,
        scorer=setup.scorer,
        weights=plan.weights,
    )
    if any(arm.condition != "closed_book" and arm.asker is None for arm in plan.arms):
        ships = not settings.questions
        asked, missing = answerable_here(prepared.asked, setup.index.documents(), bench.corpus.files.id_of, ships=ships)
        prepared = replace(prepared, asked=asked, missing=missing)
    make_directory(folder)
    with _lock(folder):
        return _Comparison(plan, prepared, bench, settings, folder, progress).run(origin)


@dataclass(frozen=True)
class _Prepared:
    """What a plan comes to with this engine: the suites that can run, their questions, and what must be reported."""

    suites: Sequence[Suite]
    asked: Mapping[str, Sequence[BenchmarkQuestion]]
    needed: Sequence[GuardRule]
    differing: Differences
    left_out: tuple[str, ...]
    unchecked: tuple[str, ...]
    missing: tuple[str, ...] = ()

    @property
    def metrics(self) -> dict[str, Sequence[Metric]]:
        """Those of each suite."""
        return {suite.name: suite.metrics for suite in self.suites}


def _prepare(plan: ComparisonPlan, engine: Engine, settings: BenchmarkSettings, scorer: Scorer | None) -> _Prepared:
    if not plan.arms or len({arm.role for arm in plan.arms}) < len(plan.arms):
        raise UsageError("a benchmark needs at least one arm, each with a name of its own")
    guards = {metric.guard for suite in plan.suites for metric in suite.metrics if metric.guard}
    needed = list(dict.fromkeys([*(guard for guard in guards if guard.missing), *plan.required]))
    possible, left_out = _possible(plan.suites, engine, scorer)
    asked = _select(possible, settings, plan.only)
    if plan.judge:  # what cannot be judged is reported before anything is asked
        judged_suite({suite.name: suite.metrics for suite in possible}, asked, plan.arms)
        engine.show(plan.judge)
    differing = check_fairness(plan.arms, engine, unequal=plan.unequal)
    return _Prepared(possible, asked, needed, differing, left_out, unchecked_facts(plan.arms, engine))


@dataclass
class _Comparison:
    """One run of the benchmark: what all its steps need."""

    plan: ComparisonPlan
    prepared: _Prepared
    bench: Bench
    settings: BenchmarkSettings
    folder: Path
    progress: Progress | None

    def arms_of(self, suite: Suite) -> list[Arm]:
        """The arms that the suite can ask: one without a model writes nothing."""
        return [arm for arm in self.plan.arms if arm.model or not suite.needs]

    def run(self, origin: RunOrigin) -> BenchmarkReport:
        """Ask, score, judge; write the report into the folder."""
        from ragft.benchmark.report.report_files import write_report

        prepared, bench, files = self.prepared, self.bench, BenchmarkFolder(self.folder)
        started = time.time()
        store = AnswerStore(files.answers)
        protocol = register_protocol(
            self.folder, protocol_of(prepared.metrics, prepared.asked, prepared.needed), answered=bool(len(store))
        )
        seed, progress = self.settings.seed, self.progress
        new = [
            row
            for suite in prepared.suites
            for row in _ask(bench, store, suite, self.arms_of(suite), prepared.asked[suite.name], seed, progress)
        ]
        asked_until = time.time()
        if progress:
            progress("scoring", 0, 1)
        judged = self._judged(
            [
                row
                for suite in prepared.suites
                for row in _score(bench, store, suite, self.arms_of(suite), prepared.asked[suite.name])
            ]
        )
        report = self._report(judged, protocol, time_spent(new, asked_until - started, time.time() - asked_until))
        write_scored_rows(files.rows, judged.rows)
        write_report(report, judged.metrics, self.folder, origin=origin)
        if progress:
            progress("scoring", 1, 1)
        return report

    def _judged(self, rows: list[ScoredRow]) -> JudgedComparison:
        """The rows, with what a judge adds to them where there is one."""
        plan, prepared = self.plan, self.prepared
        if not plan.judge:
            return JudgedComparison(rows, prepared.metrics)
        judge = Judge(self.bench.engine, plan.judge, self.settings.seed, self.bench.settings.num_ctx)
        kept = BenchmarkFolder(self.folder).judgements
        return judge_answers(judge, rows, prepared.metrics, plan.arms, prepared.asked, kept, self.progress)

    def _report(
        self, judged: JudgedComparison, protocol: RegisteredProtocol, spent: Mapping[str, float]
    ) -> BenchmarkReport:
        plan, prepared, bench = self.plan, self.prepared, self.bench
        rows, metrics, roles = judged.rows, judged.metrics, [arm.role for arm in plan.arms]
        differences = [
            difference
            for role in roles[1:]
            for difference in analysis.arm_differences(rows, roles[0], role, metrics, seed=self.settings.seed)
        ]
        decisions = analysis.verdicts(differences, roles, metrics, needed=prepared.needed)
        decision = decisions.get("tuned") or next(iter(decisions.values()), None)
        found = {role: decision.verdict for role, decision in decisions.items()}
        table = analysis.table(rows, roles, metrics)
        usable = {arm.role: table[arm.role] for arm in plan.arms if arm.condition != "evidence"}
        return BenchmarkReport(
            arms=table,
            rows=rows,
            differences=differences,
            verdict=decision.verdict if decision else "undecided",
            reason=decision.reason if decision else "There is one arm, so there is nothing to compare.",
            settings=self._facts(judged, protocol, spent),
            questions={(name, q.id): q for name, found in prepared.asked.items() for q in found},
            files=bench.corpus.files.names,
            verdicts=found,
            warnings=(
                *filter(None, [protocol.warning]),
                *(f"not a fair comparison: {line}" for line in prepared.differing.unfair),
                *analysis.unexpected(rows, roles, metrics, seed=self.settings.seed),
                *prepared.missing,
                *prepared.unchecked,
                *prepared.left_out,
                *judged.warnings,
            ),
            agreements=judged.agreements,
            recommendation=recommend(rows, usable, metrics, found, seed=self.settings.seed) if plan.choose else None,
            figures=tuple(plan.figures(table)),
        )

    def _facts(
        self, judged: JudgedComparison, protocol: RegisteredProtocol, spent: Mapping[str, float]
    ) -> dict[str, Any]:
        plan, prepared, bench = self.plan, self.prepared, self.bench
        return {
            "arms": [arm_facts(bench, arm) for arm in plan.arms],
            "suites": [suite.name for suite in prepared.suites],
            "benchmark": self.settings.model_dump(mode="json"),
            "answer": bench.settings.model_dump(mode="json"),
            "protocol": asdict(protocol),
            "unequal": list(prepared.differing.unfair),
            "differing": list(prepared.differing.own),
            "unchecked": list(prepared.unchecked),
            **judged.settings,
            **likelihood_facts(bench, plan.arms),
            "environment": environment(bench),
            "time": dict(spent),
        }


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


def _select(
    suites: Sequence[Suite], settings: BenchmarkSettings, only: Sequence[str]
) -> dict[str, list[BenchmarkQuestion]]:
    """What each suite asks; each name in `only` must be known to at least one suite."""
    only = [composed(name) for name in only]
    every = {suite.name: suite.questions(settings) for suite in suites}
    select_questions([question for found in every.values() for question in found], only=only)
    named = {
        name: [o for o in only if any(o in (q.id, q.topic) for q in found)] if only else []
        for name, found in every.items()
    }
    return {
        name: select_questions(found, only=named[name], limit=settings.limit) if named[name] or not only else []
        for name, found in every.items()
    }


def _ask(
    bench: Bench,
    store: AnswerStore,
    suite: Suite,
    arms: Sequence[Arm],
    questions: Sequence[BenchmarkQuestion],
    seed: int,
    progress: Progress | None,
) -> Iterator[Recorded]:
    """Ask what has not been asked yet; yields the new answers, each stored, in the order of the turns.

    The arms take turns question by question, and the order turns round with each question (base, tuned; tuned,
    base; …): a machine that slows down slows both, and the engine changes models once a question and not twice.
    """
    turns: dict[str, AskedTurn] = {}
    for number, question in enumerate(questions):
        for arm in arms if (number + seed) % 2 == 0 else reversed(arms):
            turns.setdefault(bench.key(arm, question, suite.kind), AskedTurn(suite, arm, question))
    left = {key: turn for key, turn in turns.items() if store.get(key) is None}
    done = len(turns) - len(left)
    if progress and done:
        progress(f"benchmark {suite.name}", done, len(turns))
    for key, answer in zip(left, answers_to(left.values(), bench), strict=True):
        recorded = replace(answer, key=key)
        store.add(recorded)
        yield recorded
        done += 1
        if progress:
            progress(f"benchmark {suite.name}", done, len(turns))


def _score(
    bench: Bench, store: AnswerStore, suite: Suite, arms: Sequence[Arm], questions: Sequence[BenchmarkQuestion]
) -> Iterator[ScoredRow]:
    answers = {(q.id, a.role): store.get(bench.key(a, q, suite.kind)) for q in questions for a in arms}
    if "corpus" in suite.needs:  # the texts are compared by the encoder of the index
        references = [question.reference for question in questions if question.reference]
        bench.corpus.remember([answer.answer.answer for answer in answers.values() if answer] + references)
    for question in questions:
        placed = bench.corpus.placed(question)
        for arm in arms:
            found = answers[question.id, arm.role]
            if found is not None:
                scores = suite.score(placed, found)
                yield ScoredRow(suite.name, arm.role, question.id, found, scores, found.seconds)


def _lock(folder: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(BenchmarkFolder(folder).lock)
    try:
        return lock.acquire(timeout=0)
    except Timeout as error:
        raise WorkspaceLocked(f"another ragft process is benchmarking in {folder}", fix="wait for it") from error
