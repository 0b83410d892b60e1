"""Training speed, memory and loss: plain TRL beside ragft, on the same rows.

    python benchmarks/bench_train.py                                       # the newest data set at hand
    python benchmarks/bench_train.py --dataset .ragft/datasets/papers --rows 24

Three arms, each in a process of its own so that its peak memory is its own:

    plain     SFTTrainer with seed 001's settings: batch 2 × accumulation 8, and TRL's defaults for all the rest
    plain-1   the same trainer at its best on a CPU: batch 1 × accumulation 16, no gradient checkpointing
    ragft     `ragft train`'s trainer: batch 1 × accumulation 16, logits of completion tokens alone

All see the same rows in the same optimiser steps. `plain-1` and `ragft` draw the same dropout masks, so their losses
must agree to 1e-3; `plain` pads two rows together and draws others.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from llama_cpp_tools.machine import peak_memory

ARMS = ("plain", "plain-1", "ragft")
STEP_ROWS = 16
TOLERANCE = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, help="folder of a data set; the newest of the workspaces here")
    parser.add_argument("--base", default="smollm2")
    parser.add_argument("--rows", type=int, default=32, help="rows trained on, once each")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--arm", choices=ARMS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.arm:
        print(json.dumps(measure(options.arm, options.dataset, options.base, options.rows)))
        return
    options.dataset = options.dataset or _newest_dataset()
    results = {arm: _in_own_process(arm, options) for arm in ARMS}
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        show(results)
    gap = max(abs(a - b) for a, b in zip(results["plain-1"]["losses"], results["ragft"]["losses"], strict=True))
    print(f"largest difference of a step's loss, plain-1 to ragft: {gap:.2e}", file=sys.stderr)
    if gap > TOLERANCE:
        sys.exit(f"the losses differ by more than {TOLERANCE}")


def _newest_dataset() -> Path:
    """Of `demo.ragft` or `.ragft` in the current folder."""
    found = sorted(Path().glob("*.ragft/datasets/*/rows.jsonl"), key=lambda path: path.stat().st_mtime)
    found = found or sorted(Path().glob(".ragft/datasets/*/rows.jsonl"), key=lambda path: path.stat().st_mtime)
    if not found:
        sys.exit("no data set here: `make demo` or `ragft generate` makes one, or give --dataset FOLDER")
    return found[-1].parent


def _in_own_process(arm: str, options: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--arm", arm, "--dataset", str(options.dataset), "--base", options.base]
    done = subprocess.run([*command, "--rows", str(options.rows)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{arm} failed:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(arm: str, dataset: Path, base: str, count: int) -> dict[str, Any]:
    """Train one epoch over `count` rows; tokens a second of the loop, losses by step, peak memory in MiB."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
    from trl import SFTConfig, SFTTrainer

    from ragft.dataset.store import TRAIN, read_rows
    from ragft.setting_sections import TrainSettings
    from ragft.train.base_model import resolve_base
    from ragft.train.examples import encode
    from ragft.train.quiet import quiet
    from ragft.train.supervised import as_dataset
    from ragft.train.trainer import CompletionTrainer
    from ragft.train.training_setup import adapter_config

    class Losses(TrainerCallback):  # type: ignore[misc]
        def __init__(self) -> None:
            self.values: list[float] = []

        def on_log(self, _args: Any, _state: Any, _control: Any, logs: dict[str, float], **_: Any) -> None:
            if "loss" in logs:
                self.values.append(logs["loss"])

    settings = TrainSettings()
    batch = 2 if arm == "plain" else 1
    extra: dict[str, Any] = {} if arm == "plain" else {"gradient_checkpointing": False}
    folder = resolve_base(base)
    losses = Losses()
    with quiet(), tempfile.TemporaryDirectory() as output:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        rows = [row for row in read_rows(dataset / TRAIN) if row.kind != "replay"][:count]
        examples = encode(rows, tokenizer, max_length=settings.max_length)
        arguments = SFTConfig(
            output_dir=output,
            per_device_train_batch_size=batch,
            gradient_accumulation_steps=STEP_ROWS // batch,
            num_train_epochs=1,
            learning_rate=settings.learning_rate,
            lr_scheduler_type="cosine",
            warmup_steps=settings.warmup,
            max_length=settings.max_length,
            use_cpu=True,
            bf16=False,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=False,
            **extra,
        )
        trainer_class = CompletionTrainer if arm == "ragft" else SFTTrainer
        trainer = trainer_class(
            model=AutoModelForCausalLM.from_pretrained(folder, dtype="float32", local_files_only=True),
            args=arguments,
            train_dataset=as_dataset(examples),
            processing_class=tokenizer,
            peft_config=adapter_config(settings),
            callbacks=[losses],
        )
        started = time.monotonic()
        trainer.train()
        seconds = time.monotonic() - started
    tokens = sum(len(example.input_ids) for example in examples)
    return {
        "tokens": tokens,
        "seconds": round(seconds, 2),
        "tokens_per_second": round(tokens / seconds, 1),
        "peak_mib": peak_memory() // 2**20,
        "losses": losses.values,
    }


def show(results: dict[str, dict[str, Any]]) -> None:
    """One line an arm, the speed relative to `plain`."""
    base = results["plain"]["tokens_per_second"]
    print(f"{'arm':10}{'tokens/s':>10}{'× plain':>9}{'seconds':>9}{'peak MiB':>10}  losses")
    for arm, result in results.items():
        losses = " ".join(f"{loss:.4f}" for loss in result["losses"])
        speed = result["tokens_per_second"]
        print(f"{arm:10}{speed:10.1f}{speed / base:9.2f}{result['seconds']:9.1f}{result['peak_mib']:10}  {losses}")


if __name__ == "__main__":
    main()
