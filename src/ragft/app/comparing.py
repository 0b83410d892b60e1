"""Compares arms question by question: models of a run or any others, and a study of facts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.run_folder import BenchmarkFolder, RunFolder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ragft.app.resources import Resources
    from ragft.benchmark.base import Arm, BenchmarkReport
    from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
    from ragft.benchmark.scoring.analysis import MetricsBySuite
    from ragft.benchmark.scoring.measures import Metric
    from ragft.benchmark.suites.base import Suite
    from ragft.config import Settings
    from ragft.console import Progress
    from ragft.engine.base import Engine
    from ragft.pipeline.searched import SearchedLibrary
    from ragft.workspace import Workspace


@dataclass(frozen=True)
class Benchmark:
    """A finished benchmark: its report, the metrics of each suite, and the folder with all of it as files.

    >>> with ragft.open(benchmark={"suites": ["degeneration"], "limit": 1}) as app:
    ...     found = app.benchmark("scripted,other=scripted@closed_book", output=Path("compared"))
    >>> found.report.verdict, found.page.is_file()
    ('undecided', True)
    """

    report: BenchmarkReport
    metrics: MetricsBySuite
    folder: Path

    @property
    def page(self) -> Path:
        """The report to look at in a browser."""
        return BenchmarkFolder(self.folder).page

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON values."""
        from ragft.benchmark.report.report_files import as_json

        return {**as_json(self.report, self.metrics), "report": str(self.page)}

    def tables(self, width: int) -> Iterator[RenderableType]:
        """Table, questions, verdict and reason for a terminal of `width` columns, to be printed by rich."""
        from ragft.benchmark.report.table import tables

        return tables(self.report, self.metrics, width)


@dataclass(frozen=True)
class ComparisonRequest:
    """Which arms are compared, on which questions and how; the fields are arguments of `Application.benchmark`."""

    arms: str
    run: str
    only: Sequence[str] = ()
    unequal: bool = False
    judge: str | None = None


def benchmark(
    resources: Resources, asked: ComparisonRequest, *, output: Path | str | None, progress: Progress | None
) -> Benchmark:
    """Compare arms in a benchmark; the errors are those of `Application.benchmark`."""
    from ragft.answer.session import require_documents
    from ragft.benchmark.comparison.arms import needs_run, parse_arms
    from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
    from ragft.benchmark.scoring.judge import with_judge
    from ragft.benchmark.suites.base import need_documents
    from ragft.engine.choosing.open_engine import find_model
    from ragft.pipeline.comparison import judged_by
    from ragft.pipeline.searched import SearchedLibrary
    from ragft.tasks import condition_of, suites_of, task_of

    place, settings = resources.workspace, resources.settings
    run_dir = place.run(asked.run) if needs_run(asked.arms) else None
    library = SearchedLibrary(place, run_dir)
    settings = as_run(settings, run_dir, given=resources.given)
    suites = suites_of(settings.benchmark.suites, run_dir)
    metrics: dict[str, Sequence[Metric]] = {suite.name: suite.metrics for suite in suites}
    folder = Path(output or RunFolder(run_dir or place.root).benchmark)
    chosen = parse_arms(asked.arms, run_dir, condition_of(run_dir))
    if need_documents(suites):
        require_documents(library.place)
    with resources.engine_alone(chosen[0].model, work="benchmark") as (engine, _):
        for name in (*(arm.model for arm in chosen), *filter(None, [asked.judge])):
            find_model(engine, name, settings.engine, place)
        if run_dir is None:
            settings = _as_trained(resources, engine, chosen)
        else:
            chosen = _asked_as_built(chosen, place, run_dir, settings, engine)
        plan = ComparisonPlan(chosen, suites, only=asked.only, unequal=asked.unequal, judge=asked.judge or "")
        plan = judged_by(plan, task_of(run_dir))
        report = run_plan(plan, library, settings, folder, engine, run_dir=run_dir, progress=progress)
    if asked.judge:
        metrics = with_judge(metrics, report.settings["judge"]["suite"])
    return Benchmark(report, metrics, folder)


def finished(folder: Path) -> Benchmark:
    """The benchmark that was written into `folder`.

    Raises:
        NotFoundError: none has finished there.
        WorkspaceError: a file is damaged.
    """
    from ragft.benchmark.report.saved import load_report
    from ragft.tasks import SUITES

    return Benchmark(*load_report(folder, SUITES), folder)


def study(
    resources: Resources,
    facts: Path | str,
    *,
    model: str | None,
    tuned: str | None,
    run: str | None,
    output: Path | str | None,
    progress: Progress | None,
) -> Benchmark:
    """The same facts in the prompt, in an index, in the weights, and nowhere; see `Application.study`."""
    from ragft.benchmark.comparison.arms import parse_arms
    from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
    from ragft.benchmark.studies import study as study_of
    from ragft.benchmark.suites.general import General
    from ragft.errors import ComparisonError
    from ragft.index.index import open_index
    from ragft.pipeline.searched import SearchedLibrary
    from ragft.workspace import Workspace

    place = resources.workspace
    found = study_of.load_facts(Path(facts))
    settings = resources.settings.model_copy(update={"index": resources.settings.index.apart})
    run_dir = None if run is None else place.run(run)
    if run_dir is not None:
        base, weights = parse_arms("base,tuned", run_dir)
        model, tuned = base.model, weights.model
    folder = Path(output or place.root / "benchmark" / "study")
    suites: list[Suite] = [study_of.Facts(found), General()]
    shelf = Workspace(folder / "facts")
    with open_index(shelf, settings.index) as index:
        study_of.index_facts(index, found)
    with resources.engine_alone(model, work="benchmark") as (engine, name):
        plan = ComparisonPlan(study_of.arms(name, tuned), suites)
        try:
            library = SearchedLibrary(shelf)
            report = run_plan(plan, library, settings, folder, engine, run_dir=run_dir, progress=progress)
        except ComparisonError as error:
            fix = "export and register both by ragft, and give run=NAME"
            raise ComparisonError(error.message, fix=fix) from error
    return Benchmark(report, {s.name: s.metrics for s in suites}, folder)


