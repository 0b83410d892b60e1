"""The documents of an index by the names of their files, which benchmark questions use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from ragft.index.base import DocumentRecord
from ragft.machine import composed


class DocumentFiles:
    """Ids of documents by file name, with or without its ending, in any case. `names` has the file of each id.

    Of several documents whose files have one name, the first is found.
    """

    def __init__(self, records: Iterable[DocumentRecord]) -> None:
        self.names: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        for record in records:
            name = PurePath(record.path).name
            self.names.setdefault(record.id, name)
            for known in (record.id, name, PurePath(name).stem):  # a document that was never a file has its id alone
                self._ids.setdefault(_folded(known), record.id)

    def id_of(self, name: str) -> str | None:
        """The id of the document; None if the index has none of that name."""
        return self._ids.get(_folded(name)) or self._ids.get(_folded(PurePath(name).stem))


def _folded(name: str) -> str:
    """One form of a file name: macOS writes é as two characters, a keyboard as one."""
    return composed(name).casefold()
