"""Sorting files and texts into classes, with what is open here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ragft.app.library import checked_paths
from ragft.errors import InputError
from ragft.machine import composed

if TYPE_CHECKING:
    from ragft.app.library import Paths
    from ragft.app.resources import Resources
    from ragft.console import Progress
    from ragft.engine.base import Engine
    from ragft.tasks.classify.base import LabelledDocument, SorterChoice
    from ragft.tasks.classify.sorting import Classification, Sorter, TextClassification


def classify(
    resources: Resources,
    files: Paths,
    choice: SorterChoice,
    *,
    examples: Paths,
    progress: Progress | None,
) -> Classification:
    """Sort files into classes; see `Application.classify`."""
    from ragft.corpus.readers import find_files
    from ragft.tasks.classify.labelled_documents import read_labelled

    paths = find_files(checked_paths(files))
    if not paths:
        raise InputError("there is no file to classify", fix="name files, or a folder that holds some")
    places, timeout = checked_paths(examples), resources.settings.index.file_timeout
    shown = read_labelled(places, timeout=timeout, progress=progress) if places else []
    sorter = _sorter(resources, choice, shown)
    return sorter.sort(paths, timeout=timeout, progress=progress)


def classify_texts(
    resources: Resources,
    texts: Sequence[str],
    choice: SorterChoice,
    *,
    examples: Sequence[tuple[str, str]],
    progress: Progress | None,
) -> TextClassification:
    """Sort texts into classes; see `Application.classify_texts`."""
    from ragft.tasks.classify.base import LabelledDocument

    if not texts:
        raise InputError("there is no text to classify", fix="give one")
    for number, (text, _) in enumerate(examples, start=1):
        if not text.strip():
            raise InputError(f"the document of example {number} is empty", fix="leave it out")
    shown = [LabelledDocument(text, name) for (text, label) in examples for name in _names([label])]
    sorter = _sorter(resources, choice, shown)
    return sorter.sort_texts(texts, progress=progress)


def _names(labels: Sequence[str]) -> list[str]:
    """Labels as those of files are: composed, without blanks around."""
    names = [composed(label).strip() for label in labels]
    if not all(names):
        raise InputError("a label is empty", fix="give each class a name")
    return names


def _sorter(resources: Resources, choice: SorterChoice, examples: Sequence[LabelledDocument]) -> Sorter:
    """As a run recommends, or by labels and examples alone."""
    from ragft.tasks.classify.sorting import by_examples, by_run

    def opened(name: str) -> tuple[Engine, str]:
        found = resources.engine(name or None)
        return found.engine, found.model.name

    settings, choice = resources.settings, replace(choice, labels=_names(choice.labels))
    if choice.run is None and (choice.labels or examples):
        return by_examples(choice, examples, settings.classify, settings.index, opened)
    return by_run(resources.workspace, choice, examples, opened)
