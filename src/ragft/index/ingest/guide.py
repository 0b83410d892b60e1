"""Metadata for the files of an ingest: a manifest that overrides what they say, or a bibliography."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ragft.corpus.file_manifest import ManifestRow
    from ragft.corpus.references.base import Reference


@dataclass(frozen=True)
class Guide:
    """Rows of a manifest by the path of the file, entries of a bibliography, and warnings about them."""

    rows: Mapping[Path, ManifestRow] = field(default_factory=dict)
    references: Sequence[Reference] = ()
    warnings: Sequence[str] = ()


def read_guide(manifest: Path | None) -> Guide:
    """What the file says; nothing where there is none.

    Raises:
        InputError: it cannot be used.
    """
    from ragft.corpus.file_manifest import load_file_manifest, without_file
    from ragft.corpus.references.read import is_bibliography, read_references

    if not manifest:
        return Guide()
    if is_bibliography(manifest):
        references, wrong = read_references(manifest)
        return Guide(references=references, warnings=[f"{manifest}: {problem}" for problem in wrong])
    rows, remarks = load_file_manifest(manifest)
    warnings = [f"{manifest}: {remark}" for remark in remarks]
    if astray := without_file(rows):
        names = ", ".join(path.name for path in astray[:3]) + (" …" if len(astray) > 3 else "")
        warnings.append(f"{manifest}: {len(astray)} of {len(rows)} rows match no file: {names}")
    return Guide(rows, warnings=warnings)
