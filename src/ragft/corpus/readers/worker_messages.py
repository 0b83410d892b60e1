"""Documents and errors as JSON, for the pipe between a reading process and its parent."""

from __future__ import annotations

from typing import Any

from ragft.corpus.base import Block, Document
from ragft.errors import DocumentError

READY = "ready\n"
"""The first line a worker writes: from then on time counts."""


def pack_document(document: Document) -> dict[str, Any]:
    """A document as JSON values."""
    plain = {name: value for name, value in vars(document).items() if name != "blocks"}
    return {"document": plain, "blocks": [[*vars(block).values()] for block in document.blocks]}


def pack_error(error: DocumentError) -> dict[str, Any]:
    """An error as JSON values."""
    return {"error": error.message, "fix": error.fix}


def unpack(reply: dict[str, Any]) -> Document | DocumentError:
    """The document or error that `pack_document` or `pack_error` packed."""
    if "error" in reply:
        return DocumentError(reply["error"], fix=reply["fix"])
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in reply["document"].items()
    }
    return Document(blocks=tuple(Block(*values) for values in reply["blocks"]), **plain)
