"""A few long-lived processes that read files, each file within a time limit.

A parser in C can hang or crash, and neither can be caught in the process it happens in. So files are read in worker
processes: one that exceeds its time is killed, one that dies is replaced, and either is an error of that file alone.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ragft import machine
from ragft.corpus.base import Document
from ragft.corpus.readers.base import MEMORY
from ragft.corpus.readers.worker_messages import READY, unpack
from ragft.errors import DocumentError, RagftError
from ragft.executors.base import Executor
from ragft.executors.in_order import in_order
from ragft.executors.local import LocalExecutor

TIMEOUT = 120.0
"""Seconds a single file may take, by default."""
_LOOK_EVERY = 0.1
"""Seconds between two looks at a reading process's memory."""


def read_document(path: Path, *, password: str | None = None, timeout: float = TIMEOUT) -> Document:
    """Read one file in a process of its own, within `timeout` seconds.

    Raises:
        DocumentError: it cannot be read as a document; the message says why and what repairs it.
    """
    [(_, result)] = read_documents([path], passwords={path: password} if password else {}, timeout=timeout)
    if isinstance(result, DocumentError):
        raise result
    return result


def read_documents(
    paths: Iterable[Path],
    *,
    passwords: Mapping[Path, str] | str | None = None,
    timeout: float = TIMEOUT,
    workers: int = 0,
    executor: Executor | None = None,
) -> Iterator[tuple[Path, Document | DocumentError]]:
    """Read files in `workers` processes (0: as many as suit) and give each with its result, in the order given.

    Workers run on while the caller works on a document, but never more than a few files ahead.

    Args:
        paths: the files.
        passwords: for encrypted files: one for all, or one a path (as given, or resolved).
        timeout: seconds one file may take.
        workers: how many files are read at a time.
        executor: where they are read; here if None.
    """
    remaining = list(paths)
    if not remaining:
        return
    where = executor or LocalExecutor()
    requests = (ReadRequest(path.absolute(), _password(passwords, path), timeout) for path in remaining)
    with closing(where.workers(FileReader, min(workers or where.size, len(remaining)))) as readers:
        results = in_order(readers, requests)
        for path, result in zip(remaining, results, strict=True):
            yield path, result if isinstance(result, Document | DocumentError) else _not_read(path, result)


def _not_read(path: Path, error: RagftError) -> DocumentError:
    """The reason why a file was not read, where that is not the file's fault."""
    return DocumentError(f"{path}: {error.message}", fix=error.fix)


def _password(passwords: Mapping[Path, str] | str | None, path: Path) -> str | None:
    if isinstance(passwords, str) or passwords is None:
        return passwords
    return passwords.get(path) or passwords.get(path.resolve())


@dataclass(frozen=True)
class ReadRequest:
    """A file to be read within `timeout` seconds."""

    path: Path
    password: str | None
    timeout: float


class FileReader:
    """A reading process, started when first needed and again after it had to be killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def close(self) -> None:
        """End the process; the file that it reads counts as failed."""
        self._closed = True
        self._stop()

    def __call__(self, request: ReadRequest) -> Document | DocumentError:
        """The file as a document, or why it cannot be read as one."""
        path, password, timeout = request.path, request.password, request.timeout
        process = self._ready()
        if process is None:
            return DocumentError(f"{path}: the reading process does not start", fix="ragft doctor")
        with _Watch(process, timeout) as watch:
            line = _ask(process, {"path": str(path), "password": password, "timeout": timeout})
        if line.endswith("\n"):
            return unpack(json.loads(line))
        self._stop()
        if watch.killed_for == "time":
            return DocumentError(
                f"{path} took longer than {timeout:g} s to read", fix="raise index.file_timeout, or split the file"
            )
        if watch.killed_for == "memory":
            return DocumentError(f"{path} needs more memory than a single file may take", fix="split the file")
        return DocumentError(
            f"{path} made its reader crash (exit code {process.returncode})", fix="fetch the file again"
        )

    def _ready(self) -> subprocess.Popen[str] | None:
        """The process, up and waiting: starting it is not counted as a file's time. None where it cannot start."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        if self._closed:
            return None
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ragft.corpus.readers.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the libraries log of damaged files
            text=True,
            encoding="utf-8",
            env=machine.python_environment(),
        )
        if self._process.stdout is None or self._process.stdout.readline() != READY:
            self._stop()
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):  # nobody reads it any more
                    stream.close()
        process.wait()


class _Watch:
    """Kills a process that takes longer than `timeout` seconds, or, where the kernel sets no limit, too much memory."""

    def __init__(self, process: subprocess.Popen[str], timeout: float) -> None:
        self.killed_for = ""
        self._process = process
        self._until = time.monotonic() + timeout
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(self._pause()):
            if time.monotonic() >= self._until:
                self.killed_for = "time"
            elif not machine.KERNEL_LIMITS_MEMORY and machine.resident(self._process.pid) > MEMORY:
                self.killed_for = "memory"
            if self.killed_for:
                self._process.kill()
                return

    def _pause(self) -> float:
        left = max(0.0, self._until - time.monotonic())
        return left if machine.KERNEL_LIMITS_MEMORY else min(left, _LOOK_EVERY)


def _ask(process: subprocess.Popen[str], request: dict[str, object]) -> str:
    """The line a worker answers a request with, empty where it died."""
    if process.stdin is None or process.stdout is None:
        return ""
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        return process.stdout.readline()
    except (OSError, ValueError):
        return ""