def study_rows(resources: Resources, facts: Path | str, dataset: str) -> tuple[int, Path]:
    """Write the training data of a study; the number of rows and the folder of the data set."""
    from ragft.benchmark.studies import study as study_of
    from ragft.dataset.base import Row
    from ragft.dataset.store import save_dataset

    found = study_of.load_facts(Path(facts))
    rows = [Row(prompt, (completion,), "grounded") for prompt, completion in study_of.training_messages(found)]
    return len(rows), save_dataset(resources.workspace, dataset, rows, [])


def run_plan(
    plan: ComparisonPlan,
    library: SearchedLibrary,
    settings: Settings,
    folder: Path,
    engine: Engine,
    *,
    run_dir: Path | None = None,
    progress: Progress | None = None,
) -> BenchmarkReport:
    """Run the benchmark over `library`, or over nothing where no suite needs documents. Votes of people on these models
    are added to its figures.

    Args:
        run_dir: the run whose models are compared; None: models of any origin, all asked in one form.
    """
    from ragft.app.votes import vote_figures
    from ragft.benchmark.asking.lookups import NoDocuments
    from ragft.benchmark.suites.base import need_documents
    from ragft.pipeline.comparison import compare

    place = library.workspace
    models, own = {arm.model for arm in plan.arms}, plan.figures
    plan = replace(
        plan,
        weights=0 if run_dir is not None else _fewest_weights(place, engine, models),
        figures=lambda arms: [*own(arms), *vote_figures(place, models)],
    )
    reads = need_documents(plan.suites)
    with library.open(settings.index) if reads else nullcontext(NoDocuments()) as index:
        return compare(plan, engine, index, settings, folder, run_dir=run_dir, progress=progress)


def _asked_as_built(arms: list[Arm], place: Workspace, run_dir: Path, settings: Settings, engine: Engine) -> list[Arm]:
    """The models of a run asked as its task asks them, where that is by more than the model alone."""
    from ragft.pipeline.comparison import FinishedRun, asked_as_built
    from ragft.pipeline.manifest import load_manifest
    from ragft.tasks import task_of

    task, manifest = task_of(run_dir), load_manifest(run_dir)
    if task is None or task.arms is None or manifest is None:
        return arms
    for section in {"index", task.name} & manifest.settings.keys():
        settings = settings.with_section(section, manifest.settings[section])
    own = task.arms(FinishedRun(run_dir, place.datasets / run_dir.name, settings, engine))
    return asked_as_built(arms, own)


def _fewest_weights(place: Workspace, engine: Engine, models: Collection[str]) -> int:
    """The size of the smallest model, by which all are asked in one form, that of `ragft ask`; 0, the form of training
    rows, where one of them was trained here."""
    from ragft.answer.prompts.model_policy import policy_of_model
    from ragft.engine.choosing.made_here import registered_by_runs

    made_here = registered_by_runs(place)
    if any(made_here(model) or policy_of_model(place, engine, model) for model in models):
        return 0
    return min(engine.show(model).parameter_size for model in models)


def as_run(settings: Settings, run_dir: Path | None, *, given: Collection[str] = ()) -> Settings:
    """The settings by which the models of a run are asked: as `build-model` asked them, with the prompts that they were
    trained on, and by its suites where nobody chose any.

    Args:
        given: names of answer settings that somebody asked for here and now, which are kept.
    """
    from ragft.answer.prompts.policy import read_policy
    from ragft.pipeline.manifest import load_manifest

    if run_dir is None:
        return settings
    files, manifest = RunFolder(run_dir), load_manifest(run_dir)
    stored = manifest.settings if manifest else {}
    answer = {name: value for name, value in stored.get("answer", {}).items() if name not in given}
    settings = settings.with_("answer", **answer)
    if not settings.benchmark.suites:
        settings = settings.with_("benchmark", suites=stored.get("benchmark", {}).get("suites"))
    if not settings.benchmark.questions and files.questions.is_file():
        settings = settings.with_("benchmark", questions=str(files.questions))
    policy = read_policy(files.prompt)
    if policy is None:
        return settings
    policy.warn_of_other_ranking(f"the run {run_dir.name}")
    return settings.model_copy(update={"answer": policy.over(settings.answer, given=given)})


def _as_trained(resources: Resources, engine: Engine, arms: Sequence[Arm]) -> Settings:
    """All arms are asked with the prompts that those of them are trained on which ragft has trained.

    Where these differ, and no prompt would be fair to all, by the settings.
    """
    from ragft.answer.prompts.model_policy import policy_of_model

    settings = resources.settings
    asked = []
    for arm in arms:
        policy = policy_of_model(resources.workspace, engine, arm.model)
        if policy is not None:
            policy.warn_of_other_ranking(arm.model)
            asked.append(policy.over(settings.answer, given=resources.given))
    if not asked or any(answer != asked[0] for answer in asked):
        return settings
    return settings.model_copy(update={"answer": asked[0]})
