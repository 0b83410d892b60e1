"""Which files of an ingest have to be read. Nothing is opened but to hash it, and that only when its stat changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ragft.corpus.readers.base import document_id
from ragft.errors import DocumentError
from ragft.index.catalogue import FileRecord


@dataclass(frozen=True)
class Candidate:
    """A file to be read. `known` is what the catalogue held of its path."""

    path: Path
    record: FileRecord
    known: FileRecord | None


@dataclass
class Plan:
    """What is to be done with the files of an ingest; every file is in exactly one of the lists."""

    read: list[Candidate] = field(default_factory=list)
    unchanged: list[FileRecord] = field(default_factory=list)
    touched: list[FileRecord] = field(default_factory=list)
    """Unchanged as well, but their new size, time or path has to be noted."""
    moved: list[tuple[FileRecord, str]] = field(default_factory=list)
    """Records under their new path, and the old path."""
    twins: list[tuple[Candidate, str]] = field(default_factory=list)
    """Files with the bytes of another one, and the path of that."""
    failed: list[tuple[Candidate, str]] = field(default_factory=list)
    """Files that cannot even be hashed, and why."""
    gone: list[FileRecord] = field(default_factory=list)
    """Files that have vanished and are to be forgotten."""


def vanished(known: Mapping[str, FileRecord], files: Sequence[Path], paths: Sequence[Path]) -> list[FileRecord]:
    """Known files that should be among `files`, being inside one of `paths`, and are not."""
    present = {str(file.absolute()) for file in files}
    folders = [path.expanduser().absolute() for path in paths]
    return [
        record
        for path, record in known.items()
        if path not in present and any(Path(path).is_relative_to(folder) for folder in folders)
    ]


def make_plan(
    files: Sequence[Path],
    known: Mapping[str, FileRecord],
    options: Callable[[Path], str],
    gone: Sequence[FileRecord] = (),
) -> Plan:
    """Sort `files`.

    Args:
        files: what was found.
        known: what the catalogue holds, by absolute path.
        options: gives for a path the digest of all but its bytes that decides how it is indexed.
        gone: files that have vanished; what repeated one of them is looked at anew.
    """
    plan = Plan()
    lost = {record.path for record in gone}
    owners = {record.hash: record for record in known.values() if record.document_id == record.hash}
    first: dict[str, str] = {}
    for path in dict.fromkeys(file.absolute() for file in files):
        held = known.get(str(path))
        blank = FileRecord(str(path), 0, 0, "", options=options(path))
        try:
            stat = path.stat()
            current = replace(blank, size=stat.st_size, mtime_ns=stat.st_mtime_ns)
            settled = held is not None and held.error is None and held.options == current.options
            settled = settled and held is not None and held.duplicate_of not in lost
            if held is not None and settled and (held.size, held.mtime_ns) == (current.size, current.mtime_ns):
                plan.unchanged.append(held)
                continue
            current = replace(current, hash=document_id(path))
        except (DocumentError, OSError) as error:
            reason = error.message if isinstance(error, DocumentError) else f"{path}: {error.strerror or error}"
            plan.failed.append((Candidate(path, blank, held), reason))
            continue
        candidate = Candidate(path, current, held)
        owner = owners.get(current.hash)
        if held is not None and settled and held.hash == current.hash:
            plan.touched.append(replace(held, size=current.size, mtime_ns=current.mtime_ns))
        elif current.hash in first:
            plan.twins.append((candidate, first[current.hash]))
        elif owner is None or owner.path == current.path:
            first[current.hash] = current.path
            plan.read.append(candidate)
        elif owner.options == current.options and not Path(owner.path).exists():
            first[current.hash] = current.path
            plan.moved.append((replace(current, document_id=owner.document_id), owner.path))
        else:
            plan.twins.append((candidate, owner.path))
    moved = {old_path for _, old_path in plan.moved}
    plan.gone = [record for record in gone if record.path not in moved]
    return plan
