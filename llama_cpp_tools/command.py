"""What the four commands share: exit codes, JSON on stdout, the rest on stderr, a progress line in a terminal."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from llama_cpp_tools.convert import ConvertResult
from llama_cpp_tools.errors import ConversionError
from llama_cpp_tools.machine import reader_is_gone

_INTERRUPTED = 130  # what shells give for a program ended by Ctrl-C


def run(command: Callable[[argparse.Namespace], int], parser: argparse.ArgumentParser, argv: list[str] | None) -> int:
    """Parse `argv` and run `command`; returns its exit code, or the error's own with the message on stderr.

    With --json an error is a JSON object on stdout as well, so that a program reading it always finds one document.
    """
    _take_any_character()
    arguments = parser.parse_args(argv)
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = command(arguments)
        sys.stdout.flush()
        return code
    except ConversionError as error:
        if arguments.debug:
            raise
        if arguments.json:
            print_json({"error": type(error).__name__, "message": str(error)})
        say(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    except OSError as error:
        gone = reader_is_gone(error)  # it has seen enough, as in `inspect FILE | head`
        if not gone and arguments.debug:
            raise
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  a device
            os.dup2(nowhere.fileno(), sys.stdout.fileno())  # or Python would try once more at exit, and complain
        if not gone:
            say(f"error: {error}", file=sys.stderr)
        return 0 if gone else ConversionError.exit_code
    finally:
        signal.signal(signal.SIGTERM, before)


def _take_any_character() -> None:
    """Let stdout and stderr write escapes for what their encoding lacks, where Python would raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _interrupt(*_: object) -> None:
    """A polite kill cleans up like Ctrl-C."""
    raise KeyboardInterrupt


def parser(name: str, description: str, example: str) -> argparse.ArgumentParser:
    """An argument parser with the options every command has."""
    made = argparse.ArgumentParser(
        prog=f"python -m llama_cpp_tools.{name}",
        description=description,
        epilog=f"example:\n  python -m llama_cpp_tools.{name} {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    made.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return made


def say(line: str, file: TextIO | None = None) -> None:
    """Print one line. What could steer a terminal, in a name of someone else's file, is written as an escape."""
    print(_escaped(line, lambda sign: sign.encode("unicode_escape").decode("ascii")), file=file)


def print_json(document: Any) -> None:
    """One JSON document on stdout, with escapes where stdout does not take every character."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()
    text = json.dumps(document, ensure_ascii=not encoding.startswith("utf"), indent=2)
    print("\n".join(_escaped(line, lambda sign: json.dumps(sign)[1:-1]) for line in text.split("\n")))


def _escaped(line: str, escape: Callable[[str], str]) -> str:
    return line if line.isprintable() else "".join(sign if sign.isprintable() else escape(sign) for sign in line)


def show_result(result: ConvertResult, *, json: bool) -> int:
    """Print what was written and its warnings; returns the exit code."""
    for warning in result.warnings:
        say(f"warning: {warning}", file=sys.stderr)
    if json:
        print_json(result.as_dict())
    else:
        say(
            f"{result.path}: {result.bytes:,} bytes, {result.tensors} tensors, {result.seconds:.1f} s, "
            f"peak memory {result.peak_rss_bytes / 1e6:,.0f} MB"
        )
        say(f"sha256 {result.sha256}")
    return 0


class ProgressLine:
    """Share done, rate and time left on one line of a terminal; silent in pipes and with `quiet`."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._started = self._last = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show the share done and the seconds left, at most ten times a second; nothing outside a terminal."""
        now = time.monotonic()
        if not self._shown or (done < total and now - self._last < 0.1):
            return
        self._last = now
        elapsed = max(now - self._started, 1e-6)
        left = elapsed * (total - done) / done if done else 0.0
        end = "\n" if done >= total else ""
        print(
            f"\r{100 * done / max(total, 1):5.1f} %  {done / 1e6:,.0f} of {total / 1e6:,.0f} MB  "
            f"{done / elapsed / 1e6:,.0f} MB/s  {left:3.0f} s left ",
            end=end,
            file=sys.stderr,
            flush=True,
        )
