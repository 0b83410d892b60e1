"""The record of a run: each stage with the digests of its inputs, settings and outputs. By it a run is resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ragft import __version__
from ragft.errors import WorkspaceError
from ragft.run_folder import RunFolder
from ragft.typed_json import parsed
from ragft.workspace import digest_json, write_json

Status = Literal["done", "skipped", "failed", "pending"]


@dataclass(frozen=True)
class StageRecord:
    """One finished stage.

    `inputs` and `outputs` map a name to its digest; `settings` are the values that the stage depends on; `report`
    is what the stage's own verb would print as JSON.
    """

    name: str
    status: Status
    seconds: float
    inputs: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    report: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Digest of all that the outputs depend on."""
        return digest_json([self.name, dict(self.inputs), dict(self.settings)])


@dataclass(frozen=True)
class Manifest:
    """A run and its stages, in order; `started` is the time, in UTC, at which it was begun first."""

    run: str
    settings: Mapping[str, Any]
    stages: tuple[StageRecord, ...] = ()
    ragft: str = __version__
    started: str = ""

    def stage(self, name: str) -> StageRecord | None:
        """The record of a stage, if it has finished once."""
        return next((s for s in self.stages if s.name == name), None)

    def with_stage(self, record: StageRecord) -> Manifest:
        """A copy in which `record` is in place of the stage of that name, or at the end."""
        if self.stage(record.name) is None:
            return replace(self, stages=(*self.stages, record))
        return replace(self, stages=tuple(record if s.name == record.name else s for s in self.stages))

    def digests(self) -> dict[str, dict[str, str]]:
        """The outputs of every stage: what two runs at the same seed have in common."""
        return {stage.name: dict(stage.outputs) for stage in self.stages}

    def save(self, run_dir: Path) -> None:
        """Write the manifest into the folder of the run, in one step: a reader never sees half of it."""
        write_json(RunFolder(run_dir).manifest, asdict(self))


def load_manifest(run_dir: Path) -> Manifest | None:
    """The manifest of a run folder, None where there is none yet.

    Raises:
        WorkspaceError: the file is damaged.
    """
    path = RunFolder(run_dir).manifest
    try:
        return parsed(Manifest, path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise WorkspaceError(f"{path} is damaged: {error}", fix="delete it; the run starts over") from error
