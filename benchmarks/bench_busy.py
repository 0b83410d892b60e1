"""One answer of the embedded engine on an idle machine, beside one busy program, and beside two.

    python benchmarks/bench_busy.py [--model smollm2] [--threads 0] [--rounds 3]

Each round is a process of its own, since OpenMP reads OMP_WAIT_POLICY once. Printed are the median seconds for reading
a prompt and writing 48 tokens, with threads that sleep while they wait (as ragft sets it) and with threads that spin
(as the library would), and whether all rounds wrote the same.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ragft.engine.base import ChatRequest, Message, Options, collect_reply
from ragft.engine.embedded.engine import EmbeddedEngine
from ragft.workspace import Workspace

NEIGHBOURS = (0, 1, 2)
POLICIES = ("passive", "active")
LIMIT = 300
"""Seconds of one round, after which it is given up."""
PROMPT = "A lock is a chamber with a gate at either end, which lifts boats from one level of a canal to the next. " * 12
_SPIN = "while True: pass"


def once(model: str, threads: int) -> None:
    """Answer once, and print the seconds and the answer."""
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Workspace(Path(folder)), threads=threads)
        engine.load(model)
        start = time.perf_counter()
        request = ChatRequest(model, (Message("user", f"{PROMPT}\n\nWhat is a lock?"),), Options(num_predict=48))
        text, _ = collect_reply(engine, request)
        print(time.perf_counter() - start)
        print(text.replace("\n", " "))
        engine.close()


def rounds(arguments: Sequence[str], policy: str, count: int) -> tuple[list[float], set[str]]:
    """Seconds and texts of `count` processes; infinite where one was given up."""
    seconds, texts = [], set()
    for _ in range(count):
        try:
            made = subprocess.run(
                [sys.executable, __file__, "--once", *arguments],
                check=True,
                capture_output=True,
                text=True,
                timeout=LIMIT,
                env=os.environ | {"OMP_WAIT_POLICY": policy},
            )
        except subprocess.TimeoutExpired:
            seconds.append(float("inf"))
            continue
        first, text = made.stdout.strip().split("\n")[-2:]
        seconds.append(float(first))
        texts.add(text)
    return seconds, texts


def main() -> int:
    """Print the table; 1 where the same question got two answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--once", action="store_true")
    given = parser.parse_args()
    if given.once:
        once(given.model, given.threads)
        return 0
    arguments = ["--model", given.model, "--threads", str(given.threads)]
    written: set[str] = set()
    print(f"{'busy neighbours':16}" + "".join(f"{policy:>10}" for policy in POLICIES))
    for neighbours in NEIGHBOURS:
        with ExitStack() as stack:
            for _ in range(neighbours):
                busy = stack.enter_context(subprocess.Popen([sys.executable, "-c", _SPIN]))
                stack.callback(busy.kill)
            row = ""
            for policy in POLICIES:
                seconds, texts = rounds(arguments, policy, given.rounds)
                written |= texts
                row += f"{statistics.median(seconds):8.1f} s"
        print(f"{neighbours:<16}{row}", flush=True)
    print(f"{len(written)} different answers")
    return 0 if len(written) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
