"""Decides which files of an ingest must be read. A file is opened only to hash it, and only if its stat changed.

A file is
    unchanged   its bytes and options are those recorded, and the document that it gave or repeats stays stored,
    touched     unchanged, but its size or time have to be noted,
    moved       new here, with the bytes of a document whose own file is no longer there,
    a duplicate with the bytes of a document that stays, or of another file of this ingest,
    failed      not even to be hashed,
    to be read  in all other cases: new, changed, failed last time, or a repeat of what is about to go.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ragft.corpus.readers.registry import file_id
from ragft.errors import DocumentError
from ragft.index.catalogue.records import FileRecord
from ragft.machine import expand

Options = Callable[[Path], str]
"""Returns, for a path, the digest of everything except its bytes that affects how it is indexed."""


@dataclass(frozen=True)
class FileToRead:
    """A file to be read. `known` is what the catalogue held of its path, or of the path it moved from."""

    path: Path
    record: FileRecord
    known: FileRecord | None

    @property
    def held(self) -> str | None:
        """The document this file was."""
        return self.known.document_id if self.known else None

    @property
    def is_same(self) -> bool:
        """Whether it would be read as it was."""
        known = self.known
        if known is None or known.error is not None:
            return False
        return (known.hash, known.options) == (self.record.hash, self.record.options)


@dataclass
class IngestPlan:
    """What is to be done with the files of an ingest; every file is in exactly one of the lists."""

    read: list[FileToRead] = field(default_factory=list)
    unchanged: list[FileRecord] = field(default_factory=list)
    touched: list[FileRecord] = field(default_factory=list)
    moved: list[tuple[FileRecord, str]] = field(default_factory=list)
    """Records under their new path, and the old path."""
    duplicates: list[FileToRead] = field(default_factory=list)
    """Files that are handled like the other file with the same hash."""
    failed: list[tuple[FileToRead, str]] = field(default_factory=list)
    """Files that could not be hashed, with the reason."""
    gone: list[FileRecord] = field(default_factory=list)
    """Files that have vanished and whose records are to be removed."""


def vanished(known: Mapping[str, FileRecord], paths: Sequence[Path]) -> list[FileRecord]:
    """Known files at `paths` (files and folders) that are no longer there.

    A file that cannot be checked, for example in a folder that may not be entered, is not gone.
    """
    folders = [absolute(expand(path)) for path in paths]
    return [r for path, r in known.items() if any(map(Path(path).is_relative_to, folders)) and is_gone(path)]


def outdated(known: Mapping[str, FileRecord], files: Sequence[Path]) -> dict[str, FileRecord]:
    """`known`, in which the records of `files` have other options than any ingest, so that they are read again."""
    names = set(map(str, map(absolute, files)))
    return {path: replace(record, options="") if path in names else record for path, record in known.items()}


def is_gone(path: str) -> bool:
    """Whether there certainly is no such file."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def absolute(path: Path) -> Path:
    """`path` from the root on and without `..`, so that a file has one name wherever ingest is called from."""
    path = path.absolute()
    if ".." not in path.parts:
        return path
    plain = os.path.normpath(path)  # as a user would write it; wrong if `..` follows a link
    real = os.path.realpath(path)
    return Path(plain if os.path.realpath(plain) == real else real)


def make_plan(
    files: Sequence[Path],
    known: Mapping[str, FileRecord],
    options: Options,
    *,
    stored: Collection[str],
    gone: Sequence[FileRecord] = (),
) -> IngestPlan:
    """Sort `files`, and known files elsewhere that repeat a document which this ingest replaces or removes.

    Args:
        files: what was found.
        known: what the catalogue holds, by absolute path.
        options: decides with the bytes how a file is indexed.
        stored: ids of the documents that are stored.
        gone: files that have vanished and are to be forgotten.
    """
    plan = IngestPlan()
    found = [c for path in dict.fromkeys(map(absolute, files)) if (c := _look(path, known, options, plan.failed))]
    leaving = {record.document_id for record in gone} | {c.held for c in found if not c.is_same}
    leaving.discard(None)
    standing = set(stored) - leaving

    again: list[FileToRead] = []
    for candidate in found:
        held, current = candidate.known, candidate.record
        if held is None or not candidate.is_same or (held.duplicate_of and held.duplicate_of not in standing):
            again.append(candidate)
        elif (held.size, held.mtime_ns) == (current.size, current.mtime_ns):
            plan.unchanged.append(held)
        else:
            plan.touched.append(replace(held, size=current.size, mtime_ns=current.mtime_ns))
    again.sort(key=lambda candidate: candidate.held is None)  # a document keeps its file rather than a new duplicate's

    listed = {candidate.record.path for candidate in found}
    for record in known.values():
        if record.duplicate_of in leaving and record.path not in listed and not is_gone(record.path):
            elsewhere = _look(Path(record.path), known, options, [])
            again += [elsewhere] if elsewhere else []

    successors = _sort(again, plan, {r.hash: r for r in known.values() if r.document_id == r.hash}, standing)
    plan.gone = [record for record in gone if record.path not in successors]
    return plan


def _sort(
    again: list[FileToRead], plan: IngestPlan, owners: Mapping[str, FileRecord], standing: Collection[str]
) -> set[str]:
    """Sort what is new or has to be looked at again; returns the old paths of what moved.

    `owners` are the files that gave documents, by hash.
    """
    met: set[str] = set()
    old_paths: set[str] = set()
    for candidate in again:
        current = candidate.record
        owner = owners.get(current.hash)
        if current.hash in met:
            plan.duplicates.append(candidate)
            continue
        if owner is not None and owner.path != current.path and is_gone(owner.path) and candidate.held is None:
            old_paths.add(owner.path)
            met.add(current.hash)
            if owner.options == current.options:
                plan.moved.append((replace(current, document_id=owner.document_id), owner.path))
            else:
                plan.read.append(replace(candidate, known=owner))
        elif owner is not None and owner.path != current.path and current.hash in standing and not is_gone(owner.path):
            plan.duplicates.append(candidate)
        else:
            met.add(current.hash)
            plan.read.append(candidate)
    return old_paths


def _look(
    path: Path, known: Mapping[str, FileRecord], options: Options, failed: list[tuple[FileToRead, str]]
) -> FileToRead | None:
    """The file as it is now, hashed only if its stat or its options changed; None if it `failed`."""
    held = known.get(str(path))
    blank = FileRecord(str(path), 0, 0, "", options=options(path))
    try:
        stat = path.stat()
        stamped = replace(blank, size=stat.st_size, mtime_ns=stat.st_mtime_ns, hash=held.hash if held else "")
        as_held = FileToRead(path, stamped, held)
        if held and as_held.is_same and (held.size, held.mtime_ns) == (stamped.size, stamped.mtime_ns):
            return as_held
        return replace(as_held, record=replace(stamped, hash=file_id(path)))
    except (DocumentError, OSError) as error:
        reason = error.message if isinstance(error, DocumentError) else f"{path}: {error.strerror or error}"
        failed.append((FileToRead(path, blank, held), reason))
        return None
