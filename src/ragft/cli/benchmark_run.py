"""What the verbs of `ragft benchmark` share: their options and settings, opening the model, and the run itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ragft.benchmark.base import Arm, BenchmarkReport
    from ragft.benchmark.suites.base import Suite
    from ragft.config import Settings
    from ragft.engine.base import Engine
    from ragft.workspace import Workspace

Output = Annotated[Path | None, typer.Option("--output", help="Folder of the result.", show_default="the run's")]
Limit = Annotated[int | None, typer.Option("--limit", help="At most so many questions a suite.", min=1)]
Questions = Annotated[Path | None, typer.Option("--questions", help="JSONL file.", show_default="those that ship")]


def benchmark_settings(
    loaded: Settings,
    engine: str | None,
    *,
    suites: tuple[str, ...] | None = None,
    questions: Path | None = None,
    limit: int | None = None,
    seed: int | None = None,
) -> Settings:
    """The settings with the options of the command line over them; None leaves what is set."""
    from ragft.machine import expand

    path = None if questions is None else str(expand(questions).absolute())
    return loaded.with_("benchmark", suites=suites, questions=path, limit=limit, seed=seed).with_("engine", name=engine)


def apart(settings: Settings) -> Settings:
    """Settings for an index of its own: the user's Chroma server keeps nothing of it."""
    return settings.with_("index", chroma_url="")


@contextmanager
def open_model(place: Workspace, settings: Settings, model: str | None) -> Iterator[tuple[Engine, str]]:
    """The engine that has `model` (None: the model that answers) and the model's name; closed again at the end.

    Name and engine come from one opening: `auto`, asked a second time with the name, might choose another engine,
    whose model of that name is a different one.
    """
    from ragft.engine.select import open_model as opened_model

    opened = opened_model(settings.engine, place, model, num_ctx=settings.answer.num_ctx)
    with closing(opened.engine) as engine:
        yield engine, opened.model.name


def run_arms(
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
    from ragft.benchmark.suites import suites_called
    from ragft.console import progress_bar
    from ragft.index.store import open_index
    from ragft.pipeline.scorer import open_scorer

    suites = suites_called(settings.benchmark.suites) if suites is None else suites
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


def _loss_curve(run_dir: Path | None) -> str:
    """The run's loss curve as SVG; empty where it was not trained here."""
    if run_dir is None or not (run_dir / "train.jsonl").is_file():
        return ""
    from ragft.train.curve import curve_svg

    return curve_svg(run_dir / "train.jsonl")
