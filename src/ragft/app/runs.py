"""The runs of a workspace: what each has trained, registered and measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragft.errors import ExportError, NotFoundError
from ragft.journal import whole_lines
from ragft.run_folder import RunFolder
from ragft.typed_json import parsed_or_none

if TYPE_CHECKING:
    from ragft.workspace import Workspace


@dataclass(frozen=True)
class RunSummary:
    """A run by its name. `models` are the names of its two models by role, once they are registered.

    `training` is the report of a training that has ended. `reported`: there is a page of its benchmark.
    """

    name: str
    trained: bool
    training: dict[str, Any] | None
    models: dict[str, str]
    reported: bool


class Runs:
    """The runs of one workspace: `app.runs`."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def list(self) -> Sequence[RunSummary]:
        """Every run, the newest first."""
        folders = [path for path in self._workspace.runs.glob("*") if path.is_dir()]
        newest = sorted(folders, key=lambda path: path.stat().st_mtime, reverse=True)
        return [_summary(RunFolder(path)) for path in newest]

    def get(self, name: str = "latest") -> RunSummary:
        """One run.

        Raises:
            NotFoundError: there is none of that name.
        """
        return _summary(RunFolder(self._workspace.run(name)))

    def curve(self, name: str = "latest") -> Sequence[dict[str, Any]]:
        """The losses of a training as they were recorded, oldest first.

        Raises:
            NotFoundError: there is no such run.
        """
        file = RunFolder(self._workspace.run(name)).train_curve
        return [found for _, line in whole_lines(file) if (found := _object(line)) is not None]

    def report(self, name: str = "latest") -> Path:
        """The page of a run's benchmark.

        Raises:
            NotFoundError: there is no such run, or it was not benchmarked.
        """
        folder = RunFolder(self._workspace.run(name))
        if not folder.report.is_file():
            raise NotFoundError(
                f"run {folder.path.name} has no report", fix=f"ragft benchmark --run {folder.path.name}"
            )
        return folder.report


def _summary(folder: RunFolder) -> RunSummary:
    from ragft.engine.run_models import Registration

    try:
        models = Registration.of_run(folder.path).roles
    except (NotFoundError, ExportError):
        models = {}
    training = _object(folder.train_report.read_text("utf-8")) if folder.train_report.is_file() else None
    return RunSummary(folder.path.name, folder.adapter_weights.is_file(), training, models, folder.report.is_file())


def _object(text: str | bytes) -> dict[str, Any] | None:
    """The JSON object in `text`; None where there is none: a run that was killed may leave half a line."""
    return parsed_or_none(dict[str, Any], text)
