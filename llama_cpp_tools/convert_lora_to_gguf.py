"""Convert a PEFT LoRA adapter to a GGUF adapter for llama.cpp's --lora."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from llama_cpp_tools.command import ProgressLine, parser, run, show_result
from llama_cpp_tools.lora import convert_lora


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    made = parser("convert_lora_to_gguf", __doc__ or "", "adapter --base SmolLM2-135M --outfile adapter.gguf")
    made.add_argument("adapter", type=Path, help="folder with adapter_config.json and adapter_model.safetensors")
    made.add_argument("--base", type=Path, required=True, metavar="MODEL", help="folder of the model it was trained on")
    made.add_argument("--outfile", type=Path, help="file to write (default: ADAPTER/<folder name>-<outtype>.gguf)")
    made.add_argument("--outtype", default="f16", choices=["f32", "f16", "bf16", "q8_0"], help="(default: f16)")
    made.add_argument("--quiet", action="store_true", help="no progress line")
    return run(_convert, made, argv)


def _convert(arguments: argparse.Namespace) -> int:
    adapter: Path = arguments.adapter
    outfile = arguments.outfile or adapter / f"{adapter.resolve().name}-{arguments.outtype}.gguf"
    result = convert_lora(
        adapter,
        arguments.base,
        outfile,
        outtype=arguments.outtype,
        progress=ProgressLine(quiet=arguments.quiet or arguments.json),
    )
    return show_result(result, json=arguments.json)


if __name__ == "__main__":
    sys.exit(main())
