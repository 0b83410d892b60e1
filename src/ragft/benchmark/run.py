"""The referee: asks every arm the same questions, scores the answers, gives the verdict and writes the report.

    run_benchmark(arms=[Arm("base", "papers-base:q8_0"), Arm("tuned", "papers:q8_0")], engine=…, index=…, …)

In the folder:

    protocol.json   what is measured, written before the first answer
    answers.jsonl   every answer ever given, appended as it comes; the same command goes on from there
    rows.jsonl      the scored rows of this comparison
    metrics.json    the whole result; report.html, report.md and report.csv show it
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.benchmark.answer_store import AnswerStore
from ragft.benchmark.arms import Differences, check_fairness, unchecked_facts
from ragft.benchmark.base import Arm, BenchmarkQuestion, BenchmarkReport, Recorded, RunOrigin, ScoredRow, TaskFigure
from ragft.benchmark.bench import Bench
from ragft.benchmark.facts import arm_facts, environment, likelihood_facts, time_spent
from ragft.benchmark.lookups import SearchableIndex
from ragft.benchmark.protocol import RegisteredProtocol, protocol_of, register_protocol
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


Figures = Callable[[Mapping[str, Mapping[str, float]]], Sequence[TaskFigure]]
"""Makes figures of the values of all arms: by role, and by the metric's name in the tables."""


def no_figures(arms: Mapping[str, Mapping[str, float]]) -> Sequence[TaskFigure]:  # noqa: ARG001
    """Those of a task that has none."""
    return ()


def run_benchmark(
    *,
    arms: Sequence[Arm],
    engine: Engine,
    index: SearchableIndex,
    settings: BenchmarkSettings,
    answer: AnswerSettings,
    folder: Path,
    suites: Sequence[Suite],
    progress: Progress | None = None,
    only: Sequence[str] = (),
    unequal: bool = False,
    origin: RunOrigin = RunOrigin(),  # noqa: B008  frozen
    judge: str = "",
    quote: bool = False,
    required: Collection[GuardRule] = (),
    scorer: Scorer | None = None,
    weights: int = 0,
    choose: bool = False,
    figures: Figures = no_figures,
) -> BenchmarkReport:
    """Compare `arms`; the first is the baseline. Answers already in `folder` are not asked for again.

    Args:
        only: ids or topics of questions; all where empty.
        unequal: compare arms that differ in more than their weights, and mark the table so.
        origin: of the run, shown in the report.
        suites: what is asked.
        judge: a model that compares the two arms' answers as well; it has no part in the verdict.
        required: guards without a figure of which no arm is better, even where no suite was to measure it.
        quote: let a source be quoted where the model gives nothing usable, as `ragft ask` does.
        scorer: tells likelihoods where the engine cannot; it has the very models of the arms, under the same names.
        weights: the size of model by which the prompts of all arms are made; 0: the form of training rows.
        choose: recommend one of the arms; of equal ones the earlier. An arm that is given the right evidence is none
            of them: in use nobody knows what that is.
        figures: those of the task, made of the table of all arms.

    Raises:
        UsageError: no suite that this engine can run, no question that the documents can answer, two arms of one name,
            or a judge over other than two.
        ModelNotFound: the engine lacks a model.
        ComparisonError: the arms cannot fairly be set side by side.
        EngineError: the engine failed; the answers so far are kept.
        WorkspaceLocked: another process is at work in `folder`.
    """
    need("benchmark")
    plan = _plan(arms, engine, suites, settings, only, judge, scorer, unequal=unequal, required=required)
    bench = Bench(engine, index, answer, quote=quote, baseline=arms[0].model, scorer=scorer, weights=weights)
    if any(arm.condition != "closed_book" and arm.asker is None for arm in arms):
        ships = not settings.questions
        asked, missing = answerable_here(plan.asked, index.documents(), bench.documents.id_of, ships=ships)
        plan = replace(plan, asked=asked, missing=missing)
    make_directory(folder)
    with _lock(folder):
        return _Comparison(plan, bench, settings, folder, judge, progress, choose, figures).run(origin)


@dataclass(frozen=True)
class _Plan:
    """What is settled before anything is asked: who is compared, on what, and what has to be said of it."""

    arms: Sequence[Arm]
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

    def asked_by(self, suite: Suite) -> list[Arm]:
        """The arms that the suite can ask: one without a model writes nothing."""
        return [arm for arm in self.arms if arm.model or not suite.needs]


