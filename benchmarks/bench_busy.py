"""One answer of the embedded engine on an idle machine, beside one busy program, and beside two.

    python benchmarks/bench_busy.py [--model smollm2] [--threads 0] [--rounds 3] [--neighbours 0]

Each round is a process of its own, since OpenMP reads its variables once; the ways take turns. Printed are the median
seconds for reading a prompt and writing 48 tokens with threads that wait as ragft sets it, with threads that sleep at
once (passive), and with threads that spin (active), and whether all rounds wrote the same.
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
POLICIES = ("ragft", "passive", "active")
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


def in_process(arguments: Sequence[str], policy: str) -> tuple[float, set[str]]:
    """Seconds and text of a process of its own; infinite and none where it was given up."""
    unset = {name: value for name, value in os.environ.items() if name not in {"OMP_WAIT_POLICY", "GOMP_SPINCOUNT"}}
    try:
        made = subprocess.run(
            [sys.executable, __file__, "--once", *arguments],
            check=True,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=unset if policy == "ragft" else unset | {"OMP_WAIT_POLICY": policy},
        )
    except subprocess.TimeoutExpired:
        return float("inf"), set()
    seconds, text = made.stdout.strip().split("\n")[-2:]
    return float(seconds), {text}


def main() -> int:
    """Print the table; 1 where the same question got two answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--neighbours", type=int, nargs="+", default=NEIGHBOURS, help="busy programs beside it")
    parser.add_argument("--once", action="store_true")
    given = parser.parse_args()
    if given.once:
        once(given.model, given.threads)
        return 0
    arguments = ["--model", given.model, "--threads", str(given.threads)]
    written: set[str] = set()
    print(f"{'busy neighbours':16}" + "".join(f"{policy:>10}" for policy in POLICIES))
    for neighbours in given.neighbours:
        with ExitStack() as stack:
            for _ in range(neighbours):
                busy = stack.enter_context(subprocess.Popen([sys.executable, "-c", _SPIN]))
                stack.callback(busy.kill)
            seconds: dict[str, list[float]] = {policy: [] for policy in POLICIES}
            for policy in POLICIES * given.rounds:
                taken, texts = in_process(arguments, policy)
                seconds[policy].append(taken)
                written |= texts
        row = "".join(f"{statistics.median(each):8.2f} s" for each in seconds.values())
        print(f"{neighbours:<16}{row}", flush=True)
    print(f"{len(written)} different answers")
    return 0 if len(written) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
