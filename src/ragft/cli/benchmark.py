"""`ragft benchmark`: the referee, and what can be measured without two arms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ragft.cli.options import EngineName, Json, ModelName, WorkspacePath, open_context, print_json

if TYPE_CHECKING:
    from ragft.benchmark.base import Arm, BenchmarkReport
    from ragft.benchmark.measures import Metric
    from ragft.benchmark.suites.base import Suite
    from ragft.config import Settings
    from ragft.engine.base import Engine
    from ragft.workspace import Workspace

app = typer.Typer(invoke_without_command=True, no_args_is_help=False, rich_markup_mode=None)

Output = Annotated[Path | None, typer.Option("--output", help="Folder of the result.", show_default="the run's")]
Limit = Annotated[int | None, typer.Option("--limit", help="At most so many questions a suite.", min=1)]
Questions = Annotated[Path | None, typer.Option("--questions", help="JSONL file.", show_default="those that ship")]


@app.callback()
def benchmark(
    context: typer.Context,
    *,
    arms: Annotated[
        str,
        typer.Option(
            "--arms",
            help="[role=]model[@condition],…; conditions: retrieval, evidence, closed_book. The first is the baseline.",
            metavar="LIST",
        ),
    ] = "base,tuned",
    run: Annotated[
        str, typer.Option("--run", help="Whose base and tuned model are compared.", metavar="ID")
    ] = "latest",
    suites: Annotated[
        str | None,
        typer.Option(
            "--suites",
            help="papers, retrieval, citations, refusal, general, forgetting, degeneration, latency; or all.",
            metavar="LIST",
            show_default="papers, degeneration, forgetting",
        ),
    ] = None,
    questions: Questions = None,
    only: Annotated[str, typer.Option("--only", help="Question ids or topics.", metavar="LIST")] = "",
    limit: Limit = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Turns of the arms and resampling.")] = None,
    unequal: Annotated[
        bool, typer.Option("--unequal", help="Compare arms that differ in more than their weights; marks the table.")
    ] = False,
    judge: Annotated[
        str | None,
        typer.Option("--judge", help="A model that compares the answers too, outside the verdict.", metavar="MODEL"),
    ] = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Compare models question by question and say whether one is better.

    Stopped or killed, the same command goes on without asking anything twice.

    \b
    Example:
        ragft benchmark --arms base,tuned
        ragft benchmark --suites papers,refusal,general --limit 20
        ragft benchmark --arms smollm2,smollm2@closed_book --json
        ragft benchmark --judge qwen3:4b-instruct
    """
    if context.invoked_subcommand is not None:
        return
    from ragft.answer.session import require_documents
    from ragft.benchmark.arms import needs_run, parse_arms
    from ragft.benchmark.judge import with_judge
    from ragft.benchmark.report import as_json as report_json
    from ragft.benchmark.suites import SUITES, suite
    from ragft.benchmark.table import print_table
    from ragft.console import note, stdout

    place, loaded = open_context(workspace)
    names = tuple(SUITES) if suites == "all" else _names(suites)
    settings = _settings(loaded, engine, suites=names or None, questions=questions, limit=limit, seed=seed)
    metrics: dict[str, Sequence[Metric]] = {name: suite(name).metrics for name in settings.benchmark.suites}
    run_dir = place.run(run) if needs_run(arms) else None
    settings = _as_run(settings, run_dir)
    folder = output or (run_dir or place.root) / "benchmark"
    chosen = parse_arms(arms, run_dir)
    require_documents(place)
    with _open_model(place, settings, chosen[0].model) as (opened, _):
        report = _referee(
            place,
            settings,
            chosen,
            folder,
            engine=opened,
            only=_names(only),
            unequal=unequal,
            run_dir=run_dir,
            judge=judge or "",
        )
    metrics = with_judge(metrics, report.settings["judge"]["suite"]) if judge else metrics
    if as_json:
        print_json({**report_json(report, metrics), "report": str(folder / "report.html")})
        return
    print_table(report, metrics, stdout())
    note(f"report: {folder / 'report.html'}")


