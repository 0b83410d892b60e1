"""An adapter that mlx-lm itself trained: does the model compute the same after `ragft export import`?

    pip install 'mlx[cpu]' mlx-lm        # on Linux; on a Mac: pip install mlx-lm
    python benchmarks/compare_mlx.py BASE

trains a LoRA for two steps over the model in the folder BASE, imports it, and compares the logits of mlx with those of
transformers and PEFT. A small model will do: what is compared is where the numbers go, not what was learnt.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from ragft.export.mlx import import_mlx

IDS = list(range(5, 45))
"""Tokens that both read."""


def train(base: Path, folder: Path) -> Path:
    """Two steps of mlx-lm at a rate that moves every factor; the folder of its adapter."""
    data, adapter = folder / "data", folder / "adapter"
    data.mkdir()
    rows = [
        {"messages": [{"role": "user", "content": f"{n} + {n}?"}, {"role": "assistant", "content": f"{2 * n}"}]}
        for n in range(8)
    ]
    for part in ("train", "valid"):
        (data / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, "-m", "mlx_lm", "lora", "--train", "--model", base, "--data", data]
    steps = ["--iters", "2", "--batch-size", "2", "--learning-rate", "1e-2", "--num-layers", "-1"]
    subprocess.run([*command, *steps, "--adapter-path", adapter], check=True, stdout=subprocess.DEVNULL)
    return adapter


def by_mlx(base: Path, adapter: Path) -> np.ndarray:
    """The logits of mlx."""
    import mlx.core as mx
    from mlx_lm import load

    model, *_ = load(str(base), adapter_path=str(adapter))
    return np.array(model(mx.array([IDS]))[0].astype(mx.float32))


def by_peft(base: Path, adapter: Path | None) -> np.ndarray:
    """The logits of transformers, with an adapter in PEFT's form."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    model = PeftModel.from_pretrained(model, adapter) if adapter else model
    with torch.no_grad():
        return model(torch.tensor([IDS])).logits[0].numpy()


def main() -> None:
    """Print how far the adapter moves the logits, and how far the two are apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", type=Path)
    base = parser.parse_args().base.resolve()
    with TemporaryDirectory() as name:
        adapter = train(base, Path(name))
        theirs = by_mlx(base, adapter)
        ours = by_peft(base, import_mlx(adapter, base, Path(name) / "run"))
    print(f"mlx-lm {version('mlx-lm')}, {len(IDS)} tokens")
    print(f"the adapter moves the logits by at most {np.abs(ours - by_peft(base, None)).max():.3g}")
    print(f"mlx and PEFT differ by at most {np.abs(ours - theirs).max():.3g}")


if __name__ == "__main__":
    main()
