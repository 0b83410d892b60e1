"""Merge and convert: one streaming pass against PEFT's merge_and_unload, save_pretrained and llama.cpp's converter.

    python benchmarks/bench_export.py                 # Qwen3-shaped, 2.03 billion parameters, bfloat16, LoRA rank 16
    python benchmarks/bench_export.py --layers 2      # the same, small, to see that it runs

Every arm is a process of its own: wall time, its peak resident memory and the bytes it wrote. The inputs are read once
before each arm, so that all start with the same file cache. llama.cpp's converter runs where RAGFT_LLAMA_CPP points to
a checkout of it; without one the comparison is with the merge and the save alone, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

REPOSITORY = Path(__file__).resolve().parent.parent
HIDDEN, FEED, HEADS, KV_HEADS, WIDTH, VOCABULARY, RANK = 2048, 6144, 16, 8, 128, 151936, 16

MERGE = """
import sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM
model, adapter, merged = sys.argv[1:]
base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16)
PeftModel.from_pretrained(base, adapter).merge_and_unload().save_pretrained(merged)
"""

LAUNCH = """
import runpy, sys, time
from llama_cpp_tools.machine import peak_memory
answer, sys.stdout = sys.stdout, sys.stderr
how, what, *rest = sys.argv[1:]
sys.argv = [what, *rest]
try:
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    elif how == "-c":
        exec(what, {"__name__": "__main__"})
    else:
        runpy.run_path(what, run_name="__main__")
except SystemExit as ended:
    if ended.code:
        raise
