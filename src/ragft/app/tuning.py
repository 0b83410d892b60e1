"""The half of the application that makes models: data, training, export, registration, benchmark."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.app import (
    ablating,
    benchmarks,
    building,
    classifying,
    comparing,
    datasets,
    exporting,
    fact_files,
    generating,
    runs,
    training,
    votes,
)
from ragft.app.part import ApplicationPart
from ragft.app.resources import while_open

if TYPE_CHECKING:
    from ragft.app.library import Paths
    from ragft.console import Progress
    from ragft.dataset.base import GenerateReport
    from ragft.export.base import RegisterReport
    from ragft.pipeline.build import BuildReport, StageSummary
    from ragft.tasks.classify.sorting import Classification, TextClassification
    from ragft.train.base import TrainReport


class TuningMethods(ApplicationPart):
    """From documents to a tuned model that is registered and compared with its base."""

    @cached_property
    def datasets(self) -> datasets.Datasets:
        """The data sets: `datasets.list()`, `datasets.rows(name)`, `datasets.stats(name)`.

        >>> with ragft.open() as app:
        ...     app.datasets.list()
        []
        """
        return datasets.Datasets(self._resources)

    @while_open
    def generate(
        self,
        name: str = "",
        *,
        task: str = "",
        sources: Paths = (),
        avoid: Sequence[Path | str] = (),
        restart: bool = False,
        progress: Progress | None = None,
    ) -> GenerateReport:
        """Make training rows as the section `generate` of the settings says: by papers, from what is ingested.

        Stopped or killed, the same call goes on where it was.

        Args:
            name: of the data set; empty: as the task.
            task: a kind of fine-tuning; empty: papers. Another makes the rows of its preset `standard`.
            sources: the files that another task makes rows of.
            avoid: JSONL files of evaluation questions to keep out, besides the benchmark's own.
            restart: throw away what the data set holds.
        """
        plan = building.plan(self._resources, self._overrides, sources, task=task, base=None, preset="standard")
        return generating.generate(self._resources, name, plan, avoid=avoid, restart=restart, progress=progress)

    @while_open
    def knowledge_graph(self, file: Path | str, *, form: str = "text", find: str = "") -> str:
        """The facts of a JSONL file for the task knowledge, as a graph.

        Args:
            form: text, json, mermaid or graphml.
            find: only the facts that the graph finds for this question.

        Raises:
            NotFoundError: there is no such file.
            DatasetError: a line is not a fact, or no fact has known parts.
            UsageError: there is no such form.
        """
        return fact_files.knowledge_graph(file, form=form, find=find)

    @while_open
    def train(
        self,
        dataset: Path | str = "",
        base: Path | str = "",
        *,
        run: str = "",
        restart: bool = False,
        progress: Progress | None = None,
    ) -> TrainReport:
        """Train a LoRA adapter, as the section `train` of the settings says; a killed run goes on where it stopped.

        Args:
            dataset: name or folder of a data set; empty: the only one.
            base: smollm2, a folder, or owner/model of Hugging Face; empty: smollm2.
            run: name of the run; empty: from the time.
        """
        return training.train(self._resources, dataset, base, run=run, restart=restart, progress=progress)

    @cached_property
    def runs(self) -> runs.Runs:
        """The runs: `runs.list()`, `runs.curve(name)`, `runs.report(name)`.

        >>> with ragft.open() as app:
        ...     list(app.runs.list())
        []
        """
        return runs.Runs(self._resources.workspace)

    @while_open
    def preview(self, dataset: Path | str = "", base: Path | str = "", *, row: int = 1) -> training.Preview:
        """Row number `row` (from 1) as it would be trained on, with its loss mask; trains nothing."""
        return training.preview(self._resources, dataset, base, row)

    @while_open
    def export(
        self,
        run: str = "latest",
        *,
        outtype: str | None = None,
        base: Path | str | None = None,
        progress: Progress | None = None,
    ) -> exporting.Exported:
        """Merge a run's adapter and write GGUF, and its base through the same converter.

        Args:
            outtype: f32, f16, bf16, q8_0 …; None: that of the settings.
            base: where the run's base model is now, if it has moved; remembered.
        """
        return exporting.export(self._resources, run, outtype=outtype, base=base, progress=progress)

    @while_open
    def import_adapter(self, folder: Path | str, *, base: Path | str = "", run: str) -> Path:
        """Take the LoRA adapter that mlx-lm wrote into `folder` as the run `run`; `export` then merges it.

        Args:
            base: the model it was trained on: smollm2, a folder, or owner/model of Hugging Face; empty: smollm2.

        Returns:
            the folder of the adapter, in PEFT's form.

        Raises:
            NotFoundError: a file of the adapter, or the base, is missing.
            ExportError: it is not a LoRA of linear layers, or the run has an adapter.
        """
        return exporting.import_adapter(self._resources, folder, base=base, run=run)

    @while_open
    def verify(
        self,
        run: str = "latest",
        *,
        outtype: str | None = None,
        base: Path | str | None = None,
        progress: Progress | None = None,
    ) -> exporting.Verified:
        """Prove that the exported model is the trained one: prompt, tokenizer, end of turn, weights, logits."""
        return exporting.verify(self._resources, run, outtype=outtype, base=base, progress=progress)

    @while_open
    def register(
        self,
        run: str = "latest",
        *,
        name: str | None = None,
        outtype: str | None = None,
        adapter_only: bool = False,
        base: Path | str | None = None,
        progress: Progress | None = None,
    ) -> RegisterReport:
        """Register a run's tuned model and its base with the engine, once a few questions have been answered.

        Args:
            name: None: that of the settings, else TASK-RUN, as papers-RUN.
            adapter_only: register the adapter over the base, without merging.
        """
        return exporting.register(
            self._resources,
            run,
            name=name,
            outtype=outtype,
            adapter_only=adapter_only,
            base=base,
            progress=progress,
        )

    @cached_property
    def votes(self) -> votes.Votes:
        """Blind votes for base or tuned: `votes.ask(question)`, `votes.choose(id, side)`, `votes.tally()`.

        >>> with ragft.open() as app:
        ...     app.votes.tally()
        []
        """
        return votes.Votes(self._resources)

    @cached_property
    def benchmarks(self) -> benchmarks.Benchmarks:
        """What is measured of one model or of the search: `benchmarks.refusal()`, `benchmarks.retrieval(file)`."""
        return benchmarks.Benchmarks(self._resources)

    @while_open
    def benchmark(
        self,
        arms: str = "base,tuned",
        *,
        run: str = "latest",
        only: Sequence[str] = (),
        unequal: bool = False,
        judge: str | None = None,
        output: Path | str | None = None,
        progress: Progress | None = None,
    ) -> comparing.Benchmark:
        """Compare models question by question, as the section `benchmark` of the settings says.

        >>> with ragft.open(benchmark={"suites": ["general"], "limit": 1}) as app:
        ...     app.benchmark("scripted,other=scripted@closed_book", output=Path("out")).report.verdict
        'undecided'

        Args:
            arms: `[role=]model[@condition],…`; the first is the baseline.
            run: whose base and tuned model are meant.
            only: ids or topics of questions; empty: all.
            unequal: compare arms that differ in more than their weights.
            judge: a model that compares the answers too, outside the verdict.
            output: folder of the result; None: the run's.
        """
        asked = comparing.ComparisonRequest(arms, run, only, unequal, judge)
        return comparing.benchmark(self._resources, asked, output=output, progress=progress)

    @while_open
    def study(
        self,
        facts: Path | str,
        *,
        model: str | None = None,
        tuned: str | None = None,
        run: str | None = None,
        output: Path | str | None = None,
        progress: Progress | None = None,
    ) -> comparing.Benchmark:
        """The facts of a JSONL file in the prompt, by retrieval, in the weights (of `tuned`, or `run`), and nowhere."""
        return comparing.study(
            self._resources, facts, model=model, tuned=tuned, run=run, output=output, progress=progress
        )

    @while_open
    def study_rows(self, facts: Path | str, dataset: str) -> tuple[int, Path]:
        """Write the training data of a study of these facts; the number of rows and the folder of the data set."""
        return comparing.study_rows(self._resources, facts, dataset)

    @while_open
    def ablation(
        self,
        plan: Path | str,
        *,
        recipes: Collection[str] = (),
        output: Path | str | None = None,
        progress: Progress | None = None,
    ) -> ablating.Ablation:
        """Train the recipes of a plan (TOML, see docs/benchmark.md) with each seed, and ask all the same questions.

        Stopped anywhere, the same call goes on from there.

        Args:
            recipes: names of those that are run; empty: all. What they made is kept for a later call with more.
            output: folder of the result; None: `benchmark/ablation-NAME` in the workspace.
        """
        return ablating.ablation(self._resources, plan, recipes=recipes, output=output, progress=progress)

    @while_open
    def classify(
        self,
        files: Paths,
        *,
        run: str | None = None,
        arm: str | None = None,
        model: str | None = None,
        labels: Sequence[str] = (),
        examples: Paths = (),
        progress: Progress | None = None,
    ) -> Classification:
        """Sort files into classes: as a run of the task classify recommends, or by labels and examples alone.

        Args:
            run: None: the latest, unless labels or examples are given.
            arm: one of `ragft.tasks.classify.classifier_arms.ARMS`; None: the recommended one.
            model: a tuned model of a run, or the model that is asked without one.
            labels: classes to choose from, in addition to those of the run.
            examples: labelled documents, a folder per class or a table; some of each new class.
        """
        from ragft.tasks.classify.base import SorterChoice

        choice = SorterChoice(run, arm, model or "", labels)
        return classifying.classify(self._resources, files, choice, examples=examples, progress=progress)

    @while_open
    def classify_texts(
        self,
        texts: Sequence[str],
        *,
        run: str | None = None,
        arm: str | None = None,
        model: str | None = None,
        labels: Sequence[str] = (),
        examples: Sequence[tuple[str, str]] = (),
        progress: Progress | None = None,
    ) -> TextClassification:
        """Sort texts into classes, as `classify` does with files.

        Args:
            examples: pairs of a text and its label; of a new class two to five.
            progress: called with the texts sorted; an error that it raises stops the work.
        """
        from ragft.tasks.classify.base import SorterChoice

        choice = SorterChoice(run, arm, model or "", labels)
        return classifying.classify_texts(self._resources, texts, choice, examples=examples, progress=progress)

    @while_open
    def build(  # noqa: PLR0913  the flags of build-model
        self,
        corpus: Paths = (),
        *,
        task: str = "",
        base: Path | str | None = None,
        preset: str = "standard",
        run: str | None = None,
        from_stage: str | None = None,
        force: bool = False,
        progress: Progress | None = None,
        on_stage: Callable[[StageSummary], None] | None = None,
    ) -> BuildReport:
        """Make a tuned, registered, benchmarked model; stopped anywhere, the same call goes on from there.

        Args:
            corpus: papers or folders, or the sources of another task; empty: what is already ingested.
            task: the kind of fine-tuning, one of `ragft.tasks.TASKS`; empty: papers.
            preset: standard, demo (minutes, small) or another of the task: values below the workspace's settings.
            from_stage: this stage and all after it run again.
            on_stage: called with each stage as it ends.
        """
        from ragft.console import silent
        from ragft.pipeline.build import build_model

        plan = building.plan(self._resources, self._overrides, corpus, task=task, base=base, preset=preset)
        return build_model(
            self._resources.workspace,
            plan,
            run or plan.run_name(preset),
            progress=progress or silent,
            from_stage=from_stage,
            force=force,
            on_stage=on_stage,
        )
