"""What differs between Linux, macOS and Windows, in one place.

The rest of the package calls nothing that only one of them has; ruff's banned-api list (pyproject.toml) enforces it.
How each platform was tested: docs/platforms.md. `llama_cpp_tools` stands alone and has a `machine.py` of its own.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shlex
import signal
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import IO
from urllib.parse import quote

WINDOWS = sys.platform == "win32"
"""Windows neither renames nor deletes a file that some process has open, and forbids some file names."""

KERNEL_LIMITS_MEMORY = sys.platform == "linux"
"""Whether `limit_memory` works: macOS refuses the limit or ignores it, Windows has none."""

LONGEST_NAME = 100
"""Characters of a name chosen by the user: with what is put around it, it fits the 255 bytes of a file name."""

_RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)})
_RENAME_SECONDS = 2.0


def cores() -> int:
    """Cores this process may use: those it is bound to where the system can bind (not macOS), else all."""
    import psutil

    process = psutil.Process()
    if hasattr(process, "cpu_affinity"):
        with contextlib.suppress(psutil.Error, OSError):
            return len(process.cpu_affinity()) or 1
    return os.cpu_count() or 1


def memory() -> int:
    """Bytes of RAM in the machine."""
    import psutil

    return int(psutil.virtual_memory().total)


def resident(pid: int) -> int:
    """Bytes of RAM that process `pid` holds; 0 where it is gone or may not be asked."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def limit_memory(limit: int) -> None:
    """Let the kernel refuse this process more than `limit` bytes of address space, where KERNEL_LIMITS_MEMORY."""
    if not KERNEL_LIMITS_MEMORY:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def kill_self() -> None:
    """End this process at once; nothing is cleaned up."""
    import psutil

    psutil.Process().kill()


def python_environment() -> dict[str, str]:
    """The environment for another Python process, which is to import this ragft, installed or not."""
    package = str(Path(__file__).parents[1])
    inherited = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{package}{os.pathsep}{inherited}" if inherited else package}


def end_in_order() -> None:
    """Let a request to end leave every `with` and `finally` on its way out, as Ctrl-C does; exit code 128 + the signal.

    Such are SIGTERM and, where a terminal is closed, SIGHUP, which nohup has ignored, and the SIGQUIT of Ctrl-\\, which
    would leave the cursor hidden; Windows lacks both. A second one ends the process at once.
    """
    for name in ("SIGTERM", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(128 + number)


def calm_threads() -> None:
    """Limit how long OpenMP threads spin while they wait, unless the user decides: call it before OpenMP is loaded.

    Threads that spin until the others arrive take the cores from any other program, and from one another once there is
    one: beside two busy programs an answer took 156 s instead of 4. Threads that sleep at once lose a third of the
    speed of an idle machine. A thousand turns lose little in either case (docs/engines.md). Only GCC's library knows
    the number of turns, and prefers it to the policy; the others let their threads sleep.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ["OMP_WAIT_POLICY"] = "passive"
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def replace(source: Path, target: Path) -> None:
    """Rename `source` over `target`. Windows refuses while another process reads `target`: then it is tried again.

    Raises:
        OSError: it cannot be renamed.
    """
    _patiently(lambda: source.replace(target))


def remove(path: Path) -> None:
    """Delete a file; no error where there is none. Windows refuses while it is open: then it is tried again.

    Raises:
        OSError: it cannot be deleted.
    """
    _patiently(lambda: path.unlink(missing_ok=True))


def _patiently(action: Callable[[], object]) -> None:
    until = time.monotonic() + _RENAME_SECONDS
    while True:
        try:
            action()
            return
        except PermissionError:
            if not WINDOWS or time.monotonic() > until:
                raise
            time.sleep(0.02)


def reader_is_gone(error: OSError) -> bool:
    """Whether writing failed because the other end of a pipe was closed; Windows has no error of its own for it."""
    return isinstance(error, BrokenPipeError) or (WINDOWS and error.errno == errno.EINVAL and error.filename is None)


def output_fails(error: OSError) -> bool:
    """Whether an error is that of standard output or stderr on a full or broken disk; an error of a file names it."""
    return error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def fill_standard_streams() -> None:
    """Put the null device where stdin, stdout or stderr were closed before the start (`>&-`, a service, pythonw).

    Python has None there, and the next file that is opened would take the number of the closed one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open to the end


def grant(path: Path, rights: str) -> str:
    """What gives the user `rights` (`rX`, as chmod names them) to a file or folder, in the words of this platform."""
    if WINDOWS:
        kinds = "read and write" if "w" in rights else "read"
        return f"allow yourself to {kinds} it: its Properties, Security"
    return f"chmod u+{rights} {shlex.quote(str(path))}"


def more_files() -> str:
    """What lets the next process open more files at once than this one may."""
    if WINDOWS:  # has no limit that the user sets
        return "close other programs, and run it again"
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return "the limit is that of the system: let its administrator raise it"
    more = 4 * max(soft, 256)
    return f"ulimit -n {more if hard == resource.RLIM_INFINITY else min(more, hard)}, and run it again"


def without_input(command: str) -> str:
    """`command` as the shells of this platform run it with an empty standard input."""
    if WINDOWS:
        return f"{command} < NUL (in PowerShell: $null | {command})"
    return f"{command} < {os.devnull}"


def silence(descriptor: int) -> None:
    """Send what is written to `descriptor` from now on to nowhere."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), descriptor)


def private_stdout() -> IO[str]:
    """The pipe behind standard output, for this process's own messages; what libraries print goes nowhere."""
    private = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silence(1)
    return private


def is_portable(name: str) -> bool:
    """Whether a file may be called `name` on every platform.

    Windows reserves device names with any ending (`con`, `nul.txt`) and drops a dot or space at the end.
    """
    forbidden = any(sign in '<>:"/\\|?*' or sign < " " or "\ud800" <= sign <= "\udfff" for sign in name)
    return 0 < len(name) <= LONGEST_NAME and not forbidden and not _is_device(name) and not name.endswith((".", " "))


def file_name(name: str) -> str:
    """`name` with %XX for characters that some platform forbids in file names; `urllib.parse.unquote` reverses it."""
    encoded = quote(name, safe="")
    if _is_device(encoded):
        encoded = f"%{ord(encoded[0]):02X}{encoded[1:]}"
    return encoded.removesuffix(".") + "%2E" if encoded.endswith(".") else encoded


def _is_device(name: str) -> bool:
    return name.partition(".")[0].rstrip().lower() in _RESERVED


def composed(name: str) -> str:
    """`name` in NFC, the form in which names are compared: macOS writes é as two characters."""
    return unicodedata.normalize("NFC", name)


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in nothing but their Unicode form and in upper and lower case."""
    return composed(one).casefold() == composed(other).casefold()


def differs_in_case(name: str, folder: Path) -> str:
    """The entry of `folder` that is `name` but for upper and lower case, which some disks take for the same one.

    Empty where there is none, and where `name` itself is there, in whatever Unicode form.
    """
    if not folder.is_dir():
        return ""
    alike = [entry.name for entry in folder.iterdir() if same_name(entry.name, name)]
    return "" if composed(name) in map(composed, alike) else next(iter(alike), "")


def expand(path: Path) -> Path:
    """`path` with a `~` at its start expanded; as it is where the system knows no such user, or no home."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
