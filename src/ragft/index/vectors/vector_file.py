"""What the two files of the vectors, `matrix` and `codes`, have in common."""

from __future__ import annotations

from pathlib import Path

from ragft.workspace import remove_file, sync_file


class VectorFile:
    """A file that is searched where it is mapped into memory."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def sync(self) -> None:
        """Flush to the disk.

        Raises:
            DiskFull, WorkspaceError: it could not be written.
        """
        sync_file(self._path)

    def delete(self) -> None:
        """Remove the file.

        Raises:
            WorkspaceError: it could not be removed, as on Windows while another process searches it.
        """
        self._forget()
        remove_file(self._path)

    def _forget(self) -> None:
        """Let go of what is mapped and of what was computed from it."""
        raise NotImplementedError
