"""Sorting files into classes, with what is open here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragft.app.library import checked_paths
from ragft.errors import InputError

if TYPE_CHECKING:
    from ragft.app.library import Paths
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.engine.base import Engine
    from ragft.tasks.classify.sorting import Classification


def classify(
    resources: Resources,
    files: Paths,
    *,
    run: str | None,
    arm: str | None,
    model: str | None,
    labels: Sequence[str],
    examples: Paths,
    progress: Progress | None,
) -> Classification:
    """Sort files into classes; see `Application.classify`."""
    from ragft.corpus.readers import find_files
    from ragft.tasks.classify.labelled_documents import read_labelled
    from ragft.tasks.classify.sorting import by_examples, by_run

    def opened(name: str) -> tuple[Engine, str]:
        found = resources.engine(name or None)
        return found.engine, found.model.name

    paths = find_files(checked_paths(files))
    if not paths:
        raise InputError("there is no file to classify", fix="name files, or a folder that holds some")
    settings, places = resources.settings, checked_paths(examples)
    timeout = settings.index.file_timeout
    shown = read_labelled(places, timeout=timeout, progress=progress) if places else []
    if run is None and (labels or shown):
        sorter = by_examples(
            labels,
            shown,
            arm=arm,
            model=model or "",
            settings=settings.classify,
            index=settings.index,
            open_model=opened,
        )
    else:
        sorter = by_run(
            resources.workspace,
            run,
            arm=arm,
            model=model or "",
            labels=labels,
            examples=shown,
            open_model=opened,
        )
    return sorter.sort(paths, timeout=timeout, progress=progress)
