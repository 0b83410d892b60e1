"""An index that a benchmark fills with documents of its own, apart from the user's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ragft.errors import NotFoundError

if TYPE_CHECKING:
    from ragft.console import Progress
    from ragft.corpus.base import Document
    from ragft.index.index import Index


def fill(index: Index, documents: Sequence[Document], progress: Progress | None = None) -> None:
    """Let `index` hold `documents` and nothing else; those that are there stay."""
    try:
        known = {record.id for record in index.documents()}
    except NotFoundError:  # nothing has been put into it yet
        known = set()
    for record_id in sorted(known - {document.id for document in documents}):
        index.remove(record_id)
    new = [document for document in documents if document.id not in known]
    if new:
        index.add(new, total=len(new), progress=progress)
