"""The contract of a stage of build-model: its parts, its result, and what all stages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ragft.config import Settings
from ragft.console import Progress
from ragft.pipeline.build_plan import BuildPlan
from ragft.pipeline.manifest import Manifest
from ragft.run_folder import RunFolder
from ragft.workspace import Workspace, digest_file

if TYPE_CHECKING:
    from ragft.engine.base import Engine
    from ragft.index.index import Index
    from ragft.pipeline.task import Task


@dataclass
class Context:
    """What the stages share. Index and engine are opened when the first stage needs them, and closed with `stack`."""

    workspace: Workspace
    plan: BuildPlan
    run: str
    progress: Progress
    stack: ExitStack
    manifest: Manifest = field(default_factory=lambda: Manifest(run="", settings={}))
    redo: bool = False
    """Whether the stage at work starts over and discards what it has kept."""

    @property
    def task(self) -> Task:
        """The task of the run: which kind of fine-tuning it is."""
        return self.plan.task

    @property
    def settings(self) -> Settings:
        """Those of the preset, and of the user over them."""
        return self.plan.settings

    @property
    def sources(self) -> Sequence[Path]:
        """The files or folders that the rows are made of."""
        return self.plan.sources

    @property
    def base(self) -> str:
        """The name or folder of the model to train."""
        return self.plan.base

    @property
    def run_dir(self) -> Path:
        """The folder of the run."""
        return self.workspace.runs / self.run

    @property
    def files(self) -> RunFolder:
        """The paths of the files in the folder of the run."""
        return RunFolder(self.run_dir)

    @property
    def dataset_dir(self) -> Path:
        """The folder of the data set, named as the run."""
        return self.workspace.datasets / self.run

    @cached_property
    def index(self) -> Index:
        """The index of what is searched for the run: the workspace, or what its task has put aside."""
        from ragft.pipeline.searched import SearchedLibrary

        index = SearchedLibrary(self.workspace, self.run_dir).open(self.settings.index)
        self.stack.callback(index.close)
        return index

    @cached_property
    def engine(self) -> Engine:
        """The engine that generates, serves and is benchmarked."""
        from ragft.engine.choosing.open_engine import open_engine

        engine = open_engine(self.settings.engine, self.workspace, num_ctx=self.settings.answer.num_ctx)
        self.stack.callback(engine.close)
        return engine

    def engine_for(self, work: Literal["generate", "benchmark"]) -> AbstractContextManager[Engine]:
        """The engine, with its models in the executor that the section `work` of the settings names."""
        from ragft.engine.elsewhere import spread_by_settings

        return spread_by_settings(self.engine, self.settings, work, self.workspace)

    @cached_property
    def base_digest(self) -> str:
        """Digest of the weights that are trained."""
        from ragft.train.base_model import base_digest, resolve_base

        return base_digest(resolve_base(self.base))

    def free_engine(self) -> None:
        """Close the engine, so that the next stage has the memory and the cores to itself."""
        if "engine" in self.__dict__:
            self.engine.close()
            del self.__dict__["engine"]

    def output(self, stage: str, name: str) -> str:
        """A digest that an earlier stage recorded."""
        record = self.manifest.stage(stage)
        return "" if record is None else record.outputs.get(name, "")


@dataclass(frozen=True)
class StageResult:
    """What a stage made: digests by name, and its report as its own verb would print it."""

    outputs: Mapping[str, str]
    report: Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """A named step. `verify` gives the present digests of its outputs, to find what was changed or deleted since."""

    name: str
    inputs: Callable[[Context], Mapping[str, str]]
    settings: Callable[[Context], Mapping[str, Any]]
    run: Callable[[Context], StageResult]
    verify: Callable[[Context], Mapping[str, str]]


def file_digests(folder: Path, names: Sequence[str]) -> Mapping[str, str]:
    """Digests of those of the files that are there, by name."""
    return {name: digest_file(folder / name) for name in names if (folder / name).is_file()}


def section_values(context: Context, *sections: str) -> Mapping[str, Any]:
    """The values of sections of the settings, as JSON, for the stages that depend on them as a whole."""
    return {name: getattr(context.settings, name).model_dump(mode="json") for name in sections}
