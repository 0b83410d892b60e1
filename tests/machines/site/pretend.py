"""Lets an interpreter on Linux behave towards our code as one on macOS or Windows does, as far as that can be done.

    RAGFT_PRETEND=windows PYTHONPATH=tests/machines/site:src:. python -m ragft.cli.main ingest papers

- What the platform lacks of `os`, `signal`, `time` and the modules is not there for ragft and llama_cpp_tools.
  Libraries still see it: they have their own code for each platform, which cannot be run here.
- `RLIMIT_AS` cannot be set; processes are started by `spawn`.
- Windows: a file that this process has open or mapped can be neither renamed, replaced nor deleted; folders cannot be
  opened; names with forbidden characters, device names and names that end in a dot or space cannot be made; text is
  written with CR LF; `os.open` without O_BINARY fails (it would change line ends).

Not imitated: case-insensitive disks, drive letters and backslashes, the consoles, the libraries' own builds.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType, ModuleType, SimpleNamespace
from typing import Any

OURS = ("ragft", "llama_cpp_tools")
_MAC_LACKS = {
    "os": [
        *"copy_file_range eventfd fdatasync getrandom getxattr memfd_create pipe2 posix_fadvise preadv".split(),
        *"posix_fallocate pwritev sched_getaffinity sched_setaffinity setxattr splice O_DIRECT O_TMPFILE".split(),
    ],
    "signal": "SIGPWR sigtimedwait sigwaitinfo".split(),
    "time": [],
}
_WINDOWS_LACKS = {
    "os": [
        *_MAC_LACKS["os"],
        *"chown chroot fchdir fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg getpgid".split(),
        *"getpriority getuid killpg lchown lockf mkfifo mknod nice openpty posix_spawn pread pwrite readv".split(),
        *"register_at_fork sendfile setgid setpgid setpriority setsid setuid statvfs sync sysconf uname".split(),
        *"wait wait3 wait4 waitid writev".split(),
        *"O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK O_SYNC WNOHANG".split(),
    ],
    "signal": [
        *_MAC_LACKS["signal"],
        *"SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 SIGWINCH".split(),
        *"alarm pause pthread_kill pthread_sigmask setitimer sigwait".split(),
    ],
    "time": ["clock_gettime", "tzset"],
}
_LACKS = {"macos": _MAC_LACKS, "windows": _WINDOWS_LACKS}
_LACKING_MODULES = {"macos": set(), "windows": {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}}
_FAIL_ON_OPEN_FILES = ("replace", "rename", "unlink", "remove")
NAMES = {
    *_LACKING_MODULES["windows"],
    *(f"{module}.{name}" for module, names in _WINDOWS_LACKS.items() for name in names),
    *(f"os.{name}" for name in ("open", *_FAIL_ON_OPEN_FILES)),
}
"""What is not there or fails on one system or both. ruff bans the same names (pyproject.toml); a test compares them."""

_FORBIDDEN = set('<>:"|?*') | {chr(code) for code in range(32)}
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def pretend(system: str) -> None:
    """From now on this process runs on `system`: macos or windows."""
    import multiprocessing
    import resource
    import signal
    import time

    import psutil

    import llama_cpp_tools.machine
    import ragft.machine

    for module in (os, signal, time):
        _hide(module, _LACKS[system][module.__name__])
    _hide_modules(_LACKING_MODULES[system])
    _refuse_memory_limits(resource)
    multiprocessing.set_start_method("spawn", force=True)
    ragft.machine.KERNEL_LIMITS_MEMORY = False
    if system == "macos":
        del psutil.Process.cpu_affinity
    else:
        ragft.machine.WINDOWS = llama_cpp_tools.machine.WINDOWS = True
        _keep_open_files()
        _limit_names()
        _write_crlf()


def _ours() -> bool:
    """Whether the code that called into this module is ours."""
    caller: FrameType | None = sys._getframe(1)
    while caller is not None and caller.f_globals is globals():
        caller = caller.f_back
    if caller is None:  # the interpreter itself, as for `python -m`
        return False
    spec = caller.f_globals.get("__spec__")  # `python -m` calls a module __main__
    return str(spec.name if spec else caller.f_globals.get("__name__")).partition(".")[0] in OURS


def _hide(module: ModuleType, names: list[str]) -> None:
    hidden = {name: module.__dict__.pop(name) for name in names if name in module.__dict__}

    def look_up(name: str) -> Any:
        if name not in hidden or _ours():
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return hidden[name]

    module.__getattr__ = look_up  # type: ignore[method-assign]


def _hide_modules(names: set[str]) -> None:
    real = builtins.__import__
    flock = real("fcntl").flock

    def locking(descriptor: int, _mode: int, _bytes: int) -> None:
        flock(descriptor, 2 | 4)  # LOCK_EX | LOCK_NB

    def import_(name: str, *rest: Any, **more: Any) -> Any:
        if _ours():
            if name in names:
                raise ImportError(f"No module named {name!r}")
            if name == "msvcrt" and names:
                return SimpleNamespace(locking=locking, LK_NBLCK=2)
        return real(name, *rest, **more)

    builtins.__import__ = import_


def _refuse_memory_limits(resource: ModuleType) -> None:
    real = resource.setrlimit

    def setrlimit(which: int, limits: tuple[int, int]) -> None:
        if which == resource.RLIMIT_AS:
            raise ValueError("current limit exceeds maximum limit")
        real(which, limits)

    resource.setrlimit = setrlimit


def _keep_open_files() -> None:
    shutil._use_fd_functions = False  # how rmtree works on Windows

    def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*paths: Any, **more: Any) -> Any:
            if sys._getframe(1).f_globals.get("__name__") == "tempfile":  # has another way on Windows
                return function(*paths, **more)
            for path in paths:
                if isinstance(path, str | os.PathLike) and _is_open(Path(os.fspath(path))):
                    raise PermissionError(errno.EACCES, "used by another process", os.fspath(path))
            return function(*paths, **more)

        return call

    for name in _FAIL_ON_OPEN_FILES:
        setattr(os, name, guarded(getattr(os, name)))
    real_open = os.open

    def open_(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if _ours() and not flags & os.O_BINARY:
            raise OSError(errno.EINVAL, "text mode: no O_BINARY", path)
        if isinstance(path, str | os.PathLike) and Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real_open(path, flags & ~_BINARY, *rest, **more)

    os.O_BINARY = _BINARY
    os.open = open_


_BINARY = 1 << 29


def _is_open(path: Path) -> bool:
    try:
        wanted = path.lstat()
    except OSError:
        return False
    for link in Path("/proc/self/fd").iterdir():
        try:
            if os.path.samestat(link.stat(), wanted):
                return True
        except OSError:
            continue
    mapped = f" {wanted.st_ino} "
    return any(mapped in line for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines())


def _limit_names() -> None:
    def checked(function: Callable[..., Any], paths: int) -> Callable[..., Any]:
        def call(*given: Any, **more: Any) -> Any:
            for path in given[:paths]:
                if isinstance(path, str | os.PathLike):
                    _check(os.fspath(path))
            return function(*given, **more)

        return call

    for name, paths in {"mkdir": 1, "open": 1, "replace": 2, "rename": 2, "link": 2}.items():
        setattr(os, name, checked(getattr(os, name), paths))
    io.open = builtins.open = checked(io.open, 1)


def _check(path: Any) -> None:
    if isinstance(path, bytes) or path.startswith(("/proc/", "/dev/", "/sys/")):
        return
    for part in Path(path).parts:
        if _FORBIDDEN & set(part) or part.partition(".")[0].rstrip().lower() in _DEVICES:
            raise OSError(errno.EINVAL, "Invalid argument", path)
        if part.endswith((".", " ")) and part not in (".", ".."):
            raise OSError(errno.EINVAL, "Windows drops a dot or space at the end", path)


def _write_crlf() -> None:
    import _io

    real = io.open

    def open_(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
        *rest: Any, **more: Any,
    ) -> Any:  # fmt: skip
        if "b" not in mode and newline is None and set(mode) & set("wax"):
            newline = "\r\n"
        return real(file, mode, buffering, encoding, errors, newline, *rest, **more)

    io.open = builtins.open = _io.open = open_
