"""The contract of a task: stages from its sources to a verdict, the suites of the verdict, and settings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ragft.errors import UsageError

if TYPE_CHECKING:
    from ragft.benchmark.base import Arm, Condition
    from ragft.benchmark.comparison.comparison_plan import Figures
    from ragft.benchmark.suites.base import Suite
    from ragft.config import Settings
    from ragft.console import Progress
    from ragft.dataset.base import GenerateReport, Row
    from ragft.dataset.generation_request import GenerationRequest
    from ragft.engine.base import Engine
    from ragft.index.index import Index
    from ragft.pipeline.stage import Stage

Values = Mapping[str, Mapping[str, Any]]
"""Values of settings by section."""


class BuiltRun(Protocol):
    """What the arms of a task are made of: the folder of a run and of its data set, its settings, its engine."""

    @property
    def run_dir(self) -> Path:
        """The folder of the run."""
        ...

    @property
    def dataset_dir(self) -> Path:
        """The folder of its data set."""
        ...

    @property
    def settings(self) -> Settings:
        """Those by which its models were made."""
        ...

    @property
    def engine(self) -> Engine:
        """The engine that has its models; it may be opened by this."""
        ...


class MakeRows(Protocol):
    """Makes a data set of the documents that are ingested; see `ragft.tasks.papers.generate.generate`."""

    def __call__(
        self, index: Index, request: GenerationRequest, folder: Path, *, progress: Progress | None, restart: bool
    ) -> GenerateReport:
        """Make it in `folder`."""
        ...


@dataclass(frozen=True)
class Task:
    """A kind of fine-tuning.

    `find_sources` gives the files among the paths that the user names, and raises where one cannot be used: that is
    reported before anything is made. `suites`, by name, are all that can be asked of its models; which are asked is a
    setting, and where it is empty those of `judged_by` are (all of them, where that is empty too). `presets` are
    overlays on the settings: smaller or larger, never another kind of work. A section of the settings that is named as
    the task holds its own options.

    Base and tuned model are asked under each of the `conditions`; the first pair is that of the verdict. `arms` are
    compared instead where that is more than two models: the first is the baseline, and one of them is recommended.
    `figures` are made of the values of all arms, for the report.
    `make_rows` makes a data set of the documents that are ingested, as `ragft.tasks.papers.generate.generate` does; it
    is None where rows are made of the sources, by stages. `check_row` says what is wrong with a row of the task, for
    `ragft dataset validate`; rows of other tasks pass it.
    `chats`: its models answer questions, so one that is better than its base becomes the default of `ask`. `use` is the
    command for what a run has made; {run} and {model} stand for their names.
    """

    name: str
    find_sources: Callable[[Sequence[Path]], Sequence[Path]]
    stages: tuple[Stage, ...]
    suites: Mapping[str, Suite]
    presets: Mapping[str, Values]
    conditions: tuple[Condition, ...] = ("retrieval",)
    arms: Callable[[BuiltRun], Sequence[Arm]] | None = None
    figures: Figures | None = None
    make_rows: MakeRows | None = None
    chats: bool = True
    use: str = "ragft ask -m {model}"
    judged_by: tuple[str, ...] = ()
    check_row: Callable[[Row], str | None] | None = None

    def preset(self, name: str) -> Values:
        """The values of a preset, to be laid under what the user has set.

        Raises:
            UsageError: there is no such preset.
        """
        if name not in self.presets:
            raise UsageError(f"no preset {name!r}", fix=f"the presets are {', '.join(self.presets)}")
        return self.presets[name]

    def chosen_suites(self, names: Collection[str], known: Mapping[str, Suite] | None = None) -> list[Suite]:
        """The suites called `names`, in that order: none for those that the task is judged by, "all" for all of it.

        Args:
            known: the suites that can be named; those of the task where None.

        Raises:
            UsageError: there is no such suite.
        """
        from ragft.benchmark.suites.base import suites_called

        every = tuple(self.suites)
        return suites_called(every if "all" in names else names or self.judged_by or every, known or self.suites)

    def check_stage(self, name: str | None) -> None:
        """Pass where `name` is one of the stages, or None.

        Raises:
            UsageError: it is not.
        """
        names = [stage.name for stage in self.stages]
        if name is not None and name not in names:
            raise UsageError(f"no stage {name!r}", fix=f"the stages are {', '.join(names)}")