def _plan(
    arms: Sequence[Arm],
    engine: Engine,
    suites: Sequence[Suite],
    settings: BenchmarkSettings,
    only: Sequence[str],
    judge: str,
    scorer: Scorer | None,
    *,
    unequal: bool,
    required: Collection[GuardRule],
) -> _Plan:
    if not arms or len({arm.role for arm in arms}) < len(arms):
        raise UsageError("a benchmark needs at least one arm, each with a name of its own")
    guards = {metric.guard for suite in suites for metric in suite.metrics if metric.guard}
    needed = list(dict.fromkeys([*(guard for guard in guards if guard.missing), *required]))
    possible, left_out = _possible(suites, engine, scorer)
    asked = _select(possible, settings, only)
    if judge:  # what cannot be judged is reported before anything is asked
        judged_suite({suite.name: suite.metrics for suite in possible}, asked, arms)
        engine.show(judge)
    differing = check_fairness(arms, engine, unequal=unequal)
    return _Plan(arms, possible, asked, needed, differing, left_out, unchecked_facts(arms, engine))


@dataclass
class _Comparison:
    """One run of the benchmark: what all its steps need."""

    plan: _Plan
    bench: Bench
    settings: BenchmarkSettings
    folder: Path
    judge: str
    progress: Progress | None
    choose: bool
    figures: Figures

    def run(self, origin: RunOrigin) -> BenchmarkReport:
        """Ask, score, judge; write the report into the folder."""
        from ragft.benchmark.report.report_files import write_report

        plan, bench, files = self.plan, self.bench, BenchmarkFolder(self.folder)
        started = time.time()
        store = AnswerStore(files.answers)
        protocol = register_protocol(
            self.folder, protocol_of(plan.metrics, plan.asked, plan.needed), answered=bool(len(store))
        )
        seed, progress = self.settings.seed, self.progress
        new = [
            row
            for suite in plan.suites
            for row in _ask(bench, store, suite, plan.asked_by(suite), plan.asked[suite.name], seed, progress)
        ]
        asked_until = time.time()
        if progress:
            progress("scoring", 0, 1)
        judged = self._judged(
            [
                row
                for suite in plan.suites
                for row in _score(bench, store, suite, plan.asked_by(suite), plan.asked[suite.name])
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
        plan = self.plan
        if not self.judge:
            return JudgedComparison(rows, plan.metrics)
        judge = Judge(self.bench.engine, self.judge, self.settings.seed, self.bench.settings.num_ctx)
        kept = BenchmarkFolder(self.folder).judgements
        return judge_answers(judge, rows, plan.metrics, plan.arms, plan.asked, kept, self.progress)

    def _report(
        self, judged: JudgedComparison, protocol: RegisteredProtocol, spent: Mapping[str, float]
    ) -> BenchmarkReport:
        plan, bench = self.plan, self.bench
        rows, metrics, roles = judged.rows, judged.metrics, [arm.role for arm in plan.arms]
        differences = [
            difference
            for role in roles[1:]
            for difference in analysis.arm_differences(rows, roles[0], role, metrics, seed=self.settings.seed)
        ]
        decisions = analysis.verdicts(differences, roles, metrics, needed=plan.needed)
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
            questions={(name, q.id): q for name, found in plan.asked.items() for q in found},
            files=bench.documents.names,
            verdicts=found,
            warnings=(
                *filter(None, [protocol.warning]),
                *(f"not a fair comparison: {line}" for line in plan.differing.unfair),
                *analysis.unexpected(rows, roles, metrics, seed=self.settings.seed),
                *plan.missing,
                *plan.unchecked,
                *plan.left_out,
                *judged.warnings,
            ),
            agreements=judged.agreements,
            recommendation=recommend(rows, usable, metrics, found, seed=self.settings.seed) if self.choose else None,
            figures=tuple(self.figures(table)),
        )

    def _facts(
        self, judged: JudgedComparison, protocol: RegisteredProtocol, spent: Mapping[str, float]
    ) -> dict[str, Any]:
        plan, bench = self.plan, self.bench
        return {
            "arms": [arm_facts(bench, arm) for arm in plan.arms],
            "suites": [suite.name for suite in plan.suites],
            "benchmark": self.settings.model_dump(mode="json"),
            "answer": bench.settings.model_dump(mode="json"),
            "protocol": asdict(protocol),
            "unequal": list(plan.differing.unfair),
            "differing": list(plan.differing.own),
            "unchecked": list(plan.unchecked),
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
    """What each suite asks; a name in `only` need be known to one of them."""
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
    bench: Bench, store: AnswerStore, suite: Suite, arms: Sequence[Arm], questions: Sequence[BenchmarkQuestion]
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


def _lock(folder: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(BenchmarkFolder(folder).lock)
    try:
        return lock.acquire(timeout=0)
    except Timeout as error:
        raise WorkspaceLocked(f"another ragft process is benchmarking in {folder}", fix="wait for it") from error
