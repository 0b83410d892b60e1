"""Preference tuning: one pass over prompt and both answers beside two passes.

    python benchmarks/bench_preference.py --dataset .ragft/datasets/papers
    python benchmarks/bench_preference.py --dataset .ragft/datasets/papers --pairs 8 --json

Each arm computes the loss and its gradient for the same pairs of the data set, one after the other, on the CPU with a
fresh adapter; the two losses must agree to 1e-3 nats.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

TOLERANCE = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, required=True, help="folder of a data set with preferences.jsonl")
    parser.add_argument("--base", default="smollm2")
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = measure(options.dataset, options.base, options.pairs)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        for name, found in results.items():
            print(
                f"{name:10} {found['seconds']:7.1f} s  {found['seconds_a_pair']:6.2f} a pair  {found['tokens']} tokens"
            )
        print(f"in one pass × {results['apart']['seconds'] / results['together']['seconds']:.2f}")
    gap = max(abs(a - b) for a, b in zip(results["apart"]["losses"], results["together"]["losses"], strict=True))
    print(f"largest difference of a pair's loss: {gap:.2e}", file=sys.stderr)
    if gap > TOLERANCE:
        sys.exit(f"the losses differ by more than {TOLERANCE}")


def measure(dataset: Path, base: str, count: int) -> dict[str, dict[str, Any]]:
    """Seconds, tokens read, and losses (β 0.1, the reference all zero) of each arm."""
    import torch
    from peft import get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from trl.trainer.dpo_trainer import DataCollatorForPreference

    from ragft.dataset.store import PREFERENCES, read_preferences
    from ragft.setting_sections import TrainSettings
    from ragft.train.base_model import resolve_base
    from ragft.train.examples import encode
    from ragft.train.pairs import PairModel, PreferencePair
    from ragft.train.quiet import quiet
    from ragft.train.training_setup import adapter_config

    with quiet():
        folder = resolve_base(base)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(folder), adapter_config(TrainSettings(dropout=0.0)))
        pairs = []
        for pair in read_preferences(dataset / PREFERENCES)[:count]:
            rows = [pair.as_row(pair.chosen), pair.as_row(pair.rejected)]
            pairs.append(PreferencePair.of(pair.id, *encode(rows, tokenizer, max_length=4096)))
    if not pairs:
        sys.exit(f"{dataset / PREFERENCES} holds no pair")
    collate = DataCollatorForPreference(pad_token_id=0)
    results = {}
    for name in ("apart", "together"):
        reader = PairModel(model, together=name == "together")
        losses, started = [], time.perf_counter()
        for pair in pairs:
            row = {"prompt_ids": [*pair.prompt], "chosen_ids": [*pair.chosen], "rejected_ids": [*pair.rejected]}
            batch = collate([row])
            labels = batch["input_ids"].masked_fill(batch.pop("completion_mask") == 0, -100)
            chosen, rejected = reader(**batch, labels=labels).log_probs.sum(dim=1)
            loss = -torch.nn.functional.logsigmoid(0.1 * (chosen - rejected))
            loss.backward()
            losses.append(loss.item())
        seconds = time.perf_counter() - started
        prompts = sum(len(pair.prompt) for pair in pairs)
        tokens = sum(pair.tokens for pair in pairs) + (prompts if name == "apart" else 0)
        results[name] = {
            "seconds": seconds,
            "seconds_a_pair": seconds / len(pairs),
            "tokens": tokens,
            "losses": losses,
        }
    return results


if __name__ == "__main__":
    main()
