"""The folder in which ragft keeps its files, and the functions that write there.

    with open_workspace(None).lock():
        write_json(workspace.root / "x.json", {...})

Every write goes to a temporary file beside its target, is flushed to the disk and renamed over it, so that a
reader sees the old file or the new one and never half of one.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ragft import machine
from ragft.errors import DiskFull, NotFoundError, UsageError, WorkspaceError, WorkspaceLocked
from ragft.json_lines import without_surrogates

DIRECTORY = ".ragft"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Workspace:
    """The folder layout under one root; no folder is made before something is written into it."""

    root: Path

    @property
    def catalogue(self) -> Path:
        """SQLite: documents, chunks, full text."""
        return self.root / "catalogue.sqlite3"

    @property
    def vectors(self) -> Path:
        """The folder in which Chroma keeps its vectors."""
        return self.root / "vectors"

    @property
    def datasets(self) -> Path:
        """The folder of the data sets, each in a folder of its own."""
        return self.root / "datasets"

    @property
    def runs(self) -> Path:
        """The folder of the runs, each in a folder of its own."""
        return self.root / "runs"

    @property
    def models(self) -> Path:
        """Models registered with the embedded engine, one folder each."""
        return self.root / "models"

    @property
    def chats(self) -> Path:
        """The folder of saved conversations."""
        return self.root / "chats"

    @property
    def config_file(self) -> Path:
        """Settings of this workspace (TOML)."""
        return self.root / "config.toml"

    def run(self, run_id: str) -> Path:
        """The folder of an existing run; `latest` is the one last written to.

        Raises:
            NotFoundError: no such run.
        """
        if run_id == "latest":
            found = sorted(
                (p for p in self.runs.glob("*") if p.is_dir() and any(p.iterdir())), key=lambda p: p.stat().st_mtime
            )
            if found:
                return found[-1]
        elif _NAME.fullmatch(run_id) and (self.runs / run_id).is_dir():
            return self.runs / run_id
        known = ", ".join(sorted(p.name for p in self.runs.glob("*"))) or "none yet"
        raise NotFoundError(f"no run {run_id!r} in {self.root} (runs: {known})", fix="ragft build-model")

    def new_run(self, name: str) -> Path:
        """The folder for a run called `name`, new or continued; it is not made here.

        Raises:
            UsageError: it cannot be the name of a run, or another run's differs only in upper and lower case.
        """
        return only_one(self.runs / check_name(name), "run")

    @contextlib.contextmanager
    def lock(self, name: str = "workspace", *, timeout: float = 0.0) -> Iterator[None]:
        """Hold the named inter-process lock; the kernel frees it when the process dies.

        Raises:
            WorkspaceLocked: another process holds it for longer than `timeout` seconds.
        """
        from filelock import FileLock, Timeout

        self.ensure()
        lock = FileLock(self.root / f"{name}.lock")
        try:
            lock.acquire(timeout=timeout)
        except Timeout as error:
            raise WorkspaceLocked(
                f"another ragft process is writing to {self.root}", fix="wait for it, or use another workspace"
            ) from error
        try:
            yield
        finally:
            lock.release()

    def ensure(self) -> None:
        """Make the root folder.

        Raises:
            WorkspaceError: it cannot be made or written to.
        """
        make_directory(self.root)
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise WorkspaceError(f"no right to write to {self.root}", fix="check its rights, or use another workspace")


def open_workspace(path: Path | None) -> Workspace:
    """The workspace at `path`, else at RAGFT_WORKSPACE, else `.ragft` in the nearest folder upwards that has one.

    Where none exists yet it will be made in the current folder.

    Raises:
        WorkspaceError: its path is that of a file, is too long, is not UTF-8, or may not be looked at.
    """
    chosen = path or (Path(env) if (env := os.environ.get("RAGFT_WORKSPACE")) else None)
    return Workspace(_usable(_nearest() if chosen is None else _absolute(chosen)))


def _nearest() -> Path:
    here = _current_folder()
    for folder in (here, *here.parents):
        if (folder / DIRECTORY).is_dir():
            return folder / DIRECTORY
    return here / DIRECTORY


def _usable(root: Path) -> Path:
    try:
        str(root).encode("utf-8")
        (root / "config.toml").lstat()
    except FileNotFoundError:
        pass  # it is made when something is written
    except NotADirectoryError as error:
        raise WorkspaceError(f"{root} is not a folder, or lies in a file", fix="use another workspace") from error
    except UnicodeEncodeError as error:  # Chroma opens no such folder
        raise WorkspaceError(f"the path {root} is not UTF-8", fix="use another, or set PYTHONUTF8=1") from error
    except OSError as error:
        raise WorkspaceError(f"cannot use {root}: {error.strerror}", fix="use another workspace") from error
    return root


def _absolute(path: Path) -> Path:
    """`path` from the root, with `~` expanded; links are kept as they are.

    Raises:
        NotFoundError: it is relative and the current folder was deleted.
    """
    expanded = machine.expand(path)
    return expanded if expanded.is_absolute() else _current_folder() / expanded


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise NotFoundError("the current folder does not exist any more", fix="cd to another folder") from error


def cache_directory() -> Path:
    """Where downloads shared by all workspaces lie: RAGFT_CACHE, else the platform's cache folder."""
    if env := os.environ.get("RAGFT_CACHE"):
        return _absolute(Path(env))
    from platformdirs import user_cache_path

    return user_cache_path("ragft", appauthor=False)


