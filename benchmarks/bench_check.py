"""Time of the check after the model: four sentences against eight passages, as of one answer of `ragft ask`.

    python benchmarks/bench_check.py [--rounds 20]

Each round has other passages and sentences, out of data/judge/pairs.jsonl, so that nothing of them is cached. Printed
are the median and the slowest round in milliseconds of processor time, the vectors of sentences included.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path

from ragft.answer.base import Evidence
from ragft.answer.checker import check
from ragft.answer.checking.support import Supporter
from ragft.index.base import Hit
from ragft.index.encoders.open_encoder import open_encoder
from ragft.setting_sections import IndexSettings

PAIRS = Path(__file__).parent.parent / "data" / "judge" / "pairs.jsonl"
PASSAGES = 8
SENTENCES = 4
LIMIT = 200.0
"""Milliseconds that a check may take."""


def main() -> int:
    """Print the figures; 1 where the median is above the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    pairs = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    passages = list(dict.fromkeys(pair["evidence"] for pair in pairs))
    encoder = open_encoder(IndexSettings())
    encoder.encode(["warm"])
    drawn = random.Random(0)
    times = []
    for number in range(rounds):
        # The number of the round ends each passage: a text that was checked before is remembered.
        hits = [
            Hit(n, 1.0, str(n), str(n), "", (1, 1), "", f"{text}\nRound {number}.")
            for n, text in enumerate(drawn.sample(passages, PASSAGES))
        ]
        evidence = [Evidence(str(n), hit) for n, hit in enumerate(hits, start=1)]
        own = [pair["sentence"] for pair in pairs if any(hit.text.startswith(pair["evidence"]) for hit in hits)]
        answer = " ".join(drawn.sample(own, SENTENCES))
        start = time.process_time()
        check(answer, evidence, question="What is said?", supporter=Supporter(encoder.encode), threshold=0.6)
        times.append(1000 * (time.process_time() - start))
    median = statistics.median(times)
    print(
        f"{PASSAGES} passages, {SENTENCES} sentences: median {median:.0f} ms of {LIMIT:.0f}, slowest {max(times):.0f}"
    )
    return 0 if median <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
