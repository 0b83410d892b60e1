"""Which index is searched for a run: that of the user's workspace, or the run's own.

A task whose sources are no documents (a table, a list of facts) puts what may be searched into the run's own, so that
the user's library holds nothing but his papers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ragft.run_folder import RunFolder
from ragft.workspace import Workspace

if TYPE_CHECKING:
    from ragft.index.index import Index
    from ragft.setting_sections import IndexSettings


def searched(workspace: Workspace, run_dir: Path | None) -> Workspace:
    """The workspace whose documents are searched for a run."""
    own = RunFolder(run_dir).library if run_dir is not None else None
    return Workspace(own) if own is not None and own.is_dir() else workspace


def own_library(run_dir: Path, settings: IndexSettings) -> Index:
    """The run's own index, made if there is none."""
    from ragft.index.index import open_index

    return open_index(Workspace(RunFolder(run_dir).library), settings.apart)


def open_searched(workspace: Workspace, run_dir: Path | None, settings: IndexSettings) -> Index:
    """The index that is searched for a run."""
    from ragft.index.index import open_index

    if run_dir is None or searched(workspace, run_dir) is workspace:
        return open_index(workspace, settings)
    return own_library(run_dir, settings)
