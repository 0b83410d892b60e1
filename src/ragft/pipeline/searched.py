"""Which index is searched for a run: that of the user's workspace, or the run's own.

A task whose sources are not documents (a table, a list of facts) puts what may be searched into the run's own, so that
the user's library holds nothing but his papers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragft.run_folder import RunFolder
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.index.index import Index
    from ragft.setting_sections import IndexSettings


@dataclass(frozen=True)
class SearchedLibrary:
    """The documents that are searched for a run of `workspace`, or for no run where `run_dir` is None."""

    workspace: Workspace
    run_dir: Path | None = None

    @property
    def place(self) -> Workspace:
        """The workspace that holds the documents: one of the run's own, or the user's."""
        own = RunFolder(self.run_dir).library if self.run_dir is not None else None
        return Workspace(own) if own is not None and own.is_dir() else self.workspace

    def open(self, settings: IndexSettings) -> Index:
        """The index of the documents."""
        from ragft.index.index import open_index

        place = self.place
        return open_index(place, settings if place is self.workspace else settings.apart)


def own_library(run_dir: Path, settings: IndexSettings) -> Index:
    """The run's own index, made if there is none."""
    from ragft.index.index import open_index

    return open_index(Workspace(RunFolder(run_dir).library), settings.apart)