print(peak_memory(), time.process_time(), file=answer)
"""
"""Runs `-m MODULE`, `-c CODE` or `-f FILE` with its arguments, then prints the peak memory and the processor time."""


@dataclass(frozen=True)
class Arm:
    """One process: seconds of wall time and of processor time (all cores), peak resident bytes, bytes written.

    On a busy machine compare the processor time; wall time is then mostly waiting.
    """

    name: str
    seconds: float
    cpu_seconds: float
    peak_rss_bytes: int
    written_bytes: int

    def __str__(self) -> str:
        return (
            f"{self.name:<48} {self.seconds:7.1f} s ({self.cpu_seconds:5.1f} s of processor)  "
            f"peak {self.peak_rss_bytes / 1e6:7,.0f} MB  written {self.written_bytes / 1e6:7,.0f} MB"
        )


def projections() -> dict[str, tuple[int, int]]:
    """The seven matrices of a block and their shapes."""
    queries, keys = HEADS * WIDTH, KV_HEADS * WIDTH
    return {
        "self_attn.q_proj": (queries, HIDDEN),
        "self_attn.k_proj": (keys, HIDDEN),
        "self_attn.v_proj": (keys, HIDDEN),
        "self_attn.o_proj": (HIDDEN, queries),
        "mlp.gate_proj": (FEED, HIDDEN),
        "mlp.up_proj": (FEED, HIDDEN),
        "mlp.down_proj": (HIDDEN, FEED),
    }


def write_safetensors(path: Path, tensors: dict[str, npt.NDArray[Any]], dtype: str) -> None:
    """A safetensors file; bfloat16 comes as its bits."""
    header: dict[str, Any] = {}
    offset = 0
    for name, values in tensors.items():
        header[name] = {"dtype": dtype, "shape": list(values.shape), "data_offsets": [offset, offset + values.nbytes]}
        offset += values.nbytes
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            file.write(values.tobytes())


def random_bits() -> Iterator[npt.NDArray[np.uint16]]:
    """Endless bfloat16 bits of normal values with deviation 0.02, in pieces of 2²⁴ that differ by a rotation."""
    random = np.random.default_rng(0)
    piece = (random.standard_normal(1 << 24, dtype=np.float32) * np.float32(0.02)).view(np.uint32) >> np.uint32(16)
    bits = piece.astype(np.uint16)
    while True:
        yield np.roll(bits, int(random.integers(1 << 24)))


def write_model(folder: Path, layers: int) -> None:
    """A Qwen3-shaped model with untied head: 28 layers make 2.03 billion parameters."""
    folder.mkdir()
    pieces = random_bits()

    def tensor(*shape: int) -> npt.NDArray[np.uint16]:
        size = int(np.prod(shape))
        return np.concatenate([next(pieces) for _ in range(-(-size // (1 << 24)))])[:size].reshape(shape)

    one = np.uint16(0x3F80)
    shards = {
        "embed": {"model.embed_tokens.weight": tensor(VOCABULARY, HIDDEN)},
        "head": {"lm_head.weight": tensor(VOCABULARY, HIDDEN), "model.norm.weight": np.full(HIDDEN, one)},
    }
    index: dict[str, str] = {}
    for layer in range(-2, layers):
        if layer < 0:
            part = shards.pop(next(iter(shards)))
        else:
            prefix = f"model.layers.{layer}."
            part = {f"{prefix}{name}.weight": tensor(*shape) for name, shape in projections().items()}
            part |= {
                f"{prefix}{norm}.weight": np.full(HIDDEN, one)
                for norm in ("input_layernorm", "post_attention_layernorm")
            }
            part |= {f"{prefix}self_attn.{norm}_norm.weight": np.full(WIDTH, one) for norm in "qk"}
        file = f"model-{layer + 3:05}-of-{layers + 2:05}.safetensors"
        write_safetensors(folder / file, part, "BF16")
        index |= dict.fromkeys(part, file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    (folder / "config.json").write_text(
        json.dumps(
            {
                "architectures": ["Qwen3ForCausalLM"],
                "model_type": "qwen3",
                "hidden_size": HIDDEN,
                "intermediate_size": FEED,
                "num_hidden_layers": layers,
                "num_attention_heads": HEADS,
                "num_key_value_heads": KV_HEADS,
                "head_dim": WIDTH,
                "vocab_size": VOCABULARY,
                "max_position_embeddings": 40960,
                "rms_norm_eps": 1e-6,
                "rope_theta": 1e6,
                "hidden_act": "silu",
                "tie_word_embeddings": False,
                "torch_dtype": "bfloat16",
            }
        )
    )


def write_tokenizer(folder: Path, vocabulary: Path | None) -> None:
    """Qwen2's tokenizer from llama.cpp's vocabulary file, or 256 bytes where that is not at hand."""
    from llama_cpp_tools.gguf_file import GGUFFile
    from llama_cpp_tools.tokenizer.pretokenizer import definition

    if vocabulary is None:
        tokens, merges, added = [chr(256 + i) for i in range(257)], ["Ā ā"], []
        tokens[256] = "Āā"
    else:
        with GGUFFile(vocabulary) as file:
            tokens, merges = file.metadata["tokenizer.ggml.tokens"], file.metadata["tokenizer.ggml.merges"]
            types = file.metadata["tokenizer.ggml.token_type"]
        added = [i for i, kind in enumerate(types) if kind == 3]
        tokens = [token for i, token in enumerate(tokens) if types[i] in (1, 3)]
    rules = definition("qwen2")
    (folder / "tokenizer.json").write_text(
        json.dumps(
            {
                "version": "1.0",
                "truncation": None,
                "padding": None,
                "normalizer": rules["normalizer"],
                "pre_tokenizer": rules["pre_tokenizer"],
                "post_processor": None,
                "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
                "added_tokens": [
                    {
                        "id": i,
                        "content": tokens[i],
                        "single_word": False,
                        "lstrip": False,
                        "rstrip": False,
                        "normalized": False,
                        "special": True,
                    }
                    for i in added
                ],
                "model": {
                    "type": "BPE",
                    "dropout": None,
                    "unk_token": None,
                    "continuing_subword_prefix": "",
                    "end_of_word_suffix": "",
                    "fuse_unk": False,
                    "byte_fallback": False,
                    "ignore_merges": False,
                    "vocab": {token: i for i, token in enumerate(tokens) if i not in added},
                    "merges": merges,
                },
            }
        )
    )
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "PreTrainedTokenizerFast"}))


def write_adapter(folder: Path, model: Path, layers: int) -> None:
    """LoRA of rank 16 on all seven projections, in float32 as PEFT saves it."""
    folder.mkdir()
    random = np.random.default_rng(1)
    tensors = {}
    for layer in range(layers):
        for name, (out, width) in projections().items():
            prefix = f"base_model.model.model.layers.{layer}.{name}"
            tensors[f"{prefix}.lora_A.weight"] = random.standard_normal((RANK, width), dtype=np.float32) / 45
            tensors[f"{prefix}.lora_B.weight"] = random.standard_normal((out, RANK), dtype=np.float32) / 1000
    write_safetensors(folder / "adapter_model.safetensors", tensors, "F32")
    (folder / "adapter_config.json").write_text(
        json.dumps(
            {
                "peft_type": "LORA",
                "task_type": "CAUSAL_LM",
                "base_model_name_or_path": str(model),
                "r": RANK,
                "lora_alpha": 32,
                "lora_dropout": 0.0,
                "bias": "none",
                "inference_mode": True,
                "target_modules": sorted({name.rpartition(".")[2] for name in projections()}),
            }
        )
    )


def files_of(output: Path) -> list[Path]:
    """The files that an arm wrote: `output`, or what lies in it."""
    return [output] if output.is_file() else [file for file in output.rglob("*") if file.is_file()]


def flush(files: list[Path]) -> None:
    """Let what an arm wrote reach the disk, so that the next one does not wait for it."""
    for file in files:
        with file.open("rb+") as opened:
            os.fsync(opened.fileno())


def read_once(*folders: Path) -> None:
    """Bring the inputs into the file cache."""
    for folder in folders:
        for file in folder.glob("*.safetensors"):
            with file.open("rb") as opened:
                while opened.read(1 << 24):
                    pass


def run(name: str, command: list[str], output: Path, inputs: list[Path]) -> Arm:
    """Run one arm and measure it. Raises `RuntimeError` with its last words when it fails."""
    read_once(*inputs)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-c", LAUNCH, *command], cwd=REPOSITORY, capture_output=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode != 0:
        raise RuntimeError(f"{name} failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    files = files_of(output)
    flush(files)
    peak, cpu = done.stdout.split()
    arm = Arm(name, seconds, float(cpu), int(peak), sum(file.stat().st_size for file in files))
    print(arm, file=sys.stderr)
    return arm


def compare(folder: Path, layers: int, outtype: str) -> tuple[list[Arm], bool]:
    """Make the model in `folder` and run all arms; the flag tells whether llama.cpp's converter was among them."""
    reference = Path(os.environ["RAGFT_LLAMA_CPP"]) if os.environ.get("RAGFT_LLAMA_CPP") else None
    model, adapter, merged = folder / "model", folder / "adapter", folder / "merged"
    print(f"writing a model of {layers} layers to {folder} …", file=sys.stderr)
    write_model(model, layers)
    write_tokenizer(model, reference / "models" / "ggml-vocab-qwen2.gguf" if reference else None)
    write_adapter(adapter, model, layers)
    flush([*files_of(model), *files_of(adapter)])
    ours = run(
        "llama_cpp_tools, merge and convert in one pass",
        [
            "-m",
            "llama_cpp_tools.convert_hf_to_gguf",
            str(model),
            "--lora",
            str(adapter),
            "--outtype",
            outtype,
            "--outfile",
            str(folder / "ours.gguf"),
        ],
        folder / "ours.gguf",
        [model, adapter],
    )
    arms = [
        ours,
        run(
            "PEFT merge_and_unload + save_pretrained",
            ["-c", MERGE, str(model), str(adapter), str(merged)],
            merged,
            [model, adapter],
        ),
    ]
    if reference is not None:
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(model / name, merged)
        theirs = folder / "theirs.gguf"
        arms.append(
            run(
                "llama.cpp convert_hf_to_gguf.py",
                [
                    "-f",
                    str(reference / "convert_hf_to_gguf.py"),
                    str(merged),
                    "--outtype",
                    outtype,
                    "--outfile",
                    str(theirs),
                ],
                theirs,
                [merged],
            )
        )
    return arms, reference is not None


