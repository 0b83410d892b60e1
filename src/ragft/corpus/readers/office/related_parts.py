"""Relations between the parts of a Word or PowerPoint file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def related_parts(part: Any, kind: str) -> Iterator[Any]:
    """The parts that one is related to as a `kind`, such as "theme"; none outside the file.

    `part`: of python-docx or python-pptx.
    """
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}"):
            yield relation.target_part
