"""Runs one target for a while in this process: one input after another, each within bounds of time and memory.

A finding is any exception that is not the package's own, an input that takes longer than `SECONDS`, or the end of the
process. Each is shrunk and written to a file, once per place in our code that it comes from.
"""

from __future__ import annotations

import faulthandler
import hashlib
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import psutil
from hypothesis import HealthCheck, Phase, given, settings

from llama_cpp_tools.errors import ConversionError
from ragft.errors import RagftError
from ragft.machine import limit_memory
from tests.fuzz.mutate import mutated

SECONDS = 20.0
"""What one input may take. Inputs are small; only one that makes work out of nothing comes near it."""
MEMORY = 1 << 30
"""Bytes of address space that inputs may take above what the libraries took."""
_BATCH = 500


@dataclass(frozen=True)
class Target:
    """`run` is given one input and reads it; `seeds` makes right ones, in a folder of its own."""

    name: str
    seeds: Callable[[Path], Sequence[bytes]]
    run: Callable[[bytes, Path], object]


@dataclass
class Fuzzer:
    """Feeds `target`; `found` is the folder for findings."""

    target: Target
    found: Path
    folder: Path
    executions: int = 0
    findings: dict[str, str] = field(default_factory=dict)

    def run(self, seconds: float, seed: int) -> None:
        """Feed inputs for about `seconds`."""
        seeds = self.target.seeds(self.folder)
        for right in seeds:
            self._feed(right)
        limit_memory(psutil.Process().memory_info().vms + MEMORY)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._batch(seeds, seed, until)
            seed += 1

    def _batch(self, seeds: Sequence[bytes], seed: int, until: float) -> None:
        last = b""

        @hypothesis.seed(seed)
        @settings(
            max_examples=_BATCH,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(mutated(seeds))
        def one(data: bytes) -> None:
            nonlocal last
            if last or time.monotonic() < until:  # a finding is shrunk whatever the time
                try:
                    self._feed(data)
                except BaseException:
                    last = data
                    raise

        try:
            one()
        except Exception as error:
            self._keep(last, error)

    def _feed(self, data: bytes) -> None:
        """Raises what the target raises, unless that is right or known."""
        self.executions += 1
        current = self.found / f"{self.target.name}.current"
        current.write_bytes(data)  # what is left where the process ends
        faulthandler.dump_traceback_later(SECONDS, exit=True, file=sys.__stderr__)
        try:
            self.target.run(data, self.folder)
        except (RagftError, ConversionError):
            pass
        except Exception as error:
            if _place(error) not in self.findings:
                raise
        finally:
            faulthandler.cancel_dump_traceback_later()
            current.unlink()

    def _keep(self, data: bytes, error: Exception) -> None:
        file = self.found / f"{self.target.name}-{hashlib.sha256(data).hexdigest()[:8]}.bin"
        file.write_bytes(data)
        self.findings[_place(error)] = f"{file.name}: {type(error).__name__}: {str(error)[:200]}"


def _place(error: BaseException) -> str:
    """The kind of an exception and the last line of our code on its way."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(Path(frame.filename))]
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__


def _is_ours(file: Path) -> bool:
    return bool({"ragft", "llama_cpp_tools"} & set(file.parent.parts)) and "site-packages" not in file.parts
