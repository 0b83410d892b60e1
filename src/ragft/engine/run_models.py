"""The names under which an engine serves the two models of a run: the run's `registration.json`.

registration = Registration.of_run(run_dir)
registration.roles                          # {"base": "papers-base:q8_0", "tuned": "papers:q8_0"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ragft.engine.base import Engine, ModelInfo
from ragft.errors import ExportError, NotFoundError
from ragft.run_folder import RunFolder
from ragft.typed_json import parsed
from ragft.workspace import Workspace, write_json

ROLES = ("base", "tuned")
"""The two models of a run."""


@dataclass(frozen=True)
class IntermediateModel:
    """A model made only to be quantised further: its digest in the engine, and that of the file it came from."""

    digest: str
    gguf: str


@dataclass(frozen=True)
class Registration:
    """What was registered for a run. `sources` are by name.

    `files` has the digest of the GGUF that each model is, by the model's name; none for one that the engine quantised.
    """

    model: str
    base_model: str
    engine: str = ""
    digest: str = ""
    base_digest: str = ""
    type: str = ""
    version: str = ""
    sources: Mapping[str, IntermediateModel] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_pair(
        cls,
        tuned: ModelInfo,
        base: ModelInfo,
        engine: Engine,
        outtype: str,
        sources: Mapping[str, IntermediateModel] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> Registration:
        """That of two models as `engine` has them."""
        return cls(
            model=tuned.name,
            base_model=base.name,
            engine=engine.name,
            digest=tuned.digest,
            base_digest=base.digest,
            type=outtype,
            version=engine.version(),
            sources=sources or {},
            files=files or {},
        )

    @classmethod
    def of_run(cls, run_dir: Path) -> Registration:
        """Read it.

        Raises:
            NotFoundError: the run has not been registered.
            ExportError: the record is damaged.
        """
        path = RunFolder(run_dir).registration
        fix = f"ragft register --run {run_dir.name}"
        try:
            return parsed(cls, path.read_bytes())
        except FileNotFoundError as error:
            raise NotFoundError(f"run {run_dir.name} is not registered yet", fix=fix) from error
        except OSError as error:
            raise ExportError(f"{path} cannot be read: {error.strerror or error}", fix=fix) from error
        except ValueError as error:
            raise ExportError(f"{path} is damaged", fix=f"delete it, then {fix}") from error

    @classmethod
    def last(cls, run_dir: Path) -> Registration | None:
        """The record of a run, None if it has not been registered. Raises ExportError for a damaged record."""
        try:
            return cls.of_run(run_dir)
        except NotFoundError:
            return None

    @classmethod
    def latest(cls, workspace: Workspace) -> Registration:
        """That of the run which was registered last.

        Raises:
            NotFoundError: no run has been registered.
            ExportError: the record is damaged.
        """
        runs = [run for run in map(RunFolder, workspace.runs.glob("*/")) if run.registration.is_file()]
        if not runs:
            raise NotFoundError(f"no registered run in {workspace.root}", fix="ragft build-model")
        return cls.of_run(max(runs, key=lambda run: run.registration.stat().st_mtime).path)

    @property
    def roles(self) -> dict[str, str]:
        """The names of the two models, by `ROLES`."""
        return dict(zip(ROLES, (self.base_model, self.model), strict=True))

    def write(self, run_dir: Path) -> None:
        """Keep it in the run folder."""
        write_json(RunFolder(run_dir).registration, asdict(self))
