"""How long a cross-encoder of MiniLM's form takes for the best 50 passages, by tokens, layers and form of the runs.

    python benchmarks/bench_rerank.py [--pairs 50] [--tokens 128 64 48] [--layers 6 4 3]

Weights and words are random, which changes no time. Each cell is the median of five, in milliseconds: a pair a run, as
many runs at a time as there are cores, as `index.rerank` does it; then the same with ten pairs of one length a run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from transformers import AutoModelForSequenceClassification, BertConfig

from ragft.index.encoders.local_models import CrossModel, find_cross_model, find_sentence_model
from ragft.index.encoders.onnx import open_graph
from ragft.machine import cores

BATCH = 10
ROUNDS = 5


def random_model(folder: Path, layers: int) -> CrossModel:
    """A cross-encoder of MiniLM's form with so many layers."""
    encoder = find_sentence_model("minilm").folder
    config = BertConfig.from_pretrained(encoder, num_hidden_layers=layers, num_labels=1)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    shutil.copy(encoder / "tokenizer.json", folder)
    return find_cross_model(str(folder))


def timed(work: Callable[[], object]) -> float:
    """The median of some rounds, in milliseconds, after one that does not count."""
    taken = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken[1:])


def main() -> None:
    """Print a row for each number of layers and tokens."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=50)
    parser.add_argument("--tokens", type=int, nargs="+", default=[128, 64, 48])
    parser.add_argument("--layers", type=int, nargs="+", default=[6, 4, 3])
    given = parser.parse_args()
    print("| layers | tokens | a pair a run | batches of 10 |\n| --- | --- | ---: | ---: |")
    draw = np.random.default_rng(0)
    for layers in given.layers:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["RAGFT_CACHE"] = folder  # where the graph is written
            _, session = open_graph(random_model(Path(folder) / "model", layers), "int8")
            for tokens in given.tokens:
                ids = draw.integers(1000, 30000, (given.pairs, tokens))
                single, batched = (timed(partial(scored, session, ids, size)) for size in (1, BATCH))
                print(f"| {layers} | {tokens} | {single:.0f} | {batched:.0f} |", flush=True)


def scored(session: Any, ids: Any, size: int) -> list[Any]:
    """The scores of all rows of `ids`, `size` of them a run."""

    def run(part: Any) -> Any:
        given = {"input_ids": part, "attention_mask": np.ones_like(part), "token_type_ids": np.zeros_like(part)}
        return session.run(["scores"], given)[0]

    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(run, (ids[start : start + size] for start in range(0, len(ids), size))))


if __name__ == "__main__":
    main()
