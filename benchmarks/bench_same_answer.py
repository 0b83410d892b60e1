"""Whether the same question gets the same answer each time: asked alone, and beside busy programs.

    python benchmarks/bench_same_answer.py WORKSPACE [--questions questions.txt] [--model smollm2] [--times 10]

Each answer is a `ragft ask --json` of its own, so that nothing is kept between two. Printed are, for each question,
how many different answers it got alone and beside two busy programs, and the median seconds; 1 is returned where a
question got two.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

QUESTIONS = (
    "How many sentence pairs was the Transformer trained on for English to German?",
    "What is dynamic speculative pipelining?",
    "How does RMSProp with momentum differ from Adam?",
)
"""Over the published papers of `data/natural`; for another corpus give your own."""
BUSY = 2
_SPIN = "while True: pass"


@contextmanager
def busy_programs(count: int) -> Iterator[None]:
    """So many programs that take all the time they get."""
    running = [subprocess.Popen([sys.executable, "-c", _SPIN]) for _ in range(count)]
    try:
        yield
    finally:
        for program in running:
            program.kill()
            program.wait()


def asked(question: str, flags: Sequence[str]) -> str:
    """What a reader gets: the answer, its sources and their quotes, in one text."""
    command = [sys.executable, "-m", "ragft", "ask", "--json", *flags, question]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return json.dumps([found["answer"], found["refused"], found["citations"]], sort_keys=True)


def main() -> int:
    """Print the table; 1 where a question got two answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--questions", type=Path, help="a question a line")
    parser.add_argument("--model", default="smollm2")
    parser.add_argument("--engine", default="embedded")
    parser.add_argument("--times", type=int, default=10)
    given = parser.parse_args()
    questions = given.questions.read_text(encoding="utf-8").splitlines() if given.questions else QUESTIONS
    flags = ["--workspace", str(given.workspace), "--model", given.model, "--engine", given.engine]
    same = True
    print(f"{'different answers':60}{'alone':>16}{f'beside {BUSY} busy':>16}")
    for question in filter(None, questions):
        answers: set[str] = set()
        cells = []
        for count in (0, BUSY):
            seconds, got = [], set()
            with busy_programs(count):
                for _ in range(given.times):
                    start = time.perf_counter()
                    got.add(asked(question, flags))
                    seconds.append(time.perf_counter() - start)
            answers |= got
            cells.append(f"{len(got)}, {statistics.median(seconds):.1f} s")
        same &= len(answers) == 1
        print(f"{question[:58]:60}{cells[0]:>16}{cells[1]:>16}   {len(answers)} in all", flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
