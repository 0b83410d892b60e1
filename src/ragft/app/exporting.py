"""A trained run as a model that an engine serves: exported, proven to be the trained one, registered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ragft.run_folder import RunFolder
from ragft.typed_json import parsed

if TYPE_CHECKING:
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.export.base import ExportReport, RegisterReport
    from ragft.export.parity import ParityCheck
    from ragft.workspace import Workspace


class Exported(NamedTuple):
    """The files of a run: the tuned model, and its base through the same converter."""

    tuned: ExportReport
    base: ExportReport


class Verified(NamedTuple):
    """What was proven of the exported model of `run`."""

    run: str
    checks: Sequence[ParityCheck]


def export(
    resources: Resources, run: str, *, outtype: str | None, base: Path | str | None, progress: Progress | None
) -> Exported:
    """Merge and write GGUF; see `Application.export`."""
    from ragft.export.convert import export_run

    workspace, settings = resources.workspace, resources.settings.export
    with workspace.lock("build"):
        return Exported(*export_run(run_folder(workspace, run, base), outtype or settings.type, progress))


def import_adapter(resources: Resources, folder: Path | str, *, base: Path | str, run: str) -> Path:
    """Take an adapter of mlx-lm; see `Application.import_adapter`."""
    from ragft.export.mlx import import_mlx
    from ragft.setting_sections import EMBEDDED_BASE
    from ragft.train.base_model import resolve_base

    workspace = resources.workspace
    with workspace.lock("build"):
        return import_mlx(Path(folder), resolve_base(str(base) or EMBEDDED_BASE), workspace.new_run(run))


def verify(
    resources: Resources, run: str, *, outtype: str | None, base: Path | str | None, progress: Progress | None
) -> Verified:
    """Compare the exported model with the trained one; see `Application.verify`."""
    from ragft.engine.embedded.engine import EmbeddedEngine
    from ragft.export.parity import verify_run

    workspace, settings = resources.workspace, resources.settings
    folder = run_folder(workspace, run, base)
    engine = EmbeddedEngine(workspace, threads=settings.engine.threads, exact=True)
    try:
        with workspace.lock("build"):
            kind = outtype or settings.export.type
            checks = verify_run(folder, kind, engine, checks=settings.export.checks, progress=progress)
    finally:
        engine.close()
    return Verified(folder.name, checks)


def register(
    resources: Resources,
    run: str,
    *,
    name: str | None,
    outtype: str | None,
    adapter_only: bool,
    base: Path | str | None,
    progress: Progress | None,
) -> RegisterReport:
    """Make a run's models known to the engine; see `Application.register`."""
    from ragft.answer.prompts.model_policy import keep_policy
    from ragft.engine.choosing.open_engine import open_engine
    from ragft.export.registration import register_adapter, register_run
    from ragft.tasks import DEFAULT, task_of

    workspace, settings = resources.workspace, resources.settings
    folder = run_folder(workspace, run, base)
    engine = open_engine(settings.engine, workspace, num_ctx=settings.answer.num_ctx)
    try:
        with workspace.lock("build"):
            report = (register_adapter if adapter_only else register_run)(
                folder,
                engine,
                name=name or settings.export.name or f"{(task_of(folder) or DEFAULT).name}-{folder.name}",
                outtype=outtype or settings.export.type,
                progress=progress,
            )
            keep_policy(workspace, engine, report.model, folder)
            return report
    finally:
        engine.close()
        resources.forget_sessions()


def run_folder(workspace: Workspace, name: str, base: Path | str | None = None) -> Path:
    """The folder of the run `name`; with `base`, its base model is looked for there from now on.

    Raises:
        NotFoundError: no such run, or no such base.
        InputError: the base is not the model that the run was trained on.
    """
    run_dir = workspace.run(name)
    if base is not None:
        from ragft.errors import InputError
        from ragft.export.convert import move_base
        from ragft.train.base_model import base_digest, resolve_base

        folder = resolve_base(str(base))
        if (trained := _trained_on(run_dir)) and trained != base_digest(folder):
            raise InputError(
                f"{folder} is not the model that the run {run_dir.name} was trained on",
                fix="give the folder of that model: its config.json, tokenizer.json and weights, unchanged",
            )
        move_base(run_dir, folder)
    return run_dir


def _trained_on(run_dir: Path) -> str:
    """The digest of the base, as the run's settings record it; empty for a run that was trained elsewhere."""
    try:
        return parsed(_TrainSettings, RunFolder(run_dir).train_settings.read_bytes()).base.digest
    except (OSError, ValueError):
        return ""


@dataclass(frozen=True)
class _Base:
    digest: str


@dataclass(frozen=True)
class _TrainSettings:
    base: _Base
