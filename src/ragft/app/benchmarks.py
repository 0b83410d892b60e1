"""Measurements of one model, of the search, and of written answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ragft.app.comparing import run_plan
from ragft.app.resources import while_open
from ragft.run_folder import RunFolder

if TYPE_CHECKING:
    from ragft.answer.refusal.error_curve import RefusalPoint
    from ragft.app.resources import Resources
    from ragft.benchmark.report.history import ComparedRun
    from ragft.benchmark.retrieval.collection import RetrievalReport
    from ragft.benchmark.retrieval.natural import NaturalReport
    from ragft.benchmark.scoring.measures import Metric
    from ragft.benchmark.studies.injection import InjectionReport
    from ragft.benchmark.written.report import PlayedReport
    from ragft.console import Progress
    from ragft.workspace import Workspace


@dataclass(frozen=True)
class RefusalErrors:
    """How often `model` answers what it should refuse, and refuses what it should answer."""

    model: str
    values: dict[str, float]
    curve: Sequence[RefusalPoint]
    metrics: Sequence[Metric]


@dataclass(frozen=True)
class History:
    """Finished benchmarks of several runs, side by side."""

    entries: Sequence[ComparedRun]
    metrics: dict[str, Metric]
    warnings: Sequence[str]


class Benchmarks:
    """Measurements that compare no arms: `app.benchmarks`."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    @while_open
    def refusal(
        self, *, model: str | None = None, output: Path | str | None = None, progress: Progress | None = None
    ) -> RefusalErrors:
        """The pair of refusal errors of one model, over the questions of the settings."""
        from ragft.answer.session import require_documents
        from ragft.benchmark.base import Arm
        from ragft.benchmark.comparison.comparison_plan import ComparisonPlan
        from ragft.benchmark.studies.refusal_curve import curve_of
        from ragft.pipeline.searched import SearchedLibrary
        from ragft.tasks.papers.suites.refusal import Refusal

        resources = self._resources
        place = resources.workspace
        settings = resources.settings.with_("benchmark", suites=(Refusal.name,))
        folder = Path(output or place.root / "benchmark" / "refusal")
        require_documents(place)
        with resources.engine_alone(model, work="benchmark") as (engine, name):
            plan = ComparisonPlan([Arm("model", name)], [Refusal()], quote=True)
            report = run_plan(plan, SearchedLibrary(place), settings, folder, engine, progress=progress)
        return RefusalErrors(name, dict(report.arms["model"]), curve_of(report.rows), Refusal.metrics)

    @while_open
    def injection(
        self,
        *,
        model: str | None = None,
        attacks: Path | str | None = None,
        output: Path | str | None = None,
        progress: Progress | None = None,
    ) -> InjectionReport:
        """Honest questions over hostile documents: the attacks that succeed. `attacks` None: those that ship.

        Raises:
            NotFoundError: there is no such file.
        """
        from ragft.answer.attacks import load_attacks
        from ragft.benchmark.questions import evenly
        from ragft.benchmark.studies.injection import run_injection
        from ragft.data import shipped
        from ragft.errors import NotFoundError
        from ragft.index.index import open_index
        from ragft.workspace import Workspace

        resources = self._resources
        settings = resources.settings
        file = Path(attacks or shipped("attacks/attacks.jsonl"))
        if not file.is_file():
            raise NotFoundError(f"no file {file}", fix="check the path of the attacks")
        every = load_attacks(file)
        # Attacks of a family stand together in the file: spread evenly, some of every family are chosen.
        chosen = evenly(every, settings.benchmark.limit or len(every))
        folder = Path(output or resources.workspace.root / "benchmark" / "injection")
        with (
            resources.engine_alone(model) as (engine, name),
            open_index(Workspace(folder / "index"), settings.index.apart) as index,
        ):
            return run_injection(
                chosen,
                engine=engine,
                index=index,
                model=name,
                answer=settings.answer,
                store=folder / "attempts.jsonl",
                progress=progress,
            )

    @while_open
    def retrieval(
        self,
        questions: Path | str,
        *,
        evidence_tokens: int = 0,
        passages: bool = False,
        model: str | None = None,
        progress: Progress | None = None,
    ) -> NaturalReport:
        """The search of the index, by natural questions about its papers.

        Args:
            evidence_tokens: also measure what is left of the evidence in a prompt of so many; needs a model.
            passages: search for what the catalogue would answer, too.
        """
        from ragft.answer.library.librarian import Librarian
        from ragft.answer.session import require_documents
        from ragft.benchmark.retrieval.natural import measure_retrieval, prompt_fitter
        from ragft.benchmark.retrieval.natural_questions import load_natural

        resources = self._resources
        settings = resources.settings
        require_documents(resources.workspace)
        asked = load_natural(Path(questions))
        with ExitStack() as stack:
            index, fit = resources.index, None
            if evidence_tokens:
                engine, name = stack.enter_context(resources.engine_alone(model))
                answer = settings.with_("answer", evidence_tokens=evidence_tokens).answer
                fit = prompt_fitter(engine, name, index, answer)
            return measure_retrieval(
                asked,
                index,
                fit=fit,
                librarian=None if passages else Librarian(index),
                evidence_tokens=evidence_tokens,
                mode=settings.index.mode,
                progress=progress,
            )

    @while_open
    def beir(self, folder: Path | str, *, split: str = "", progress: Progress | None = None) -> RetrievalReport:
        """The search on a collection in BEIR form, which gets an index of its own."""
        from ragft.benchmark.retrieval.collection import benchmark_retrieval

        index = self._resources.settings.index.apart
        return benchmark_retrieval(Path(folder), index, index.mode, split=split, progress=progress)

    @while_open
    def answers(
        self,
        *,
        played: Sequence[Path | str] = (),
        questions: Sequence[Path | str] = (),
        evidence: Literal["retrieved", "wanted"] = "retrieved",
        weights: int = 7_000_000_000,
        progress: Progress | None = None,
    ) -> PlayedReport:
        """Written answers, played back as a model's: how many reach the reader. Empty files: those that ship.

        Args:
            evidence: what the search finds, or "wanted": with the passages that hold the answer first.
            weights: the size of the model that is played.
        """
        from ragft.answer.asked import AskedDocuments, AskedModel
        from ragft.answer.assistant import Assistant
        from ragft.answer.session import load_calibration, require_documents
        from ragft.benchmark.written.play import played as play
        from ragft.benchmark.written.written_answers import (
            SHIPPED_ANSWERS,
            SHIPPED_QUESTIONS,
            load_questions_of,
            load_written,
            shipped_files,
        )

        resources = self._resources
        require_documents(resources.workspace)
        asked = load_questions_of([*map(Path, questions)] or shipped_files(SHIPPED_QUESTIONS))
        rows = load_written([*map(Path, played)] or shipped_files(SHIPPED_ANSWERS), asked)
        index, answer = resources.index, resources.settings.answer
        calibration = load_calibration(index)
        return play(
            lambda engine, searcher: Assistant(
                AskedModel(engine, "played", weights),
                replace(AskedDocuments.of(index), searcher=searcher),
                answer,
                calibration=calibration,
            ),
            rows,
            index,
            given=evidence,
            progress=progress,
        )

    @while_open
    def compare(self, runs: Sequence[str], *, output: Path | str | None = None) -> History:
        """Finished benchmarks of several runs (ids, or folders brought from elsewhere), in the order given.

        Args:
            output: also write a page with plots there.

        Raises:
            NotFoundError: no such run, or it has no benchmark.
        """
        from ragft.benchmark.report.history import comparison_warnings, read_history, write_history
        from ragft.console import safe
        from ragft.tasks import SUITES

        folders: dict[str, Path] = {}
        for folder in dict.fromkeys(_run_folder(self._resources.workspace, run) for run in runs):
            name = safe(folder.name if folder.name not in folders else str(folder))  # the same run on two machines
            folders[name] = RunFolder(folder).benchmark
        entries, metrics = read_history(folders, SUITES)
        if output is not None:
            write_history(entries, metrics, Path(output))
        return History(entries, metrics, comparison_warnings(entries))


def _run_folder(place: Workspace, run: str) -> Path:
    """A run of the workspace, or a run's folder that was brought from elsewhere."""
    from ragft.errors import NotFoundError

    try:
        return place.run(run)
    except NotFoundError:
        if Path(run).is_dir():
            return Path(run).resolve()
        raise
