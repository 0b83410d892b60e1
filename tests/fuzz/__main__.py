"""Every target in a process of its own, for its share of the time.

    python -m tests.fuzz [--seconds 600] [--seed 0] [TARGET …]

Prints one line a target and one a finding; the exit code is 1 where there is any. The input of a finding lies in
fuzz-found/ (`--found`): `python -m tests.fuzz --input fuzz-found/pdf-0a1b2c3d.bin pdf` shows its traceback.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.harness import Fuzzer
from tests.fuzz.targets import TARGETS

BY_NAME = {target.name: target for target in TARGETS}


def main() -> int:
    """Run the targets; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("targets", nargs="*", choices=[[], *BY_NAME], help="all by default")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"))
    parser.add_argument("--input", type=Path, help="feed this file once")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    names = given.targets or list(BY_NAME)
    given.found.mkdir(exist_ok=True)
    if given.input:
        with tempfile.TemporaryDirectory() as folder:
            BY_NAME[names[0]].seeds(Path(folder))
            BY_NAME[names[0]].run(given.input.read_bytes(), Path(folder))
        return 0
    if given.here:
        return _here(names[0], given.seconds, given.seed, given.found)
    return max([_apart(name, given.seconds / len(names), given.seed, given.found) for name in names])


def _here(name: str, seconds: float, seed: int, found: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(BY_NAME[name], found.absolute(), Path(folder))
        fuzzer.run(seconds, seed)
    print(json.dumps({"executions": fuzzer.executions, "findings": fuzzer.findings}))
    return 0


def _apart(name: str, seconds: float, seed: int, found: Path) -> int:
    """A target in a process of its own, which a parser in C may end."""
    command = [sys.executable, "-m", "tests.fuzz", "--here", "--found", str(found), "--seed", str(seed)]
    command += ["--seconds", str(seconds), name]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    current = found / f"{name}.current"
    if done.returncode:
        kept = current.replace(found / f"{name}-ended.bin") if current.exists() else "no input"
        print(f"{name:15} ENDED with {done.returncode} at {kept}\n{done.stderr[-3000:]}", flush=True)
        return 1
    told = json.loads(done.stdout.splitlines()[-1])
    print(f"{name:15} {told['executions']:8,} executions, {len(told['findings'])} findings", flush=True)
    for place, finding in told["findings"].items():
        print(f"    {place}\n    {finding}", flush=True)
    return 1 if told["findings"] else 0


if __name__ == "__main__":
    sys.exit(main())
