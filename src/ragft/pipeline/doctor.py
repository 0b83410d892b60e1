"""Checks of the machine and the workspace, each with the command that repairs it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable

from ragft.config import Settings
from ragft.errors import RagftError
from ragft.extras import EXTRAS, installed
from ragft.machine import grant
from ragft.pipeline.doctor_check import DoctorCheck
from ragft.pipeline.doctor_models import answers, embedded, models, ollama, suits
from ragft.workspace import Workspace

NEEDED_DISK = 3_000_000_000
"""Bytes: base model in float32, checkpoints, two GGUF files and the vectors of a small corpus, with room to spare."""
NEEDED_MEMORY = 4_000_000_000
"""Bytes: training SmolLM2-135M in float32 peaks near three gigabytes."""


def examine(workspace: Workspace, settings: Settings) -> list[DoctorCheck]:
    """All checks, in the order a newcomer should repair them. None of them writes or asks the network beyond Ollama."""
    checks: tuple[Callable[[Workspace, Settings], DoctorCheck | list[DoctorCheck]], ...] = (
        _python,
        _packages,
        _memory,
        _workspace,
        _disk,
        _encoder,
        embedded,
        ollama,
        models,
        suits,
        answers,
        _index,
    )
    return [found for check in checks for found in _guarded(check, workspace, settings)]


def _guarded(
    check: Callable[[Workspace, Settings], DoctorCheck | list[DoctorCheck]], workspace: Workspace, settings: Settings
) -> list[DoctorCheck]:
    try:
        found = check(workspace, settings)
    except RagftError as error:
        return [DoctorCheck(check.__name__.strip("_"), False, error.message, error.fix or "")]
    return found if isinstance(found, list) else [found]


def _python(_workspace: Workspace, _settings: Settings) -> DoctorCheck:
    ok = sys.version_info >= (3, 11)
    return DoctorCheck("python", ok, platform.python_version(), "" if ok else "use Python 3.11 or later")


def _packages(_workspace: Workspace, _settings: Settings) -> DoctorCheck:
    absent = [extra for extra in EXTRAS.values() if not installed(extra)]
    if not absent:
        return DoctorCheck("packages", True, "all optional parts are installed")
    parts = ", ".join(f"{extra.purpose} ({extra.name})" for extra in absent)
    names = ",".join(extra.name for extra in absent)
    return DoctorCheck("packages", True, f"not installed: {parts}; pip install 'ragft[{names}]'")


def _memory(_workspace: Workspace, _settings: Settings) -> DoctorCheck:
    import psutil

    free = psutil.virtual_memory().available
    ok = free >= NEEDED_MEMORY
    detail = f"{free / 1e9:.1f} GB free, {os.cpu_count()} cores"
    return DoctorCheck("memory", ok, detail, "" if ok else "close other programs: training needs about 4 GB")


def _workspace(workspace: Workspace, _settings: Settings) -> DoctorCheck:
    existing = next(p for p in (workspace.root, *workspace.root.parents) if p.exists())
    ok = os.access(existing, os.W_OK | os.X_OK)
    detail = str(workspace.root) + ("" if workspace.root.exists() else " (made when first written to)")
    return DoctorCheck("workspace", ok, detail, "" if ok else f"{grant(existing, 'rwx')}, or use another workspace")


def _disk(workspace: Workspace, _settings: Settings) -> DoctorCheck:
    existing = next(p for p in (workspace.root, *workspace.root.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    ok = free >= NEEDED_DISK
    return DoctorCheck("disk", ok, f"{free / 1e9:.1f} GB free", "" if ok else "free some space: a run needs about 3 GB")


def _encoder(_workspace: Workspace, settings: Settings) -> DoctorCheck:
    from ragft.downloads.pull import pulled
    from ragft.index.encoders.open_encoder import open_encoder

    name = settings.index.encoder
    if name != "minilm":
        return DoctorCheck("encoder", True, str(open_encoder(settings.index).identity))
    ok = pulled("minilm") is not None
    return DoctorCheck("encoder", ok, "minilm" if ok else "minilm is missing", "" if ok else "ragft models pull minilm")


def _index(workspace: Workspace, settings: Settings) -> DoctorCheck:
    if not workspace.catalogue.is_file():
        return DoctorCheck("index", True, "empty; ragft ingest FOLDER fills it")
    from ragft.index.index import open_index

    index = open_index(workspace, settings.index)
    try:
        report = index.check()
        documents = len(index.documents())
    finally:
        index.close()
    fix = "ragft index rebuild, or set index.encoder and index.backend back"
    return DoctorCheck(
        "index", report.ok, "; ".join((f"{documents} documents", *report.problems)), "" if report.ok else fix
    )
