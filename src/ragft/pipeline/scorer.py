"""Likelihoods for a benchmark whose engine gives none: the embedded engine reads the same files that the other serves.

Ollama rewrites a GGUF when it takes one in, so its digest is never the file's. That a model is a file of the run is
known from the registration: it names the digest of both, and neither may have changed since.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.benchmark.scoring.likelihood import BY_LIKELIHOOD, Scorer
from ragft.engine.base import Engine, ModelSpec
from ragft.errors import EngineUnavailable, NotFoundError, RagftError
from ragft.log import log
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.setting_sections import EngineSettings

_FOLDER = ".likelihood"
"""In the run's folder, and gone afterwards: a registry of hard links, so that no file is written twice."""


@contextmanager
def open_scorer(
    run_dir: Path | None,
    engine: Engine,
    models: Collection[str],
    settings: EngineSettings,
    *,
    kinds: Collection[str] = BY_LIKELIHOOD,
) -> Iterator[Scorer | None]:
    """An embedded engine that has the run's `models` under the names that `engine` serves them by.

    None where none is needed: `engine` tells likelihoods itself, there is no run, or no suite of `kinds` asks for
    any. None and a warning where the files cannot stand in for the models.

    Raises:
        WorkspaceLocked: another process reads the likelihoods of this run.
    """
    if run_dir is None or isinstance(engine, Scorer) or not BY_LIKELIHOOD & set(kinds):
        yield None
        return
    place = Workspace(run_dir / _FOLDER)
    with place.lock("likelihood"):
        try:
            scorer = _scorer(run_dir, engine, models, settings, place)
        except RagftError as error:
            log.warning(f"{engine.name} gives no likelihoods, and the run's files cannot be used instead: {error}")
            scorer = None
        try:
            yield scorer
        finally:
            if scorer is not None:
                scorer.close()
            shutil.rmtree(place.root, ignore_errors=True)


def _scorer(
    run_dir: Path, engine: Engine, models: Collection[str], settings: EngineSettings, place: Workspace
) -> Scorer:
    """
    Raises:
        EngineUnavailable: the embedded engine is not installed.
        NotFoundError: a model is not, or no longer, the file that the run exported.
        RagftError: a file or the registration is damaged.
    """
    if find_spec("xllamacpp") is None:
        raise EngineUnavailable("the embedded engine is not installed", fix="pip install xllamacpp")
    from ragft.engine.embedded.engine import EmbeddedEngine

    files = _served_files(run_dir, engine, models)
    scorer = EmbeddedEngine(place, threads=settings.threads, timeout=settings.timeout)
    for model, (path, digest) in files.items():
        if scorer.create(ModelSpec(model, gguf=path)).digest != digest:
            raise _not_served(run_dir, f"{path.name} is not the file that {model} was made of")
    return scorer


def _served_files(run_dir: Path, engine: Engine, models: Collection[str]) -> dict[str, tuple[Path, str]]:
    """The file of each model, and the digest it must have."""
    from ragft.engine.run_models import Registration
    from ragft.export.convert import exported_gguf

    registration = Registration.of_run(run_dir)
    known = {
        registration.model: (registration.digest, False),
        registration.base_model: (registration.base_digest, True),
    }
    found: dict[str, tuple[Path, str]] = {}
    for model in models:
        digest, is_base = known.get(model, ("", False))
        if model not in registration.files:
            raise _not_served(run_dir, f"{model} is not known to be a file of run {run_dir.name}")
        if registration.engine != engine.name or engine.show(model).digest != digest:
            raise _not_served(run_dir, f"{model} has changed since run {run_dir.name} was registered")
        found[model] = exported_gguf(run_dir, registration.type, base=is_base), registration.files[model]
    return found


def _not_served(run_dir: Path, message: str) -> NotFoundError:
    return NotFoundError(message, fix=f"ragft register --run {run_dir.name} --type q8_0")