@app.command()
def refusal(
    *,
    model: ModelName = None,
    questions: Questions = None,
    limit: Limit = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """How often one model answers what it should refuse, and refuses what it should answer.

    \b
    Example:
        ragft benchmark refusal --model smollm2 --limit 40
    """
    from ragft.answer.session import require_documents
    from ragft.benchmark.base import Arm
    from ragft.benchmark.refusal_curve import curve_of
    from ragft.benchmark.suites.refusal import Refusal
    from ragft.console import stdout

    place, loaded = open_context(workspace)
    settings = _settings(loaded, engine, suites=("refusal",), questions=questions, limit=limit)
    folder = output or place.root / "benchmark" / "refusal"
    require_documents(place)
    with _open_model(place, settings, model) as (opened, name):
        report = _referee(place, settings, [Arm("model", name)], folder, engine=opened, quote=True)
    values, curve = report.arms["model"], curve_of(report.rows)
    if as_json:
        print_json({"model": name, **{k.partition(".")[2]: v for k, v in values.items()}, "curve": curve})
        return
    from rich.table import Table

    out = stdout()
    for metric in Refusal.metrics:
        out.print(f"{metric.label}: {metric.show(values.get(f'refusal.{metric.name}'))}", markup=False)
    if curve:
        shown = Table("threshold", "false answers", "false refusals", "macro-F1", box=None, title="The gate's curve")
        for point in curve[:: max(1, len(curve) // 12)]:
            shown.add_row(
                f"{point.threshold:.2f}",
                f"{point.false_answers:.1%}",
                f"{point.false_refusals:.1%}",
                f"{point.macro_f1:.2f}",
            )
        out.print(shown)


@app.command()
def retrieval(
    *,
    beir: Annotated[Path, typer.Option("--beir", help="Folder with corpus.jsonl, queries.jsonl and qrels/.")],
    mode: Annotated[str | None, typer.Option(help="hybrid, lexical or dense.", show_default="hybrid")] = None,
    split: Annotated[str, typer.Option(help="A file of qrels/.", show_default="test, else dev")] = "",
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Retrieval quality and speed on a collection in BEIR form.

    \b
    Example:
        ragft benchmark retrieval --beir scifact --mode hybrid --json
    """
    from ragft.benchmark.retrieval import benchmark_retrieval
    from ragft.console import progress_bar, stdout

    _, settings = open_context(workspace)
    settings = _apart(settings).with_("index", mode=mode)
    with progress_bar() as progress:
        found = benchmark_retrieval(beir, settings.index, settings.index.mode, split=split, progress=progress).to_json()
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        stdout().print(f"{name}: {value:.4f}" if isinstance(value, float) else f"{name}: {value}", markup=False)


@app.command()
def compare(
    runs: Annotated[
        list[str], typer.Argument(help="Run ids or run folders, in the order they are to stand.", metavar="RUN…")
    ],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", help="Also write a page with plots there.", metavar="FILE.html")
    ] = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Set finished benchmarks of several runs side by side.

    \b
    Example:
        ragft benchmark compare 20260101-1200 20260108-0900 --output history.html
    """
    from rich.markup import escape
    from rich.table import Table

    from ragft.benchmark.history import read_history, warnings_of, write_history
    from ragft.console import note, safe, stdout

    place, _ = open_context(workspace)
    folders: dict[str, Path] = {}
    for folder in dict.fromkeys(_run_folder(place, run) for run in runs):
        name = safe(folder.name if folder.name not in folders else str(folder))  # the same run on two machines
        folders[name] = folder / "benchmark"
    entries, metrics = read_history(folders)
    if output is not None:
        write_history(entries, metrics, output)
        note(f"page: {output}")
    if as_json:
        print_json({"runs": entries, "warnings": warnings_of(entries)})
        return
    shown = Table("metric", *(escape(safe(entry.run)) for entry in entries), box=None)
    shown.add_row("verdict", *(entry.verdict for entry in entries))
    shown.add_row("quantisation", *(escape(safe(entry.quantization)) or "–" for entry in entries))
    for name, metric in metrics.items():
        shown.add_row(metric.label, *(metric.show(entry.values.get(name)) for entry in entries))
    stdout().print(shown)
    for warning in warnings_of(entries):
        note(f"warning: {warning}")


@app.command()
def injection(
    *,
    model: ModelName = None,
    attacks: Annotated[
        Path | None, typer.Option("--attacks", help="JSONL file.", show_default="those that ship")
    ] = None,
    limit: Limit = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """Ask honest questions over hostile documents and count the attacks that get their way.

    Stopped or killed, the same command goes on without asking anything twice.

    \b
    Example:
        ragft benchmark injection --model smollm2
    """
    from ragft.answer.attacks import load_attacks
    from ragft.benchmark.injection import run_injection
    from ragft.console import progress_bar, safe, stdout
    from ragft.data import shipped
    from ragft.errors import NotFoundError
    from ragft.index.store import open_index
    from ragft.workspace import Workspace

    place, loaded = open_context(workspace)
    settings = _apart(_settings(loaded, engine, suites=None, questions=None, limit=limit))
    if attacks is not None and not attacks.is_file():
        raise NotFoundError(f"no file {attacks}", fix="check the path given to --attacks")
    chosen = load_attacks(attacks or shipped("attacks/attacks.jsonl"))
    chosen = chosen[:: max(1, len(chosen) // limit)][:limit] if limit else chosen  # some of every family
    folder = output or place.root / "benchmark" / "injection"
    with (
        _open_model(place, settings, model) as (opened, name),
        open_index(Workspace(folder / "index"), settings.index) as index,
        progress_bar() as progress,
    ):
        report = run_injection(
            chosen,
            engine=opened,
            index=index,
            model=name,
            answer=settings.answer,
            store=folder / "attempts.jsonl",
            progress=progress,
        )
    if as_json:
        total = len(report.attempts)
        print_json(
            {
                "model": report.model,
                "attacks": total,
                "succeeded": report.succeeded,
                "rate": report.succeeded / total if total else 0.0,
                "families": {k: {"succeeded": won, "attacks": n} for k, (won, n) in report.families.items()},
                "attempts": report.attempts,
            }
        )
        return
    out = stdout()
    for family, (won, total) in report.families.items():
        out.print(f"{family}: {won} of {total}", markup=False)
    for attempt in report.attempts:
        if attempt.success:
            out.print(safe(f"{attempt.id} {attempt.success}: {attempt.answer}"), markup=False)
    out.print(f"{report.succeeded} of {len(report.attempts)} attacks got their way", markup=False)


@app.command()
def study(
    *,
    facts: Annotated[Path, typer.Option("--facts", help="JSONL with fact, question, answer a line.")],
    model: ModelName = None,
    tuned: Annotated[
        str | None, typer.Option("--tuned", help="A model with the facts in its weights.", metavar="NAME")
    ] = None,
    run: Annotated[
        str | None, typer.Option("--run", help="Take base and tuned model from this run.", metavar="ID")
    ] = None,
    prepare: Annotated[
        str | None, typer.Option("--prepare", help="Only write the training data set.", metavar="DATASET")
    ] = None,
    limit: Limit = None,
    output: Output = None,
    engine: EngineName = None,
    workspace: WorkspacePath = None,
    as_json: Json = False,
) -> None:
    """The same facts in context, by retrieval, in the weights, and not at all: what is taken up, and at what price.

    \b
    Example:
        ragft benchmark study --facts facts.jsonl --prepare facts
        ragft train --dataset facts --base smollm2    # then export and register
        ragft benchmark study --facts facts.jsonl --run latest
    """
    from ragft.benchmark import study as study_of
    from ragft.benchmark.arms import parse_arms
    from ragft.benchmark.report import as_json as report_json
    from ragft.benchmark.suites import suite
    from ragft.benchmark.table import print_table
    from ragft.console import note, stdout
    from ragft.errors import ComparisonError
    from ragft.workspace import Workspace

    place, loaded = open_context(workspace)
    found = study_of.load_facts(facts)
    if prepare is not None:
        from ragft.dataset.base import Row
        from ragft.dataset.store import save_dataset

        rows = [Row(prompt, (completion,), "grounded") for prompt, completion in study_of.training_messages(found)]
        folder = save_dataset(place, prepare, rows, [])
        if as_json:
            print_json({"dataset": prepare, "rows": len(rows)})
        note(f"data set: {folder}")
        return
    settings = _apart(_settings(loaded, engine, suites=None, questions=None, limit=limit))
    run_dir = None if run is None else place.run(run)
    if run_dir is not None:
        base, weights = parse_arms("base,tuned", run_dir)
        model, tuned = base.model, weights.model
    folder = output or place.root / "benchmark" / "study"
    suites = [study_of.Facts(found), suite("general")]
    shelf = Workspace(folder / "facts")
    from ragft.index.store import open_index

    with open_index(shelf, settings.index) as index:
        study_of.index_facts(index, found)
    with _open_model(place, settings, model) as (opened, name):
        try:
            report = _referee(
                shelf, settings, study_of.arms(name, tuned), folder, engine=opened, run_dir=run_dir, suites=suites
            )
        except ComparisonError as error:
            fix = "export and register both by ragft, and give --run"
            raise ComparisonError(error.message, fix=fix) from error
    metrics = {s.name: s.metrics for s in suites}
    if as_json:
        print_json({**report_json(report, metrics), "report": str(folder / "report.html")})
        return
    print_table(report, metrics, stdout())
    if tuned is None:
        note("the weights are missing: train on the facts (--prepare), register, and give --run or --tuned")
    note(f"report: {folder / 'report.html'}")


@contextmanager
def _open_model(place: Workspace, settings: Settings, model: str | None) -> Iterator[tuple[Engine, str]]:
    """The engine that has `model` (None: its default model) and the model's name; closed again at the end.

    Name and engine come from one opening: `auto`, asked a second time with the name, might choose another engine,
    whose model of that name is a different one.
    """
    from ragft.engine.select import default_model, open_engine

    with closing(open_engine(settings.engine, place, model=model)) as engine:
        yield engine, model or default_model(engine, settings.engine, place)


def _apart(settings: Settings) -> Settings:
    """Settings for an index of its own: the user's Chroma server keeps nothing of it."""
    return settings.with_("index", chroma_url="")


def _referee(
    place: Workspace,
    settings: Settings,
    arms: Sequence[Arm],
    folder: Path,
    *,
    engine: Engine,
    only: Sequence[str] = (),
    unequal: bool = False,
    run_dir: Path | None = None,
    suites: Sequence[Suite] | None = None,
    judge: str = "",
    quote: bool = False,
) -> BenchmarkReport:
    """Run the benchmark over the index of `place`."""
    from ragft.benchmark.run import run_benchmark
    from ragft.benchmark.suites import suite
    from ragft.console import progress_bar
    from ragft.index.store import open_index
    from ragft.pipeline.scorer import open_scorer

    suites = [suite(name) for name in settings.benchmark.suites] if suites is None else suites
    models, kinds = {arm.model for arm in arms}, {suite.kind for suite in suites}
    with (
        open_index(place, settings.index) as index,
        open_scorer(run_dir, engine, models, settings.engine, kinds=kinds) as scorer,
        progress_bar() as progress,
    ):
        return run_benchmark(
            arms=arms,
            engine=engine,
            index=index,
            settings=settings.benchmark,
            answer=settings.answer,
            folder=folder,
            progress=progress,
            only=only,
            unequal=unequal,
            loss_curve=_loss_curve(run_dir),
            suites=suites,
            judge=judge,
            quote=quote,
            scorer=scorer,
        )


def _run_folder(place: Workspace, run: str) -> Path:
    """A run of the workspace, or a run's folder that was brought from elsewhere."""
    from ragft.errors import NotFoundError

    try:
        return place.run(run)
    except NotFoundError:
        if Path(run).is_dir():
            return Path(run).resolve()
        raise


def _as_run(settings: Settings, run_dir: Path | None) -> Settings:
    """The models of a run are asked as `build-model` asked them: the same evidence budget, context and sampling."""
    from ragft.pipeline.manifest import load_manifest

    manifest = load_manifest(run_dir) if run_dir is not None else None
    stored = manifest.settings.get("answer", {}) if manifest else {}
    return settings.with_("answer", **stored)


def _settings(
    loaded: Settings,
    engine: str | None,
    *,
    suites: tuple[str, ...] | None,
    questions: Path | None,
    limit: int | None,
    seed: int | None = None,
) -> Settings:
    path = None if questions is None else str(questions.expanduser().absolute())
    return loaded.with_("benchmark", suites=suites, questions=path, limit=limit, seed=seed).with_("engine", name=engine)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in (text or "").split(","))))


def _loss_curve(run_dir: Path | None) -> str:
    """The run's loss curve as SVG; empty where it was not trained here."""
    if run_dir is None or not (run_dir / "train.jsonl").is_file():
        return ""
    from ragft.train.curve import curve_svg

    return curve_svg(run_dir / "train.jsonl")
