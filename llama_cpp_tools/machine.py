"""What differs between Linux, macOS and Windows, in one place; nothing else here calls what only one of them has."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

WINDOWS = sys.platform == "win32"
"""Windows neither renames nor deletes a file that some process has open."""

_LOCKED_BYTE = 0x7FFFFFFF
"""Where Windows locks: its locks keep others from reading and writing, and nobody does so there while we write."""

_one_at_a_time = threading.Lock()


def open_file(path: Path) -> int:
    """A descriptor of `path` for reading and writing, made where it is missing; no file that a link leads to."""
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0), 0o644)


def lock(descriptor: int) -> None:
    """Lock an open file for this process alone, until it is closed.

    Raises:
        BlockingIOError: another process has it.
    """
    try:
        import fcntl
    except ImportError:
        _lock_on_windows(descriptor)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_on_windows(descriptor: int) -> None:
    import msvcrt

    os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError as error:
        raise BlockingIOError(errno.EAGAIN, "locked by another process") from error
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)


@contextlib.contextmanager
def closing(descriptor: int) -> Iterator[None]:
    """The block renames or deletes the open file: while its lock is held, or on Windows after it is closed."""
    if WINDOWS:
        os.close(descriptor)
    try:
        yield
    finally:
        if not WINDOWS:
            os.close(descriptor)


def read_at(handle: FileIO, view: memoryview, offset: int) -> int:
    """Read bytes from `offset` on into `view`; how many, 0 at the end of the file. Threads can share `handle`.

    Windows and old versions of macOS have no read that takes an offset of its own: there, threads take turns.
    """
    if hasattr(os, "preadv"):
        return os.preadv(handle.fileno(), [view], offset)
    with _one_at_a_time:
        handle.seek(offset)
        return handle.readinto(view)


def sync_directory(directory: Path) -> None:
    """Make a rename in `directory` durable; Windows opens no folders and needs no such call."""
    if WINDOWS:
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def reader_is_gone(error: OSError) -> bool:
    """Whether writing failed because the other end of a pipe was closed; Windows has no error of its own for it."""
    return isinstance(error, BrokenPipeError) or (WINDOWS and error.errno == errno.EINVAL and error.filename is None)


def peak_memory() -> int:
    """The most memory this process has had resident, in bytes; 0 where the system does not tell.

    Linux's getrusage also counts what the *parent* had when it started this process; /proc does not.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