def make_directory(path: Path) -> Path:
    """Make `path` and its parents.

    Raises:
        WorkspaceError: no rights, or a file is in the way.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, path) from error
    return path


def disk_error(error: OSError, path: Path) -> WorkspaceError:
    """The error a user should see for an `OSError` met while writing `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(f"no space left to write {path}", fix="free some space and run the same command again")
    elsewhere = "set RAGFT_CACHE elsewhere" if path.is_relative_to(cache_directory()) else "use another workspace"
    return WorkspaceError(f"cannot write {path}: {error.strerror or error}", fix=f"check its rights, or {elsewhere}")


def sync_file(path: Path) -> None:
    """Flush to the disk what was written to `path`; nothing where there is no file.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    if not path.exists():
        return
    try:
        with path.open("r+b") as handle:
            os.fsync(handle.fileno())
    except OSError as error:
        raise disk_error(error, path) from error


def remove_file(path: Path) -> None:
    """Delete a file of a workspace; no error where there is none.

    Raises:
        WorkspaceError: it could not be removed, as on Windows while another process has it open.
    """
    try:
        machine.remove(path)
    except OSError as error:
        raise disk_error(error, path) from error


@contextlib.contextmanager
def atomic_writer(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a temporary file beside `path`; on a clean exit it is synced and renamed to `path`, else removed.

    Raises:
        DiskFull, WorkspaceError: it could not be written.
    """
    make_directory(path.parent)
    temporary: Path | None = None
    try:
        # Line ends are the same on every platform, for what is written is also hashed and compared.
        encoding, newline = (None, None) if "b" in mode else ("utf-8", "\n")
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
        temporary = Path(name)
        with os.fdopen(descriptor, mode, encoding=encoding, newline=newline) as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        temporary.chmod(0o644)
        machine.replace(temporary, path)
        temporary = None
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` atomically."""
    with atomic_writer(path) as handle:
        handle.write(text)


def write_json(path: Path, data: Any) -> None:
    """Write `data` (see `jsonable`) to `path` atomically, indented, keys in the order given."""
    text = json.dumps(jsonable(data), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(path, without_surrogates(text) + "\n")


def jsonable(data: Any) -> Any:
    """`data` with dataclasses as objects, tuples as lists, paths as strings, NaN and infinity as null."""
    if dataclasses.is_dataclass(data) and not isinstance(data, type):
        return {f.name: jsonable(getattr(data, f.name)) for f in dataclasses.fields(data)}
    if isinstance(data, Mapping):
        return {str(key): jsonable(value) for key, value in data.items()}
    if isinstance(data, list | tuple | set | frozenset):
        return [jsonable(value) for value in data]
    if isinstance(data, Path):
        return str(data)
    if isinstance(data, float) and not math.isfinite(data):
        return None  # NaN and infinity are not JSON
    return data


def digest_bytes(data: bytes) -> str:
    """The SHA-256 digest of `data`, as `sha256:<hex>`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """`sha256:<hex>` of the file's bytes, read in blocks."""
    with path.open("rb") as handle:
        return "sha256:" + hashlib.file_digest(handle, "sha256").hexdigest()


def digest_json(data: Any) -> str:
    """`sha256:<hex>` of `data` as canonical JSON: sorted keys, no spaces."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return digest_bytes(without_surrogates(text).encode())


def short_digest(data: Any, length: int = 16) -> str:
    """The first hex digits of that, for names and ids."""
    return digest_json(data).removeprefix("sha256:")[:length]


def only_one(path: Path, kind: str) -> Path:
    """`path` of a run or a data set, if no other beside it has a name that some disks treat as the same.

    Raises:
        UsageError: there is one.
    """
    if other := machine.differs_in_case(path.name, path.parent):
        raise UsageError(
            f"the {kind} {other!r} differs from {path.name!r} only in case", fix=f"use {other}, or another name"
        )
    return path


def check_name(name: str) -> str:
    """`name` if it can be that of a run on every platform: letters, digits and . _ -, not starting with a sign.

    Raises:
        UsageError: it cannot.
    """
    if not _NAME.fullmatch(name) or name.lower() == "latest" or not machine.is_portable(name):
        raise UsageError(
            f"{name!r} cannot be the name of a run",
            fix=f"at most {machine.LONGEST_NAME} letters, digits and . _ -; not `latest`, no device name of Windows",
        )
    return name