def main() -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=28, help="28 layers are 2.03 billion parameters (default)")
    parser.add_argument("--outtype", default="q8_0", choices=["f32", "f16", "bf16", "q8_0"])
    parser.add_argument("--dir", type=Path, help="where to put the files, 13 GB at 28 layers (default: /tmp)")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.dir, prefix="bench-export-") as folder:
        arms, complete = compare(Path(folder), arguments.layers, arguments.outtype)
    ours, others = arms[0], arms[1:]
    ratios = {
        "faster": sum(arm.seconds for arm in others) / ours.seconds,
        "less_processor_time": sum(arm.cpu_seconds for arm in others) / ours.cpu_seconds,
        "peak_memory": ours.peak_rss_bytes / max(1, *(arm.peak_rss_bytes for arm in others)),
        "written": ours.written_bytes / sum(arm.written_bytes for arm in others),
    }
    if arguments.json:
        print(json.dumps({"arms": [asdict(arm) for arm in arms], "with_llama_cpp": complete, **ratios}, indent=2))
        return 0
    for arm in arms:
        print(arm)
    print(
        f"{ratios['faster']:.1f} times as fast ({ratios['less_processor_time']:.1f} by processor time), "
        f"{ratios['peak_memory']:.2f} of the peak memory, {ratios['written']:.2f} of the bytes written"
    )
    if not complete:
        print("llama.cpp's converter was not run (RAGFT_LLAMA_CPP is not set): compared with merge and save alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
